"""The stretch of race time that plots show: how it is zoomed and moved, where its marks stand. No Qt."""

from bisect import bisect_left

import msgspec

_LEAST_S = 60.0
"""Nobody reads laps in less."""
_STEPS_S = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400)
_AHEAD = 0.04
"""Free room behind the newest moment, so that a new lap needs no other picture."""


class Span(msgspec.Struct, frozen=True):
    """In sim seconds."""

    begin_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        return self.end_s - self.begin_s

    def holds(self, at_s: float) -> bool:
        return self.begin_s <= at_s <= self.end_s

    def share(self, at_s: float) -> float:
        """0 at its begin, 1 at its end."""
        return (at_s - self.begin_s) / self.length_s

    def at(self, share: float) -> float:
        return self.begin_s + share * self.length_s

    def zoomed(self, factor: float, around_s: float, within: "Span") -> "Span":
        """Shorter for a factor below 1; what lies at `around_s` stays where it is."""
        length_s = min(max(self.length_s * factor, _LEAST_S), max(within.length_s, _LEAST_S))
        begin_s = around_s - self.share(around_s) * length_s
        return Span(begin_s, begin_s + length_s).kept(within)

    def moved(self, by_s: float, within: "Span") -> "Span":
        return Span(self.begin_s + by_s, self.end_s + by_s).kept(within)

    def kept(self, within: "Span") -> "Span":
        """As long as before, but inside; all of it where it is longer."""
        if self.length_s >= within.length_s:
            return within
        by_s = max(0.0, within.begin_s - self.begin_s) - max(0.0, self.end_s - within.end_s)
        return Span(self.begin_s + by_s, self.end_s + by_s)


def room_for(begin_s: float, now_s: float) -> Span:
    """From the beginning to a little behind now; the same for a while, then a step longer."""
    length_s = max(now_s - begin_s, _LEAST_S)
    step_s = max(15.0, length_s * _AHEAD / 2)
    # A step that grows with the length by itself would give another span at each moment.
    step_s = _STEPS_S[min(bisect_left(_STEPS_S, step_s), len(_STEPS_S) - 1)]
    steps = int(length_s * (1 + _AHEAD / 4) / step_s) + 1
    return Span(begin_s, begin_s + steps * step_s)


def step_s(span: Span, most: int) -> int:
    """Between two marks, so that there are at most so many."""
    wanted = span.length_s / max(1, most)
    return next((step for step in _STEPS_S if step >= wanted), _STEPS_S[-1])


def marks(span: Span, most: int, zero_s: float = 0.0) -> list[float]:
    """Sim times that are round when counted from `zero_s`."""
    step = step_s(span, most)
    first = -((zero_s - span.begin_s) // step)
    found, at_s = [], zero_s + first * step
    while at_s <= span.end_s:
        found.append(at_s)
        at_s += step
    return found


def race_words(seconds: float, step: float = 1.0) -> str:
    """4:12:33; 4:12 where no mark needs seconds; with a minus before the start."""
    sign, whole = ("-" if round(seconds) < 0 else ""), abs(round(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if step % 60 == 0:
        return f"{sign}{hours}:{minutes:02d}"
    return f"{sign}{hours}:{minutes:02d}:{rest:02d}"
