"""What a rogue peer or a broken disk may hand us: refused in words, under a megabyte of memory."""

import struct
import tracemalloc
from collections.abc import Callable

import msgpack
import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import TIME_CHANNELS, records, tables

from pitbox.model.channel import Channel, Layout, Stream
from pitbox.model.source import RowArray
from pitbox.wire.block import decode_rows, encode_rows
from pitbox.wire.errors import MalformedError, OversizeError, UnknownLayoutError, WireError
from pitbox.wire.limit import MAX_LAYOUTS, MAX_PAYLOAD
from pitbox.wire.record import BlockRecord, LayoutRecord, Record, UnknownRecord, decode, encode
from pitbox.wire.unpack import Unpacker

MIB = 1 << 20
ARRAY32 = b"\xdd"
LAYOUT = Layout(Stream.FIELD, (*TIME_CHANNELS, Channel("Pct", "f4", 64, step=2.0**-20)))


def refused(read: Callable[[], object]) -> str:
    """The words with which `read` refuses; fails when it takes more than a megabyte to do so."""
    tracemalloc.start()
    try:
        with pytest.raises(WireError) as caught:
            read()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MIB, f"{peak} bytes were allocated"
    return str(caught.value)


def array32(size: int) -> bytes:
    return ARRAY32 + struct.pack(">I", size)


def bomb(head: bytes, filler: bytes) -> bytes:
    """A payload of the greatest size: the head, then as much filler as there is room for."""
    return head + filler * ((MAX_PAYLOAD - len(head)) // len(filler))


INFO_HEAD = b"\x96\x01\x04\xcb" + bytes(8) + b"\x00\x00"
TRACK = b"\x96\x01\xa0\xa0\x00\x00"
LAYOUT_HEAD = b"\x95\x01\x03\xcb" + bytes(8) + b"\x00\x92\xa3own"
WIDE = "\U0001f3ce".encode()


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(bytes(MAX_PAYLOAD + 1), id="oversize"),
        pytest.param(bomb(b"\x93", b"\x91"), id="nested from the start"),
        pytest.param(bomb(b"\x93\x01\x08\x00", b"\x91"), id="nested in a known kind"),
        pytest.param(bomb(b"\x94\x01\x7f\x00", b"\x91"), id="nested in an unknown kind"),
        pytest.param(bomb(b"\x94\x01\x7f\x00", b"\x81\x00"), id="nested maps"),
        pytest.param(bomb(array32(2**32 - 1) + b"\x01\x7f\x00", b"\x00"), id="a lie about the fields"),
        pytest.param(bomb(b"\x94\x01\x7f\x00" + array32(2**32 - 1), b"\x00"), id="a lie about a list"),
        pytest.param(bomb(b"\x94\x01\x7f\x00" + array32(2 * MIB), b"\x00"), id="many small values, cut"),
        pytest.param(b"\x94\x01\x08\x00\xdb\xff\xff\xff\xff", id="a lie about a text"),
        pytest.param(b"\x98\x01\x05\x00\x00\x00\x00\x01\xc6\xff\xff\xff\xff", id="a lie about a block"),
        pytest.param(bomb(LAYOUT_HEAD + array32(300_000), b"\x92\xa0\xa0"), id="a layout of tiny channels"),
        pytest.param(bomb(LAYOUT_HEAD + array32(1000), b"\x92\xa0\xa0"), id="a layout and an appendix"),
        pytest.param(bomb(INFO_HEAD + TRACK + array32(900_000), b"\x00"), id="an info of tiny sectors"),
        pytest.param(bomb(b"\x94\x01\x08\x00\xdb\x00\x0f\xff\xf0", WIDE), id="a text of wide letters"),
        pytest.param(b"\x94\x01\x08\x00\xa2\xc3\x28", id="a text that is none"),
        pytest.param(b"\x94\x01\x08\xa1x\xa1x", id="a text for a time"),
        pytest.param(b"\x94\x01\x7f\xa1x\xa1x", id="a text for a time in an unknown kind"),
        pytest.param(b"\x93\x01\x7f\x00\x00", id="more than one value"),
        pytest.param(b"\x93\x01\x7f\xc1", id="a byte that MessagePack does not have"),
        pytest.param(b"\x93\xcc\x01\x7f\x00", id="a schema in another form"),
        pytest.param(b"\x93\x01\xff\x00", id="a negative kind"),
    ],
)
def test_a_payload_is_refused(payload: bytes):
    # The longest part of the words is our own: what a peer wrote must not fill a log file.
    assert len(refused(lambda: decode(payload))) < 400


@pytest.mark.parametrize("size", [1000, 65_535])
def test_a_wide_text_within_the_limit_is_bounded(size: int):
    text = msgpack.packb("\U0001f3ce" + "x" * size)
    refused(lambda: decode(b"\x94\x01\x08\x00" + text + b"\x00"))


def test_many_small_values_of_an_unknown_kind_cost_one_copy():
    payload = bomb(b"\x94\x02\x7f\x00" + array32(MAX_PAYLOAD - 9), b"\x00")
    tracemalloc.start()
    try:
        assert isinstance(decode(payload), UnknownRecord)
        assert tracemalloc.get_traced_memory()[1] < MIB + 4096
    finally:
        tracemalloc.stop()


def _frame(content: bytes, *, claim: int | None = None) -> bytes:
    """A zstd frame, with a content size that may lie (8 bytes, single segment)."""
    honest = zstandard.ZstdCompressor(level=3, write_content_size=False).compress(content)
    if claim is None:
        return honest
    # Magic, then a descriptor with an 8-byte size and no window byte, then the honest blocks.
    return honest[:4] + b"\xe0" + struct.pack("<Q", claim) + honest[6:]


def _block(row_count: int, data: bytes) -> BlockRecord:
    return BlockRecord(sim_time_s=0.0, session_num=0, run=0, layout_no=1, row_count=row_count, data=data)


SIZE = LAYOUT.dtype.itemsize
SKIPPABLE = b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd"


def test_the_forged_frame_is_well_formed():
    """Else the tests below would refuse the forgery, not the lie."""
    assert len(decode_rows(LAYOUT, 10, _frame(bytes(10 * SIZE), claim=10 * SIZE))) == 10


@pytest.mark.parametrize(
    ("row_count", "data"),
    [
        pytest.param(0, _frame(b""), id="no rows"),
        pytest.param(-1, _frame(b""), id="fewer than none"),
        pytest.param(2**63 - 1, _frame(b""), id="absurdly many rows"),
        pytest.param(4097, _frame(bytes(4097 * SIZE), claim=4097 * SIZE), id="too many rows"),
        pytest.param(4096, _frame(bytes(4096 * SIZE), claim=4096 * SIZE), id="rows of more than a block"),
        pytest.param(1, b"", id="nothing"),
        pytest.param(1, b"\x28\xb5\x2f\xfd", id="only the magic"),
        pytest.param(1, bytes(500), id="no zstd at all"),
        pytest.param(1, _frame(bytes(SIZE)), id="a frame that keeps its size to itself"),
        pytest.param(1, _frame(bytes(64 * MIB), claim=SIZE), id="a bomb that claims to be a row"),
        pytest.param(1, _frame(bytes(64 * MIB), claim=64 * MIB), id="an honest bomb"),
        pytest.param(1900, _frame(bytes(64 * MIB), claim=1900 * SIZE), id="a bomb that claims to be a block"),
        pytest.param(1900, _frame(bytes(10), claim=1900 * SIZE), id="less than it claims"),
        pytest.param(1, _frame(bytes(SIZE), claim=2**64 - 3), id="a claim of all memory"),
        pytest.param(1, _frame(bytes(SIZE), claim=SIZE) * 2, id="two frames"),
        pytest.param(1, SKIPPABLE + _frame(bytes(SIZE), claim=SIZE), id="a frame to skip first"),
    ],
)
def test_a_block_is_refused(row_count: int, data: bytes):
    unpacker = Unpacker({1: LAYOUT})
    refused(lambda: unpacker.rows(_block(row_count, data)))


def test_a_block_before_its_layout_is_refused():
    with pytest.raises(UnknownLayoutError, match="layout 1,"):
        Unpacker().rows(_block(1, b""))


def test_a_log_cannot_fill_memory_with_layouts():
    unpacker = Unpacker()
    for number in range(MAX_LAYOUTS):
        unpacker.learn(LayoutRecord(sim_time_s=0.0, layout_no=number, layout=LAYOUT))
    unpacker.learn(LayoutRecord(sim_time_s=0.0, layout_no=0, layout=LAYOUT))  # known: shown again
    with pytest.raises(OversizeError):
        unpacker.learn(LayoutRecord(sim_time_s=0.0, layout_no=MAX_LAYOUTS, layout=LAYOUT))


def test_a_layout_with_a_channel_twice_is_not_learnt():
    twice = Layout(Stream.OWN, (*TIME_CHANNELS, Channel("A", "f4"), Channel("A", "f4")))
    payload = encode(LayoutRecord(sim_time_s=0.0, layout_no=1, layout=twice))
    unpacker = Unpacker()
    with pytest.raises(MalformedError, match="twice"):
        unpacker.learn(decode(payload))
    assert unpacker.layouts == {}


@given(records, st.data())
def test_a_flipped_bit_gives_a_record_or_a_refusal(record: Record, data: st.DataObject):
    payload = bytearray(encode(record))
    at = data.draw(st.integers(0, len(payload) * 8 - 1))
    payload[at // 8] ^= 1 << at % 8
    try:
        back = decode(bytes(payload))
        if isinstance(back, LayoutRecord):
            Unpacker().learn(back)
    except WireError:
        pass


@given(st.binary(max_size=300))
def test_noise_gives_a_record_or_a_refusal(noise: bytes):
    for payload in (noise, b"\x98\x01\x05" + noise, b"\x95\x01\x03\x00\x01" + noise):
        try:
            decode(payload)
        except WireError:
            continue


@settings(max_examples=200)
@given(tables(), st.data())
def test_damaged_block_data_gives_rows_of_the_right_shape_or_a_refusal(
    table: tuple[Layout, RowArray], data: st.DataObject
):
    layout, rows = table
    block = bytearray(encode_rows(layout, rows))
    for at in data.draw(st.lists(st.integers(0, len(block) * 8 - 1), min_size=1, max_size=4)):
        block[at // 8] ^= 1 << at % 8
    try:
        back = decode_rows(layout, len(rows), bytes(block))
    except WireError:
        return
    assert back.dtype == layout.dtype
    assert back.shape == rows.shape
    assert isinstance(back, np.ndarray)
