"""Stretches turned into the legs of a plan: keys, fuel, tyres, spotters."""

import math
from collections.abc import Sequence

from pitbox.model.relay import Leg, Legs
from pitbox.planning.solver.arcs import Arc
from pitbox.planning.solver.problem import Problem
from pitbox.planning.solver.spotters import with_spotters


def legs_of(problem: Problem, arcs: Sequence[Arc]) -> Legs | None:
    """The whole plan from the green flag, what stands included; None where nobody is left to spot."""
    spans = [(problem.drivers[arc.seat].key, span) for arc in arcs for span in arc.spans]
    keys = _keys(problem, len(spans))
    first = len(problem.fixed)
    legs = tuple(
        Leg(
            key,
            driver,
            span.start_s,
            span.end_s,
            fuel_l=_fuel_l(problem, span.length_s),
            is_new_tyres=_has_new_tyres(problem, first + at),
        )
        for at, (key, (driver, span)) in enumerate(zip(keys, spans, strict=True))
    )
    return with_spotters(problem, (*problem.fixed, *legs))


def _keys(problem: Problem, count: int) -> list[str]:
    """The rows that are there keep their keys; what more is needed gets new ones."""
    out = [leg.key for leg in problem.base[:count]]
    used = {leg.key for leg in (*problem.fixed, *problem.base)}
    number = len(problem.fixed) + len(out)
    while len(out) < count:
        number += 1
        key = f"stint-{number}"
        if key not in used:
            out.append(key)
    return out


def _fuel_l(problem: Problem, length_s: float) -> float | None:
    relay = problem.relay
    if relay.fuel_per_lap_l is None:
        return None
    need_l = math.ceil(length_s / relay.lap_s - 0.05) * relay.fuel_per_lap_l
    return round(need_l if relay.tank_l is None else min(need_l, relay.tank_l), 1)


def _has_new_tyres(problem: Problem, number: int) -> bool | None:
    """At stop number so and so; before the first stint there is none."""
    relay = problem.relay
    if number == 0:
        return None
    is_forced = "tyres" in relay.rules.stop_service and number <= relay.rules.mandatory_stops
    return is_forced or number % max(1, relay.stints_per_set) == 0
