"""One session's fold over all of its logs as they arrive: in the order of the race, never of arrival.

What is awaited holds the fold back; what comes late turns it back to a checkpoint and folds on from there.
Each fact is told once, again only when it has become another one, and retracted when it is none any more.
"""

from collections import deque
from collections.abc import Callable, Collection, Mapping

import msgspec

from pitbox.log.cursor import Cursor, Gap
from pitbox.log.merge import START, Merged, axis_of
from pitbox.log.reader import LogReader
from pitbox.model.ids import Axis, LogId
from pitbox.model.session import SessionInfo
from pitbox.model.standing import Standings
from pitbox.timing.race import RaceFold
from pitbox.wall.ledger import Ledger, News, Place
from pitbox.wire.errors import WireError
from pitbox.wire.framing import unframe
from pitbox.wire.record import AnyRecord, InfoRecord, decode

CHECKPOINT_S = 60.0
_CLOSE_POINTS, _FAR_POINTS = 30, 10
"""Of the newest states each is kept; of those before them every tenth."""
_CHUNK_BYTES = 256 << 10
_BEGINNING = (0, START)


class _Point(msgspec.Struct, frozen=True):
    """A state to which the fold can turn back."""

    last: Place
    """The last record folded."""
    places: dict[LogId, tuple[int, Axis]]
    state: bytes
    info: SessionInfo | None


class Chronicle:
    """Belongs to one thread."""

    def __init__(self, open_log: Callable[[LogId], LogReader]) -> None:
        self._open_log = open_log
        self._streams: dict[LogId, _Stream] = {}
        self._fold = RaceFold()
        self._last: Place | None = None
        self._points: list[_Point] = []
        self._kept_points = self._point_count = 0
        self._ledger = Ledger()
        self._front = START
        """As far as the facts have been told; a fold that was turned back tells nothing before it."""
        self.info: SessionInfo | None = None
        self.turns = 0
        """How often something late turned the fold back."""
        self.folded_records = 0

    @property
    def axis(self) -> Axis:
        return START if self._last is None else self._last[0]

    def places(self) -> dict[LogId, int]:
        """How far each log is folded."""
        return {log: stream.next_seq for log, stream in self._streams.items()}

    def advance(self, ends: Mapping[LogId, int], awaited: Collection[LogId], most: int) -> tuple[News, bool]:
        """Fold up to `most` records of what is durable; (what is new, whether there is more to fold now)."""
        for log, end_seq in ends.items():
            if log not in self._streams:
                self._streams[log] = _Stream(self._open_log(log))
            self._streams[log].end_seq = end_seq
        count = 0
        while count < most and (item := self._next(awaited)) is not None:
            key = (item.axis, item.log, item.seq)
            if self._last is not None and key < self._last:
                self._turn_back(key)
                continue
            self._step(item)
            count += 1
        self.folded_records += count
        return self._news(), count == most

    def standings(self) -> Standings | None:
        return self._fold.standings()

    def state(self) -> bytes:
        """The fold itself, to be compared with another machine's."""
        return self._fold.to_bytes()

    def _next(self, awaited: Collection[LogId]) -> Merged | None:
        """The next record of all, unless one that is awaited may still come before it."""
        best: Merged | None = None
        horizon: Axis | None = None
        for log, stream in self._streams.items():
            head = stream.head()
            if head is None:
                if log in awaited and not stream.is_placeless:
                    horizon = stream.axis if horizon is None else min(horizon, stream.axis)
            elif best is None or (head.axis, head.log, head.seq) < (best.axis, best.log, best.seq):
                best = head
        is_early = best is not None and horizon is not None and best.axis >= horizon
        return None if is_early else best

    def _step(self, item: Merged) -> None:
        self._streams[item.log].take()
        self._last = (item.axis, item.log, item.seq)
        self._ledger.note(self._last, self._fold.fold(item.record, item.log.epoch))
        if isinstance(item.record, InfoRecord):
            self.info = item.record.info
        if self._is_point_due(item.axis):
            self._note_point(self._last)

    def _is_point_due(self, axis: Axis) -> bool:
        if not self._points:
            return True
        last = self._points[-1].last[0]
        is_same_run = (last.session_num, last.run) == (axis.session_num, axis.run)
        return not is_same_run or axis.sim_time_s - last.sim_time_s >= CHECKPOINT_S

    def _note_point(self, last: Place) -> None:
        places = {log: (stream.next_seq, stream.folded_axis) for log, stream in self._streams.items()}
        self._points.append(_Point(last, places, self._fold.to_bytes(), self.info))
        self._point_count += 1
        if len(self._points) > self._kept_points + _CLOSE_POINTS:
            if self._point_count % _FAR_POINTS:
                del self._points[self._kept_points]
            else:
                self._kept_points += 1

    def _turn_back(self, late: Place) -> None:
        """To the last state before what came late; from the start if there is none."""
        self.turns += 1
        while self._points and self._points[-1].last[0] >= late[0]:
            self._points.pop()
        self._kept_points = min(self._kept_points, len(self._points))
        point = self._points[-1] if self._points else None
        self._fold = RaceFold() if point is None else RaceFold.from_bytes(point.state)
        self.info = None if point is None else point.info
        self._last = None if point is None else point.last
        self._ledger.turn_back(self._last)
        for log, stream in self._streams.items():
            stream.go_to(*(_BEGINNING if point is None else point.places.get(log, _BEGINNING)))

    def _news(self) -> News:
        """Held back while the fold is behind its front: only then it is known what is gone."""
        if self.axis < self._front:
            return News()
        self._front = self.axis
        return self._ledger.news()


class _Stream:
    """One log's records with their places, read as they become durable."""

    def __init__(self, reader: LogReader) -> None:
        self._reader = reader
        self._log = reader.log
        self.end_seq = 0
        self.go_to(0, START)

    def go_to(self, seq: int, axis: Axis) -> None:
        self._cursor = Cursor(self._reader, seq)
        self._ready: deque[Merged] = deque()
        self._waiting: list[tuple[int, AnyRecord]] = []
        self.axis = self.folded_axis = axis
        """Of the last record that was read, and that was folded."""
        self.next_seq = seq
        """The first that is not folded."""

    @property
    def is_placeless(self) -> bool:
        """It has spoken, and of no place in the race: nothing waits for it."""
        return self.axis == START and bool(self._waiting)

    def head(self) -> Merged | None:
        """None at the end of what is durable."""
        while not self._ready:
            step = self._cursor.take(_CHUNK_BYTES, self.end_seq)
            if step is None:
                return None
            if not isinstance(step, Gap):
                self._read(step.data)
        return self._ready[0]

    def take(self) -> None:
        item = self._ready.popleft()
        self.next_seq, self.folded_axis = item.seq + 1, item.axis

    def _read(self, data: bytes) -> None:
        view, at = memoryview(data), 0
        while at < len(view):
            seq, payload, at = unframe(view, at)
            try:
                record = decode(payload)
            except WireError:
                continue  # a sound frame around nonsense: a newer or broken writer; not folded
            self.axis = axis_of(record, self.axis)
            self._waiting.append((seq, record))
            if self.axis.session_num >= 0:
                self._ready += [Merged(self.axis, self._log, *item) for item in self._waiting]
                self._waiting.clear()
