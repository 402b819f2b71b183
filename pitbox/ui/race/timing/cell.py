"""One cell of the table as it is drawn. Loads no Qt."""

from enum import StrEnum

import msgspec


class Mark(StrEnum):
    """A shape beside a figure: what its colour says, for eyes that do not see the colour."""

    NONE = ""
    OWN_BEST = "dot"
    CLASS_BEST = "diamond"
    UP = "up"
    DOWN = "down"


class Cell(msgspec.Struct, frozen=True):
    text: str = ""
    tone: str = "text"
    """A token's name."""
    rest: str = ""
    """Behind the text, dimmed, where there is room."""
    mark: Mark = Mark.NONE
    is_slanted: bool = False
    is_strong: bool = False
    rank: int = -1
    """Of a class, for the bar in its colour; -1 for none."""
    window: tuple[int, int, int] | None = None
    """A bar below the text: from and to so many laps from now, on a scale of so many."""
    likely: int | None = None
    """A notch in that bar, so many laps from now."""
    corner: str = ""
    """A token's name, for the small corner that says that a person set it right; empty for none."""


EMPTY = Cell()
