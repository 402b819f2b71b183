"""Races made impossible by every kind of rules: what is named excludes each other, and none of it is idle."""

from itertools import pairwise, product

import pytest

from pitbox.model.plan_check import violations
from pitbox.model.relay import Leg, Legs, Relay
from pitbox.planning.solver import clash_words
from pitbox.planning.solver.giving_way import clash_of
from pitbox.planning.solver.impossible import minimal
from pitbox.planning.solver.oracle import Oracle
from pitbox.planning.solver.problem import problem_of
from pitbox.planning.solver.sample import impossible_race, kinds
from pitbox.planning.solver.terms import DROPPED, Demand, Terms, demands

HOURS, PEOPLE = (3,), 3
LONG = ("hours", "rows, hours", "away, least", "away, fair", "spotter", "drivers", "few for the night")
CASES = [pytest.param(kind, marks=pytest.mark.slow if kind in LONG else ()) for kind in kinds()]


@pytest.mark.parametrize("kind", CASES)
def test_what_is_named_excludes_each_other_and_without_any_of_it_there_is_a_plan(kind: str) -> None:
    relay = impossible_race(kind, 2, hours=HOURS, people=PEOPLE)
    oracle = Oracle(problem_of(relay), 1)
    core = minimal(oracle, problem_of(relay), demands(relay))
    assert core
    assert not oracle.is_unsure
    assert not any(keeps(relay, legs, core) for legs in every_plan(relay)), "tried one by one there is a plan"
    for idle in core:
        rest = [one for one in core if one != idle]
        plan = oracle.plan(only(relay, rest)) or found_anew(relay, only(relay, rest))
        assert plan is not None, f"{idle} is idle"
        assert keeps(relay, plan, rest)


def found_anew(relay: Relay, terms: Terms) -> Legs | None:
    """Where a plan with the names of two people exchanged was enough of an answer."""
    oracle = Oracle(problem_of(relay), 1)
    return oracle.plan(terms) if oracle.can(terms) else None


def only(relay: Relay, kept: list[Demand]) -> Terms:
    return Terms(relay, {one: DROPPED for one in demands(relay) if one not in kept})


def keeps(relay: Relay, legs: Legs, some: tuple[Demand, ...] | list[Demand]) -> bool:
    """As whoever judges plans sees it, but for demands that are not among these."""
    gone = {one for one in demands(relay) if one not in some}
    found = [{Demand(one.rule, one.seat), Demand(one.rule)} for one in violations(relay, legs)]
    return all(of & gone for of in found)


def every_plan(relay: Relay) -> list[Legs]:
    """Of equal stints, as few as the tank allows or one more, with anybody in each."""
    fewest = int(-(-relay.length_s // (relay.most_stint_s + relay.pit_s)))
    people = [seat.key for seat in relay.seats]
    return [
        laid_out(relay, names) for stints in (fewest, fewest + 1) for names in product(people, repeat=stints)
    ]


def laid_out(relay: Relay, names: tuple[str, ...]) -> Legs:
    swaps_s = relay.swap_s * sum(a != b for a, b in pairwise(names))
    stint_s = (relay.length_s - swaps_s - relay.pit_s * (len(names) - 1)) / len(names)
    legs, at_s, before = [], 0.0, names[0]
    for number, name in enumerate(names):
        at_s += relay.swap_s * (name != before)
        spotter = next((seat.key for seat in relay.seats if seat.key != name), "")
        legs.append(Leg(f"s{number}", name, at_s, at_s + stint_s, spotter=spotter))
        at_s, before = at_s + stint_s + relay.pit_s, name
    return tuple(legs)


def test_what_is_said_of_all_alike_is_said_once() -> None:
    relay = impossible_race("rests", 1)
    core = [one for one in demands(relay) if one.rule.value in ("least rest", "longest stretch")]
    words = clash_words(relay, [clash_of(relay, one) for one in core])
    assert len(words) == 2
    assert all(one.startswith("Everybody ") for one in words)
    some = clash_words(relay, [clash_of(relay, one) for one in core if one.seat in ("ada", "ben")])
    assert all(one.startswith("Each of Ada and Ben ") for one in some)
