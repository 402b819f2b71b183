"""What the logs of a session already hold of a stretch of time: so that an import brings only what is new."""

from collections import defaultdict

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.log.reader import LogReader
from pitbox.log.shelf import Shelf
from pitbox.model.channel import Stream
from pitbox.model.ids import DeviceId, SessionId
from pitbox.model.source import RowArray
from pitbox.wire.errors import WireError
from pitbox.wire.limit import MAX_BLOCK_ROWS
from pitbox.wire.record import BlockRecord, LayoutRecord, RunRecord, decode, kind_of
from pitbox.wire.unpack import Unpacker

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_KINDS = (LayoutRecord.KIND, BlockRecord.KIND, RunRecord.KIND)
_SAME_TICK_S = 0.005
_SAME_PLACE = 0.002
"""Of a lap: a car is not twice this near itself in two runs, tick after tick."""
_ENOUGH = 60
"""Ticks of a moving car in common by which a run can be recognised."""
_MOVING = 4e-6
"""Of a lap in a tick: 4 km/h on a lap of 5 km. In its stall a car stands at the same place in every run."""
SAME_ZERO_S = 2.0
"""The sim notes whole seconds; clocks of one machine run no further apart in a session."""
OTHER_ZERO_S = 60.0
"""So far apart, the session's clock was put back in between."""


class Stretch(msgspec.Struct, frozen=True):
    """Rows of one run, by time."""

    time_s: Floats
    pct: Floats
    """Where the car was; NaN where the field says nothing of it."""
    is_field: Bools
    """The row tells of the field at all."""
    is_ours: Bools
    """This device wrote it."""

    def knows(self, time_s: Floats, among: Bools) -> Bools:
        """Which of these times have a row among those."""
        return _near(self.time_s[among], time_s)[1]


class Verdict(msgspec.Struct, frozen=True):
    """Whether a drive and a run are the same."""

    run: int
    is_same: bool | None
    """None when nothing tells."""
    common: int = 0
    """Ticks that are in both, as far as the car moved in them."""


class Coverage:
    """One session's logs between two times, as far as one car and one device go."""

    def __init__(self, runs: dict[tuple[int, int], Stretch], zeros: dict[tuple[int, int], float]) -> None:
        self._runs = runs
        self._zeros = zeros

    @property
    def is_empty(self) -> bool:
        return not self._runs

    def verdicts(self, session_num: int, time_s: Floats, pct: Floats, zero_utc_s: float) -> list[Verdict]:
        """Each run of the session held against this drive, the last one first."""
        runs = sorted((run for number, run in self._runs if number == session_num), reverse=True)
        return [self._verdict((session_num, run), time_s, pct, zero_utc_s) for run in runs]

    def order(self, session_num: int, zero_utc_s: float) -> tuple[int, int, int]:
        """How many runs are known, and how many of them began before and after this moment."""
        runs = [key for key in self._runs if key[0] == session_num]
        zeros = [self._zeros[key] for key in runs if key in self._zeros] if zero_utc_s else []
        return len(runs), sum(z < zero_utc_s for z in zeros), sum(z > zero_utc_s for z in zeros)

    def known(self, session_num: int, run: int, time_s: Floats) -> tuple[Bools, Bools]:
        """Which times this device has logged, and at which the field is known from anybody."""
        stretch = self._runs.get((session_num, run))
        if stretch is None:
            nothing = np.zeros(len(time_s), np.bool_)
            return nothing, nothing
        return stretch.knows(time_s, stretch.is_ours), stretch.knows(time_s, stretch.is_field)

    def _verdict(self, key: tuple[int, int], time_s: Floats, pct: Floats, zero_utc_s: float) -> Verdict:
        """Places decide; where there are too few to compare, the date at which the clock began."""
        common, agrees = _compared(self._runs[key], time_s, pct)
        if common >= _ENOUGH:
            return Verdict(key[1], agrees, common)
        zero_s = self._zeros.get(key)
        if zero_s is None or not zero_utc_s or SAME_ZERO_S < abs(zero_s - zero_utc_s) < OTHER_ZERO_S:
            return Verdict(key[1], None)
        return Verdict(key[1], abs(zero_s - zero_utc_s) <= SAME_ZERO_S)


def coverage(
    shelf: Shelf, session: SessionId, device: DeviceId, car_idx: int, span_s: tuple[float, float]
) -> Coverage:
    """Reads what lies in the span; of the rest only that its run exists, and when."""
    pieces: dict[tuple[int, int], list[Stretch]] = defaultdict(list)
    zeros: dict[tuple[int, int], float] = {}
    for log in shelf.logs(session):
        # The dates of other machines follow other clocks.
        dates = zeros if log.device == device else {}
        for key, stretch in _stretches(shelf.reader(log), log.device == device, car_idx, span_s, dates):
            pieces[key].append(stretch)
    return Coverage({key: _joined(found) for key, found in pieces.items()}, zeros)


def _stretches(
    reader: LogReader,
    is_ours: bool,
    car_idx: int,
    span_s: tuple[float, float],
    zeros: dict[tuple[int, int], float],
) -> list[tuple[tuple[int, int], Stretch]]:
    unpacker = Unpacker()
    out: list[tuple[tuple[int, int], Stretch]] = []
    earliest_s = span_s[0] - MAX_BLOCK_ROWS / 10.0
    for entry in reader.entries():
        try:
            if kind_of(entry.payload) not in _KINDS:
                continue
            record = decode(entry.payload)
            if isinstance(record, LayoutRecord):
                unpacker.learn(record)
            elif isinstance(record, RunRecord):
                key = (record.session_num, record.run)
                out.append((key, _nothing()))
                if record.zero_utc_s > 0:
                    zeros.setdefault(key, record.zero_utc_s)
            elif isinstance(record, BlockRecord) and _is_field(record, unpacker, earliest_s, span_s[1]):
                stretch = _stretch(unpacker.rows(record), is_ours, car_idx)
                out.append(((record.session_num, record.run), stretch))
        except WireError:
            continue
    return out


def _is_field(record: BlockRecord, unpacker: Unpacker, from_s: float, until_s: float) -> bool:
    return from_s <= record.sim_time_s <= until_s and unpacker.stream(record) is Stream.FIELD


def _stretch(rows: RowArray, is_ours: bool, car_idx: int) -> Stretch:
    pct = np.full(len(rows), np.nan)
    is_field = np.zeros(len(rows), np.bool_)
    if "CarIdxLapDistPct" in (rows.dtype.names or ()):
        cells = rows["CarIdxLapDistPct"].reshape(len(rows), -1)
        is_field = (cells != 0).any(axis=1)
        if car_idx < cells.shape[1]:
            pct = np.where(is_field & (cells[:, car_idx] > -0.5), cells[:, car_idx], np.nan)
    return Stretch(rows["SessionTime"].astype(np.float64), pct, is_field, np.full(len(rows), is_ours))


def _nothing() -> Stretch:
    none = np.zeros(0)
    return Stretch(none, none, none.astype(np.bool_), none.astype(np.bool_))


def _joined(pieces: list[Stretch]) -> Stretch:
    columns = [
        np.concatenate([getattr(piece, name) for piece in pieces]) for name in Stretch.__struct_fields__
    ]
    order = np.argsort(columns[0], kind="stable")
    return Stretch(*(column[order] for column in columns))


def _compared(stretch: Stretch, time_s: Floats, pct: Floats) -> tuple[int, bool]:
    """How many ticks are in both while the car moved, and whether it was at the same places in them."""
    is_told = ~np.isnan(stretch.pct)
    at, is_near = _near(stretch.time_s[is_told], time_s)
    way = np.diff(pct, prepend=pct[:1])
    is_near &= np.abs(way - np.rint(way)) > _MOVING
    if not is_near.any():
        return 0, False
    apart = pct[is_near] - stretch.pct[is_told][at[is_near]]
    return int(is_near.sum()), bool(np.median(np.abs(apart - np.rint(apart))) < _SAME_PLACE)


def _near(known_s: Floats, time_s: Floats) -> tuple[NDArray[np.intp], Bools]:
    """For each time the known one that is next to it, and whether it is the same tick."""
    if not len(known_s):
        return np.zeros(len(time_s), np.intp), np.zeros(len(time_s), np.bool_)
    after = np.clip(np.searchsorted(known_s, time_s), 1, len(known_s) - 1) if len(known_s) > 1 else None
    if after is None:
        at = np.zeros(len(time_s), np.intp)
    else:
        is_before = time_s - known_s[after - 1] <= known_s[after] - time_s
        at = np.where(is_before, after - 1, after)
    return at, np.abs(known_s[at] - time_s) < _SAME_TICK_S
