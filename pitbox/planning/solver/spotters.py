"""Who watches while somebody drives: few changes, nobody for too long, nobody who drives or is away."""

import math

import msgspec

from pitbox.model.plan_check.course import EXACT_S, here
from pitbox.model.relay import Leg, Legs, Seat
from pitbox.model.span import common, covers, total_s
from pitbox.planning.solver.problem import Problem

_State = tuple[str, float]
"""Who watches, and since when without a break."""
_States = dict[_State, tuple[float, tuple[str, ...]]]
"""What it costs to come to each, and by whom."""


def with_spotters(problem: Problem, legs: Legs) -> Legs | None:
    """The same legs with somebody named to watch; None where that cannot be."""
    before = {leg.key: leg.spotter for leg in problem.base}
    if not problem.relay.rules.has_spotter:
        return tuple(_as_before(problem, leg, before) for leg in legs)
    stands = len(problem.fixed)
    states: _States = {_watch_at_start(legs[:stands]): (0.0, ())}
    for at in range(stands, len(legs)):
        states = _step(problem, legs, at, before, states)
    if not states:
        return None
    _, names = min(states.values(), key=lambda found: found[0])
    return (
        *legs[:stands],
        *(msgspec.structs.replace(leg, spotter=name) for leg, name in zip(legs[stands:], names, strict=True)),
    )


def _as_before(problem: Problem, leg: Leg, before: dict[str, str]) -> Leg:
    name = before.get(leg.key, "")
    is_new = leg not in problem.fixed
    return msgspec.structs.replace(leg, spotter=name) if is_new and name and name != leg.driver else leg


def _watch_at_start(fixed: Legs) -> _State:
    if not fixed:
        return "", 0.0
    since_s = fixed[-1].start_s
    for leg in reversed(fixed):
        if leg.spotter != fixed[-1].spotter:
            break
        since_s = leg.start_s
    return fixed[-1].spotter, since_s


def _step(
    problem: Problem,
    legs: Legs,
    at: int,
    before: dict[str, str],
    states: _States,
) -> _States:
    out: _States = {}
    leg = legs[at]
    most_s = problem.relay.rules.longest_spotting_s
    limit_s = math.inf if most_s is None else most_s
    for seat in problem.relay.seats:
        if not _can_watch(problem, seat, leg):
            continue
        own = _cost(seat, legs, at, before)
        for (who, since_s), (cost, names) in states.items():
            state = (seat.key, since_s if who == seat.key else leg.start_s)
            if leg.end_s - state[1] > limit_s + EXACT_S:
                continue
            total = cost + own + (who != seat.key)
            if state not in out or total < out[state][0]:
                out[state] = (total, (*names, seat.key))
    return out


def _can_watch(problem: Problem, seat: Seat, leg: Leg) -> bool:
    if not seat.can_spot or seat.key == leg.driver:
        return False
    free = here(seat) if problem.relay.start_utc_s is not None else None
    return free is None or covers(free, leg.span)


def _cost(seat: Seat, legs: Legs, at: int, before: dict[str, str]) -> float:
    """Changes, people who just drove or are next, and those who are here only if it must be."""
    neighbours = {leg.driver for leg in legs[max(0, at - 1) : at + 2]}
    is_other = before.get(legs[at].key, seat.key) not in ("", seat.key)
    is_maybe = total_s(common((legs[at].span,), seat.maybe)) > 0
    return 0.6 * (seat.key in neighbours) + 2.0 * is_other + 1.0 * is_maybe
