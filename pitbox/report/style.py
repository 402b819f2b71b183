"""How a team's reports look: its colour and its logo, checked before anything is written with them."""

import base64
import re
import zlib
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from pitbox.report.errors import StyleError
from pitbox.report.svg.ink import PAPER, SCREEN, Inks

READABLE = 4.5
"""Contrast of words against their ground (WCAG AA)."""
MOST_LOGO_BYTES = 1_000_000
_MOST_LOGO_PX = 4096
_PNG = b"\x89PNG\r\n\x1a\n"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class Logo(msgspec.Struct, frozen=True):
    """Made by `logo_of`, which checks it."""

    kind: Literal["png", "jpeg"]
    data: bytes

    @property
    def address(self) -> str:
        """As a page holds it within itself."""
        return f"data:image/{self.kind};base64,{base64.b64encode(self.data).decode('ascii')}"


class Style(msgspec.Struct, frozen=True):
    """PitBox's own look where nothing is set."""

    team: str = ""
    colour: str = ""
    """`#0b66d0`; what is too pale to be read is drawn darker on paper, lighter on a screen."""
    logo: Logo | None = None

    def __post_init__(self) -> None:
        if self.colour and not _COLOUR.fullmatch(self.colour):
            raise StyleError(f"{self.colour!r} is no colour; one looks like #0b66d0.")

    def inks(self, scheme: Literal["paper", "screen"]) -> Inks:
        """Our car's lines are in the team's colour, as far as it can be seen on that ground."""
        inks = PAPER if scheme == "paper" else SCREEN
        return msgspec.structs.replace(inks, ours=readable(self.colour, inks.paper)) if self.colour else inks

    @property
    def band(self) -> str:
        """The bar on top of the title page: nothing is written on it, so the colour stays as it is."""
        return self.colour or PAPER.ours


def logo_of(data: bytes) -> Logo:
    """Raises StyleError, in words for people, when it is none that can be printed."""
    if len(data) > MOST_LOGO_BYTES:
        raise StyleError(f"The logo has {len(data) / 1e6:.1f} MB; one may have 1 MB.")
    if data.startswith(_PNG):
        width, height = _png_size(data)
        kind: Literal["png", "jpeg"] = "png"
    elif data.startswith(b"\xff\xd8\xff"):
        width, height = _jpeg_size(data)
        kind = "jpeg"
    else:
        raise StyleError("The logo is neither a PNG nor a JPEG.")
    if not (0 < width <= _MOST_LOGO_PX and 0 < height <= _MOST_LOGO_PX):
        raise StyleError(f"The logo is {width} by {height}; each side may have {_MOST_LOGO_PX} pixels.")
    return Logo(kind, data)


def load_logo(path: Path) -> Logo:
    """Raises StyleError."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_LOGO_BYTES + 1)
    except OSError as error:
        raise StyleError(f"The logo cannot be read: {error}") from error
    return logo_of(data)


@cache
def readable(colour: str, ground: str, least: float = READABLE) -> str:
    """The colour, or the nearest towards black or white that can be read on this ground."""
    away = (0, 0, 0) if _luminance(ground) > 0.18 else (255, 255, 255)
    parts = _parts(colour)
    for step in range(51):
        share = step / 50
        mixed = tuple(round(part + (end - part) * share) for part, end in zip(parts, away, strict=True))
        found = "#" + "".join(f"{part:02x}" for part in mixed)
        if contrast(found, ground) >= least:
            return found
    return found


def contrast(first: str, second: str) -> float:
    """From 1 to 21."""
    dark, light = sorted((_luminance(first), _luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _png_size(data: bytes) -> tuple[int, int]:
    """Each chunk is held against its checksum: half a file is none."""
    place, last = len(_PNG), b""
    while place + 12 <= len(data) and last != b"IEND":
        size = int.from_bytes(data[place : place + 4])
        last = data[place + 4 : place + 8]
        end = place + 8 + size
        if zlib.crc32(data[place + 4 : end]) != int.from_bytes(data[end : end + 4]):
            raise StyleError("The logo is a PNG that was damaged.")
        place = end + 4
    if last != b"IEND" or data[12:16] != b"IHDR":
        raise StyleError("The logo is a PNG that ends too early.")
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])


def _jpeg_size(data: bytes) -> tuple[int, int]:
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker in range(0xC0, 0xD0) and marker not in (0xC4, 0xC8, 0xCC):
            if b"\xff\xd9" not in data[-64:]:
                break
            return int.from_bytes(data[place + 7 : place + 9]), int.from_bytes(data[place + 5 : place + 7])
        place += 2 + int.from_bytes(data[place + 2 : place + 4])
    raise StyleError("The logo is a JPEG that was damaged.")
