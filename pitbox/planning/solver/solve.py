"""Who drives when, solved: a plan that keeps every rule, or why there is none."""

import importlib.util
import math
import time
from collections.abc import Callable, Sequence

import msgspec

from pitbox.model.plan_check import violations
from pitbox.model.plan_offer import Level, Solved
from pitbox.model.relay import Legs, Relay, Violation
from pitbox.planning.solver.arcs import Arc
from pitbox.planning.solver.grid import Grid, as_before, even, fine, humane, shared_out, stints_left
from pitbox.planning.solver.impossible import explain, explain_plain, is_chopped, is_sure
from pitbox.planning.solver.levels import AIMS, Found, Search
from pitbox.planning.solver.oracle import Oracle
from pitbox.planning.solver.plain import solve_plain
from pitbox.planning.solver.problem import Problem, problem_of
from pitbox.planning.solver.program import Program
from pitbox.planning.solver.rows import legs_of
from pitbox.planning.solver.terms import Demand, Terms

CP_SAT, PLAIN = "cp-sat", "plain"
_TRIES = 4
_QUICK_S = 0.4
_PATIENCE = 10.0
"""Times as long a quick search may take where other work has the machine: late is better than no plan."""


def has_engine() -> bool:
    """True where OR-Tools is installed."""
    return importlib.util.find_spec("ortools") is not None


def solve(
    relay: Relay,
    *,
    fixed: Legs = (),
    base: Legs = (),
    seed: int = 1,
    budget_s: float = 10.0,
    levels: Sequence[str] = AIMS,
    stop: Callable[[], bool] | None = None,
    on_better: Callable[[Legs], None] | None = None,
    engine: str = "",
    is_quick: bool = False,
) -> Solved:
    """The best plan within the budget, `fixed` stints as they are, `base` disturbed little; or why none is.

    `stop` is asked between the levels; `on_better` is told each plan as it gets better. A quick search looks
    at stints of equal length only, and does not ask why it found nothing; its budget is CPU time.
    """
    began_s = time.monotonic()
    problem = problem_of(relay, fixed, base)
    deadline_s, stop = began_s + budget_s * (_PATIENCE if is_quick else 1.0), stop or _never
    spent_s = time.thread_time() + budget_s if is_quick else math.inf
    ask = _Ask(problem, seed, deadline_s, spent_s, tuple(levels), stop, on_better, is_quick)
    name = engine or (CP_SAT if has_engine() else PLAIN)
    if problem.is_run:
        solved = Solved(fixed, (Level("feasible", 0.0, 0.0, ""),), engine=name)
    elif is_chopped(problem):
        solved = explain_plain(problem, ())
    elif name == PLAIN:
        solved = solve_plain(problem, seed=seed, deadline_s=ask.deadline_s, stop=ask.stop)
    else:
        solved = _by_program(ask)
    return msgspec.structs.replace(solved, engine=name, took_s=time.monotonic() - began_s)


def resolve(
    relay: Relay, base: Legs, fixed: Legs = (), *, seed: int = 1, is_quick: bool = True, budget_s: float = 5.0
) -> Solved:
    """A plan from now on that disturbs `base` little: at once; asked again, as good as the budget allows."""
    if is_quick:
        quick = ("changes",)
        return solve(relay, fixed=fixed, base=base, seed=seed, budget_s=_QUICK_S, levels=quick, is_quick=True)
    return solve(relay, fixed=fixed, base=base, seed=seed, budget_s=budget_s)


class _Ask(msgspec.Struct, frozen=True):
    problem: Problem
    seed: int
    deadline_s: float
    spent_s: float
    """Of this thread's CPU time."""
    aims: tuple[str, ...]
    stop: Callable[[], bool]
    on_better: Callable[[Legs], None] | None
    is_quick: bool

    def is_late(self) -> bool:
        return time.monotonic() > self.deadline_s or time.thread_time() > self.spent_s


def _by_program(ask: _Ask) -> Solved:
    problem, terms = ask.problem, Terms(ask.problem.relay)
    oracle, is_proved = Oracle(problem, ask.seed), False
    grids = _grids(problem, terms)
    for grid in grids[:-1] if ask.is_quick else grids:
        if grid.is_fine and (is_sure(problem) or oracle.is_refuted(terms)):
            is_proved = True
            break
        legs, found = _on_grid(ask, grid)
        if legs is not None:
            return Solved(legs, tuple(found.levels))
        is_proved = found.is_impossible
        if ask.stop() or (ask.is_quick and ask.is_late()):
            break
    if ask.is_quick:
        return Solved(())
    return explain(problem, oracle, is_proved=is_proved)


def _grids(problem: Problem, terms: Terms) -> list[Grid]:
    """From those that give the plan people like to those that leave nothing out."""
    stints = stints_left(problem, terms)
    before = as_before(problem, terms)
    few, more, divided = even(problem, stints), even(problem, stints + 1), shared_out(problem, stints)
    first = [] if before is None else [humane(problem, before), before]
    shared = [] if divided is None else [humane(problem, divided), divided]
    first += [humane(problem, few), few, humane(problem, more), more]
    return [*first, *shared, fine(problem, stints)]


def _on_grid(ask: _Ask, grid: Grid) -> tuple[Legs | None, Found]:
    """Solved between these moments; what rounding broke is asked again a little tighter."""
    problem, terms = ask.problem, Terms(ask.problem.relay)
    found = Found()
    for _ in range(_TRIES):
        program = Program(problem, terms, grid)
        if problem.base:
            program.hint(problem.base)
        search = Search(
            program,
            seed=ask.seed,
            deadline_s=ask.deadline_s,
            spent_s=ask.spent_s,
            stop=ask.stop,
            told=lambda arcs: _tell(ask, arcs),
        )
        found = search.run(_aims(ask), _held_s(problem, grid))
        legs = legs_of(problem, found.arcs) if found.arcs else None
        if legs is None:
            return None, found
        broken = broken_by(problem, legs)
        if not broken:
            return legs, found
        terms = terms.but({_demand(one): terms.by_s(one.rule, one.seat) - one.over_s - 1 for one in broken})
    return None, found


def broken_by(problem: Problem, legs: Legs) -> list[Violation]:
    """What the planned part offends against; what stands is not its fault."""
    stands = {leg.key for leg in problem.fixed}
    return [one for one in violations(problem.relay, legs) if not one.is_past and one.leg not in stands]


def _demand(broken: Violation) -> Demand:
    return Demand(broken.rule, broken.seat)


def _aims(ask: _Ask) -> tuple[str, ...]:
    """Nothing is disturbed where nothing was planned before."""
    return tuple(aim for aim in ask.aims if aim != "changes" or ask.problem.base)


def _held_s(problem: Problem, grid: Grid) -> dict[str, float]:
    """Fairness to the minute is worth no unrest: half a stint against a plan that people know."""
    cell_s = (problem.end_s - problem.start_s) / max(1, len(grid.starts_s) - 1)
    share_s = problem.relay.length_s / max(1, len(problem.drivers))
    loose_s = min(cell_s, problem.relay.most_stint_s) / 2 if problem.base else 0.01 * share_s
    return {"balance": loose_s, "changes": 60.0, "preference": 60.0}


def _tell(ask: _Ask, arcs: Sequence[Arc]) -> None:
    if ask.on_better is None:
        return
    legs = legs_of(ask.problem, arcs)
    if legs is not None and not broken_by(ask.problem, legs):
        ask.on_better(legs)


def _never() -> bool:
    return False
