"""How near to equal shares whole stints come, where a rule asks for more than can be."""

from collections.abc import Iterator

from pitbox.model.plan_check import violations
from pitbox.model.plan_offer import Clash, Relaxation, Solved
from pitbox.model.relay import Legs, RuleName
from pitbox.planning.solver.arcs import Arc
from pitbox.planning.solver.grid import even, humane, shared_out, stints_left
from pitbox.planning.solver.problem import Problem
from pitbox.planning.solver.program import Program
from pitbox.planning.solver.rows import legs_of
from pitbox.planning.solver.terms import DROPPED, Demand, Terms

_NEARLY_EQUAL = 0.75
"""Below, no plan fails because its stints are whole."""
_EFFORT = 0.5


def nearest_share(problem: Problem, seed: int) -> Solved | None:
    """The fairest plan that keeps every other rule, as what a rule of nearly equal shares has to give way to.

    None where shares are not asked to be nearly equal, or other rules stand in the way too.
    """
    asked = problem.relay.rules.fair_share
    if asked is None or asked <= _NEARLY_EQUAL:
        return None
    plans = [legs for legs in _fair_plans(problem, seed) if _is_only_unfair(problem, legs)]
    if not plans:
        return None
    share = max(_share(legs) for legs in plans)
    percent = int(100 * share)
    clash = Clash(
        RuleName.FAIR_SHARE,
        f"Everybody drives {100 * asked:.0f} % of an equal share at least; the nearest that was"
        f" found is {percent} %.",
    )
    return Solved((), clashes=(clash,), relaxation=Relaxation(f"Ask for {percent} % of it.", clash))


def _fair_plans(problem: Problem, seed: int) -> Iterator[Legs]:
    terms = Terms(problem.relay, {Demand(RuleName.FAIR_SHARE, one.key): DROPPED for one in problem.drivers})
    stints = stints_left(problem, terms)
    grids = [even(problem, stints), even(problem, stints + 1), shared_out(problem, stints)]
    for grid in grids:
        arcs = [] if grid is None else _fairest(Program(problem, terms, humane(problem, grid)), seed)
        legs = legs_of(problem, arcs) if arcs else None
        if legs is not None:
            yield legs


def _fairest(program: Program, seed: int) -> list[Arc]:
    from ortools.sat.python import cp_model  # noqa: PLC0415

    if not program.arcs:
        return []
    program.model.minimize(program.unequal())
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = _EFFORT
    status = solver.solve(program.model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return []
    taken = zip(program.takes, program.arcs, strict=True)
    return [arc for take, arc in taken if solver.boolean_value(take)]


def _is_only_unfair(problem: Problem, legs: Legs) -> bool:
    return all(one.rule is RuleName.FAIR_SHARE or one.is_past for one in violations(problem.relay, legs))


def _share(legs: Legs) -> float:
    driven_s: dict[str, float] = {}
    for leg in legs:
        driven_s[leg.driver] = driven_s.get(leg.driver, 0.0) + leg.span.length_s
    return min(driven_s.values()) * len(driven_s) / sum(driven_s.values())
