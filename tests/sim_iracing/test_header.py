"""A header is believed only as far as the bytes behind it go."""

import struct
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from image import COLUMNS, Image

from pitbox.sim.iracing.errors import (
    EmptyFileError,
    GarbageError,
    ImageError,
    NotIracingError,
    TruncatedError,
)
from pitbox.sim.iracing.header import Header, parse_header

GOOD = bytes(Image().build())
COUNT_AT, LIST_AT, SLOTS_AT, LENGTH_AT = 24, 28, 32, 36


def with_int(at, value, image=GOOD):
    out = bytearray(image)
    struct.pack_into("<i", out, at, value)
    return memoryview(out)


@pytest.mark.parametrize("version", [1, 2])
def test_fact_1_both_versions_are_read_as_they_are_written(version):
    image = Image(version=version)
    header = parse_header(memoryview(image.build()))
    assert (header.version, header.tick_rate, header.text_length) == (version, 60, image.text_bytes)
    assert [(v.name, v.kind, v.count, v.offset) for v in header.variables] == [
        (name, kind, count, image.offsets[name]) for name, kind, count in COLUMNS
    ]
    assert [v.name for v in header.variables if v.is_time] == ["LatAccel_ST"]
    assert header.variables[0].unit == "unit"
    assert header.buffer_length == image.row_bytes
    assert [buffer.offset for buffer in header.buffers] == [image.row_at(slot) for slot in range(3)]
    assert header.is_connected


def test_fact_2_array_sizes_come_from_the_header():
    for cars in (64, 72, 80):
        columns = tuple((name, kind, cars if count == 72 else count) for name, kind, count in COLUMNS)
        header = parse_header(memoryview(Image(columns=columns).build()))
        assert header.variable("CarIdxLapDistPct").count == cars
        assert header.variable("Lat") is None


@pytest.mark.parametrize(
    ("image", "error"),
    [
        (b"", EmptyFileError),
        (b"\x02", TruncatedError),
        (GOOD[:100], TruncatedError),
        (GOOD[:4000], TruncatedError),
        (GOOD[: Image().rows_at - 1], TruncatedError),
        (GOOD[:-1], TruncatedError),
        (b"PK\x03\x04" + GOOD[4:], NotIracingError),
        (bytes(4096), NotIracingError),
        (b"a text of somebody\n" * 99, NotIracingError),
    ],
)
def test_fact_8_what_is_empty_cut_or_foreign_is_told_apart(image, error):
    with pytest.raises(error) as caught:
        parse_header(memoryview(image))
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("at", [8, COUNT_AT, LIST_AT, SLOTS_AT, LENGTH_AT, 16, 20, 52])
@pytest.mark.parametrize("value", [-1, -(2**31), 2**31 - 1])
def test_fact_8_impossible_figures_are_refused(at, value):
    with pytest.raises((GarbageError, TruncatedError)):
        parse_header(with_int(at, value))


@pytest.mark.parametrize("at", [0, 4, 8])
def test_a_channel_that_leaves_its_row_is_refused(at):
    for value in (-1, 2**31 - 1, 4096):
        with pytest.raises(GarbageError):
            parse_header(with_int(Image().variables_at + at, value))


def test_channels_without_a_name_or_with_another_ones_are_refused():
    at = Image().variables_at + 16
    for name in (b"", b"\x07bell", b"SessionTick"):
        image = bytearray(GOOD)
        image[at : at + 32] = name.ljust(32, b"\0")
        with pytest.raises(GarbageError):
            parse_header(memoryview(image))


def test_channels_that_lie_over_each_other_cannot_grow_a_row():
    columns = tuple((f"A{number}", "f8", 250) for number in range(20))
    image = bytearray(Image(columns=columns).build())
    for number in range(20):
        struct.pack_into("<i", image, Image(columns=columns).variables_at + 144 * number + 4, 0)
    struct.pack_into("<i", image, LENGTH_AT, 2000)
    with pytest.raises(GarbageError, match="do not fit"):
        parse_header(memoryview(image))


def test_fact_8_a_lie_costs_no_memory():
    lies = [with_int(at, 2**31 - 1) for at in (16, COUNT_AT, LENGTH_AT, SLOTS_AT)]
    tracemalloc.start()
    try:
        for lie in lies:
            with pytest.raises(ImageError):
                parse_header(lie)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 200_000


@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=30))
def test_any_flipped_bytes_give_a_header_or_an_error_with_words(flips):
    image = bytearray(GOOD)
    for at, value in flips:
        image[at % 400 if value % 2 else at] = value
    try:
        header: Header | None = parse_header(memoryview(image))
    except ImageError:
        header = None
    if header is not None:
        assert all(buffer.offset + header.buffer_length <= len(image) for buffer in header.buffers)
        assert all(v.offset + v.size <= header.buffer_length for v in header.variables)


@given(st.binary(max_size=300), st.sampled_from([1, 2]))
def test_noise_behind_a_good_version_never_passes(noise, version):
    with pytest.raises(ImageError):
        parse_header(memoryview(struct.pack("<i", version) + noise))
