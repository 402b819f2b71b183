"""Gaps over race time: to the leader, to a car, to a pace; the same in whatever order laps are told."""

import math
import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitbox.model.fact import Lap, LapKind
from pitbox.ui.plot.label import Label, spread
from pitbox.ui.plot.view import Range, level_words, levels, range_of
from pitbox.ui.scene.trace import Against, GapBook, columns_of

LEADER = Against()


def lap(car_idx: int, number: int, end_s: float, start_s: float = 0.0) -> Lap:
    return Lap(0, 0, car_idx, number, 1, start_s, end_s, LapKind(), 1, 1, 1, 0)


LAPS = [
    *(lap(1, n, 100.0 * n, 100.0 * (n - 1)) for n in range(1, 6)),
    *(lap(2, n, 101.5 * n, 101.5 * (n - 1)) for n in range(1, 5)),
    *(lap(3, n, 130.0 * n, 130.0 * (n - 1)) for n in range(1, 4)),
]


def book_of(laps: list[Lap], classes: dict[int, int] | None = None) -> GapBook:
    book = GapBook()
    book.join(classes or {1: 7, 2: 7, 3: 8})
    for one in laps:
        book.take([one])
    return book


def test_gaps_to_the_leader_of_the_class() -> None:
    book = book_of(LAPS)
    assert list(book.trace(2, LEADER).gap_s) == pytest.approx([1.5, 3.0, 4.5, 6.0])
    assert list(book.trace(1, LEADER).gap_s) == [0.0] * 5
    assert list(book.trace(3, LEADER).gap_s) == [0.0] * 3  # alone in its class


def test_gaps_to_a_car_are_unknown_where_it_has_not_been_yet() -> None:
    gaps = book_of(LAPS).trace(1, Against(car_idx=2)).gap_s
    assert list(gaps[:4]) == pytest.approx([-1.5, -3.0, -4.5, -6.0])
    assert math.isnan(gaps[4])


def test_gaps_to_a_pace_begin_with_the_race() -> None:
    book = book_of(LAPS)
    assert list(book.trace(2, Against(pace_s=101.0)).gap_s) == pytest.approx([0.5, 1.0, 1.5, 2.0])
    assert book.mean_lap_s(2) == pytest.approx(101.5)


@given(st.integers(0, 10_000))
def test_any_order_gives_the_same_gaps(seed: int) -> None:
    shuffled = list(LAPS)
    random.Random(seed).shuffle(shuffled)
    known, other = book_of(LAPS), book_of(shuffled)
    for car_idx in (1, 2, 3):
        for against in (LEADER, Against(car_idx=2), Against(pace_s=100.0)):
            one, two = known.trace(car_idx, against), other.trace(car_idx, against)
            assert np.array_equal(one.gap_s, two.gap_s, equal_nan=True)
            assert np.array_equal(one.laps, two.laps)


def test_laps_in_their_order_leave_what_was_drawn_as_it_was() -> None:
    in_time = sorted(LAPS, key=lambda each: each.end_s)
    book = book_of([])
    before = book.version
    book.take(in_time)
    assert book.version == before


def test_a_lap_that_became_another_one_is_told() -> None:
    book = book_of(LAPS)
    before = book.version
    assert book.take([lap(1, 5, 499.0)]) == {1}
    assert book.version > before
    assert book.trace(1, LEADER).time_s[-1] == 499.0


def test_who_turns_out_to_lead_is_who_gaps_are_measured_to() -> None:
    book = book_of(LAPS)
    before = book.version
    book.take([lap(4, 1, 90.0)])
    book.join({1: 7, 2: 7, 3: 8, 4: 7})
    assert book.version > before
    assert book.trace(1, LEADER).gap_s[0] == pytest.approx(10.0)


def test_the_nearest_lap_and_the_gap_between_two() -> None:
    trace = book_of(LAPS).trace(2, LEADER)
    assert trace.index_at(0.0) == 0
    assert trace.index_at(240.0) == 1
    assert trace.index_at(1e9) == 3
    assert trace.gap_at((101.5 + 203.0) / 2) == pytest.approx(2.25)
    assert math.isnan(trace.gap_at(1.0))


@given(st.lists(st.floats(-1e4, 1e4), min_size=3, max_size=400), st.floats(0.05, 3.0))
def test_what_a_column_of_pixels_shows_keeps_the_extremes(values: list[float], density: float) -> None:
    x, y = np.arange(len(values)) * density, np.array(values)
    thin_x, thin_y = columns_of(x, y)
    assert len(thin_x) <= len(x) or len(thin_x) <= 4 * (int(x[-1]) + 1)
    assert (thin_y.min(), thin_y.max(), thin_y[0], thin_y[-1]) == (y.min(), y.max(), y[0], y[-1])
    assert np.all(np.diff(np.floor(thin_x)) >= 0)


def test_a_car_that_is_far_behind_does_not_flatten_the_others() -> None:
    gaps = [np.array([0.0, 10.0, 30.0]), np.array([4_000.0, np.nan])]
    shown = range_of(gaps, 10.0, 260.0)
    assert shown is not None
    assert shown.top_s < 0.0
    assert 30.0 < shown.bottom_s < 60.0
    assert range_of([], None, 100.0) is None
    assert shown.fits(Range(0.0, 30.0))


def test_scales_are_round() -> None:
    assert levels(Range(-3.0, 62.0), 4) == [0.0, 20.0, 40.0, 60.0]
    assert [level_words(each) for each in (0.0, 30.0, -5.0, 150.0)] == ["0", "+30", "-5", "+2:30"]


@given(st.lists(st.floats(0.0, 300.0), max_size=40))
def test_labels_keep_their_order_and_never_overlap(wished: list[float]) -> None:
    labels = [Label(at, y, at) for at, y in enumerate(wished)]
    places = spread(labels, 14.0, 0.0, 200.0)
    assert len(places) == min(len(labels), 14)
    assert set(places) == set(range(len(places)))  # the last ranks go first
    order = sorted(places.values())
    assert all(later - earlier >= 14.0 - 1e-6 for earlier, later in pairwise(order))
    assert all(7.0 - 1e-6 <= y <= 193.0 + 1e-6 for y in order)
    by_wish = sorted(places, key=lambda key: (wished[key], key))
    assert [places[key] for key in by_wish] == sorted(places.values())


def test_a_label_with_room_stands_at_its_line() -> None:
    assert spread([Label(1, 50.0, 0), Label(2, 120.0, 0)], 14.0, 0.0, 200.0) == {1: 50.0, 2: 120.0}
