"""Free times changed for one stretch: what is asked holds there, and everything else stays as it was."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitbox.model.availability import availability
from pitbox.model.ledger import Ledger
from pitbox.model.participation import (
    FreeTime,
    Participation,
    Step,
    be_free,
    participation,
    participation_key,
    sign_up,
)
from pitbox.model.span import Span, common, without
from pitbox.model.stamp import Stamp
from pitbox.planning.presence import Presence, be_there, free_time, presence_at

JUMP_S = 1774746000.0
"""2026-03-29T01:00Z: clocks in Europe go on by an hour."""
BACK_S = 1792890000.0
"""2026-10-25T01:00Z: they go back by one."""
QUARTER_S = 900.0
KEY = participation_key("spa", "ada")

spans = st.tuples(st.integers(-40, 40), st.integers(1, 30)).map(
    lambda ends: (ends[0] * QUARTER_S, (ends[0] + ends[1]) * QUARTER_S)
)


class Said:
    """What Ada said, through the edits."""

    def __init__(self) -> None:
        self.ledger, self.tokens = Ledger(), count()
        self.write(sign_up("spa", "ada", Step.SIGNED_UP))

    @property
    def now(self) -> Participation:
        found = participation(self.ledger, KEY)
        assert found is not None
        return found

    def write(self, drafts) -> None:
        for draft in drafts:
            self.ledger.write(draft, Stamp(1, "ada", 1))

    def be(self, span: Span, presence: Presence, zone: str) -> None:
        self.write(be_there(self.now, span, presence, zone, lambda: f"t{next(self.tokens)}"))


@given(
    st.lists(st.tuples(spans, st.sampled_from(list(Presence))), max_size=6),
    st.sampled_from(["Europe/Berlin", "UTC", "Asia/Kathmandu", "America/New_York"]),
    st.sampled_from([JUMP_S, BACK_S, 1_780_000_200.0]),
)
def test_what_is_asked_holds_there_and_nothing_else_moves(deeds, zone: str, middle_s: float) -> None:
    said = Said()
    for (start_s, end_s), presence in deeds:
        span = Span(middle_s + start_s, middle_s + end_s)
        before = availability(said.now.free)
        said.be(span, presence, zone)
        after, hole = availability(said.now.free), (span,)
        for was, now, own in (
            (before.sure, after.sure, Presence.FREE),
            (before.maybe, after.maybe, Presence.MAYBE),
        ):
            assert common(now, hole) == (hole if presence is own else ())
            assert without(now, hole) == without(was, hole)
        assert not after.unknown


def test_what_stands_already_is_not_written_again() -> None:
    said = Said()
    said.be(Span(JUMP_S, JUMP_S + 7200.0), Presence.FREE, "Europe/Berlin")
    (stretch,) = said.now.free
    assert (stretch.start, stretch.end, stretch.zone) == (
        "2026-03-29T03:00",
        "2026-03-29T05:00",
        "Europe/Berlin",
    )
    assert (
        be_there(said.now, Span(JUMP_S, JUMP_S + 3600.0), Presence.FREE, "Europe/Berlin", lambda: "x") == []
    )


def test_an_hour_that_a_clock_shows_twice_is_said_in_utc() -> None:
    twice = free_time(Span(BACK_S, BACK_S + 1800.0), "Europe/Berlin", "t")
    assert (twice.zone, twice.start) == ("UTC", "2026-10-25T01:00")
    assert availability([twice]).sure == (Span(BACK_S, BACK_S + 1800.0),)


def test_what_cannot_be_read_stays_for_who_can() -> None:
    said = Said()
    said.write([be_free(KEY, FreeTime("odd", "2026-03-29T01:00", "2026-03-29T02:00", "Europe/Berlin"))])
    odd = FreeTime("mars", "2026-03-29T01:00", "2026-03-29T02:00", "Mars/Base")
    now = Participation(KEY, "spa", "ada", Step.SIGNED_UP, free=(*said.now.free, odd))
    drafts = be_there(now, Span(JUMP_S - 9e5, JUMP_S + 9e5), Presence.NOT, "UTC", lambda: "x")
    assert [draft.field for draft in drafts] == ["free.odd"]


@pytest.mark.parametrize(("at_s", "presence"), [(0.0, "free"), (10.0, "maybe"), (20.0, "not"), (30.0, "not")])
def test_presence_of_a_moment(at_s: float, presence: str) -> None:
    assert presence_at((Span(0.0, 10.0),), (Span(10.0, 20.0),), at_s) == presence
