"""What is to leave: which session, as what, how much of the own car."""

import re
from collections.abc import Callable
from enum import StrEnum

import msgspec

from pitbox.model.ids import SessionId
from pitbox.store.errors import ExportError

ProgressSink = Callable[[int, int], None]
"""Bytes done, bytes in all; about."""
_SPAN = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")


class Format(StrEnum):
    CSV = "csv"
    PARQUET = "parquet"
    IBT = "ibt"
    MCAP = "mcap"


class Wish(msgspec.Struct, frozen=True):
    session: SessionId
    format: Format
    channels: tuple[str, ...] | None = None
    """Of the own car, by the sim's names; None: all. An empty one leaves the own car out."""
    laps: tuple[tuple[int, int], ...] = ()
    """First and last lap of each stretch of the own car; none: all of it."""
    is_replacing: bool = False


def lap_spans(text: str) -> tuple[tuple[int, int], ...]:
    """`5-9,12`; raises ExportError."""
    found = [_SPAN.fullmatch(part.strip()) for part in text.split(",") if part.strip()]
    spans = [(int(one[1]), int(one[2] or one[1])) for one in found if one is not None]
    if len(spans) < len(found) or not spans or any(first > last for first, last in spans):
        raise ExportError(f"{text!r} names no laps; it looks like 5-9,12.")
    return tuple(spans)


def unwatched(done: int, total: int) -> None:
    """A sink for those who wait for the end only."""


def never() -> bool:
    """For those who never stop what they asked for."""
    return False
