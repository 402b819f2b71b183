"""Sessions as people read them. Loads no Qt."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from pitbox.analysis.trend import Interval
from pitbox.ui.scene.dayclock import Zone
from pitbox.ui.scene.words import NONE, lap_words, signed
from pitbox.wall.library import Recorded
from pitbox.wall.search import Filter

STATES = {
    "here": "",
    "recording": "recording now",
    "archived": "archived",
    "deleted": "deleted",
    "rows only": "rows only",
}
_FAR_S = 1e11
_TAG = re.compile(r'#"([^"]*)"?|#(\S+)')
_DAYS = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_CLOCK = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,6}(?:\.\d+)?)")


def date_words(at_s: float, zone: Zone, *, has_time: bool = False) -> str:
    """`2026-11-21`, or `2026-11-21 14:05`; a dash where nobody knows."""
    if not 0 < at_s < _FAR_S:
        return NONE
    at = datetime.fromtimestamp(at_s, UTC)
    if zone == "local":
        at = at.astimezone()
    return at.strftime("%Y-%m-%d %H:%M" if has_time else "%Y-%m-%d")


def track_words(one: Recorded) -> str:
    return f"{one.track} {one.config}".strip() or NONE


def name_words(one: Recorded) -> str:
    """What somebody would call it."""
    return (
        one.title or f"{one.kinds[-1] if one.kinds else 'Session'} at {one.track or 'a track nobody named'}"
    )


def filter_of(text: str) -> Filter:
    """Plain words, `-word`, and tags as `#wet` or `#"six hours"`."""
    tags = tuple(found[1] or found[2] or "" for found in _TAG.finditer(text))
    words = _TAG.sub(" ", text).strip()
    return Filter(words=words, tags=tuple(tag.strip() for tag in tags if tag.strip()))


def clock_s(text: str) -> float:
    """Seconds of `1:02:03`, `12:30` or `90`; raises ValueError."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text.strip()!r} is no time of a race; it looks like 1:02:03.")
    return int(found[1] or 0) * 3600 + int(found[2] or 0) * 60 + float(found[3])


def days_s(text: str, zone: Zone) -> tuple[float, float]:
    """Begin and end of `2026-11-21`, `2026-11` or `2026`; raises ValueError."""
    found = _DAYS.fullmatch(text.strip())
    wrong = f"{text.strip()!r} is no date; it looks like 2026-11-21 or 2026-11."
    if found is None:
        raise ValueError(wrong)
    year, month, day = int(found[1]), int(found[2] or 1), int(found[3] or 1)
    try:
        first = date(year, month, day)
        if found[3]:
            end = first + timedelta(days=1)
        else:
            end = date(year + (month == 12), month % 12 + 1, 1) if found[2] else date(year + 1, 1, 1)
        return _begin_s(first, zone), _begin_s(end, zone)
    except (ValueError, OverflowError, OSError):
        raise ValueError(wrong) from None


def half_words(one: Interval | None) -> str:
    return NONE if one is None else f"±{(one.high - one.low) / 2:.3f}"


def pace_words(one: Interval | None) -> str:
    return lap_words(None if one is None else one.middle)


def figure_words(value: float | None, places: int = 3) -> str:
    return NONE if value is None else f"{value:.{places}f}"


def slope_words(name: str, one: Interval | None, *, better: str, worse: str) -> str:
    """`Pace: 0.12 s a week faster (0.05 to 0.19)`, and plainly where it may be chance."""
    if one is None:
        return ""
    low, high = sorted((abs(one.low), abs(one.high)))
    if one.low <= 0 <= one.high:
        span = signed(f"{one.low:+.3f} to {one.high:+.3f}")
        return f"{name}: no change that chance does not explain ({span} s a week)"
    way = better if one.middle < 0 else worse
    return f"{name}: {abs(one.middle):.3f} s a week {way} ({low:.3f} to {high:.3f})"


class Order(msgspec.Struct, frozen=True):
    """By which column, and which end first."""

    column: str = "date"
    is_falling: bool = True


FALLING = frozenset({"date", "length", "laps", "machines", "size"})
"""Columns of which one wants the greatest first."""


def ordered(found: Sequence[Recorded], order: Order) -> list[Recorded]:
    """What is not known comes last, either way."""
    value = _VALUES[order.column]
    valued = [(value(one), one) for one in found]
    known = [(what, one) for what, one in valued if what]
    known.sort(key=lambda item: item[0], reverse=order.is_falling)
    return [one for _, one in known] + [one for what, one in valued if not what]


def laps_of(one: Recorded) -> int | None:
    """One's own; everybody's where nobody recorded from inside."""
    return one.own_laps or one.laps


def best_of(one: Recorded) -> float | None:
    return one.best_lap_s or one.best_of_all_s


def _begin_s(day: date, zone: Zone) -> float:
    at = datetime(day.year, day.month, day.day, tzinfo=UTC if zone == "utc" else None)
    return at.timestamp()


_VALUES: dict[str, Callable[[Recorded], Any]] = {
    "date": lambda one: one.began_utc_s,
    "event": lambda one: name_words(one).casefold(),
    "track": lambda one: f"{one.track} {one.config}".casefold() if one.track else "",
    "car": lambda one: one.car.casefold(),
    "kinds": lambda one: ", ".join(one.kinds).casefold(),
    "length": lambda one: one.recorded_s,
    "laps": laps_of,
    "best": best_of,
    "machines": lambda one: one.machines,
    "size": lambda one: one.bytes,
    "tags": lambda one: ", ".join(one.tags).casefold(),
}
"""What each column is sorted by."""
