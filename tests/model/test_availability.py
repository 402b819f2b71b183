"""When people are there: clocks that jump, zones with odd rules, and the arithmetic of stretches."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pitbox.model.availability import availability, race_time, span_of
from pitbox.model.errors import EditError
from pitbox.model.participation import FreeTime
from pitbox.model.span import Span, Spans, common, covers, joined, total_s, without
from pitbox.model.wall_time import WALL_CLOCK, moment_s, words_of

HOUR_S = 3600.0
ZONES = (
    "Europe/Berlin",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "America/St_Johns",
    "UTC",
)
clocks = st.integers(0, 4 * 365 * 24 * 60).map(
    lambda minute: datetime.fromisoformat("2024-01-01") + timedelta(minutes=minute)
)
stretches = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda one: Span(one[0], one[0] + one[1])),
    max_size=8,
).map(joined)


def utc_s(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def free(start: str, end: str, zone: str, *, is_maybe: bool = False) -> FreeTime:
    return FreeTime("t", start, end, zone, is_maybe=is_maybe)


def seconds(spans: Spans) -> set[int]:
    return {at for span in spans for at in range(int(span.start_s), int(span.end_s))}


@given(stretches, stretches)
def test_what_is_worked_out_of_stretches_is_what_sets_of_their_seconds_say(a: Spans, b: Spans) -> None:
    first, second = seconds(a), seconds(b)
    assert seconds(joined((*a, *b))) == first | second
    assert seconds(common(a, b)) == first & second == seconds(common(b, a))
    assert seconds(without(a, b)) == first - second
    assert total_s(a) == len(first)
    assert total_s(common(a, b)) + total_s(without(a, b)) == total_s(a)
    for out in (joined((*a, *b)), common(a, b), without(a, b)):
        assert joined(out) == out
    assert all(covers(a, span) for span in common(a, b))


@given(clocks, st.integers(1, 72 * 60), st.sampled_from(ZONES))
@example(datetime.fromisoformat("2026-10-25T02:15"), 30, "Europe/Berlin")
@example(datetime.fromisoformat("2026-03-29T02:15"), 30, "Europe/Berlin")
@example(datetime.fromisoformat("2026-04-05T01:45"), 20, "Australia/Lord_Howe")
@example(datetime.fromisoformat("2026-03-29T01:00"), 120, "Antarctica/Troll")
def test_no_hour_is_invented_and_none_that_was_meant_is_missing(
    begin: datetime, minutes: int, zone: str
) -> None:
    """The possible stretch is the least that holds each moment at which the clock shows what was said."""
    end = begin + timedelta(minutes=minutes)

    def is_inside(at_s: float) -> bool:
        return begin <= datetime.fromtimestamp(at_s, ZoneInfo(zone)).replace(tzinfo=None) < end

    certain, possible = span_of(free(f"{begin:{WALL_CLOCK}}", f"{end:{WALL_CLOCK}}", zone))
    if certain.length_s > 0:
        assert possible.start_s <= certain.start_s < certain.end_s <= possible.end_s
        assert all(is_inside(at_s) for at_s in (certain.start_s, certain.end_s - 1))
    if possible.length_s > 0:
        assert all(is_inside(at_s) for at_s in (possible.start_s, possible.end_s - 1))
    assert not any(is_inside(possible.start_s - step) for step in range(1, 3 * 3600, 300))
    assert not any(is_inside(possible.end_s + step) for step in range(0, 3 * 3600, 300))
    said = availability([free(f"{begin:{WALL_CLOCK}}", f"{end:{WALL_CLOCK}}", zone)])
    assert total_s(said.sure) + total_s(said.maybe) == possible.length_s
    assert common(said.sure, said.maybe) == ()


@pytest.mark.parametrize(
    ("zone", "start", "end", "sure_h", "maybe_h"),
    [
        ("Europe/Berlin", "2026-03-29T01:00", "2026-03-29T04:00", 2, 0),
        ("Europe/Berlin", "2026-10-25T01:00", "2026-10-25T04:00", 4, 0),
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T04:00", 1, 0),
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T04:00", 1.5, 1),
        ("Europe/Berlin", "2026-10-25T02:10", "2026-10-25T02:40", 0, 1.5),
        ("Australia/Lord_Howe", "2026-10-04T01:00", "2026-10-04T04:00", 2.5, 0),
        ("Antarctica/Troll", "2026-03-29T00:00", "2026-03-29T06:00", 4, 0),
        ("Asia/Kathmandu", "2026-03-29T00:00", "2026-03-29T06:00", 6, 0),
        ("Africa/Casablanca", "2026-02-15T00:00", "2026-02-15T06:00", 7, 0),
        ("Pacific/Apia", "2011-12-29T12:00", "2011-12-31T12:00", 24, 0),
    ],
)
def test_nights_on_which_clocks_change(
    zone: str, start: str, end: str, sure_h: float, maybe_h: float
) -> None:
    said = availability([free(start, end, zone)])
    assert (total_s(said.sure) / HOUR_S, total_s(said.maybe) / HOUR_S) == (sure_h, maybe_h)


def test_stretches_of_several_zones_are_laid_over_each_other_in_race_time() -> None:
    said = availability(
        [
            free("2026-06-27T14:00", "2026-06-27T20:00", "Europe/Berlin"),
            free("2026-06-28T03:15", "2026-06-28T06:45", "Asia/Kathmandu", is_maybe=True),
            free("2026-06-27T19:00", "2026-06-27T21:00", "UTC"),
        ]
    )
    start_utc_s = utc_s("2026-06-27T12:00")
    assert race_time(said.sure, start_utc_s) == (Span(0, 6 * HOUR_S), Span(7 * HOUR_S, 9 * HOUR_S))
    assert race_time(said.maybe, start_utc_s) == (Span(9.5 * HOUR_S, 13 * HOUR_S),)


def test_a_zone_that_is_not_known_counts_as_not_said_and_is_named() -> None:
    said = availability(
        [
            free("2026-06-27T14:00", "2026-06-27T20:00", zone)
            for zone in ("Mars/Base", "../../etc/passwd", "UTC")
        ]
    )
    assert total_s(said.sure) == 6 * HOUR_S
    assert [words[:23] for words in said.unknown] == ["There is no time zone '"] * 2
    with pytest.raises(EditError, match="Europe/Berlin"):
        moment_s("2026-06-27T14:00", "Mars/Base")


def test_an_announced_start_means_one_moment_or_it_is_asked_again() -> None:
    assert moment_s("2026-06-27T16:00", "Europe/Paris") == utc_s("2026-06-27T14:00")
    with pytest.raises(EditError, match="never shows"):
        moment_s("2026-03-29T02:30", "Europe/Paris")
    with pytest.raises(EditError, match="twice"):
        moment_s("2026-10-25T02:30", "Europe/Paris")
    with pytest.raises(EditError, match="no time"):
        moment_s("tomorrow", "UTC")


@given(st.integers(0, 3_000_000_000).map(lambda minute: minute - minute % 60), st.sampled_from(ZONES))
def test_what_a_clock_shows_leads_back_to_the_moment(at_s: int, zone: str) -> None:
    text = words_of(at_s, zone)
    try:
        again_s = moment_s(text, zone)
    except EditError as error:
        assert "twice" in str(error) or at_s < 31_536_000 + 86_400 or "no time" in str(error)  # noqa: PT017
    else:
        assert again_s == at_s or abs(again_s - at_s) < 60  # offsets with seconds in the 1970s
