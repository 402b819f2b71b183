"""Stretches of time, and what can be worked out of many of them. The unit of every figure is the second.

Which clock they are on (UTC, race time) is the user's to know; two clocks are never mixed.
"""

from collections.abc import Iterable

import msgspec


class Span(msgspec.Struct, frozen=True, array_like=True, order=True):
    """From its start up to, but not including, its end."""

    start_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s

    def moved(self, by_s: float) -> "Span":
        return Span(self.start_s + by_s, self.end_s + by_s)


Spans = tuple[Span, ...]
"""In order, none empty, none touching the next one."""


def joined(spans: Iterable[Span]) -> Spans:
    """All that any of them covers."""
    out: list[Span] = []
    for span in sorted(span for span in spans if span.length_s > 0):
        if out and span.start_s <= out[-1].end_s:
            out[-1] = Span(out[-1].start_s, max(out[-1].end_s, span.end_s))
        else:
            out.append(span)
    return tuple(out)


def common(a: Spans, b: Spans) -> Spans:
    """What both cover."""
    out, i, j = [], 0, 0
    while i < len(a) and j < len(b):
        start_s, end_s = max(a[i].start_s, b[j].start_s), min(a[i].end_s, b[j].end_s)
        if start_s < end_s:
            out.append(Span(start_s, end_s))
        if a[i].end_s <= b[j].end_s:
            i += 1
        else:
            j += 1
    return tuple(out)


def without(a: Spans, b: Spans) -> Spans:
    """What `a` covers and `b` does not."""
    out: list[Span] = []
    for span in a:
        at_s = span.start_s
        for hole in b:
            if hole.end_s <= at_s or hole.start_s >= span.end_s:
                continue
            if hole.start_s > at_s:
                out.append(Span(at_s, hole.start_s))
            at_s = hole.end_s
        if at_s < span.end_s:
            out.append(Span(at_s, span.end_s))
    return tuple(out)


def total_s(spans: Iterable[Span]) -> float:
    return sum(span.length_s for span in spans)


def covers(spans: Spans, span: Span) -> bool:
    """True when all of it lies within one of them."""
    return any(one.start_s <= span.start_s and span.end_s <= one.end_s for one in spans)
