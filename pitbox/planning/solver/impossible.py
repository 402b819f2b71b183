"""Why there is no plan: a minimal set of demands that exclude each other, and what costs least to give up.

A set is found by leaving demands out one after the other (whole rules first, then people): what the rest
cannot be kept without goes for good. So the set alone is impossible, and without any one of it, it is not
(where time ran out over it, some of it may be idle).
Moments are those of the fine grid: a plan that needs a swap between two of them counts as none.
"""

import math
import time
from collections.abc import Iterable, Sequence

from pitbox.model.plan_check.course import here
from pitbox.model.plan_check.figures import clock
from pitbox.model.plan_offer import Clash, Relaxation, Solved
from pitbox.model.relay import Relay, RuleName, Violation
from pitbox.model.span import Span, Spans, joined, total_s, without
from pitbox.planning.solver.demand_words import demand_words, limit_s, relaxed_words
from pitbox.planning.solver.grid import even, fine, stints_left
from pitbox.planning.solver.problem import Problem
from pitbox.planning.solver.program import Program
from pitbox.planning.solver.terms import DROPPED, Demand, Terms, demands, drivers_of

_STEP_S = 300.0
_MOST_STEPS = 96
_ONE_CHECK_S = 2.0
_CORE_S, _RELAX_S = 8.0, 6.0
"""Why there is no plan is worth waiting for, beyond the budget even; not for ever."""
_WEIGHTS = {
    RuleName.AVAILABLE: 1.0,
    RuleName.NIGHT: 1.0,
    RuleName.SPOTTING: 1.0,
    RuleName.REST: 1.5,
    RuleName.LONGEST: 2.0,
}
"""What a team can settle itself is cheaper than what an organiser has to allow."""
_RULE_WEIGHT = 3.0
_WHOLE_COST_S = 4 * 3600.0
_WHOLE_RULES = {
    RuleName.STARTER,
    RuleName.SPOTTER,
    RuleName.SERVICE,
    RuleName.STOPS,
    RuleName.DRIVERS,
    RuleName.IN_A_ROW,
}
"""Those that can only go, not give."""


class Oracle:
    """Is there any plan under these terms? Remembers its answers."""

    def __init__(self, problem: Problem, seed: int) -> None:
        self._problem, self._seed = problem, seed
        self.deadline_s = math.inf
        """From then on it answers only what it knows."""
        self._known: dict[tuple[tuple[Demand, float], ...], bool] = {}

    def can(self, terms: Terms) -> bool:
        """What was not proved impossible within its time counts as possible: such a demand is not blamed."""
        key = tuple(sorted(terms.loosened.items()))
        if key not in self._known and self.is_late():
            return True
        if key not in self._known:
            self._known[key] = self._ask(terms)
        return self._known[key]

    def is_late(self) -> bool:
        return time.monotonic() > self.deadline_s

    def _ask(self, terms: Terms) -> bool:
        from ortools.sat.python import cp_model  # noqa: PLC0415

        stints = stints_left(self._problem, terms)
        for grid in (even(self._problem, stints), fine(self._problem, stints)):
            program = Program(self._problem, terms, grid)
            if not program.arcs:
                continue
            solver = cp_model.CpSolver()
            solver.parameters.num_workers = 1
            solver.parameters.random_seed = self._seed
            solver.parameters.max_time_in_seconds = _ONE_CHECK_S
            solver.parameters.stop_after_first_solution = True
            status = solver.solve(program.model)
            if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) or (
                grid.is_fine and status == cp_model.UNKNOWN
            ):
                return True
        return False


def explain(problem: Problem, oracle: Oracle, deadline_s: float, *, is_proved: bool) -> Solved:
    """Why there is no plan; nothing is blamed where the search only ran out of time."""
    relay = problem.relay
    if not drivers_of(relay) or uncovered(problem):
        return _sure(problem)
    if not is_proved and oracle.can(Terms(relay)):
        return Solved(())
    every = demands(relay)
    oracle.deadline_s = max(deadline_s, time.monotonic() + _CORE_S)
    core = minimal(oracle, relay, every)
    if not core:
        return Solved((), clashes=(Clash(RuleName.COVER, "What is left of the race cannot be covered."),))
    clashes = tuple(clash_of(relay, demand) for demand in core)
    oracle.deadline_s = time.monotonic() + _RELAX_S
    return Solved((), clashes=clashes, relaxation=cheapest(oracle, relay, core))


def explain_plain(problem: Problem, broken: Sequence[Violation]) -> Solved:
    """Without a prover: what is sure (nobody there), else what the best plan found still breaks."""
    if not drivers_of(problem.relay) or uncovered(problem):
        return _sure(problem)
    words = "No plan was found; whether there is one, only OR-Tools could tell."
    nothing = (Clash(RuleName.COVER, words),)
    best = tuple(Clash(one.rule, f"The best plan found breaks this: {one.words}", one.seat) for one in broken)
    return Solved((), clashes=best or nothing)


def _sure(problem: Problem) -> Solved:
    if not drivers_of(problem.relay):
        return Solved((), clashes=(Clash(RuleName.NOBODY, "Nobody in the team drives."),))
    return _holes(uncovered(problem))


def clash_of(relay: Relay, demand: Demand) -> Clash:
    return Clash(demand.rule, demand_words(relay, demand), demand.seat)


def uncovered(problem: Problem) -> Spans:
    """When nobody who drives is free, for longer than a stop."""
    relay = problem.relay
    if relay.start_utc_s is None:
        return ()
    times = [here(seat) for seat in problem.drivers]
    if any(spans is None for spans in times):
        return ()
    free = joined(span for spans in times for span in spans or ())
    holes = without((Span(problem.start_s, relay.length_s),), free)
    return tuple(hole for hole in holes if hole.length_s > problem.stop_s)


def _holes(holes: Spans) -> Solved:
    when = " and ".join(f"from {clock(hole.start_s)} to {clock(hole.end_s)}" for hole in holes)
    clash = Clash(RuleName.AVAILABLE, f"Nobody is free {when}.")
    words = f"Somebody has to be free {when}."
    return Solved((), clashes=(clash,), relaxation=Relaxation(words, clash, total_s(holes)))


def minimal(oracle: Oracle, relay: Relay, every: Sequence[Demand]) -> tuple[Demand, ...]:
    """Demands that exclude each other, none of them idle; empty where the race itself is the trouble."""
    kept = list(every)
    if not oracle.can(_only(relay, every, ())):
        return ()
    for rule in dict.fromkeys(demand.rule for demand in every):
        kept = _without_idle(oracle, relay, every, kept, [one for one in kept if one.rule == rule])
    for demand in list(kept):
        kept = _without_idle(oracle, relay, every, kept, [demand])
    return tuple(kept)


def _without_idle(
    oracle: Oracle, relay: Relay, every: Sequence[Demand], kept: list[Demand], some: list[Demand]
) -> list[Demand]:
    rest = [demand for demand in kept if demand not in some]
    return kept if oracle.can(_only(relay, every, rest)) else rest


def _only(relay: Relay, every: Iterable[Demand], kept: Iterable[Demand]) -> Terms:
    keep = set(kept)
    return Terms(relay, {demand: DROPPED for demand in every if demand not in keep})


def cheapest(oracle: Oracle, relay: Relay, core: Sequence[Demand]) -> Relaxation | None:
    """The one of them that has to give least; None where no single one is enough."""
    best: Relaxation | None = None
    best_cost = math.inf
    terms = Terms(relay)
    for demand in sorted(core, key=lambda one: _weight(one.rule)):
        if oracle.is_late():
            break
        if not oracle.can(terms.but({demand: DROPPED})):
            continue
        by_s = 0.0 if demand.rule in _WHOLE_RULES else _least(oracle, terms, demand, best_cost)
        cost = _WHOLE_COST_S * _RULE_WEIGHT if demand.rule in _WHOLE_RULES else by_s * _weight(demand.rule)
        if cost < best_cost:
            best_cost = cost
            best = Relaxation(relaxed_words(relay, demand, by_s), clash_of(relay, demand), by_s)
    return best


def _least(oracle: Oracle, terms: Terms, demand: Demand, best_cost: float) -> float:
    """Seconds, in whole steps, that it has to give; infinite where that is dearer than the best."""
    most = _MOST_STEPS
    if best_cost < math.inf:
        most = min(most, max(1, math.floor(best_cost / _weight(demand.rule) / _STEP_S)))
    if demand.rule in (RuleName.LEAST, RuleName.REST):
        most = min(most, math.ceil(limit_s(terms.relay, demand.rule) / _STEP_S))
    if not oracle.can(terms.but({demand: most * _STEP_S})) or oracle.is_late():
        return math.inf
    low = 0
    while most - low > 1 and not oracle.is_late():
        middle = (low + most) // 2
        if not oracle.can(terms.but({demand: middle * _STEP_S})):
            low = middle
        elif not oracle.is_late():
            most = middle
    return most * _STEP_S


def _weight(rule: RuleName) -> float:
    return _WEIGHTS.get(rule, _RULE_WEIGHT)
