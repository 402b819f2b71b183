"""The axis of race time: zoom keeps what lies below the pointer, marks are round, the day is told truly."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitbox.ui.scene.dayclock import DayClock, day_words
from pitbox.ui.scene.span import Span, marks, race_words, room_for

WHOLE = Span(100.0, 86_500.0)
TIMES = st.floats(100.0, 86_500.0)


@given(TIMES, st.floats(0.2, 0.95))
def test_zooming_in_keeps_what_lies_below_the_pointer(around_s: float, factor: float) -> None:
    span = WHOLE.zoomed(factor, around_s, WHOLE)
    assert span.share(around_s) == pytest.approx(WHOLE.share(around_s), abs=1e-6)


@given(st.lists(st.tuples(TIMES, st.floats(0.1, 5.0), st.floats(-50_000.0, 50_000.0)), max_size=12))
def test_whatever_is_done_the_stretch_stays_inside(steps: list[tuple[float, float, float]]) -> None:
    span = WHOLE
    for around_s, factor, by_s in steps:
        span = span.zoomed(factor, around_s, WHOLE).moved(by_s, WHOLE)
        assert WHOLE.begin_s - 1e-6 <= span.begin_s < span.end_s <= WHOLE.end_s + 1e-6
        assert span.length_s >= 60.0 - 1e-6


@given(st.floats(60.0, 90_000.0), st.integers(1, 20))
def test_marks_are_round_in_race_time_and_not_too_many(length_s: float, most: int) -> None:
    span, zero_s = Span(1_000.0, 1_000.0 + length_s), 130.0
    found = marks(span, most, zero_s)
    assert len(found) <= most + 1
    assert all(span.begin_s <= at_s <= span.end_s for at_s in found)
    assert all((at_s - zero_s) % 5 == pytest.approx(0.0, abs=1e-6) for at_s in found)
    assert len({round(later - earlier, 6) for earlier, later in pairwise(found)}) <= 1


@given(st.floats(0.0, 86_400.0))
def test_the_newest_moment_has_a_little_room_behind_it(now_s: float) -> None:
    whole = room_for(0.0, now_s)
    assert now_s < whole.end_s <= max(now_s * 1.08, 0.0) + 90.0


def test_a_race_that_goes_on_asks_seldom_for_another_picture() -> None:
    spans = [room_for(0.0, float(now_s)) for now_s in range(36_000, 39_600)]
    assert len(set(spans)) < 10
    assert all(one.end_s <= other.end_s for one, other in pairwise(spans))


@pytest.mark.parametrize(
    ("seconds", "step", "words"),
    [(0.0, 3600, "0:00"), (15_153.0, 1, "4:12:33"), (-12.0, 5, "-0:00:12"), (49_327.0, 1, "13:42:07")],
)
def test_race_time_in_words(seconds: float, step: float, words: str) -> None:
    assert race_words(seconds, step) == words


def test_the_time_of_day_is_known_after_a_while_of_watching() -> None:
    clock = DayClock()
    for second in range(30):
        clock.note(1_000_000.0 + second + 0.05 * (second % 3), 500.0 + second)
        if second < 10:
            assert clock.zero_utc_s is None
    assert clock.zero_utc_s == pytest.approx(999_500.0, abs=0.01)


def test_a_race_at_another_speed_has_no_time_of_day() -> None:
    clock = DayClock()
    for second in range(60):
        clock.note(1_000_000.0 + second, 500.0 + 5.0 * second)
    assert clock.zero_utc_s is None


def test_what_a_recording_says_counts() -> None:
    clock = DayClock(1_795_000_000.0)
    clock.note(5.0, 5.0)
    assert clock.zero_utc_s == 1_795_000_000.0
    assert day_words(1_795_000_000.0, "utc") == "11:06"
