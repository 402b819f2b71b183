"""How what a field says is written into one `Value`, and what is not written: one kind of field a class.

`spell` raises ValueError for what the field cannot have; `read` gives None for what no PitBox would have
written, so that an odd edit is passed over and never breaks a fold.
"""

from enum import StrEnum
from math import isfinite
from typing import Any, Protocol

import msgspec

from pitbox.model.edit import MAX_TEXT, Value
from pitbox.model.span import Span, Spans, joined
from pitbox.model.wall_time import zone_of

_MAX_ZONE = 64
_MOST_RACE_S = 8 * 86400.0


class Spelling(Protocol):
    @property
    def expected(self) -> str:
        """What the field can have, for an error's sentence."""
        ...

    def spell(self, value: Any) -> Value: ...

    def read(self, value: Value) -> Any: ...


class Text(msgspec.Struct, frozen=True):
    most: int = 64
    least: int = 0

    @property
    def expected(self) -> str:
        return f"a text of {self.least} to {self.most} characters"

    def spell(self, value: Any) -> Value:
        read = self.read(value)
        if read is None:
            raise ValueError
        return read

    def read(self, value: Value) -> str | None:
        return value if isinstance(value, str) and self.least <= len(value) <= self.most else None


class Figure(msgspec.Struct, frozen=True):
    least: float
    most: float

    @property
    def expected(self) -> str:
        return f"a number from {self.least:g} to {self.most:g}"

    def spell(self, value: Any) -> Value:
        read = self.read(value)
        if read is None:
            raise ValueError
        return read

    def read(self, value: Value) -> float | None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            return None
        return float(value) if self.least <= value <= self.most else None


class Count(msgspec.Struct, frozen=True):
    least: int
    most: int

    @property
    def expected(self) -> str:
        return f"a whole number from {self.least} to {self.most}"

    def spell(self, value: Any) -> Value:
        read = self.read(value)
        if read is None:
            raise ValueError
        return read

    def read(self, value: Value) -> int | None:
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        return value if is_whole and self.least <= value <= self.most else None  # type: ignore[operator,return-value]


class Flag(msgspec.Struct, frozen=True):
    expected: str = "yes or no"

    def spell(self, value: Any) -> Value:
        read = self.read(value)
        if read is None:
            raise ValueError
        return read

    def read(self, value: Value) -> bool | None:
        return value if isinstance(value, bool) else None


class Choice(msgspec.Struct, frozen=True):
    of: type[StrEnum]

    @property
    def expected(self) -> str:
        return "one of " + ", ".join(self.of)

    def spell(self, value: Any) -> Value:
        return str(self.of(value))

    def read(self, value: Value) -> StrEnum | None:
        try:
            return self.of(str(value))
        except ValueError:
            return None


class Zone(msgspec.Struct, frozen=True):
    """Written only if this machine knows it; read as it is, since machines know different zones."""

    expected: str = "a time zone like Europe/Berlin"

    def spell(self, value: Any) -> Value:
        if self.read(value) is None:
            raise ValueError
        return zone_of(value).key

    def read(self, value: Value) -> str | None:
        return value if isinstance(value, str) and 0 < len(value) <= _MAX_ZONE and " " not in value else None


class Stretches(msgspec.Struct, frozen=True):
    """Of race time: `3600-7200,10000-12000.5`, in seconds, to the millisecond."""

    expected: str = "stretches of race time, each from a second to a later one"

    def spell(self, value: Any) -> Value:
        spans = tuple(Span(round(start, 3), round(end, 3)) for start, end in (_ends(one) for one in value))
        if any(not 0 <= one.start_s < one.end_s <= _MOST_RACE_S for one in spans):
            raise ValueError
        text = ",".join(f"{_second(one.start_s)}-{_second(one.end_s)}" for one in joined(spans))
        if len(text) > MAX_TEXT:
            raise ValueError
        return text

    def read(self, value: Value) -> Spans | None:
        if not isinstance(value, str):
            return None
        try:
            ends = [[float(end) for end in one.split("-")] for one in value.split(",") if one]
            spans = tuple(Span(start, end) for start, end in ends)
        except ValueError:
            return None
        is_sound = all(0 <= one.start_s < one.end_s <= _MOST_RACE_S for one in spans)
        return spans if is_sound and joined(spans) == spans else None


def _ends(span: Any) -> tuple[float, float]:
    return (span.start_s, span.end_s) if isinstance(span, Span) else (span[0], span[1])


def _second(at_s: float) -> str:
    return f"{at_s:.3f}".rstrip("0").rstrip(".")
