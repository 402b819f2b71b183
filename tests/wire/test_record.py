"""Records: plain MessagePack, the same bytes again, room to grow at the end."""

import msgpack
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import records, records_of

from pitbox.wire.errors import MalformedError, OversizeError, WireError
from pitbox.wire.limit import MAX_PAYLOAD
from pitbox.wire.record import (
    RECORD_TYPES,
    BlockRecord,
    EndRecord,
    InfoRecord,
    LayoutRecord,
    Record,
    UnknownRecord,
    decode,
    encode,
    kind_of,
)


def test_kinds_have_numbers_of_their_own():
    assert sorted(kind.KIND for kind in RECORD_TYPES) == list(range(1, len(RECORD_TYPES) + 1))


@given(records)
def test_a_record_comes_back(record: Record):
    payload = encode(record)
    assert decode(payload) == record
    assert decode(memoryview(payload)) == record
    assert encode(decode(payload)) == payload
    assert kind_of(payload) == type(record).KIND == record.kind


def _lists(value: object) -> object:
    return [_lists(item) for item in value] if isinstance(value, list | tuple) else value


@given(records)
def test_what_we_write_is_plain_messagepack(record: Record):
    plain = msgpack.unpackb(encode(record))
    assert plain == _lists(msgspec.to_builtins(record, builtin_types=(bytes,)))
    assert plain[:3] == [1, record.KIND, record.sim_time_s]
    assert decode(msgpack.packb(plain)) == record


newer = st.lists(
    st.none() | st.integers(0, 9) | st.text(max_size=3) | st.lists(st.integers(0, 9)), min_size=1
)


@given(records, newer)
def test_newer_fields_at_the_end_are_ignored(record: Record, fields: list):
    plain = msgpack.unpackb(encode(record))
    assert decode(msgpack.packb([*plain, *fields])) == record


@given(records_of(InfoRecord) | records_of(LayoutRecord), newer)
def test_newer_fields_inside_are_ignored_too(record: Record, fields: list):
    plain = msgpack.unpackb(encode(record))
    inner = plain[-1]
    if isinstance(record, LayoutRecord):
        inner[1] = [[*channel, *fields] for channel in inner[1]]
    else:
        inner[2] += fields
        inner[5] = [[*entry, *fields] for entry in inner[5]]
    inner += fields
    assert decode(msgpack.packb(plain)) == record


@given(records)
def test_a_missing_field_is_not_made_up(record: Record):
    needed = sum(field.required for field in msgspec.structs.fields(type(record))) + 2
    plain = msgpack.unpackb(encode(record))
    for size in range(needed):
        with pytest.raises(WireError):
            decode(msgpack.packb(plain[:size]))


@given(
    st.integers(len(RECORD_TYPES) + 1, 127),
    st.floats(allow_nan=False),
    st.recursive(st.integers(0, 2**40) | st.binary(max_size=9) | st.text(max_size=5), st.lists, max_leaves=9),
)
def test_an_unknown_kind_is_kept_verbatim(kind: int, sim_time_s: float, rest: object):
    payload = msgpack.packb([2, kind, sim_time_s, rest])
    assert decode(payload) == UnknownRecord(kind=kind, payload=payload)


@pytest.mark.parametrize(
    "payload", [b"", b"\x90", b"\x91\x01", b"\xdc", b"\xdd\x00\x00\x00\x03", b"\xc0", b"\x80"]
)
def test_what_is_too_short_or_no_array_is_no_record(payload: bytes):
    for read in (kind_of, decode):
        with pytest.raises(MalformedError):
            read(payload)


@given(records)
def test_every_cut_and_every_appendix_is_refused(record: Record):
    payload = encode(record)
    for size in range(len(payload)):
        with pytest.raises(WireError):
            decode(payload[:size])
    with pytest.raises(WireError):
        decode(payload + b"\x00")


def test_the_writer_refuses_what_no_reader_would_take():
    with pytest.raises(OversizeError):
        encode(EndRecord(sim_time_s=0.0, reason="x" * (200 << 10)))
    block = BlockRecord(
        sim_time_s=0.0, session_num=0, run=0, layout_no=0, row_count=1, data=bytes(MAX_PAYLOAD)
    )
    with pytest.raises(OversizeError):
        encode(block)
