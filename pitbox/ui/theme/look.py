"""How windows look now, and that it has changed: theme, scale, and what a person prefers to read."""

from typing import Literal

import msgspec
from PySide6.QtCore import QObject, Signal

from pitbox.ui.theme.token import CLASS_COLOURS, ROWS, Palette, Theme
from pitbox.wall.settings import Settings, Window


class Taste(msgspec.Struct, frozen=True):
    """What a person wants to read, and how much may move."""

    units: Literal["metric", "imperial"] = "metric"
    zone: Literal["local", "utc"] = "local"
    is_still: bool = False
    """Nothing moves and nothing fades."""
    row: Literal["compact", "normal", "relaxed"] = "normal"


class Look(QObject):
    """One for each window. What paints itself asks it each time, and paints again when it changed."""

    changed = Signal()

    def __init__(self, theme: Theme | None = None, taste: Taste | None = None) -> None:
        super().__init__()
        self.theme = Theme() if theme is None else theme
        self.taste = Taste() if taste is None else taste

    @property
    def palette(self) -> Palette:
        return self.theme.palette

    @property
    def row_height(self) -> int:
        return self.theme.px(ROWS[self.taste.row])

    def px(self, units: float) -> int:
        return self.theme.px(units)

    def wear(self, theme: Theme, taste: Taste) -> None:
        if (theme, taste) != (self.theme, self.taste):
            self.theme, self.taste = theme, taste
            self.changed.emit()


def theme_of(settings: Settings) -> Theme:
    return Theme(settings.window.theme, settings.window.scale_percent / 100)


def taste_of(window: Window) -> Taste:
    return Taste(window.units, window.time_zone, window.is_motion_reduced, window.row_height)


def class_colour(rank: int) -> str:
    """Of a class by its rank in pace, 0 is the quickest."""
    return CLASS_COLOURS[rank % len(CLASS_COLOURS)]
