"""From values to places on paper, and the round values that an axis names."""

import math
from collections.abc import Callable, Sequence

import msgspec

from pitbox.report.words import MINUS, number_words

_TIME_STEPS = (
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600, 43200, 86400,
)  # fmt: skip
_LAP_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000)


class Scale(msgspec.Struct, frozen=True):
    """Linear; `first` and `last` are places of `low` and `high`, in either order."""

    low: float
    high: float
    first: float
    last: float

    def at(self, value: float) -> float:
        if self.high == self.low:
            return (self.first + self.last) / 2
        return self.first + (value - self.low) / (self.high - self.low) * (self.last - self.first)


class Tick(msgspec.Struct, frozen=True):
    value: float
    words: str


Ticks = Callable[[float, float, int], list[Tick]]
"""From the lowest and the highest value and the most ticks that there is room for."""


def span_of(values: Sequence[float], pad: float = 0.04) -> tuple[float, float]:
    """What an axis shows of these values: a little more than they reach, something where they are one."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return 0.0, 1.0
    low, high = min(finite), max(finite)
    if high - low < 1e-9:
        margin = abs(low) * 0.05 or 1.0
        return low - margin, high + margin
    margin = (high - low) * pad
    return low - margin, high + margin


def number_ticks(low: float, high: float, most: int) -> list[Tick]:
    step = _nice_step((high - low) / max(most, 1))
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    if digits and not math.isclose(step, round(step, digits), rel_tol=1e-6):
        digits += 1
    elif not digits and step % 1:
        digits = 1
    return [Tick(value, number_words(value, digits)) for value in _multiples(low, high, step)]


def time_ticks(low: float, high: float, most: int) -> list[Tick]:
    """Of race time in hours and minutes; of minutes and seconds where `has_minutes` says so."""
    step = _first_above(_TIME_STEPS, (high - low) / max(most, 1))
    is_short = has_minutes(high - low)
    return [Tick(value, _clock(value, is_short=is_short)) for value in _multiples(low, high, step)]


def lap_ticks(low: float, high: float, most: int) -> list[Tick]:
    step = _first_above(_LAP_STEPS, (high - low) / max(most, 1))
    return [Tick(value, number_words(value)) for value in _multiples(low, high, step)]


def lap_time_ticks(low: float, high: float, most: int) -> list[Tick]:
    ticks = number_ticks(low, high, most)
    digits = len(ticks[0].words.partition(".")[2]) if ticks else 0
    return [Tick(tick.value, lap_time_label(tick.value, digits)) for tick in ticks]


def lap_time_label(time_s: float, digits: int) -> str:
    """`1:58.5`, `58.5`."""
    whole = round(time_s, digits)
    minutes = int(abs(whole) // 60)
    seconds = abs(whole) - 60 * minutes
    sign = MINUS if whole < 0 else ""
    if not minutes:
        return f"{sign}{seconds:.{digits}f}"
    return f"{sign}{minutes}:{seconds:0{3 + digits if digits else 2}.{digits}f}"


def has_minutes(span_s: float) -> bool:
    """A stretch so short is marked in minutes and seconds."""
    return span_s <= 600


def _clock(time_s: float, *, is_short: bool) -> str:
    major, minor = divmod(round(abs(time_s) / (1 if is_short else 60)), 60)
    return f"{MINUS if time_s < 0 else ''}{major}:{minor:02d}"


def _nice_step(rough: float) -> float:
    if not math.isfinite(rough) or rough <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return next((power * nice for nice in (1, 2, 2.5, 5) if power * nice >= rough * 0.999), power * 10)


def _first_above(steps: Sequence[int], rough: float) -> float:
    return next((step for step in steps if step >= rough), math.ceil(rough / steps[-1]) * steps[-1])


def _multiples(low: float, high: float, step: float) -> list[float]:
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(number * step, 10) for number in range(first, min(last, first + 200) + 1)]
