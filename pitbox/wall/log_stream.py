"""One log's records with their places in the race, read as they become durable."""

from collections import deque

from pitbox.log.cursor import Cursor, Gap
from pitbox.log.merge import START, Merged, axis_of
from pitbox.log.reader import LogReader
from pitbox.model.ids import Axis, LogId
from pitbox.wire.errors import WireError
from pitbox.wire.framing import unframe
from pitbox.wire.record import AnyRecord, decode

_CHUNK_BYTES = 256 << 10


class LogStream:
    """Belongs to one thread. Says the same as `log.merge` does, up to `end_seq`."""

    def __init__(self, reader: LogReader, seq: int = 0, axis: Axis = START, end_seq: int = 0) -> None:
        self._reader = reader
        self.log = reader.log
        self._end_seq = end_seq
        self._gaps: list[tuple[Axis, Gap]] = []
        """Records that cannot be read, though others behind them can, and behind which place."""
        self._looked_ns = 0
        self.go_to(seq, axis)

    @property
    def holes(self) -> int:
        """How many records are missing of what was read."""
        return sum(gap.end_seq - gap.first_seq for _, gap in self._gaps)

    def came_back(self) -> tuple[Axis, LogId, int] | None:
        """Where the fold has to begin again, since a peer or a repair filled a hole that was passed over.

        Looks again only when a file came or was replaced.
        """
        if not self._gaps:
            return None
        try:
            changed_ns = self._reader.folder.stat().st_mtime_ns
        except OSError:
            return None
        if changed_ns == self._looked_ns:
            return None
        self._looked_ns = changed_ns
        for axis, gap in self._gaps:
            entry = next(self._reader.entries(gap.first_seq), None)
            if entry is not None and entry.seq < gap.end_seq:
                return axis, self.log, gap.first_seq
        return None

    def extend(self, end_seq: int) -> None:
        """So far it is durable now, or said to be."""
        self._end_seq, self._is_at_end = end_seq, False

    def go_to(self, seq: int, axis: Axis) -> None:
        self._cursor = Cursor(self._reader, seq)
        self._gaps = [found for found in self._gaps if found[1].first_seq < seq]
        self._is_at_end = False
        """Nothing sound stands before the end, until somebody says so anew."""
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
            step = None if self._is_at_end else self._cursor.take(_CHUNK_BYTES, self._end_seq)
            if step is None:
                return None
            if isinstance(step, Gap) and step.end_seq >= self._end_seq:
                # What was promised may still come. Passed over, it would be missing from the fold for good.
                self._cursor, self._is_at_end = Cursor(self._reader, step.first_seq), True
            elif isinstance(step, Gap):
                self._gaps.append((self.axis, step))
            else:
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
                self._ready += [Merged(self.axis, self.log, *item) for item in self._waiting]
                self._waiting.clear()
