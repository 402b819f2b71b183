"""What a room says about itself when the world is not as it should be."""

from collections.abc import Callable
from enum import IntEnum

import msgspec


class Level(IntEnum):
    OK = 0
    NOTE = 1
    """Worth knowing; nothing is worse for it."""
    DEGRADED = 2
    """Something works less well than it could."""
    FAILED = 3
    """Something does not work; the words say what still does."""


class Health(msgspec.Struct, frozen=True):
    """The state of one matter of one room; a new one replaces the old one of the same subject."""

    room: str
    subject: str
    level: Level
    words: str


HealthSink = Callable[[Health], None]


def unheard(health: Health) -> None:
    """A sink for those who have nobody to tell."""
