"""What the sim shows of every car beside its place: the rows of a step, filled as things happen."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pitbox.model.channel import Layout
from pitbox.model.code import TrackSurface
from pitbox.model.source import RowArray
from pitbox.sim.synthetic.fleet import first_tick

_HIDDEN: dict[str, Any] = {
    "CarIdxLap": -1,
    "CarIdxLapCompleted": -1,
    "CarIdxTrackSurface": TrackSurface.NOT_IN_WORLD,
    "CarIdxOnPitRoad": False,
    "CarIdxTireCompound": -1,
    "CarIdxLastLapTime": -1.0,
    "CarIdxBestLapTime": -1.0,
    "CarIdxBestLapNum": -1,
}
"""What iRacing shows of a car that is out of the world; its position and gap stay."""


class Board:
    """One current value of each field and slow channel; a change shows from its moment's tick on."""

    def __init__(self, field: Layout, slow: Layout) -> None:
        self._now: tuple[RowArray, RowArray] = (np.zeros(1, field.dtype), np.zeros(1, slow.dtype))
        self._raw = tuple(now.view(np.uint8).reshape(1, -1) for now in self._now)
        """The same bytes."""
        self._rows: tuple[RowArray, RowArray] = (np.zeros(0, field.dtype), np.zeros(0, slow.dtype))
        self._times_s: NDArray[np.float64] = np.zeros(0)
        self._home = dict.fromkeys(field.names(), 0) | {
            name: 1 for name in slow.names() if name not in field.names()
        }
        self._hidden: dict[int, dict[str, Any]] = {}
        for name, value in _HIDDEN.items():
            self._now[self._home[name]][name] = value
        for name, value in (("CarIdxClass", -1), ("CarIdxQualTireCompound", -1)):
            self._now[1][name] = value
        # Nobody is in the world before being shown.
        self._hidden = {car: {} for car in range(self._now[0]["CarIdxLap"].shape[1])}

    def begin(self, times_s: NDArray[np.float64]) -> None:
        self._times_s = times_s
        count = len(times_s)
        field, slow = (
            np.ndarray(count, now.dtype, raw.repeat(count, axis=0))
            for now, raw in zip(self._now, self._raw, strict=True)
        )
        self._rows = (field, slow)

    @property
    def has_rows(self) -> bool:
        """False in a step that nobody looks at."""
        return len(self._times_s) > 0

    def rows(self) -> tuple[RowArray, RowArray]:
        """The step's field and slow rows."""
        return self._rows

    def read(self, name: str, car: int) -> Any:
        """What the car's channel shows, or would show if the car were in the world."""
        hidden = self._hidden.get(car)
        if hidden is not None and name in hidden:
            return hidden[name]
        return self._now[self._home[name]][name][0, car]

    def read_scalar(self, name: str) -> int:
        return int(self._now[self._home[name]][name][0])

    def write(self, name: str, car: int, t_s: float, value: Any) -> None:
        hidden = self._hidden.get(car)
        if hidden is not None and name in _HIDDEN:
            hidden[name] = value
            return
        self._put(name, car, t_s, value)

    def write_all(self, name: str, t_s: float, values: Any) -> None:
        """A scalar of the session, or one value for every car."""
        home = self._home[name]
        self._now[home][name] = values
        self._rows[home][name][first_tick(self._times_s, t_s) :] = values

    def hide(self, car: int, t_s: float) -> None:
        if car in self._hidden:
            return
        self._hidden[car] = {name: self.read(name, car) for name in _HIDDEN}
        for name, value in _HIDDEN.items():
            self._put(name, car, t_s, value)

    def show(self, car: int, t_s: float) -> None:
        for name, value in self._hidden.pop(car, {}).items():
            self._put(name, car, t_s, value)

    def _put(self, name: str, car: int, t_s: float, value: Any) -> None:
        home = self._home[name]
        self._now[home][name][0, car] = value
        self._rows[home][name][first_tick(self._times_s, t_s) :, car] = value
