"""Framing: a record is whole or it is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitbox.wire.errors import MalformedError, OversizeError, WireError
from pitbox.wire.framing import HEAD, HEAD_SIZE, frame, unframe
from pitbox.wire.limit import MAX_PAYLOAD

seqs = st.integers(0, 2**64 - 1)
payloads = st.binary(max_size=60)


@given(st.lists(st.tuples(seqs, payloads), max_size=5))
def test_records_lie_one_after_the_other(records: list[tuple[int, bytes]]):
    data = memoryview(b"".join(frame(seq, payload) for seq, payload in records))
    offset = 0
    back = []
    while offset < len(data):
        seq, payload, offset = unframe(data, offset)
        back.append((seq, bytes(payload)))
    assert back == records


@given(seqs, payloads)
def test_cut_at_any_byte_it_is_refused(seq: int, payload: bytes):
    data = memoryview(frame(seq, payload))
    for size in range(len(data)):
        with pytest.raises(MalformedError, match="is cut"):
            unframe(data[:size])


@given(seqs, payloads)
def test_with_any_bit_flipped_it_is_refused(seq: int, payload: bytes):
    good = frame(seq, payload)
    for at in range(len(good) * 8):
        bad = bytearray(good)
        bad[at // 8] ^= 1 << at % 8
        with pytest.raises(WireError):
            unframe(memoryview(bad))


@given(seqs, seqs, payloads)
def test_a_record_cannot_take_the_place_of_another(seq: int, other: int, payload: bytes):
    data = bytearray(frame(seq, payload))
    data[:8] = other.to_bytes(8, "little")
    if other != seq:
        with pytest.raises(MalformedError, match="checksum"):
            unframe(memoryview(data))


def test_the_payload_is_a_view_not_a_copy():
    data = bytearray(frame(1, b"abc"))
    payload = unframe(memoryview(data))[1]
    data[HEAD_SIZE] = ord("z")
    assert bytes(payload) == b"zbc"


@pytest.mark.parametrize("size", [MAX_PAYLOAD + 1, 2**31, 2**32 - 1])
def test_a_claimed_size_is_checked_first(size: int):
    with pytest.raises(OversizeError, match=str(size)):
        unframe(memoryview(HEAD.pack(1, size, 0)))


def test_the_largest_payload_fits_and_one_byte_more_does_not():
    assert unframe(memoryview(frame(7, bytes(MAX_PAYLOAD))))[2] == HEAD_SIZE + MAX_PAYLOAD
    with pytest.raises(OversizeError):
        frame(7, bytes(MAX_PAYLOAD + 1))
