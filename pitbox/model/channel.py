"""What a source measures: channels, and the layout of one row of them."""

from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any

import msgspec
import numpy as np


class Stream(StrEnum):
    """The three lanes of rows in a log."""

    OWN = "own"
    """Scalars of the sim and of our own car, every tick."""
    FIELD = "field"
    """Per-car arrays that folds read, every tick."""
    SLOW = "slow"
    """Per-car arrays that change now and then; a row only where something changed."""


class Channel(msgspec.Struct, frozen=True, array_like=True):
    """One variable of the sim, under the sim's own name."""

    name: str
    kind: str
    """numpy type code: `b1`, `i1`, `i2`, `i4`, `u4`, `f4` or `f8`, little-endian."""
    count: int = 1
    unit: str = ""
    description: str = ""
    step: float = 0.0
    """0 keeps every bit; else the log holds multiples of this step (a power of two)."""


CHANNEL_KINDS = frozenset({"b1", "i1", "i2", "i4", "u4", "f4", "f8"})
LAP_STEP = 2.0**-20
"""Quantum of a lap fraction in the log: 5 mm on a 5 km lap, exact in a 32-bit float."""


MAX_CHANNELS = 1024
"""Three times what iRacing has; refused before a longer list is read."""


class Layout(msgspec.Struct, frozen=True, array_like=True, cache_hash=True):
    """The channels of one row, in order. Each layout starts with SessionTime and SessionTick."""

    stream: Stream
    channels: Annotated[tuple[Channel, ...], msgspec.Meta(max_length=MAX_CHANNELS)]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The packed, little-endian structured type of one row."""
        return _dtype(self)

    def names(self) -> tuple[str, ...]:
        return tuple(channel.name for channel in self.channels)


@lru_cache(maxsize=64)
def _dtype(layout: Layout) -> np.dtype[Any]:
    fields: list[Any] = []
    for channel in layout.channels:
        code = channel.kind if channel.kind.endswith("1") else f"<{channel.kind}"
        fields.append((channel.name, code) if channel.count == 1 else (channel.name, code, (channel.count,)))
    return np.dtype(fields)
