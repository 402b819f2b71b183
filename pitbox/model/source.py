"""Where ticks come from: a live sim, a file, a log or a synthetic world."""

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.model.channel import Layout
from pitbox.model.ids import SessionId
from pitbox.model.session import SessionInfo

RowArray = NDArray[np.void]
"""Rows of one layout: a structured array of shape (n,)."""


class Opened(msgspec.Struct, frozen=True):
    """A session came into view; its rows look like this until the next `Opened`."""

    session: SessionId
    own: Layout
    field: Layout
    slow: Layout

    def layouts(self) -> tuple[Layout, Layout, Layout]:
        return (self.own, self.field, self.slow)


class InfoChanged(msgspec.Struct, frozen=True):
    session_num: int
    sim_time_s: float
    info: SessionInfo
    text: bytes = b""
    """What the sim wrote, to the byte, where there is such a text."""


class Origin(msgspec.Struct, frozen=True):
    """Which collector a row comes from, and when it came."""

    device: str
    at_s: float
    """This machine's monotonic clock."""

    def age_s(self, now_s: float) -> float:
        return max(0.0, now_s - self.at_s)


class Ticks(msgspec.Struct, frozen=True):
    """Consecutive ticks: the same n rows of each stream. Never spans two session numbers."""

    own: RowArray
    field: RowArray
    slow: RowArray
    origins: tuple["Origin", ...] = ()
    """Of the own rows and of the field's, where they came from other machines; else they are ours and new."""

    def __len__(self) -> int:
        return len(self.own)


class Missed(msgspec.Struct, frozen=True):
    """Ticks that the sim made and this source did not get whole."""

    count: int
    from_s: float
    to_s: float
    reason: str


class Closed(msgspec.Struct, frozen=True):
    sim_time_s: float
    reason: str


SourceEvent = Opened | InfoChanged | Ticks | Missed | Closed


class TickSource(Protocol):
    """A spring of the river. `poll` returns what came, in order; empty after `timeout_s`."""

    def poll(self, timeout_s: float) -> Sequence[SourceEvent]: ...

    def close(self) -> None: ...


def joined_rows(pieces: Sequence[RowArray]) -> RowArray:
    """Pieces of one layout as one array; numpy's own way compares every field of every piece."""
    if len(pieces) == 1:
        return pieces[0]
    dtype = pieces[0].dtype
    rows: RowArray = np.concatenate([piece.view(f"V{dtype.itemsize}") for piece in pieces]).view(dtype)
    return rows


def row_field(rows: RowArray, name: str) -> NDArray[Any]:
    """One channel of rows, as a view."""
    view: NDArray[Any] = rows[name]
    return view
