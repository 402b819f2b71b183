"""People whom no rule tells apart, planned as one: what they cannot do together nobody has to try by name.

A program over crowds leaves out who of them drives what, so it is small, and it knows no orders of names:
where even that one has no answer there is no plan. What it finds is dealt out to the people and judged.
"""

from collections.abc import Sequence

import msgspec

from pitbox.model.plan_check.course import EXACT_S, here, stretches_of
from pitbox.model.relay import Legs, Relay, RuleName, Seat, Violation
from pitbox.model.span import common, covers, total_s
from pitbox.planning.solver.arcs import Arc
from pitbox.planning.solver.problem import Problem
from pitbox.planning.solver.rows import legs_of
from pitbox.planning.solver.terms import DROPPED, Terms

Crowd = tuple[str, ...]
Twins = tuple[tuple[str, ...], ...]


def twins_of(problem: Problem) -> Twins:
    """Who has done the same, is here at the same times and may do the same: only terms tell them apart."""
    found: dict[object, list[str]] = {}
    for seat in problem.drivers:
        rules = problem.relay.rules
        facts = (
            here(seat) if problem.relay.start_utc_s is not None else None,
            seat.can_spot,
            seat.key in rules.no_night,
            seat.key == rules.starter,
            seat.key == problem.holder,
            problem.driven_s.get(seat.key, 0.0),
            problem.out_s.get(seat.key),
        )
        found.setdefault(facts, []).append(seat.key)
    return tuple(tuple(keys) for keys in found.values())


def crowds_of(twins: Twins, terms: Terms) -> tuple[Crowd, ...]:
    """Those of them whom these terms do not tell apart either."""
    found: dict[object, list[str]] = {}
    for at, keys in enumerate(twins):
        for key in keys:
            found.setdefault((at, loosened_for(terms, key)), []).append(key)
    return tuple(tuple(keys) for keys in found.values())


def loosened_for(terms: Terms, key: str) -> tuple[tuple[RuleName, float], ...]:
    return tuple(sorted((one.rule, by_s) for one, by_s in terms.loosened.items() if one.seat == key))


def as_one(problem: Problem, crowds: Sequence[Crowd]) -> Problem:
    """With one driver for each crowd."""
    seats = {seat.key: seat for seat in problem.drivers}
    return msgspec.structs.replace(problem, drivers=tuple(seats[crowd[0]] for crowd in crowds))


def dealt(problem: Problem, terms: Terms, crowds: Sequence[Crowd], arcs: Sequence[Arc]) -> list[Arc]:
    """The stretches of crowds given to people: to those who are rested, whoever has driven least first."""
    numbers = {seat.key: at for at, seat in enumerate(problem.drivers)}
    ready_s = dict.fromkeys(numbers, -1e12)
    driven_s = {key: problem.driven_s.get(key, 0.0) for key in numbers}
    out: list[Arc] = []
    for arc in sorted(arcs, key=lambda one: one.first):
        rested = [key for key in crowds[arc.seat] if ready_s[key] <= arc.start_s + 0.5]
        key = min(rested or crowds[arc.seat], key=lambda one: (driven_s[one], ready_s[one]))
        driven_s[key] += arc.driven_s
        ready_s[key] = arc.end_s + max(terms.rest_s(key), 1.0)
        out.append(msgspec.structs.replace(arc, seat=numbers[key]))
    return out


def rows_of(problem: Problem, terms: Terms, arcs: Sequence[Arc]) -> Legs | None:
    """As a plan, watched as far as these terms ask for it."""
    rules = problem.relay.rules
    asked = msgspec.structs.replace(
        rules,
        has_spotter=rules.has_spotter and terms.is_kept(RuleName.SPOTTER),
        longest_spotting_s=rules.longest_spotting_s if terms.is_kept(RuleName.SPOTTING) else None,
    )
    relay = msgspec.structs.replace(problem.relay, rules=asked)
    return legs_of(msgspec.structs.replace(problem, relay=relay), arcs)


def is_allowed(terms: Terms, legs: Legs, broken: Sequence[Violation]) -> bool:
    """Whether a plan that offends against so much keeps these terms."""
    return all(_is_excused(terms, legs, one) for one in broken)


def _is_excused(terms: Terms, legs: Legs, broken: Violation) -> bool:
    by_s = terms.by_s(broken.rule, broken.seat)
    if by_s == DROPPED:
        return True
    if broken.rule is RuleName.AVAILABLE and by_s > 0:
        free = terms.free(_seat(terms.relay, broken.seat))
        leg = next(leg for leg in legs if leg.key == broken.leg)
        return free is None or covers(free, leg.span)
    if broken.rule is RuleName.NIGHT:
        own = tuple(leg.span for leg in legs if leg.driver == broken.seat and not leg.is_done)
        return total_s(common(own, terms.relay.dark)) <= by_s + EXACT_S
    if broken.rule is RuleName.IN_A_ROW:
        some = [one for one in stretches_of(legs) if one.driver == broken.seat]
        return max(len(one.legs) for one in some) <= terms.in_a_row(broken.seat)
    return 0 < broken.over_s <= by_s + EXACT_S


def _seat(relay: Relay, key: str) -> Seat:
    return next(seat for seat in relay.seats if seat.key == key)
