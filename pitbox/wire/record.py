"""The payloads of a log: MessagePack arrays `[schema, kind, sim_time_s, ...]`.

Structs grow only at the end; a reader ignores fields that it does not know and keeps records of
unknown kinds verbatim.
"""

from typing import Annotated, Any, ClassVar

import msgspec

from pitbox.model.channel import Layout
from pitbox.model.edit import MAX_FIELD, MAX_SEEN, MAX_TEXT, Entity
from pitbox.model.session import SessionInfo
from pitbox.model.sheet import SheetLap
from pitbox.model.stamp import Stamp
from pitbox.wire.errors import MalformedError, OversizeError
from pitbox.wire.limit import MAX_BLOCK_PAYLOAD, MAX_PAYLOAD, MAX_PLAIN_PAYLOAD, MAX_SHEET_LAPS

SCHEMA = 1


class Record(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """What every record starts with."""

    KIND: ClassVar[int] = 0
    MAX_BYTES: ClassVar[int] = MAX_PLAIN_PAYLOAD

    schema: int = SCHEMA
    kind: int
    sim_time_s: float


class MarkRecord(Record, frozen=True, array_like=True, kw_only=True):
    """The end of a group commit: everything before it was written by this device, in this order."""

    KIND: ClassVar[int] = 1
    kind: int = 1
    count: int
    """Records in this log before the mark, marks and seals included."""
    chain: bytes
    """SHA-256 over the chain of the mark or seal before and the bytes of the records since."""
    signature: bytes


class SealRecord(Record, frozen=True, array_like=True, kw_only=True):
    """The last record of a finished segment: a mark that also binds what was sealed before."""

    KIND: ClassVar[int] = 2
    kind: int = 2
    number: int
    """0 for the first seal of a log."""
    first_seq: int
    """The first record that this seal covers: the one after the seal before."""
    previous_seal: bytes
    """Chain of the seal before; empty for the first."""
    count: int
    chain: bytes
    signature: bytes


class LayoutRecord(Record, frozen=True, array_like=True, kw_only=True):
    """Names the columns of the blocks that follow with this number."""

    KIND: ClassVar[int] = 3
    kind: int = 3
    layout_no: int
    layout: Layout


class InfoRecord(Record, frozen=True, array_like=True, kw_only=True):
    """The session text's content from this moment on."""

    KIND: ClassVar[int] = 4
    kind: int = 4
    session_num: int
    run: int
    info: SessionInfo


class BlockRecord(Record, frozen=True, array_like=True, kw_only=True):
    """Rows of one stream as columns; `sim_time_s` is the first row's. See `wire.block`."""

    KIND: ClassVar[int] = 5
    MAX_BYTES: ClassVar[int] = MAX_BLOCK_PAYLOAD
    kind: int = 5
    session_num: int
    run: int
    layout_no: int
    row_count: int
    data: bytes


class RunRecord(Record, frozen=True, array_like=True, kw_only=True):
    """Evidence of a session's start or restart: rows from here belong to this run.

    Repeated at the start of each segment, as layouts and infos are: the same run again says nothing new.
    """

    KIND: ClassVar[int] = 6
    kind: int = 6
    session_num: int
    run: int
    reason: str
    unique_id: int = 0
    """The sim's SessionUniqueID, by which two machines can see that they mean the same run."""
    zero_utc_s: float = 0.0
    """Wall clock of the recorder's machine at session time 0, in seconds since 1970; 0 where nobody knows.

    It tells which drive a file from disk belongs to; it orders no records.
    """


class LostRecord(Record, frozen=True, array_like=True, kw_only=True):
    """What should stand here and does not: ticks missed by the source or dropped for want of space."""

    KIND: ClassVar[int] = 7
    kind: int = 7
    session_num: int
    run: int
    count: int
    until_s: float
    reason: str


class EndRecord(Record, frozen=True, array_like=True, kw_only=True):
    """The writer closed this log on purpose."""

    KIND: ClassVar[int] = 8
    kind: int = 8
    reason: str


class TextRecord(Record, frozen=True, array_like=True, kw_only=True):
    """The sim's own session text, to the byte: what a later PitBox may read better."""

    KIND: ClassVar[int] = 9
    kind: int = 9
    session_num: int
    run: int
    text: bytes
    """One zstd frame."""


class SheetRecord(Record, frozen=True, array_like=True, kw_only=True):
    """Lines of a timing sheet, as the line was crossed; `sim_time_s` is that of the first one."""

    KIND: ClassVar[int] = 10
    kind: int = 10
    session_num: int
    run: int
    laps: Annotated[tuple[SheetLap, ...], msgspec.Meta(max_length=MAX_SHEET_LAPS)]
    is_last: bool = False
    """The sheet ends here: who did not take the flag never did."""


class EditRecord(Record, frozen=True, array_like=True, kw_only=True):
    """One change by a person to one field of one thing. A log whose first record is one holds only such.

    Who made it is not said: it is the device of the log, which signs it. So is the epoch of its stamp.
    """

    KIND: ClassVar[int] = 11
    kind: int = 11
    session_num: int
    run: int
    lamport: int
    entity: Entity
    field: Annotated[str, msgspec.Meta(max_length=MAX_FIELD)]
    value: bool | int | float | Annotated[str, msgspec.Meta(max_length=MAX_TEXT)] | None
    seen: Annotated[tuple[Stamp, ...], msgspec.Meta(max_length=MAX_SEEN)] = ()
    wall_s: float = 0.0


class TrailRecord(Record, frozen=True, array_like=True, kw_only=True):
    """Binds the marks and seals since the trail before: the signature of the next mark vouches for them too.

    So whoever takes a long stretch at once checks one signature for many marks, and not a bit of them goes
    unproved.
    """

    KIND: ClassVar[int] = 12
    kind: int = 12
    marks: int
    """How many."""
    digest: bytes
    """SHA-256 over their bytes, whole and in order."""


class UnknownRecord(msgspec.Struct, frozen=True):
    """A record of a newer PitBox: kept and passed on, not folded."""

    kind: int
    payload: bytes


AnyRecord = (
    MarkRecord
    | SealRecord
    | LayoutRecord
    | InfoRecord
    | BlockRecord
    | RunRecord
    | LostRecord
    | EndRecord
    | TextRecord
    | SheetRecord
    | EditRecord
    | TrailRecord
    | UnknownRecord
)

RECORD_TYPES: tuple[type[Record], ...] = (
    MarkRecord,
    SealRecord,
    LayoutRecord,
    InfoRecord,
    BlockRecord,
    RunRecord,
    LostRecord,
    EndRecord,
    TextRecord,
    SheetRecord,
    EditRecord,
    TrailRecord,
)

_encoder = msgspec.msgpack.Encoder()
_decoders: dict[int, Any] = {kind.KIND: msgspec.msgpack.Decoder(kind) for kind in RECORD_TYPES}
_limits = {kind.KIND: kind.MAX_BYTES for kind in RECORD_TYPES}
_any_kind = msgspec.msgpack.Decoder(Record)
"""Reads what every record starts with and steps over the rest without keeping it."""


def encode(record: Record) -> bytes:
    """The record's payload; raises OversizeError when no reader would take it."""
    payload = _encoder.encode(record)
    if len(payload) > record.MAX_BYTES:
        raise OversizeError(f"A record of kind {record.KIND} and {len(payload)} bytes is too large.")
    return payload


def kind_of(payload: bytes | memoryview) -> int:
    """The record's kind without decoding it; raises MalformedError if it is no record."""
    if len(payload) > MAX_PAYLOAD:
        raise OversizeError(f"A record of {len(payload)} bytes is larger than {MAX_PAYLOAD}.")
    try:
        first = payload[0]
        at = 1 if first & 0xF0 == 0x90 else 3 if first == 0xDC else 5 if first == 0xDD else 0
        if at == 0 or payload[at] > 0x7F or payload[at + 1] > 0x7F:
            raise MalformedError("The payload does not start as a record does.")
        return payload[at + 1]
    except IndexError:
        raise MalformedError("The payload is too short for a record.") from None


def decode(payload: bytes | memoryview) -> AnyRecord:
    """One record; raises WireError for anything that is not one."""
    kind = kind_of(payload)
    if len(payload) > _limits.get(kind, MAX_PAYLOAD):
        raise OversizeError(f"A record of kind {kind} and {len(payload)} bytes is too large.")
    decoder = _decoders.get(kind)
    try:
        if decoder is None:
            _any_kind.decode(payload)
            return UnknownRecord(kind=kind, payload=bytes(payload))
        record: AnyRecord = decoder.decode(payload)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise MalformedError(f"A record of kind {kind} cannot be read: {str(error)[:200]}.") from error
    return record
