"""When somebody can be there, changed for one stretch of time and left as it was for all others."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum

from pitbox.model.availability import availability, span_of
from pitbox.model.edit import Draft
from pitbox.model.errors import EditError
from pitbox.model.participation import FreeTime, Participation, be_free, be_no_more_free
from pitbox.model.span import Span, Spans, joined, without
from pitbox.model.wall_time import WALL_CLOCK, words_of


class Presence(StrEnum):
    FREE = "free"
    MAYBE = "maybe"
    NOT = "not"


def be_there(
    said: Participation, span: Span, presence: Presence, zone: str, new_token: Callable[[], str]
) -> list[Draft]:
    """`span` in UTC; new stretches are said on the clock of the zone. What is as it was is not written."""
    now = availability(said.free)
    hole = (span,)
    sure, maybe = without(now.sure, hole), without(now.maybe, hole)
    if presence is Presence.FREE:
        sure = joined((*sure, span))
    elif presence is Presence.MAYBE:
        maybe = joined((*maybe, span))
    wanted = [(one, False) for one in sure] + [(one, True) for one in without(maybe, sure)]
    drafts = []
    for free in said.free:
        stands = _stands(free)
        if stands in wanted:
            wanted.remove(stands)
        elif stands is not None:
            drafts.append(be_no_more_free(said.key, free.token))
    for one, is_maybe in wanted:
        drafts.append(be_free(said.key, free_time(one, zone, new_token(), is_maybe=is_maybe)))
    return drafts


def presence_at(sure: Spans, maybe: Spans, utc_s: float) -> Presence:
    for spans, presence in ((sure, Presence.FREE), (maybe, Presence.MAYBE)):
        if any(span.start_s <= utc_s < span.end_s for span in spans):
            return presence
    return Presence.NOT


def free_time(span: Span, zone: str, token: str, *, is_maybe: bool = False) -> FreeTime:
    """As the person's clock says it; in UTC where that clock shows one of the two times twice or never."""
    said = FreeTime(token, words_of(span.start_s, zone), words_of(span.end_s, zone), zone, is_maybe)
    try:
        if span_of(said) == (span, span):
            return said
    except EditError:
        pass  # the zone is not known here
    start, end = (f"{datetime.fromtimestamp(at_s, UTC):{WALL_CLOCK}}" for at_s in (span.start_s, span.end_s))
    return FreeTime(token, start, end, "UTC", is_maybe)


def _stands(free: FreeTime) -> tuple[Span, bool] | None:
    """None for what cannot be read: it stays, for who can."""
    try:
        certain, possible = span_of(free)
    except EditError:
        return None
    # Of a time that the clock shows twice a part is only maybe: that is said anew, part by part.
    return (certain, free.is_maybe) if certain == possible else (Span(0.0, 0.0), free.is_maybe)
