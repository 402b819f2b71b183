"""The rows that are being walked: what the tellers read, and what they have told."""

import heapq

from pitbox.model.code import TrackSurface
from pitbox.model.fact import Fact
from pitbox.timing.car import Car
from pitbox.timing.field import Bools, FieldRows
from pitbox.timing.heat import Heat
from pitbox.timing.motion import Moment, Sample, Trace

_OFF = int(TrackSurface.OFF_TRACK)
_ON = int(TrackSurface.ON_TRACK)


class Stretch:
    """A block of living rows, the state it changes, the moments in it and the facts that come of them."""

    def __init__(self, heat: Heat, rows: FieldRows, trace: Trace, before_s: float) -> None:
        self.heat = heat
        self.rows = rows
        self.trace = trace
        self.before_s = before_s
        """Time of the row before the first."""
        self.moments: list[Moment] = []
        """A heap."""
        self.facts: list[Fact] = []
        surface = rows.surface
        self.is_on_road: Bools = rows.is_seen & ((surface == _ON) | (surface == _OFF))
        """On the track or beside it, by row and car_idx."""

    def expect(self, moment: Moment) -> None:
        heapq.heappush(self.moments, moment)

    def before(self, moment: Moment) -> Sample:
        """The car's sample before the moment's row."""
        return self.trace.before(moment.row, moment.car_idx)

    def latest(self, car: Car, row: int) -> Sample:
        """The car's last sample up to and with the row."""
        if self.trace.has(car.car_idx):
            return self.trace.before(row + 1, car.car_idx)
        return self.heat.motion.sample(car.car_idx)

    def pct(self, moment: Moment) -> float:
        return float(self.rows.pct[moment.row, moment.car_idx])

    def surface(self, moment: Moment) -> int:
        return int(self.rows.surface[moment.row, moment.car_idx])

    def lap(self, moment: Moment) -> int:
        return int(self.rows.lap[moment.row, moment.car_idx])

    def completed(self, moment: Moment) -> int:
        return int(self.rows.completed[moment.row, moment.car_idx])

    def compound(self, car: Car, moment: Moment) -> int:
        grid = self.rows.compound
        return int(grid[moment.row, car.car_idx]) if car.car_idx < grid.shape[1] else -1

    def fuel_l(self, car: Car, moment: Moment) -> float | None:
        """Our fuel at a moment between its row and the row before; what lies further back is forgotten."""
        row = moment.row
        if car.car_idx != self.heat.own_car_idx:
            return None
        before_s = float(self.rows.time_s[row - 1]) if row else self.before_s
        return self.heat.own.level_l(moment.time_s) if moment.time_s >= before_s else None
