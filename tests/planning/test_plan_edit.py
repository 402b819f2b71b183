"""Moves of a hand keep the race covered, whatever they do to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from solver_races import race

from pitbox.model.errors import EditError
from pitbox.model.plan_check import violations
from pitbox.model.relay import Leg, Legs, RuleName
from pitbox.planning.edit import merge, shift, split, swap

RELAY = race(2, 4)
PLAN = tuple(Leg(f"s{at}", "ada" if at % 2 else "ben", at * 2892.0, at * 2892.0 + 2832.0) for at in range(5))
moves = st.tuples(
    st.sampled_from(["swap", "shift", "split", "merge"]), st.integers(0, 5), st.integers(-4000, 4000)
)


@given(st.lists(moves, max_size=8))
def test_after_any_moves_somebody_drives_from_flag_to_flag(some: list[tuple[str, int, int]]) -> None:
    legs: Legs = PLAN
    for number, (what, at, by) in enumerate(some):
        key = f"s{at}"
        try:
            if what == "swap":
                legs = swap(legs, key, legs[0].key)
            elif what == "shift":
                legs = shift(legs, key, by)
            elif what == "split":
                legs = split(RELAY, legs, key, at * 2892.0 + abs(by), f"n{number}")
            else:
                legs = merge(legs, key)
        except EditError:
            continue
    assert not [one for one in violations(RELAY, legs) if one.rule is RuleName.COVER]


def test_a_boundary_moves_the_neighbour_and_what_was_driven_stays() -> None:
    moved = shift(PLAN, "s1", 120.0)
    assert moved[1].end_s == PLAN[1].end_s + 120.0
    assert moved[2].start_s == PLAN[2].start_s + 120.0
    assert moved[3:] == PLAN[3:]
    done = (Leg("s0", "ben", 0.0, 2832.0, is_done=True), *PLAN[1:])
    with pytest.raises(EditError, match="driven"):
        shift(done, "s0", 60.0)
