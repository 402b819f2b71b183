"""Lines of a list as they are drawn: what stands in them, never how. Loads no Qt."""

from enum import StrEnum

import msgspec


class Sign(StrEnum):
    """A shape before a word: what its colour says, for eyes that do not see the colour."""

    NONE = ""
    UP = "up"
    DOWN = "down"
    SAME = "diamond"
    RING = "ring"
    DOT = "dot"
    ALERT = "alert"


class Part(msgspec.Struct, frozen=True):
    """What stands in one column of a line."""

    text: str = ""
    tone: str = "text"
    """A token's name."""
    is_strong: bool = False
    rank: int = -1
    """Of a class, for the bar in its colour; -1 for none."""
    sign: Sign = Sign.NONE


class Line(msgspec.Struct, frozen=True):
    key: str
    """Stays the same while the line changes."""
    parts: tuple[Part, ...]
    body: str = ""
    """Below, over as many rows as it needs."""
    tip: str = ""
    is_ours: bool = False
    is_new: bool = False
    """Stands out until somebody has seen to it."""
    car_idx: int = -1


class LineColumn(msgspec.Struct, frozen=True):
    width: int = 0
    """In units of the design; 0 takes the room that is left."""
    is_left: bool = True
    least: int = 0
    """Of one that takes what is left: with less it says nothing, and is left empty."""
    gives_way: int = 0
    """Where there is too little room the lowest of these goes first; 0 never does."""
