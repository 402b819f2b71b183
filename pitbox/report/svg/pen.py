"""Writes the elements of one picture: short, escaped, with coordinates of a tenth of a unit."""

from collections.abc import Iterable
from html import escape
from typing import Literal

Anchor = Literal["start", "middle", "end"]

SIZE = 11
"""Height of all words in a picture; `small` is 10."""
_WIDTHS = (
    281, 278, 403, 631, 638, 812, 639, 222, 362, 362, 500, 659, 280, 460, 276, 357, 625, 464, 605, 636, 642,
    608, 624, 571, 616, 624, 276, 280, 659, 659, 659, 507, 936, 676, 651, 727, 719, 598, 587, 743, 740, 264,
    543, 652, 562, 889, 753, 761, 635, 761, 639, 638, 642, 741, 676, 949, 642, 665, 625, 362, 357, 362, 469,
    452, 497, 564, 621, 558, 621, 582, 361, 609, 591, 237, 237, 544, 237, 869, 585, 597, 609, 609, 372, 523,
    364, 581, 557, 812, 540, 557, 541, 362, 327, 362, 659,
)  # fmt: skip
"""Advance widths of Inter, space to tilde, in thousandths of its size."""
_FIGURE_WIDTH = 642
"""Figures are set in one width."""
_WIDE_FROM = 0x1100
"""From here on letters are as wide as high, or nearly."""


def width_of(text: str, size: float = SIZE) -> float:
    """Of words in the report's typeface, a little more for others."""
    return sum(map(_advance, text)) * size / 1000


def fitted(text: str, room: float, size: float = SIZE) -> str:
    """As much of it as there is room for, cut with an ellipsis; nothing where not even two letters fit."""
    if width_of(text, size) <= room:
        return text
    while len(text) > 1:
        text = text[:-1]
        if width_of(short := text.rstrip() + "…", size) <= room:
            return short if len(short) > 2 else ""
    return ""


def n(value: float) -> str:
    """A coordinate: one digit behind the point, and none that says nothing."""
    text = f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def clean(text: str) -> str:
    """Words for XML: what it cannot hold becomes a replacement sign."""
    kept = "".join(c if _is_allowed(c) else "\N{REPLACEMENT CHARACTER}" for c in text)
    return escape(kept, quote=True)


class Pen:
    """One for each picture; what is written first lies below."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._parts: list[str] = []

    def line(self, x1: float, y1: float, x2: float, y2: float, ink: str, *, look: str = "") -> None:
        self._parts.append(f'<path class="s-{ink}" d="M{n(x1)} {n(y1)}L{n(x2)} {n(y2)}"{_spaced(look)}/>')

    def path(self, d: str, ink: str, *, look: str = "", is_filled: bool = False) -> None:
        if d:
            self._parts.append(f'<path class="{"f" if is_filled else "s"}-{ink}" d="{d}"{_spaced(look)}/>')

    def rect(
        self, x: float, y: float, width: float, height: float, ink: str, *, look: str = "", title: str = ""
    ) -> None:
        if width <= 0 or height <= 0:
            return
        place = f'x="{n(x)}" y="{n(y)}" width="{n(width)}" height="{n(height)}"'
        self._parts.append(_closed("rect", f'class="f-{ink}" {place}{_spaced(look)}', title))

    def outline(self, x: float, y: float, width: float, height: float, ink: str, *, title: str = "") -> None:
        place = f'x="{n(x)}" y="{n(y)}" width="{n(max(width, 1))}" height="{n(height)}"'
        self._parts.append(_closed("rect", f'class="s-{ink}" fill="none" {place}', title))

    def dot(self, x: float, y: float, radius: float, ink: str, *, look: str = "", title: str = "") -> None:
        place = f'cx="{n(x)}" cy="{n(y)}" r="{n(radius)}"'
        self._parts.append(_closed("circle", f'class="f-{ink}" {place}{_spaced(look)}', title))

    def text(
        self,
        x: float,
        y: float,
        words: str,
        ink: str = "text",
        *,
        anchor: Anchor = "start",
        size: float = SIZE,
        is_strong: bool = False,
        has_halo: bool = False,
        title: str = "",
    ) -> None:
        """`y` is the middle of small letters. A halo of paper keeps it readable on lines."""
        if not words:
            return
        extra = "" if anchor == "start" else f' text-anchor="{anchor}"'
        extra += "" if size == SIZE else f' font-size="{n(size)}"'
        extra += ' font-weight="600"' if is_strong else ""
        place = f'x="{n(x)}" y="{n(y + size * 0.35)}"{extra}'
        if has_halo:
            self._parts.append(
                f'<text class="f-paper s-paper" {place} stroke-width="3" stroke-linejoin="round">'
                f"{clean(words)}</text>"
            )
        inside = clean(words) + (f"<title>{clean(title)}</title>" if title and title != words else "")
        self._parts.append(f'<text class="f-{ink}" {place}>{inside}</text>')

    def body(self) -> str:
        return "".join(self._parts)


def polyline(points: Iterable[tuple[float, float]]) -> str:
    """A path through tenths of a unit, written as steps from point to point: half as long as with places."""
    steps: list[str] = []
    last = (0, 0)
    for x, y in points:
        here = (round(x * 10), round(y * 10))
        if not steps:
            steps.append(f"M{n(here[0] / 10)} {n(here[1] / 10)}")
        elif here != last:
            steps.append(_step((here[0] - last[0]) / 10, (here[1] - last[1]) / 10))
        last = here
    return "".join(steps)


def _step(dx: float, dy: float) -> str:
    if not dy:
        return f"h{n(dx)}"
    if not dx:
        return f"v{n(dy)}"
    return f"l{n(dx)}{'' if dy < 0 else ' '}{n(dy)}"


def _advance(letter: str) -> int:
    if "0" <= letter <= "9":
        return _FIGURE_WIDTH
    code = ord(letter)
    if 32 <= code < 127:
        return _WIDTHS[code - 32]
    return 1000 if code >= _WIDE_FROM and not 0x2000 <= code < 0x2E80 else 680


def _is_allowed(letter: str) -> bool:
    code = ord(letter)
    if code < 32:
        return letter in "\t\n"
    return not (127 <= code < 160 or 0xD800 <= code < 0xE000 or code in (0xFFFE, 0xFFFF))


def _closed(name: str, attributes: str, title: str) -> str:
    inside = f"><title>{clean(title)}</title></{name}>" if title else "/>"
    return f"<{name} {attributes}{inside}"


def _spaced(look: str) -> str:
    return f" {look}" if look else ""
