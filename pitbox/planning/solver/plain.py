"""The plan without OR-Tools: a beam of partial plans along the race, then exchanges while they help."""

import time
from collections.abc import Callable
from random import Random

import msgspec

from pitbox.model.plan_check import violations
from pitbox.model.plan_offer import Level, Solved
from pitbox.model.relay import Legs, RuleName, Violation
from pitbox.planning.solver.arcs import Arc, arcs_of, disturbed_s, wishes_s
from pitbox.planning.solver.grid import Grid, as_before, even, stints_left
from pitbox.planning.solver.impossible import explain_plain
from pitbox.planning.solver.problem import Problem
from pitbox.planning.solver.rows import legs_of
from pitbox.planning.solver.spotters import with_spotters
from pitbox.planning.solver.terms import Terms

_WIDTH = 60
_WEIGHT_S = 100_000.0
"""What one offence weighs against a second of unfairness."""
_PATIENCE = 400


class _Part(msgspec.Struct):
    """A plan up to a moment."""

    cost: float
    arcs: tuple[Arc, ...]
    driven_s: tuple[float, ...]
    out_s: tuple[float, ...]


def solve_plain(problem: Problem, *, seed: int, deadline_s: float, stop: Callable[[], bool]) -> Solved:
    terms = Terms(problem.relay)
    stints = stints_left(problem, terms)
    before = as_before(problem, terms)
    grids = [*([before] if before is not None else []), even(problem, stints), even(problem, stints + 1)]
    best: tuple[float, Legs, list[Violation]] | None = None
    for grid in grids:
        for legs in _beam(problem, terms, grid):
            found = _better(problem, legs, seed, deadline_s, stop)
            if best is None or found[0] < best[0]:
                best = found
        if best is not None and not best[2]:
            return Solved(best[1], _levels(problem, best[1], grid))
    return explain_plain(problem, best[2] if best is not None else [])


def _beam(problem: Problem, terms: Terms, grid: Grid) -> list[Legs]:
    by_first: dict[int, list[Arc]] = {}
    for arc in arcs_of(problem, terms, grid):
        by_first.setdefault(arc.first, []).append(arc)
    people = problem.drivers
    start = _Part(
        0.0,
        (),
        tuple(problem.driven_s.get(seat.key, 0.0) for seat in people),
        tuple(problem.out_s.get(seat.key, -1e9) for seat in people),
    )
    last = len(grid.starts_s) - 1
    parts: dict[int, list[_Part]] = {0: [start]}
    for moment in range(last):
        some = sorted(parts.pop(moment, []), key=lambda part: part.cost)[:_WIDTH]
        for part in some:
            for arc in by_first.get(moment, []):
                following = _longer(problem, terms, part, arc)
                if following is not None:
                    parts.setdefault(arc.last, []).append(following)
    ends = sorted(parts.get(last, []), key=lambda part: part.cost)[:3]
    found = [legs_of(problem, part.arcs) for part in ends]
    return [legs for legs in found if legs is not None]


def _longer(problem: Problem, terms: Terms, part: _Part, arc: Arc) -> _Part | None:
    seat, key = arc.seat, problem.drivers[arc.seat].key
    goes_on = not part.arcs and key == problem.holder
    if part.arcs and part.arcs[-1].seat == seat:
        return None
    if not goes_on and arc.start_s < part.out_s[seat] + terms.rest_s(key) - 0.5:
        return None
    driven = list(part.driven_s)
    driven[seat] += arc.driven_s
    if driven[seat] > terms.most_s(RuleName.MOST, key, problem.relay.rules.most_drive_s):
        return None
    out = list(part.out_s)
    out[seat] = arc.end_s
    # So far everybody should have driven as much as everybody else: squares punish who is far ahead.
    fair_s = sum(driven) / len(driven)
    unfair = sum((one - fair_s) ** 2 for one in driven) / 3600.0
    extra = 0.2 * wishes_s(problem, arc) + (disturbed_s(problem, arc) if problem.base else 0.0)
    paid = part.cost - _unfair(part) + extra
    return _Part(paid + unfair, (*part.arcs, arc), tuple(driven), tuple(out))


def _unfair(part: _Part) -> float:
    fair_s = sum(part.driven_s) / len(part.driven_s)
    return sum((one - fair_s) ** 2 for one in part.driven_s) / 3600.0 if part.arcs else 0.0


def _better(
    problem: Problem, legs: Legs, seed: int, deadline_s: float, stop: Callable[[], bool]
) -> tuple[float, Legs, list[Violation]]:
    """Exchange drivers of stints at random, as long as that helps."""
    dice = Random(seed)  # noqa: S311  a search that can be repeated, no secret
    best = _judged(problem, legs)
    first, idle = len(problem.fixed), 0
    while idle < _PATIENCE and time.monotonic() < deadline_s and not stop() and len(legs) > first:
        trial = list(best[1])
        at = dice.randrange(first, len(trial))
        if dice.random() < 0.5:
            other = dice.randrange(first, len(trial))
            names = trial[at].driver, trial[other].driver
            trial[other] = msgspec.structs.replace(trial[other], driver=names[0])
            trial[at] = msgspec.structs.replace(trial[at], driver=names[1])
        else:
            name = dice.choice(problem.drivers).key
            trial[at] = msgspec.structs.replace(trial[at], driver=name)
        found = _judged(problem, tuple(trial))
        idle = 0 if found[0] < best[0] - 1e-6 else idle + 1
        best = min(best, found, key=lambda one: one[0])
    return best


def _judged(problem: Problem, legs: Legs) -> tuple[float, Legs, list[Violation]]:
    spotted = with_spotters(problem, legs) or legs
    stands = {leg.key for leg in problem.fixed}
    broken = [one for one in violations(problem.relay, spotted) if not one.is_past and one.leg not in stands]
    weight = sum(_WEIGHT_S + one.over_s for one in broken)
    return weight + unequal_s(problem, spotted), spotted, broken


def unequal_s(problem: Problem, legs: Legs) -> float:
    """Seconds at the wheel that would have to change hands for equal shares."""
    driven = {seat.key: 0.0 for seat in problem.drivers}
    for leg in legs:
        driven[leg.driver] = driven.get(leg.driver, 0.0) + leg.span.length_s
    share_s = sum(driven.values()) / max(1, len(driven))
    return sum(max(0.0, one - share_s) for one in driven.values())


def _levels(problem: Problem, legs: Legs, grid: Grid) -> tuple[Level, ...]:
    """The bound is what whole stints allow at best; nothing else is known of the other levels."""
    value_s = unequal_s(problem, legs)
    people, stints = len(problem.drivers), len(grid.starts_s) - 1
    bound_s = 0.0
    if not problem.fixed:
        whole, left = divmod(stints, people)
        length_s = min(leg.span.length_s for leg in legs)
        share_s = sum(leg.span.length_s for leg in legs) / people
        bound_s = max(0.0, left * ((whole + 1) * length_s - share_s))
    return (Level("feasible", 0.0, 0.0, ""), Level("balance", value_s, min(value_s, bound_s)))
