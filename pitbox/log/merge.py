"""Several logs of one session as one stream, in the order of the axis and of nothing else.

Ties go to the log's id and the sequence number, so every machine that holds the same logs sees the same
stream, whenever each log came to it.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from pitbox.log.edits import is_edit_log
from pitbox.log.reader import LogReader
from pitbox.model.ids import Axis, LogId
from pitbox.wire.errors import WireError
from pitbox.wire.record import (
    AnyRecord,
    BlockRecord,
    EditRecord,
    InfoRecord,
    LostRecord,
    RunRecord,
    SheetRecord,
    TextRecord,
    UnknownRecord,
    decode,
)

START = Axis(-1, -1, 0.0)
"""Before everything."""


class Merged(msgspec.Struct, frozen=True):
    """One record in its place."""

    axis: Axis
    log: LogId
    seq: int
    record: AnyRecord


def merged(
    readers: Sequence[LogReader],
    from_seq: Mapping[LogId, int] | None = None,
    from_axis: Mapping[LogId, Axis] | None = None,
) -> Iterator[Merged]:
    """All records from the given numbers on; `from_axis` is where each log stood there.

    Logs of edits are left out: what people decide is folded by a ledger, and never moves a race.
    """
    readers = [reader for reader in readers if not is_edit_log(reader.folder)]
    seqs, axes = from_seq or {}, from_axis or {}
    streams = [_stream(reader, seqs.get(reader.log, 0), axes.get(reader.log, START)) for reader in readers]
    yield from heapq.merge(*streams, key=lambda m: (m.axis, m.log, m.seq))


def _stream(reader: LogReader, from_seq: int, axis: Axis) -> Iterator[Merged]:
    """One log's records; its own order is never changed, so its axis never goes back.

    What comes before the first record that names a place stands with it, not before the whole session.
    """
    waiting: list[tuple[int, AnyRecord]] = []
    for entry in reader.entries(from_seq):
        try:
            record = decode(entry.payload)
        except WireError:
            continue  # a sound frame around nonsense: a newer or broken writer; not folded
        waiting.append((entry.seq, record))
        axis = axis_of(record, axis)
        if axis.session_num >= 0:
            yield from (Merged(axis, reader.log, *item) for item in waiting)
            waiting.clear()
    yield from (Merged(axis, reader.log, *item) for item in waiting)


def axis_of(record: AnyRecord, last: Axis) -> Axis:
    """Where a record stands behind `last`; what names no run stands with the rows before it."""
    if isinstance(record, UnknownRecord | EditRecord):
        return last
    if isinstance(record, BlockRecord | InfoRecord | RunRecord | LostRecord | TextRecord | SheetRecord):
        return max(last, Axis(record.session_num, record.run, record.sim_time_s))
    return max(last, Axis(last.session_num, last.run, record.sim_time_s))
