"""A team's colour is always readable, and a logo is one or is refused in words."""

import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitbox.report.errors import StyleError
from pitbox.report.style import MOST_LOGO_BYTES, Style, contrast, load_logo, logo_of, readable

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def png(width: int = 4, height: int = 4) -> bytes:
    """A red one."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\xff\0\0" * min(width, 8) for _ in range(min(height, 8)))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


@given(COLOURS)
def test_any_colour_is_readable_on_paper_and_screen(colour: str) -> None:
    style = Style("us", colour)
    for scheme in ("paper", "screen"):
        inks = style.inks(scheme)
        assert contrast(inks.ours, inks.paper) >= 4.5
    assert style.band == colour


@given(COLOURS)
def test_a_colour_that_can_be_read_stays(colour: str) -> None:
    assert (readable(colour, "#ffffff") == colour) == (contrast(colour, "#ffffff") >= 4.5)


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", "#1234567", "url(x)", "#000000;}"])
def test_what_is_no_colour_is_refused(colour: str) -> None:
    with pytest.raises(StyleError):
        Style("us", colour)


def test_a_png_is_taken() -> None:
    logo = logo_of(png())
    assert logo.kind == "png"
    assert logo.address.startswith("data:image/png;base64,iVBOR")


def test_a_jpeg_is_taken_by_its_size() -> None:
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, 20, 30, 1) + b"\1\x11\0"
    assert logo_of(b"\xff\xd8" + b"\xff\xe0\0\4ab" + frame + b"\xff\xd9").kind == "jpeg"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "neither"),
        (b"", "neither"),
        (png() + b"\0" * MOST_LOGO_BYTES, "MB"),
        (png(5000, 10), "5000"),
        (png(0, 10), "0 by 10"),
        (png()[:-20], "PNG"),
        (png().replace(b"\x08\x02", b"\x08\x03"), "damaged"),
        (b"\xff\xd8\xff\xe0\0\4", "damaged"),
    ],
)
def test_what_is_no_logo_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(StyleError, match=words):
        logo_of(data)


@given(st.binary(max_size=80), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"]))
def test_any_bytes_are_a_logo_or_refused(data: bytes, head: bytes) -> None:
    try:
        logo_of(head + data)
    except StyleError:
        return


def test_a_file_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(StyleError, match="cannot be read"):
        load_logo(tmp_path / "none.png")
    (tmp_path / "logo.png").write_bytes(png())
    assert load_logo(tmp_path / "logo.png") == logo_of(png())
