"""When people are there: what they said on their own clocks, as stretches of UTC and of race time."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from pitbox.model.errors import EditError
from pitbox.model.participation import FreeTime
from pitbox.model.span import Span, Spans, joined, without
from pitbox.model.wall_time import change_s, clock_of, moments_s, zone_of


class Availability(msgspec.Struct, frozen=True):
    """`sure` and `maybe` have nothing in common."""

    sure: Spans = ()
    maybe: Spans = ()
    unknown: tuple[str, ...] = ()
    """Sentences on what could not be read; it counts as not said."""


def span_of(free: FreeTime) -> tuple[Span, Span]:
    """(surely there, there at the most), in UTC; raises EditError in plain words.

    No hour is invented. A time that the clock shows twice is the later one where a stretch begins and the
    earlier one where it ends: whichever the person meant, all of that is within. What lies between is only
    perhaps meant, so it is in the second span alone. A time that the clock never shows is the moment of
    the change itself, which is exact: free from 02:30 on a night without one means from 03:00.
    """
    zone = zone_of(free.zone)
    begins, ends = clock_of(free.start), clock_of(free.end)
    if ends <= begins:
        raise EditError(f"From {free.start} to {free.end} is no stretch of time.")
    first_s, last_s = _ends(begins, zone), _ends(ends, zone)
    return Span(max(first_s), max(*first_s, min(last_s))), Span(min(first_s), max(last_s))


def availability(said: Iterable[FreeTime]) -> Availability:
    """Of one person, in UTC. What was said twice, once for sure, is sure."""
    sure, most, unknown = [], [], []
    for free in said:
        try:
            certain, possible = span_of(free)
        except EditError as error:
            unknown.append(str(error))
            continue
        most.append(possible)
        if not free.is_maybe:
            sure.append(certain)
    certainly = joined(sure)
    return Availability(certainly, without(joined(most), certainly), tuple(unknown))


def race_time(spans: Spans, start_utc_s: float) -> Spans:
    """The same stretches, counted from the green flag."""
    return tuple(span.moved(-start_utc_s) for span in spans)


def _ends(clock: datetime, zone: ZoneInfo) -> tuple[float, ...]:
    return moments_s(clock, zone) or (change_s(clock, zone),)
