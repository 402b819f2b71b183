"""What a check found, and what it needs to look."""

from pathlib import Path
from typing import Literal

import msgspec

from pitbox.crew.clock import SystemClock
from pitbox.model.clock import Clock


class Finding(msgspec.Struct, frozen=True):
    """`bad` keeps something from working; `note` is worth knowing."""

    name: str
    level: Literal["ok", "note", "bad"]
    words: str
    advice: str = ""
    """What to do; empty when nothing is."""


class Context(msgspec.Struct, frozen=True):
    """The patient."""

    data_folder: Path
    lock_file: Path
    warn_free_bytes: int
    clock: Clock = SystemClock()
    problems: tuple[str, ...] = ()
    """What `settings_file.read` could not use."""
