"""A recording from disk as ticks: the own car's rows, and a field in which only the own car is seen.

Disk has no car arrays, so the own car's place in the field is put together from what it knows of itself;
then the same folds give the same laps. Records without a place (the first one, and one at each reset to
the pits: zeros but for time and fuel) are no ticks: they would make laps that nobody drove.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pitbox.model.channel import LAP_STEP, Channel, Layout, Stream
from pitbox.model.code import TrackSurface
from pitbox.model.ids import SessionId
from pitbox.model.session import SessionInfo
from pitbox.model.source import Closed, InfoChanged, Missed, Opened, RowArray, SourceEvent, Ticks
from pitbox.sim.iracing.disk import IbtFile
from pitbox.sim.iracing.errors import GarbageError
from pitbox.sim.iracing.layout import Sieve

_CLOCK = (Channel("SessionTime", "f8", 1, "s"), Channel("SessionTick", "i4"))
_SHARED = ("SessionState", "SessionFlags")
_UNSEEN: dict[str, float] = {
    "CarIdxLapDistPct": -1.0,
    "CarIdxLap": -1,
    "CarIdxLapCompleted": -1,
    "CarIdxTrackSurface": int(TrackSurface.NOT_IN_WORLD),
    "CarIdxOnPitRoad": 0,
    "CarIdxPosition": 0,
    "CarIdxClassPosition": 0,
    "CarIdxTireCompound": -1,
}
_FROM = {
    "CarIdxLapDistPct": "LapDistPct",
    "CarIdxLap": "Lap",
    "CarIdxLapCompleted": "LapCompleted",
    "CarIdxTrackSurface": "PlayerTrackSurface",
    "CarIdxOnPitRoad": "OnPitRoad",
    "CarIdxPosition": "PlayerCarPosition",
    "CarIdxClassPosition": "PlayerCarClassPosition",
    "CarIdxTireCompound": "PlayerTireCompound",
}
"""Channels of the field by the own car's channels that say the same."""
_PLACE = ("LapDistPct", "Lap", "Speed", "Lat", "Lon")
_LAST_S = 30 * 86_400.0
"""No session lasts longer: a later time is damage."""
_CHUNK = 3600
"""Records at a time: a minute."""
_MOST_CARS = 256


class Drive:
    """What a file holds, as ticks: which records count, and how they look in our layouts.

    Raises GarbageError for a file in which no drive can be told.
    """

    def __init__(self, file: IbtFile, info: SessionInfo | None) -> None:
        self.own = Sieve(file.header).own
        _check(file)
        self._rows = file.rows
        self.info = info
        self.car_idx = _car_idx(file.rows, 0 if info is None else info.own.car_idx)
        self.field = _field_layout(file, self.car_idx)
        self.slow = Layout(Stream.SLOW, _CLOCK)
        self.is_tick = placed(file.rows)
        """Which records are ticks."""
        if not self.is_tick.any():
            count = len(self.is_tick)
            raise GarbageError(f"{file.path.name}: Of its {count} records none says where the car was.")
        self.tick_rate = _tick_rate(self.times_s()[self.is_tick], file.header.tick_rate)

    @property
    def left_out(self) -> int:
        return int(len(self.is_tick) - self.is_tick.sum())

    def times_s(self) -> NDArray[np.float64]:
        return np.asarray(self._rows["SessionTime"], np.float64)

    def session_nums(self) -> NDArray[np.int32]:
        if "SessionNum" not in (self._rows.dtype.names or ()):
            return np.zeros(len(self._rows), np.int32)
        return np.asarray(self._rows["SessionNum"], np.int32)

    def unique_id(self) -> int:
        return int(self._rows["SessionUniqueID"][-1]) if "SessionUniqueID" in self.own.names() else 0

    def pct(self) -> NDArray[np.float64]:
        return np.asarray(self._rows["LapDistPct"], np.float64)

    def ticks(self, picked: NDArray[np.intp], is_field_known: NDArray[np.bool_]) -> Ticks:
        """These records; where the field is known already, the field row says nothing."""
        rows = self._rows[picked]
        own = _as_laid_out(self.own, rows, picked)
        field: RowArray = np.zeros(len(rows), self.field.dtype)
        for name in (*(channel.name for channel in _CLOCK), *_SHARED):
            if name in (field.dtype.names or ()):
                field[name] = own[name]
        for name, unseen in _UNSEEN.items():
            if name in (field.dtype.names or ()):
                cells = field[name].reshape(len(rows), -1)
                cells[:] = unseen
                cells[:, self.car_idx] = self._seen(name, rows)
        if is_field_known.any():
            # A row of zeros, as of a buffer that was never filled: folds pass it over.
            field["CarIdxLapDistPct"][is_field_known] = 0.0
        slow: RowArray = np.zeros(len(rows), self.slow.dtype)
        for channel in _CLOCK:
            slow[channel.name] = own[channel.name]
        return Ticks(own, field, slow)

    def _seen(self, name: str, rows: RowArray) -> NDArray[Any]:
        if _FROM[name] in (rows.dtype.names or ()):
            seen: NDArray[Any] = rows[_FROM[name]]
            return seen
        assert name == "CarIdxTrackSurface"
        return _old_surface(rows)


class IbtSource:
    """A `TickSource` over one file; `is_wanted` and `is_field_known` are asked for each record."""

    def __init__(
        self,
        drive: Drive,
        session: SessionId,
        text: bytes = b"",
        is_wanted: NDArray[np.bool_] | None = None,
        is_field_known: NDArray[np.bool_] | None = None,
    ) -> None:
        self._drive = drive
        nothing = np.zeros(len(drive.is_tick), np.bool_)
        self._is_wanted = drive.is_tick if is_wanted is None else drive.is_tick & is_wanted
        self._is_field_known = nothing if is_field_known is None else is_field_known
        self._events = self._all(session, text)

    def poll(self, timeout_s: float) -> Sequence[SourceEvent]:  # noqa: ARG002 - a file has nothing to wait for
        event = next(self._events, None)
        return () if event is None else (event,)

    def close(self) -> None:
        self._events = iter(())

    def _all(self, session: SessionId, text: bytes) -> Iterator[SourceEvent]:
        drive = self._drive
        picked = np.flatnonzero(self._is_wanted)
        times_s, numbers = drive.times_s()[picked], drive.session_nums()[picked]
        yield Opened(session, drive.own, drive.field, drive.slow)
        last: int | None = None
        for start, stop in _stretches(times_s, numbers, drive.tick_rate):
            if drive.info is not None and (last is None or numbers[start] != numbers[last]):
                yield InfoChanged(int(numbers[start]), float(times_s[start]), drive.info, text)
            elif last is not None:
                missed = _missed(picked[last], picked[start], times_s[last], times_s[start], drive)
                if missed is not None:
                    yield missed
            for at in range(start, stop, _CHUNK):
                part = picked[at : min(stop, at + _CHUNK)]
                yield drive.ticks(part, self._is_field_known[part])
            last = stop - 1
        yield Closed(float(times_s[-1]) if len(times_s) else 0.0, "The file ends here.")


def placed(rows: RowArray) -> NDArray[np.bool_]:
    """Which records say where the car is: those with a time, and anything but zeros for a place."""
    names = rows.dtype.names or ()
    times_s = rows["SessionTime"]
    is_blank = np.ones(len(rows), np.bool_)
    for name in _PLACE:
        if name in names:
            is_blank &= rows[name] == 0
    is_good: NDArray[np.bool_] = (times_s > 0) & (times_s < _LAST_S) & ~is_blank
    return is_good


def _tick_rate(times_s: NDArray[np.float64], told: int) -> int:
    """Ticks a second as they came; what the header tells counts only where nothing came."""
    steps = np.diff(times_s)
    steps = steps[(steps > 0) & (steps < 1)]
    return max(1, round(1 / float(np.median(steps)))) if len(steps) else told


def _stretches(
    times_s: NDArray[np.float64], numbers: NDArray[np.int32], tick_rate: int
) -> list[tuple[int, int]]:
    """Where ticks follow each other without a gap, a restart or a change of session."""
    if not len(times_s):
        return []
    steps = np.diff(times_s)
    is_cut = (steps > 1.5 / tick_rate) | (steps < 0) | (np.diff(numbers) != 0)
    edges = [0, *(np.flatnonzero(is_cut) + 1).tolist(), len(times_s)]
    return list(pairwise(edges))


def _check(file: IbtFile) -> None:
    """What is read by name has to be one figure."""
    if file.header.variable("LapDistPct") is None:
        raise GarbageError(f"{file.path.name}: It has no LapDistPct, so nobody can tell where the car was.")
    for name in (*_PLACE, *_FROM.values(), *_SHARED, "SessionNum", "SessionUniqueID", "IsOnTrack"):
        variable = file.header.variable(name)
        if variable is not None and variable.count != 1:
            raise GarbageError(f"{file.path.name}: Its {name} is not one figure, as it is everywhere.")


def _missed(before: int, after: int, from_s: float, to_s: float, drive: Drive) -> Missed | None:
    """Ticks between two records, unless time went back there or they are known from elsewhere."""
    count = round((to_s - from_s) * drive.tick_rate) - 1
    if count <= 0 or drive.is_tick[before + 1 : after].any():
        return None
    return Missed(count, float(from_s), float(to_s), "they are not in the file, or say nothing of the car")


def _field_layout(file: IbtFile, car_idx: int) -> Layout:
    channels = list(_CLOCK)
    for name in _SHARED:
        variable = file.header.variable(name)
        if variable is not None:
            channels.append(Channel(name, variable.kind, 1, variable.unit, variable.description))
    for name, source in _FROM.items():
        variable = file.header.variable(source)
        if variable is not None:
            step = LAP_STEP if name == "CarIdxLapDistPct" and variable.kind == "f4" else 0.0
            channels.append(Channel(name, variable.kind, car_idx + 1, variable.unit, "", step))
        elif name == "CarIdxTrackSurface":
            channels.append(Channel(name, "i4", car_idx + 1))
    return Layout(Stream.FIELD, tuple(channels))


def _as_laid_out(layout: Layout, rows: RowArray, picked: NDArray[np.intp]) -> RowArray:
    out: RowArray = np.zeros(len(rows), layout.dtype)
    names = rows.dtype.names or ()
    for channel in layout.channels:
        if channel.name not in names:  # sims before 2015 do not count their ticks
            out[channel.name] = picked
            continue
        values = rows[channel.name]
        # A channel of six samples beside its `_ST` twin is logged as its last sample, as live.
        out[channel.name] = values[:, -1] if channel.count == 1 and values.ndim > 1 else values
    return out


def _old_surface(rows: RowArray) -> NDArray[np.int32]:
    """Files before 2016 do not say what is under the car, but whether it is in the lane."""
    names = rows.dtype.names or ()
    surface = np.full(len(rows), int(TrackSurface.ON_TRACK), np.int32)
    if "OnPitRoad" in names:
        surface[rows["OnPitRoad"] != 0] = int(TrackSurface.APPROACHING_PITS)
    if "IsOnTrack" in names:
        surface[rows["IsOnTrack"] == 0] = int(TrackSurface.NOT_IN_WORLD)
    return surface


def _car_idx(rows: RowArray, told: int) -> int:
    """The session text tells; a file whose text cannot be read tells in a channel."""
    if told == 0 and "PlayerCarIdx" in (rows.dtype.names or ()):
        told = int(rows["PlayerCarIdx"][-1])
    return told if 0 <= told < _MOST_CARS else 0
