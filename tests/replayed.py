"""What a source gave, put together again out of the log that was made of it."""

from collections.abc import Iterator

import numpy as np

from pitbox.log.reader import LogReader
from pitbox.model.channel import Layout, Stream
from pitbox.model.source import (
    Closed,
    InfoChanged,
    Missed,
    Opened,
    RowArray,
    SourceEvent,
    Ticks,
    joined_rows,
)
from pitbox.wire.errors import WireError
from pitbox.wire.record import (
    BlockRecord,
    EndRecord,
    InfoRecord,
    LayoutRecord,
    LostRecord,
    decode,
)
from pitbox.wire.unpack import Unpacker


def replayed(reader: LogReader) -> Iterator[SourceEvent]:
    """Block by block; damage shows as missed ticks."""
    tape = _Tape(reader)
    for entry in reader.entries():
        try:
            record = decode(entry.payload)
        except WireError:
            continue
        if isinstance(record, LayoutRecord):
            yield from tape.layout(record)
        elif isinstance(record, BlockRecord):
            yield from tape.block(record)
        elif isinstance(record, InfoRecord):
            yield from tape.info(record)
        elif isinstance(record, LostRecord):
            yield Missed(record.count, record.sim_time_s, record.until_s, record.reason)
        elif isinstance(record, EndRecord):
            yield Closed(record.sim_time_s, record.reason)


class _Tape:
    """Puts the three streams of a log together again, tick by tick."""

    def __init__(self, reader: LogReader) -> None:
        self._session = reader.log.session
        self._unpacker = Unpacker()
        self._opened: Opened | None = None
        self._info: InfoRecord | None = None
        self._own: RowArray | None = None
        self._slow: RowArray | None = None
        """The last slow row before the waiting rows, then those that changed within them."""

    def layout(self, record: LayoutRecord) -> Iterator[SourceEvent]:
        self._unpacker.learn(record)
        by_stream = {layout.stream: layout for layout in self._unpacker.layouts.values()}
        if len(by_stream) < len(Stream):
            return
        opened = Opened(self._session, *(by_stream[stream] for stream in Stream))
        if opened != self._opened:
            self._opened = opened
            self._own = self._slow = None
            yield opened

    def info(self, record: InfoRecord) -> Iterator[SourceEvent]:
        if self._info is None or self._info.info != record.info:
            yield InfoChanged(record.session_num, record.sim_time_s, record.info)
        self._info = record

    def block(self, record: BlockRecord) -> Iterator[SourceEvent]:
        """The recorder writes slow, own, field; ticks are whole with the last of them."""
        try:
            stream, rows = self._unpacker.stream(record), self._unpacker.rows(record)
        except WireError as error:
            yield Missed(record.row_count, record.sim_time_s, record.sim_time_s, str(error))
            return
        if stream is Stream.SLOW:
            self._slow = rows if self._slow is None else joined_rows([self._slow[-1:], rows])
        elif stream is Stream.OWN:
            self._own = rows if self._own is None else joined_rows([self._own, rows])
        else:
            yield from self._ticks(rows)

    def _ticks(self, field: RowArray) -> Iterator[SourceEvent]:
        own, self._own = self._own, None
        if own is None or self._opened is None:
            yield Missed(
                len(field), float(field["SessionTime"][0]), float(field["SessionTime"][-1]), "damage"
            )
            return
        count = min(len(own), len(field))
        if count < len(own):
            self._own = own[count:]
        slow = _filled(self._opened.slow, self._slow, own[:count])
        yield Ticks(own=own[:count], field=field[:count], slow=slow)


def _filled(layout: Layout, changed: RowArray | None, own: RowArray) -> RowArray:
    """A slow row for each tick: the last that had changed by then."""
    if changed is None or not len(changed):
        rows = np.zeros(len(own), layout.dtype)
    else:
        ticks = changed["SessionTick"].astype(np.int64)
        ticks[0] = np.iinfo(np.int64).min  # known before, or the best there is
        rows = changed[np.searchsorted(ticks, own["SessionTick"], side="right") - 1].copy()
    rows["SessionTime"], rows["SessionTick"] = own["SessionTime"], own["SessionTick"]
    return rows
