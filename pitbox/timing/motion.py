"""Where every car was seen last, and what happened between two rows: found over whole blocks.

All cars move through here at once; what comes out are the few moments that the folds then walk one by
one. A moment depends on a row and on the car's sample before it, never on where a block was cut.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.model.code import TrackSurface
from pitbox.timing.field import Bools, FieldRows, Floats, Ints
from pitbox.timing.timeline import forward

MARKS = 64
"""Points of the lap, evenly spaced, at which each car's last passing time is kept."""
LINE_MARK = 0

GAP_S = 1.5
"""Longer without a sample and nothing is interpolated across. At racing speed a straight line over this
long is good to some hundredths, and data of one hertz, which jitters, still counts as unbroken."""

HOLE_S = 10.0
"""Unseen for longer: enough for seats to change, or for a driver to have lost the connection."""
_SPARSE_S = 0.5
_STOPPED = 0.9
_PCT_PER_S = 0.1
"""No car laps in under ten seconds: a quicker move is a tow, a reset or damage."""
_PCT_NOISE = 0.01
_TOLD: Bools = np.zeros(MARKS, np.bool_)
_TOLD[[LINE_MARK, 6, 32]] = True
"""The line, and marks far enough from it for the sim's own lap counters to have caught up with the car."""


class Kind:
    """Ranks of moments of one car at one time, in the order in which they are told."""

    INFO = 0
    STATE = 1
    APPEARED = 2
    LINE = 3
    LANE_SETTLED = 4
    SURFACE = 5
    LEAPT = 6
    ROLLED_BACK = 7
    SETTLED = 8
    LOOK = 9
    SECTOR = 10
    """And on from there: the sector entered, counted from 0, is added."""


class Moment(NamedTuple):
    """Sorted as a tuple: rows in order, in a row by time and car."""

    row: int
    time_s: float
    car_idx: int
    kind: int


ALL_CARS = -1
AFTER_ALL = 1 << 30
"""Sorted behind what happens to any car in the same row."""


class Sample(NamedTuple):
    """What was known of a car before a row."""

    time_s: float
    pct: float
    surface: int
    lap: int
    was_away: bool
    """Rows came by without the car in them."""


class Trace(NamedTuple):
    """A block's cells with each car's last sample carried forward; row 0 is the state before it."""

    columns: NDArray[np.intp]
    """The cars seen in the block; a cell's second index counts in it."""
    time_s: Floats
    pct: Floats
    surface: Ints
    lap: Ints
    source: NDArray[np.intp]
    """The row that a cell was carried from."""
    was_away: Bools

    def has(self, car_idx: int) -> bool:
        at = int(np.searchsorted(self.columns, car_idx))
        return at < len(self.columns) and int(self.columns[at]) == car_idx

    def before(self, row: int, car_idx: int) -> Sample:
        """The car's sample before that row of the block."""
        at = int(np.searchsorted(self.columns, car_idx))
        source = int(self.source[row, at])
        return Sample(
            float(self.time_s[row, at]),
            float(self.pct[row, at]),
            int(self.surface[row, at]),
            int(self.lap[row, at]),
            source < row or (source == 0 and bool(self.was_away[at])),
        )


class Motion(msgspec.Struct, array_like=True):
    """The last sample of every car. `seen_s` is minus infinity for a car that never showed up."""

    time_s: float
    seen_s: Floats
    pct: Floats
    surface: Ints
    lap: Ints
    position: Ints
    compound: Ints
    is_away: Bools
    passed_s: Floats
    """(cars, MARKS): when the car last passed the mark; NaN if never."""
    skipped_rows: int = 0
    doubt_s: float | None = None
    """A time far ahead that nothing has confirmed yet."""
    rate: Floats = msgspec.field(default_factory=lambda: np.zeros(0))
    """Laps per second in the last step; NaN where there was none."""

    def sample(self, car_idx: int) -> Sample:
        """The car's last sample."""
        return Sample(
            float(self.seen_s[car_idx]),
            float(self.pct[car_idx]),
            int(self.surface[car_idx]),
            int(self.lap[car_idx]),
            bool(self.is_away[car_idx]),
        )

    def later(self, rows: FieldRows) -> FieldRows:
        """The rows that are later than all rows before them; the others are counted and left out."""
        is_taken, self.doubt_s = forward(rows.time_s, self.time_s, self.doubt_s)
        if is_taken.all():
            return rows
        self.skipped_rows += int((~is_taken).sum())
        return rows.only(is_taken)

    def follow(self, rows: FieldRows, sectors: Sequence[float] = ()) -> tuple[list[Moment], Trace]:
        """Take the rows (at least one, all later) into the state; what happened in them, unsorted."""
        self.make_room(rows.width)
        columns = np.flatnonzero(rows.is_seen.any(axis=0))
        is_new = self.seen_s[columns] == -np.inf
        trace, is_seen = self._trace(rows, columns, is_new)
        moments = _appeared(rows, columns, is_seen, is_new)
        moments += _surfaces(rows, columns, trace, is_seen)
        moments += self._marks(rows, columns, trace, is_seen)
        moments += _sectors(columns, trace, is_seen, sectors)
        self._keep(rows, columns, trace)
        return moments, trace

    def cross(self, car_idx: int, at_s: float) -> None:
        """A car is on the line; nothing else is known of it."""
        self.time_s = self.seen_s[car_idx] = self.passed_s[car_idx, LINE_MARK] = at_s
        self.surface[car_idx] = TrackSurface.ON_TRACK
        self.is_away[car_idx] = False

    def make_room(self, width: int) -> None:
        """For so many cars at least."""
        more = width - len(self.pct)
        if more <= 0:
            return
        blank = still(more)
        for name in (
            "seen_s",
            "pct",
            "surface",
            "lap",
            "position",
            "compound",
            "is_away",
            "passed_s",
            "rate",
        ):
            setattr(self, name, np.concatenate((getattr(self, name), getattr(blank, name))))

    def _trace(self, rows: FieldRows, columns: NDArray[np.intp], is_new: Bools) -> tuple[Trace, Bools]:
        is_seen = rows.is_seen[:, columns]
        count = len(rows)
        time_s: Floats = np.empty((count + 1, len(columns)))
        time_s[0] = self.seen_s[columns]
        time_s[1:] = rows.time_s[:, None]
        pct: Floats = np.concatenate((self.pct[None, columns], rows.pct[:, columns]))
        surface: Ints = np.concatenate((self.surface[None, columns], rows.surface[:, columns]))
        lap: Ints = np.concatenate((self.lap[None, columns], rows.lap[:, columns]))
        source = np.empty((count + 1, len(columns)), np.intp)
        source[:] = np.arange(count + 1)[:, None]
        if is_new.any():  # a car's first sample is no move
            first = is_seen.argmax(axis=0)[is_new]
            for cells in (time_s, pct, surface, lap):
                cells[0, is_new] = cells[first + 1, is_new]
        if not is_seen.all():
            source[1:][~is_seen] = 0
            np.maximum.accumulate(source, axis=0, out=source)
            time_s = np.take_along_axis(time_s, source, axis=0)
            pct = np.take_along_axis(pct, source, axis=0)
            surface = np.take_along_axis(surface, source, axis=0)
            lap = np.take_along_axis(lap, source, axis=0)
        return Trace(columns, time_s, pct, surface, lap, source, self.is_away[columns]), is_seen

    def _marks(
        self, rows: FieldRows, columns: NDArray[np.intp], trace: Trace, is_seen: Bools
    ) -> list[Moment]:
        """Passings of marks, each at its own time between two samples, and moves that are none."""
        mark = (trace.pct * MARKS).astype(np.intp)
        is_gap = (trace.time_s[1:] - trace.time_s[:-1] > GAP_S) & is_seen
        row, at = ((mark[1:] != mark[:-1]) & is_seen | is_gap).nonzero()
        if not len(row):
            return []
        before_s, before = trace.time_s[row, at], trace.pct[row, at]
        span_s = trace.time_s[row + 1, at] - before_s
        move = trace.pct[row + 1, at] - before
        move -= np.rint(move)
        is_leap = (span_s > GAP_S) | (np.abs(move) > _PCT_PER_S * span_s + _PCT_NOISE)
        moments = _at_rows(rows, row[is_leap], columns[at[is_leap]], Kind.LEAPT)
        is_back = ~is_leap & (move < 0) & (trace.pct[row + 1, at] > before)
        moments += _at_rows(rows, row[is_back], columns[at[is_back]], Kind.ROLLED_BACK)
        rate = move / span_s
        is_sparse = span_s > _SPARSE_S
        if is_sparse.any():
            rate = np.where(is_sparse, self._rates(trace, columns, row, at, rate), rate)
        steps = np.where(~is_leap & (move > 0), (mark[row + 1, at] - mark[row, at]) % MARKS, 0)
        # A source slower than the marks passes several between two samples.
        each = np.repeat(np.arange(len(row)), steps)
        nth = np.arange(len(each)) - np.repeat(np.cumsum(steps) - steps, steps) + 1
        target = mark[row[each], at[each]] + nth
        way = target / MARKS - before[each]
        passed_s = before_s[each] + np.minimum(way / rate[each], span_s[each])
        moments += self._pass(row[each], columns[at[each]], target % MARKS, passed_s)
        return moments

    def _rates(
        self,
        trace: Trace,
        columns: NDArray[np.intp],
        row: NDArray[np.intp],
        at: NDArray[np.intp],
        rate: Floats,
    ) -> Floats:
        """Laps per second in which marks were passed: the step's own, unless the car all but stopped in it.

        At one hertz a car that takes the flag may be shown where it crossed the line, up to a second late.
        """
        steps = np.concatenate((self.rate[None, columns], _rate(trace.pct, trace.time_s)))
        before = steps[row, at]
        is_stopped = rate < _STOPPED * before  # False where no step is known
        rates: Floats = np.where(is_stopped, before, rate)
        return rates

    def _pass(
        self, row: NDArray[np.intp], cars: NDArray[np.intp], mark: NDArray[np.intp], passed_s: Floats
    ) -> list[Moment]:
        """Note the times, in the order of rows; tell of the line and of the marks that settle counters."""
        self.passed_s[cars, mark] = passed_s
        is_told = _TOLD[mark]
        told = zip(
            row[is_told].tolist(),
            passed_s[is_told].tolist(),
            cars[is_told].tolist(),
            mark[is_told].tolist(),
            strict=True,
        )
        return [
            Moment(k, when, car, Kind.LINE if which == LINE_MARK else Kind.SETTLED)
            for k, when, car, which in told
        ]

    def _keep(self, rows: FieldRows, columns: NDArray[np.intp], trace: Trace) -> None:
        last = len(rows)
        self.time_s = float(rows.time_s[-1])
        self.rate[:] = np.nan
        self.rate[columns] = _rate(trace.pct[last - 1 :], trace.time_s[last - 1 :])[0]
        self.seen_s[columns] = trace.time_s[last]
        self.pct[columns] = trace.pct[last]
        self.surface[columns] = trace.surface[last]
        self.lap[columns] = trace.lap[last]
        source = trace.source[last]
        is_here = source == last
        self.is_away[:] = True
        self.is_away[columns] = ~is_here
        # The row a sample was carried from; a car seen in no row of the block keeps what it had.
        row = source - 1
        self.position[columns] = rows.position[row, columns]
        self.compound[columns] = rows.compound[row, columns]


def still(width: int = 0) -> Motion:
    """Nobody seen yet."""
    return Motion(
        time_s=0.0,
        seen_s=np.full(width, -np.inf),
        pct=np.zeros(width),
        surface=np.full(width, -1, np.int32),
        lap=np.full(width, -1, np.int32),
        position=np.zeros(width, np.int32),
        compound=np.full(width, -1, np.int32),
        is_away=np.ones(width, np.bool_),
        passed_s=np.full((width, MARKS), np.nan),
        rate=np.full(width, np.nan),
    )


def _appeared(rows: FieldRows, columns: NDArray[np.intp], is_seen: Bools, is_new: Bools) -> list[Moment]:
    if not is_new.any():
        return []
    return _at_rows(rows, is_seen.argmax(axis=0)[is_new], columns[is_new], Kind.APPEARED)


def _surfaces(rows: FieldRows, columns: NDArray[np.intp], trace: Trace, is_seen: Bools) -> list[Moment]:
    row, at = ((trace.surface[1:] != trace.surface[:-1]) & is_seen).nonzero()
    return _at_rows(rows, row, columns[at], Kind.SURFACE)


def _rate(pct: Floats, time_s: Floats) -> Floats:
    """Laps per second from each row to the next; NaN where a car was not seen twice."""
    move, span_s = pct[1:] - pct[:-1], time_s[1:] - time_s[:-1]
    move -= np.rint(move)
    rate: Floats = np.full(move.shape, np.nan)
    np.divide(move, span_s, out=rate, where=span_s > 0)
    return rate


def _sectors(
    columns: NDArray[np.intp], trace: Trace, is_seen: Bools, starts: Sequence[float]
) -> list[Moment]:
    """Entries into every sector but the first, which the line tells; each at its own time."""
    moments: list[Moment] = []
    for number, start in enumerate(starts[1:], 1):
        is_below = trace.pct < start
        row, at = (is_below[:-1] & ~is_below[1:] & is_seen).nonzero()
        before_s, before = trace.time_s[row, at], trace.pct[row, at]
        span_s, move = trace.time_s[row + 1, at] - before_s, trace.pct[row + 1, at] - before
        is_move = (span_s <= GAP_S) & (move <= _PCT_PER_S * span_s + _PCT_NOISE)
        entered_s = before_s + (start - before) / move * span_s
        moments += [
            Moment(k, when, car, Kind.SECTOR + number)
            for k, when, car in zip(
                row[is_move].tolist(), entered_s[is_move].tolist(), columns[at[is_move]].tolist(), strict=True
            )
        ]
    return moments


def _at_rows(rows: FieldRows, row: NDArray[np.intp], cars: NDArray[np.intp], kind: int) -> list[Moment]:
    times = rows.time_s[row].tolist()
    return [
        Moment(k, when, car, kind) for k, when, car in zip(row.tolist(), times, cars.tolist(), strict=True)
    ]
