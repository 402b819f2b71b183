"""Colours, type sizes and distances: the one place where they stand. Loads no Qt.

Sizes are in units of the design; `Theme.px` makes pixels of them at the user's scale.
"""

from enum import IntEnum
from typing import Literal

import msgspec


class Palette(msgspec.Struct, frozen=True):
    """Colours by what they mean. A state's colour always comes with a shape and a word."""

    ground: str
    panel: str
    raised: str
    line: str
    text: str
    dim: str
    faint: str
    accent: str
    good: str
    warn: str
    bad: str
    best: str
    """The quickest of all in timing."""


DARK = Palette(
    ground="#0d1014",
    panel="#13171d",
    raised="#1a2028",
    line="#262d37",
    text="#e6e9ee",
    dim="#98a2b0",
    faint="#687384",
    accent="#5aa9ff",
    good="#3ecf8e",
    warn="#f2b84b",
    bad="#ff6b6b",
    best="#b98bff",
)
LIGHT = Palette(
    ground="#f5f6f8",
    panel="#ffffff",
    raised="#eef0f3",
    line="#d8dce2",
    text="#14181d",
    dim="#525c69",
    faint="#858f9c",
    accent="#0b66d0",
    # The dark theme's states are too pale on white to be read.
    good="#0b7a4b",
    warn="#8f5b00",
    bad="#c62f2f",
    best="#7440c8",
)

FLAG_COLOURS = {
    "green": "#2fae74",
    "caution": "#f2c811",
    "white": "#f4f6f8",
    "red": "#e5484d",
    "checkered": "#98a2b0",
}
"""The same in both themes: flags are flags."""

CLASS_COLOURS = ("#56b4e9", "#e69f00", "#cc79a7", "#009e73", "#f0e442", "#d55e00")
"""By pace, the quickest class first; told apart by colour-blind eyes too. For bars, never for words."""


LAP_COLOURS = ("#56b4e9", "#e69f00", "#cc79a7", "#009e73", "#d55e00", "#b98bff", "#f0e442")
LAP_COLOURS_ON_WHITE = ("#1f86c7", "#b87700", "#b0568a", "#007a59", "#c04f00", "#7440c8", "#8a7d00")
"""Of laps beside the first, which is black or white: the same hues, dark enough for lines on white."""


class Type(IntEnum):
    """Heights of type."""

    NOTE = 11
    BODY = 12
    STRONG = 13
    HEAD = 16
    FIGURE = 22
    GREAT = 36


class Weight(IntEnum):
    PLAIN = 400
    STRONG = 500
    FIRST = 600
    """For one thing in a panel."""


GRID = 4
PADDING = 8
RADIUS = 4
ICON = 16
FLAG_STRIP = 3
MARK = 6
"""A small shape beside a figure."""
ROWS = {"compact": 20, "normal": 24, "relaxed": 28}
"""Heights of a table's rows."""
BAR = 36
"""The bar on top of a window."""
RAIL = 64
SCROLL = 10
"""As wide as the bar is that scrolls."""

FLASH_MS = 600
"""A changed value is lit at first and fades in this time."""
SLIDE_MS = 150
"""Rows that changed places take this long."""
FLASH_SHARE = 0.28
"""Of the accent in a value's ground when it has just changed."""
NOTICE_S = 6.0
"""A notice that needs no answer goes after this."""


class Theme(msgspec.Struct, frozen=True):
    name: Literal["dark", "light"] = "dark"
    scale: float = 1.0

    @property
    def palette(self) -> Palette:
        return DARK if self.name == "dark" else LIGHT

    def px(self, units: float) -> int:
        return max(1, round(units * self.scale)) if units else 0
