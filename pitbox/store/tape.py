"""One log's records, gathered into the rows of one transaction, and what must be known to go on."""

from collections.abc import Sequence

import msgspec
import numpy as np

from pitbox.model.channel import Layout, Stream
from pitbox.model.session import OwnCar
from pitbox.model.source import RowArray
from pitbox.store.field import Place, Sample, change_sheet, sample, state_sheet
from pitbox.store.loss import MISSING, Loss, told
from pitbox.store.sheet import Sheet, Values
from pitbox.wire.errors import MalformedError, WireError
from pitbox.wire.record import (
    AnyRecord,
    BlockRecord,
    EndRecord,
    InfoRecord,
    LayoutRecord,
    LostRecord,
    decode,
)
from pitbox.wire.unpack import Unpacker

_INT32 = range(-(2**31), 2**31)


class TapeState(msgspec.Struct, frozen=True):
    """What the records before a mark leave behind; kept in the database beside the mark."""

    layouts: dict[int, Layout] = {}
    session_num: int | None = None
    run: int | None = None
    until_s: float | None = None
    """Sim time of the last row."""
    sample: Sample | None = None
    slow_layout: Layout | None = None
    slow_row: bytes = b""
    own: OwnCar | None = None
    end_reason: str | None = None


class Batch(msgspec.Struct, frozen=True):
    """What one transaction adds for one log."""

    next_seq: int
    state: TapeState
    sheets: tuple[Sheet, ...]
    losses: tuple[Loss, ...]


class _Span(msgspec.Struct, frozen=True):
    """Blocks that can be joined: one layout, one run."""

    layout: Layout
    place: Place
    parts: list[RowArray]


class Tape:
    """Takes a log's entries in order; `cut` gives what came since the last cut."""

    def __init__(self, epoch: int, next_seq: int, state: TapeState) -> None:
        self._epoch = epoch
        self._next_seq = next_seq
        self._state = state
        self._unpacker = Unpacker(state.layouts)
        self._spans: list[_Span] = []
        self._losses: list[Loss] = []
        self._first_s: float | None = None
        self.byte_count = 0
        """Of the rows that wait."""

    @property
    def is_empty(self) -> bool:
        return not self._spans and not self._losses

    @property
    def span_s(self) -> float:
        """Sim time from the first to the last row that waits."""
        if self._first_s is None or self._state.until_s is None:
            return 0.0
        return abs(self._state.until_s - self._first_s)

    def take(self, seq: int, payload: memoryview | bytes) -> None:
        """One record. What cannot be read is noted as lost, and the next one is taken."""
        if seq > self._next_seq:
            self._lose(self._next_seq, None, f"{seq - self._next_seq} {MISSING}")
        self._next_seq = seq + 1
        record: AnyRecord | None = None
        try:
            record = decode(payload)
            self._take(seq, record)
        except WireError as error:
            count = record.row_count if isinstance(record, BlockRecord) else None
            self._lose(seq, count, f"unreadable: {error}")

    def cut(self) -> Batch:
        """Everything since the last cut, ready to insert."""
        sheets = tuple(sheet for span in self._spans for sheet in self._sheets(span))
        losses, self._losses = tuple(self._losses), []
        self._spans, self._first_s, self.byte_count = [], None, 0
        self._update(layouts=dict(self._unpacker.layouts))
        return Batch(self._next_seq, self._state, sheets, losses)

    def _take(self, seq: int, record: AnyRecord) -> None:
        if isinstance(record, LayoutRecord):
            self._unpacker.learn(record)
        elif isinstance(record, BlockRecord):
            self._take_block(record)
        elif isinstance(record, InfoRecord):
            self._update(own=record.info.own)
        elif isinstance(record, LostRecord):
            _check(record.session_num, record.run)
            if abs(record.count) >= 2**63:
                raise MalformedError("A loss cannot be that large.")
            self._losses.append(told(self._epoch, seq, record))
        elif isinstance(record, EndRecord):
            self._update(end_reason=record.reason)

    def _take_block(self, record: BlockRecord) -> None:
        _check(record.session_num, record.run)
        layout = self._unpacker.layout(record)
        _check_layout(layout)
        rows = self._unpacker.rows(record)
        place = Place(self._epoch, record.session_num, record.run)
        span = next((s for s in reversed(self._spans) if s.layout.stream is layout.stream), None)
        if span is None or (span.layout, span.place) != (layout, place):
            span = _Span(layout, place, [])
            self._spans.append(span)
        span.parts.append(rows)
        self.byte_count += rows.nbytes
        last_s = float(rows["SessionTime"][-1])
        if np.isfinite(last_s):
            self._first_s = last_s if self._first_s is None else self._first_s
            self._update(session_num=place.session_num, run=place.run, until_s=last_s)

    def _sheets(self, span: _Span) -> Sequence[Sheet]:
        layout, place = span.layout, span.place
        # Joined as bytes: numpy compares every field of every part when it joins structured rows.
        rows = np.frombuffer(b"".join([part.tobytes() for part in span.parts]), layout.dtype)
        if layout.stream is Stream.OWN:
            return [_own_sheet(layout, place, rows)]
        if layout.stream is Stream.FIELD:
            picked, last = sample(rows, place, self._state.sample)
            self._update(sample=last)
            return [state_sheet(layout, place, picked)]
        before = None
        if self._state.slow_layout == layout:
            before = np.frombuffer(self._state.slow_row, layout.dtype)
        self._update(slow_layout=layout, slow_row=rows[-1:].tobytes())
        return [change_sheet(layout, place, rows, before)]

    def _lose(self, seq: int, tick_count: int | None, reason: str) -> None:
        state = self._state
        self._losses.append(
            Loss(
                epoch=self._epoch,
                seq=seq,
                session_num=state.session_num,
                run=state.run,
                from_s=state.until_s,
                until_s=None,
                tick_count=tick_count,
                reason=reason,
            )
        )

    def _update(self, **changes: object) -> None:
        self._state = msgspec.structs.replace(self._state, **changes)


def _own_sheet(layout: Layout, place: Place, rows: RowArray) -> Sheet:
    keys = place.keys(len(rows))
    keys["SessionTime"] = np.ascontiguousarray(rows["SessionTime"])
    keys["SessionTick"] = np.ascontiguousarray(rows["SessionTick"])
    channels = tuple(Values(channel, rows[channel.name]) for channel in layout.channels[2:])
    return Sheet("own_car", keys, channels)


def _check_layout(layout: Layout) -> None:
    time, tick = layout.channels[:2]
    if (time.kind, time.count, tick.kind, tick.count) != ("f8", 1, "i4", 1):
        raise MalformedError("Its SessionTime or SessionTick is of a wrong type.")


def _check(session_num: int, run: int) -> None:
    if session_num not in _INT32 or run not in _INT32:
        raise MalformedError("A session or run number cannot be that large.")
