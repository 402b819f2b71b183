"""What a hand does to a plan: legs in, legs out; the race stays covered and what was driven stays."""

from itertools import pairwise

import pytest
from hypothesis import given as when
from hypothesis import settings
from hypothesis import strategies as st

from pitbox.model.errors import EditError
from pitbox.model.plan_offer import PlanNow
from pitbox.model.relay import Leg, Legs, Relay, Seat
from pitbox.ui.scene import plan_edit
from pitbox.ui.scene.plan_cell import length_of, litres_of, whole_of

LENGTH_S, PIT_S, LAP_S = 6 * 3600.0, 60.0, 100.0
DRIVERS = ("ada", "kai", "lea")
RELAY = Relay(
    LENGTH_S, tuple(Seat(key, key.title()) for key in DRIVERS), lap_s=LAP_S, pit_s=PIT_S, swap_s=10.0
)


def laid(count: int, done: int = 0) -> Legs:
    length_s = (LENGTH_S - (count - 1) * (PIT_S + 10.0)) / count
    legs, at_s = [], 0.0
    for number in range(count):
        state = {"is_done": number < done, "is_driving": 0 < done == number}
        legs.append(Leg(f"s{number}", DRIVERS[number % 3], at_s, at_s + length_s, **state))
        at_s += length_s + PIT_S + 10.0
    return tuple(legs)


def now_of(count: int = 8, done: int = 0) -> PlanNow:
    legs = laid(count, done)
    race_s = legs[done].start_s + 600.0 if done else None
    return PlanNow("e", "t", "v", RELAY, legs, (), (), (), race_s=race_s)


def assert_whole(legs: Legs) -> None:
    assert legs[0].start_s == 0.0
    assert legs[-1].end_s == pytest.approx(LENGTH_S, abs=1.0)
    for one, other in pairwise(legs):
        stop_s = PIT_S + (10.0 if one.driver != other.driver else 0.0)
        assert other.start_s - one.end_s == pytest.approx(stop_s, abs=0.5)
    assert len({leg.key for leg in legs}) == len(legs)


EDITS = st.one_of(
    st.tuples(st.just("given"), st.integers(0, 9), st.sampled_from(DRIVERS)),
    st.tuples(st.just("placed"), st.integers(0, 9), st.integers(0, 12)),
    st.tuples(st.just("split"), st.integers(0, 9), st.none()),
    st.tuples(st.just("merged"), st.integers(0, 9), st.none()),
    st.tuples(st.just("removed"), st.integers(0, 9), st.none()),
)


@settings(max_examples=60, deadline=None)
@when(st.lists(EDITS, max_size=6), st.integers(0, 3))
def test_the_race_stays_covered_and_the_past_stays_as_it_was(edits: list[tuple], done: int) -> None:
    now = now_of(9, done)
    past = now.legs[: done + 1] if done else ()
    for name, number, value in edits:
        legs = now.legs
        key = legs[number % len(legs)].key
        try:
            made = getattr(plan_edit, name)(now, key, *(() if value is None else (value,)))
        except EditError:
            continue
        now = PlanNow("e", "t", "v", RELAY, made, (), (), (), race_s=now.race_s)
        assert_whole(now.legs)
        assert now.legs[: len(past)] == past


def test_a_boundary_moves_by_whole_laps_and_only_its_neighbour() -> None:
    now = now_of()
    legs = plan_edit.bounded(now, "s2", now.legs[2].end_s + 260.0)
    assert legs[2].span.length_s == pytest.approx(round(legs[2].span.length_s / LAP_S) * LAP_S)
    assert legs[3].end_s == now.legs[3].end_s
    assert legs[3].start_s - legs[2].end_s == pytest.approx(now.legs[3].start_s - now.legs[2].end_s)
    assert [*legs[:2], *legs[4:]] == [*now.legs[:2], *now.legs[4:]]
    far = plan_edit.bounded(now, "s2", LENGTH_S)
    assert far[3].span.length_s == pytest.approx(plan_edit.LEAST_S), "it does not run over its neighbour"
    with pytest.raises(EditError, match="ends with the race"):
        plan_edit.bounded(now, "s7", 100.0)


def test_what_was_driven_is_refused_in_words() -> None:
    now = now_of(8, 3)
    for key, words in (("s1", "was driven"), ("s3", "is being driven"), ("s9", "not there any more")):
        with pytest.raises(EditError, match=words):
            plan_edit.given(now, key, "ada")
    assert plan_edit.bounded(now, "s3", now.legs[3].end_s + LAP_S)[3].is_driving


def test_cells_read_what_people_type() -> None:
    assert [length_of(text) for text in ("54", "54 min", "1:05", "1:05 h")] == [3240, 3240, 3900, 3900]
    assert whole_of("26 L") == 26
    assert (litres_of("48,5 l", "metric"), litres_of("", "metric")) == (48.5, None)
    assert litres_of("10", "imperial") == 37.9
    for reader in (length_of, whole_of, lambda text: litres_of(text, "metric")):
        with pytest.raises(ValueError, match="soon"):
            reader("soon")
