"""What is said of a race before anything is searched: as trying every order of names finds it."""

from collections.abc import Iterator
from itertools import groupby, pairwise, product

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st
from solver_races import HOUR_S, KEYS, race

from pitbox.model.drive_rules import DriveRules
from pitbox.model.relay import Leg, Relay, RuleName
from pitbox.planning.solver.arcs import Arc, arcs_of
from pitbox.planning.solver.bounds import Bounds, changes_due, is_change
from pitbox.planning.solver.crowd import Crowd, as_one, crowds_of, twins_of
from pitbox.planning.solver.grid import Grid, even
from pitbox.planning.solver.problem import Problem, problem_of
from pitbox.planning.solver.terms import DROPPED, Demand, Terms
from pitbox.planning.solver.walk import walk

CELLS = 6


@st.composite
def swapping(draw: st.DrawFn) -> tuple[Relay, Terms]:
    """Six hours in as many stints, with rests and changes that may exclude each other."""
    rules = DriveRules(
        least_rest_s=draw(st.sampled_from([0.0, 1.0, 1.8, 2.5])) * HOUR_S,
        longest_stretch_s=draw(st.sampled_from([None, 1.2 * HOUR_S, 2.5 * HOUR_S])),
        mandatory_stops=draw(st.integers(0, CELLS - 1)),
        stop_service="swap",
        starter=draw(st.sampled_from(["", "ben"])),
    )
    relay = race(draw(st.integers(2, 3)), CELLS, rules, most_stint_s=HOUR_S)
    some = [Demand(RuleName.REST, "ada"), Demand(RuleName.SERVICE), Demand(RuleName.LONGEST, "ben")]
    gone = draw(st.lists(st.sampled_from(some), max_size=2))
    return relay, Terms(relay, dict.fromkeys(gone, DROPPED))


def one_never_tires() -> tuple[Relay, Terms]:
    """She alone could make all changes, if getting out of her own car were one."""
    rules = DriveRules(least_rest_s=2.5 * HOUR_S, mandatory_stops=CELLS - 1, stop_service="swap")
    relay = race(2, CELLS, rules, most_stint_s=HOUR_S)
    return relay, Terms(relay, {Demand(RuleName.REST, "ada"): DROPPED})


@settings(max_examples=40, deadline=None)
@given(swapping())
@example(one_never_tires())
def test_a_race_can_be_walked_through_where_some_order_of_names_keeps_rests_and_changes(
    made: tuple[Relay, Terms],
) -> None:
    relay, terms = made
    problem, grid = problem_of(relay), even(problem_of(relay), CELLS)
    there_is_one = any(keeps(problem, terms, grid, run) for run in every_run(problem, terms, grid))
    alike = crowds_of(twins_of(problem), terms)
    for crowds in (alike, tuple((seat.key,) for seat in problem.drivers)):
        found, way = walked(problem, terms, grid, crowds)
        assert found is there_is_one
        if found:
            assert [way[0].first, way[-1].last] == [0, CELLS]
            assert all(a.last == b.first for a, b in pairwise(way))
            assert all(a.seat != b.seat or len(crowds[a.seat]) > 1 for a, b in pairwise(way))
            assert sum(is_change(problem, arc) for arc in way) >= changes_due(problem, terms)


@settings(max_examples=15, deadline=None)
@given(swapping())
def test_nobody_drives_more_stretches_or_longer_than_is_said_of_him_alone(made: tuple[Relay, Terms]) -> None:
    relay, terms = made
    problem, grid = problem_of(relay), even(problem_of(relay), CELLS)
    crowds = tuple((seat.key,) for seat in problem.drivers)
    bounds = Bounds(problem, terms, grid, arcs_of(problem, terms, grid), crowds)
    for seat in range(len(crowds)):
        most = bounds.stretches(seat)
        assert most[:-1] == sorted(most[:-1], reverse=True), "later there is not more to be had"
        for run in every_run(problem, terms, grid):
            own = [arc for arc in run if arc.seat == seat]
            if rests(problem, terms, grid, run):
                assert len(own) <= most[0]
                assert sum(arc.driven_s for arc in own) <= bounds.alone_s(seat) + 1e-6


def test_changes_already_made_and_those_of_a_rule_that_is_dropped_are_not_due() -> None:
    relay = race(3, 6, DriveRules(mandatory_stops=4, stop_service="swap"))
    done = [Leg(f"s{at}", KEYS[at], at * HOUR_S, at * HOUR_S + 3300.0, is_done=True) for at in range(3)]
    problem = problem_of(relay, tuple(done))
    assert changes_due(problem, Terms(relay)) == 2
    assert changes_due(problem, Terms(relay, {Demand(RuleName.SERVICE): DROPPED})) == 0
    tyres = msgspec.structs.replace(relay, rules=DriveRules(mandatory_stops=4, stop_service="tyres"))
    assert changes_due(problem_of(tyres), Terms(tyres)) == 0
    begins = [arc for arc in arcs_of(problem, Terms(relay), even(problem, 4)) if arc.first == 0]
    assert {KEYS[arc.seat]: is_change(problem, arc) for arc in begins} == {
        "ada": True,
        "ben": True,
        "cia": False,
    }, "who sits in the car goes on"


def walked(
    problem: Problem, terms: Terms, grid: Grid, crowds: tuple[Crowd, ...]
) -> tuple[bool | None, list[Arc]]:
    one = as_one(problem, crowds)
    return walk(one, terms, grid, crowds, arcs_of(one, terms, grid))


def every_run(problem: Problem, terms: Terms, grid: Grid) -> Iterator[list[Arc]]:
    """Each order of names as the stretches it makes; without those in which one breaks a rule by itself."""
    arcs = {(arc.seat, arc.first, arc.last): arc for arc in arcs_of(problem, terms, grid)}
    for names in product(range(len(problem.drivers)), repeat=CELLS):
        run, at = [], 0
        for seat, same in groupby(names):
            length = len(list(same))
            run.append(arcs.get((seat, at, at + length)))
            at += length
        if all(arc is not None for arc in run):
            yield [arc for arc in run if arc is not None]


def keeps(problem: Problem, terms: Terms, grid: Grid, run: list[Arc]) -> bool:
    changes = len(run) - 1
    return rests(problem, terms, grid, run) and changes >= changes_due(problem, terms)


def rests(problem: Problem, terms: Terms, grid: Grid, run: list[Arc]) -> bool:
    """Between the stretches of each, as long as these terms ask for."""
    for seat, person in enumerate(problem.drivers):
        own = [arc for arc in run if arc.seat == seat]
        for before, after in pairwise(own):
            if grid.starts_s[after.first] - before.end_s < terms.rest_s(person.key) - 0.5:
                return False
    return True
