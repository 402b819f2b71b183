"""Whole rows as the sim keeps them in memory: every variable of the table, in its order, packed."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pitbox.model.code import TrackSurface
from pitbox.model.source import RowArray
from pitbox.sim.synthetic.channels import Variable, own_layout, variables
from pitbox.sim.synthetic.circuit import Floats
from pitbox.sim.synthetic.ride import gears
from pitbox.sim.synthetic.world import TICKS_PER_S, Step, World

_STANDS_BELOW_MPS = 0.1
_ASPHALT, _CONCRETE, _GRASS = 3, 5, 15
_NO_CAR = {
    "CarIdxTrackSurfaceMaterial": -1,
    "CarIdxEstTime": 0.0,
    "CarIdxSteer": 0.0,
    "CarIdxRPM": -1.0,
    "CarIdxGear": -1,
    "CarIdxPaceLine": -1,
    "CarIdxPaceRow": -1,
}


def memory_variables(slots: int) -> tuple[Variable, ...]:
    """The table with car arrays of this length."""
    return tuple(
        Variable(v.name, v.kind, slots, v.is_time, v.unit, v.description) if _is_of_cars(v) else v
        for v in variables()
    )


def packed(table: Sequence[Variable]) -> np.dtype[np.void]:
    """One row of these variables without gaps, as the sim packs them."""
    codes = [(v.name, v.kind if v.kind == "b1" else f"<{v.kind}", v.count) for v in table]
    return np.dtype([(name, code) if count == 1 else (name, code, (count,)) for name, code, count in codes])


class Frames:
    """Rows in the sim's own layout from those of the streams; steps come in order, each once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.variables = memory_variables(world.scenario.slots)
        self.dtype = packed(self.variables)
        self._own_from, self._own_to = _byte_map(own_layout().dtype, self.dtype)
        self._fine = [v.name for v in self.variables if v.is_time]
        self._before: dict[str, float] = {}
        self._est_s = np.zeros(world.scenario.slots)
        for car in world.race.cars.values():
            self._est_s[car.idx] = car.member.plan.lap_s

    def rows(self, step: Step, own: RowArray) -> RowArray:
        count = len(own)
        raw = np.zeros((count, self.dtype.itemsize), np.uint8)
        raw[:, self._own_to] = own.view(np.uint8).reshape(count, -1)[:, self._own_from]
        rows: RowArray = raw.view(self.dtype).reshape(count)
        for stream in (step.slow, step.field):
            for name in stream.dtype.names or ():
                rows[name] = stream[name]
        self._fill_cars(rows, step)
        self._fill_fine(rows)
        return rows

    def _fill_cars(self, rows: RowArray, step: Step) -> None:
        world = self.world
        shown = step.field["CarIdxLapDistPct"].astype(np.float64)
        surface = step.field["CarIdxTrackSurface"]
        is_seen = surface > TrackSurface.NOT_IN_WORLD
        fraction = np.maximum(shown, 0.0)
        speed = _speeds_mps(fraction, world.scenario.track_length_m)
        curvature = world.circuit.signals(fraction.ravel())[:, 2].reshape(shown.shape)
        gear, rpm = gears(speed)
        rolls = speed > _STANDS_BELOW_MPS
        in_lane = (surface == TrackSurface.IN_PIT_STALL) | (surface == TrackSurface.APPROACHING_PITS)
        line, row = self._pacing(shown, surface)
        values = {
            "CarIdxTrackSurfaceMaterial": np.where(
                surface == TrackSurface.OFF_TRACK, _GRASS, np.where(in_lane, _CONCRETE, _ASPHALT)
            ),
            "CarIdxEstTime": world.circuit.phases(fraction) * self._est_s,
            "CarIdxSteer": np.arctan(2.8 * curvature) * 13.0 * rolls,
            "CarIdxRPM": rpm,
            "CarIdxGear": gear,
            "CarIdxPaceLine": line,
            "CarIdxPaceRow": row,
        }
        for name, value in values.items():
            rows[name] = np.where(is_seen, value, _NO_CAR[name])
        rows["CarIdxP2P_Count"] = -1

    def _pacing(self, shown: Floats, surface: NDArray[np.int32]) -> tuple[NDArray[np.int64], ...]:
        """One line behind the pace car while it leads, -1 when it does not."""
        on_track = surface == TrackSurface.ON_TRACK
        leads = on_track[:, :1].copy()
        on_track[:, 0] = False
        behind = np.where(on_track, np.mod(shown[:, :1] - shown, 1.0), 2.0)
        row = np.argsort(np.argsort(behind, axis=1), axis=1)
        is_pacing = leads & on_track
        return np.where(is_pacing, 0, -1), np.where(is_pacing, row, -1)

    def _fill_fine(self, rows: RowArray) -> None:
        """Six samples of one tick: from the tick before to this one."""
        share = np.arange(1, 7) / 6.0
        for name in self._fine:
            now = rows[name.removesuffix("_ST")].astype(np.float64)
            before = np.concatenate(([self._before.get(name, now[0])], now[:-1]))
            self._before[name] = float(now[-1])
            rows[name] = before[:, None] + (now - before)[:, None] * share


def _is_of_cars(variable: Variable) -> bool:
    return variable.name.startswith("CarIdx")


def _speeds_mps(fraction: Floats, length_m: float) -> Floats:
    """From place to place inside a step; a jump (the line apart) is no speed."""
    step = np.diff(fraction, axis=0)
    step = np.where(step < -0.5, step + 1.0, step) * length_m * TICKS_PER_S
    step = np.where((step < 0) | (step > 120.0), 0.0, step)
    speeds: Floats = np.concatenate((step[:1], step))
    return speeds


def _byte_map(source: np.dtype[np.void], target: np.dtype[np.void]) -> tuple[NDArray[np.intp], ...]:
    """Where each byte of one layout stands in the other."""
    found: list[tuple[int, int]] = []
    assert source.fields is not None
    assert target.fields is not None
    for name, (kind, begin, *_) in source.fields.items():
        to = target.fields[name][1]
        found += [(begin + at, to + at) for at in range(kind.itemsize)]
    return tuple(np.array(side, np.intp) for side in zip(*found, strict=True))
