"""How wet the track was, lap by lap, as our own cars' sims told it. There is no forecast in it.

Kept by the fold beside the laps. The sim's steps: 0 says nothing, 1 dry, 2 mostly dry, 3 very lightly wet
... 7 under water.
"""

from bisect import bisect_right

import msgspec
import numpy as np

from pitbox.model.fact import Lap
from pitbox.model.source import RowArray, row_field
from pitbox.model.standing import Standings

WET_FROM = 3
WORDS = ("", "dry", "mostly dry", "very lightly wet", "lightly wet", "wet", "very wet", "under water")


class Wetness(msgspec.Struct, array_like=True):
    """Of one run; grows with rows in any order. Keeps changes only."""

    times_s: list[float] = msgspec.field(default_factory=list)
    steps: list[int] = msgspec.field(default_factory=list)
    declared_s: float = -1.0
    is_declared_wet: bool | None = None
    """Wet tyres are allowed; None where nobody said."""

    def hear(self, rows: RowArray) -> None:
        """Own rows of this run; rows of a sim that says nothing change nothing."""
        names = rows.dtype.names or ()
        if "TrackWetness" not in names or "SessionTime" not in names or not len(rows):
            return
        time_s = row_field(rows, "SessionTime").astype(np.float64)
        steps = row_field(rows, "TrackWetness").astype(np.int64)
        if "WeatherDeclaredWet" in names and time_s[-1] >= self.declared_s:
            self.declared_s = float(time_s[-1])
            self.is_declared_wet = bool(row_field(rows, "WeatherDeclaredWet")[-1])
        is_new = np.concatenate(([True], steps[1:] != steps[:-1])) & (steps > 0) & (steps < len(WORDS))
        for at_s, step in zip(time_s[is_new].tolist(), steps[is_new].tolist(), strict=True):
            self._note(at_s, step)

    def at(self, now_s: float) -> int | None:
        """The step that held then; None before anybody said one."""
        place = bisect_right(self.times_s, now_s)
        return self.steps[place - 1] if place else None

    def is_wet(self, lap: Lap) -> bool:
        """Wet at its start, at its end or between."""
        first, last = bisect_right(self.times_s, lap.start_s), bisect_right(self.times_s, lap.end_s)
        return any(step >= WET_FROM for step in self.steps[max(0, first - 1) : last])

    def changes(self) -> tuple[tuple[float, int], ...]:
        """(when, step), oldest first."""
        return tuple(zip(self.times_s, self.steps, strict=True))

    def _note(self, at_s: float, step: int) -> None:
        place = bisect_right(self.times_s, at_s)
        if place and self.steps[place - 1] == step:
            return
        if place < len(self.steps) and self.steps[place] == step:
            self.times_s[place] = at_s
            return
        self.times_s.insert(place, at_s)
        self.steps.insert(place, step)


def wetness_of(standings: Standings) -> Wetness:
    """As a picture of the race tells it, for whoever has not seen the rows."""
    times_s, steps = [at_s for at_s, _ in standings.wet_steps], [step for _, step in standings.wet_steps]
    return Wetness(times_s, steps, standings.sim_time_s, standings.is_declared_wet)
