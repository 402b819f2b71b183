"""What goes over a link: any cut of the stream gives the same payloads, any damage is an error in words."""

import tracemalloc

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitbox.sync.errors import CorruptFrameError, FrameError, NestedFrameError, OversizeFrameError
from pitbox.sync.frame import HEAD, HEAD_SIZE, MAX_FRAME, FrameReader, frame, pack, tag_of, unpack
from pitbox.sync.handshake import LINK_MESSAGES, Hello, Ping, link_messages

payloads = st.lists(st.binary(max_size=300), max_size=12)


@given(payloads, st.data())
def test_any_cut_of_a_stream_gives_the_same_payloads(sent: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(map(frame, sent))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=10)))
    reader, got = FrameReader(), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        got += reader.feed(stream[start:end])
    assert got == sent
    assert reader.pending == 0


@given(st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=5), st.data())
def test_a_flipped_bit_never_gives_a_wrong_payload(sent: list[bytes], data: st.DataObject) -> None:
    stream = bytearray(b"".join(map(frame, sent)))
    at = data.draw(st.integers(0, len(stream) * 8 - 1))
    stream[at // 8] ^= 1 << at % 8
    reader, got = FrameReader(), []
    try:
        for byte in stream:
            got += reader.feed(bytes([byte]))
    except FrameError:
        pass
    assert got == sent[: len(got)]
    assert len(got) < len(sent)


def test_a_lie_about_the_length_costs_nothing() -> None:
    reader = FrameReader()
    tracemalloc.start()
    with pytest.raises(OversizeFrameError):
        reader.feed(HEAD.pack(0xFFFFFFFF, 0))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 64 << 10


def test_the_largest_frame_passes_and_one_byte_more_does_not() -> None:
    largest = bytes(MAX_FRAME)
    assert FrameReader().feed(frame(largest)) == [largest]
    with pytest.raises(OversizeFrameError):
        frame(bytes(MAX_FRAME + 1))
    with pytest.raises(OversizeFrameError):
        FrameReader().feed(HEAD.pack(MAX_FRAME + 1, 0))
    assert HEAD_SIZE == 8


@pytest.mark.parametrize("bomb", [b"\x91" * 200_000, b"\x91" * 100_000 + b"\xc0", b"\x81\x01" * 100_000])
def test_a_nested_bomb_is_an_error_and_small(bomb: bytes) -> None:
    untyped: msgspec.msgpack.Decoder[object] = msgspec.msgpack.Decoder()
    tracemalloc.start()
    with pytest.raises(NestedFrameError):
        unpack(bomb, untyped)
    with pytest.raises(FrameError):
        unpack(bomb, link_messages)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20


@given(st.binary(max_size=200))
def test_garbage_is_a_message_or_an_error(garbage: bytes) -> None:
    try:
        message = unpack(garbage, link_messages)
    except FrameError:
        return
    assert isinstance(message, LINK_MESSAGES)


@pytest.mark.parametrize("number", [0, 1, 16, 127, 128, 255])
@pytest.mark.parametrize("length", [1, 2, 15, 16, 70_000])
def test_the_number_is_read_from_any_array(number: int, length: int) -> None:
    assert tag_of(pack([number] + [0] * (length - 1))) == number


@pytest.mark.parametrize("value", [None, 1, "text", [], {}, {1: 2}, ["x"], [-1], [256], [None], [1.0], [[1]]])
def test_what_is_no_numbered_array_is_corrupt(value: object) -> None:
    with pytest.raises(CorruptFrameError):
        tag_of(pack(value))
    with pytest.raises(CorruptFrameError):
        tag_of(b"")


def test_a_message_of_a_newer_minor_version_is_read_and_an_older_one_too() -> None:
    hello = Hello(1, 3, "log", "ab", name="Kai")
    longer = [*msgspec.msgpack.decode(pack(hello)), "something new"]
    assert unpack(pack(longer), link_messages) == hello
    assert unpack(pack([1, 1, 3, "log", "ab"]), link_messages) == Hello(1, 3, "log", "ab")
    assert unpack(pack([4, 7]), link_messages) == Ping(7)


def test_numbers_of_messages_are_unique_and_stay() -> None:
    tags = {kind.__name__: kind.__struct_config__.tag for kind in LINK_MESSAGES}
    assert tags == {"Hello": 1, "Welcome": 2, "Refuse": 3, "Ping": 4, "Pong": 5, "Bye": 6}
