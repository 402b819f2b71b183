"""Why there is no plan: a minimal set of demands that exclude each other, and what costs least to give up.

A set is found by leaving demands out one after the other (whole rules first, then people): what the rest
cannot be kept without goes for good. So the set alone is impossible, and without any one of it, it is not
(where time ran out over it, some of it may be idle, and `is_minimal` is false).
Moments are those of the fine grid: a plan that needs a swap between two of them counts as none.
"""

from collections.abc import Callable, Iterable, Sequence

from pitbox.model.plan_check.course import here
from pitbox.model.plan_check.figures import clock, hours
from pitbox.model.plan_offer import Clash, Relaxation, Solved
from pitbox.model.relay import Relay, RuleName, Violation
from pitbox.model.span import Span, Spans, joined, total_s, without
from pitbox.planning.solver.arcs import arcs_of
from pitbox.planning.solver.giving_way import clash_of, gives_way
from pitbox.planning.solver.grid import even, humane, stints_left
from pitbox.planning.solver.nearest_share import nearest_share
from pitbox.planning.solver.oracle import Look, Oracle
from pitbox.planning.solver.problem import Problem
from pitbox.planning.solver.terms import DROPPED, Demand, Terms, demands, drivers_of

_Can = Callable[[Sequence[Demand]], bool]
_MOST_STINTS = 400
_CORE_S, _RELAX_S = 6.0, 3.0
"""Of CPU time. Why there is no plan is worth waiting for, beyond the budget even; not for ever."""
_ROUGHLY = 1.0
"""Of the effort of one check: what hardly works when loosened is no help anyway."""
_THERE = {RuleName.AVAILABLE, RuleName.NIGHT}
_PAUSES = {RuleName.LONGEST, RuleName.REST, RuleName.IN_A_ROW}
_SUSPECTS = (
    _THERE,
    {RuleName.MOST},
    {RuleName.LEAST},
    {RuleName.WINDOW},
    _THERE | _PAUSES,
    _THERE | _PAUSES | {RuleName.MOST, RuleName.WINDOW, RuleName.LEAST, RuleName.FAIR_SHARE},
)
"""Rules that plans most often fail at. Few demands are quickly found possible; the many are not."""


def explain(problem: Problem, oracle: Oracle, *, is_proved: bool) -> Solved:
    """Why there is no plan; where the search only ran out of time nothing is blamed, but told what helps."""
    relay = problem.relay
    if is_sure(problem):
        return _sure(problem)
    every = demands(relay)
    if not is_proved and oracle.can(Terms(relay)):
        oracle.give_s(_RELAX_S, _ROUGHLY)
        unfair = nearest_share(problem, oracle.seed)
        return unfair or Solved((), relaxation=gives_way(oracle, relay, every, every), is_minimal=False)
    oracle.give_s(_CORE_S)
    core = minimal(oracle, problem, every)
    if not core:
        return Solved((), clashes=(Clash(RuleName.COVER, "What is left of the race cannot be covered."),))
    unfair = nearest_share(problem, oracle.seed) if _is_about_shares(core) else None
    if unfair is not None:
        return unfair
    clashes = tuple(clash_of(relay, demand) for demand in core)
    is_minimal = not oracle.is_unsure
    oracle.give_s(_RELAX_S, _ROUGHLY)
    given = gives_way(oracle, relay, every, core)
    return Solved((), clashes=clashes, relaxation=given, is_minimal=is_minimal)


def _is_about_shares(core: Iterable[Demand]) -> bool:
    return {demand.rule for demand in core} <= {RuleName.FAIR_SHARE, RuleName.DRIVERS}


def explain_plain(problem: Problem, broken: Sequence[Violation]) -> Solved:
    """Without a prover: what is sure (nobody there), else what the best plan found still breaks."""
    if is_sure(problem):
        return _sure(problem)
    words = "No plan was found; whether there is one, only OR-Tools could tell."
    nothing = (Clash(RuleName.COVER, words),)
    best = tuple(Clash(one.rule, f"The best plan found breaks this: {one.words}", one.seat) for one in broken)
    return Solved((), clashes=best or nothing)


def is_sure(problem: Problem) -> bool:
    """There can be no plan, and no search is needed to say why."""
    return not drivers_of(problem.relay) or is_chopped(problem) or bool(uncovered(problem))


def is_chopped(problem: Problem) -> bool:
    """The tank asks for more stints than any race has: figures of fuel or stops are wrong."""
    return stints_left(problem, Terms(problem.relay)) > _MOST_STINTS


def _sure(problem: Problem) -> Solved:
    relay = problem.relay
    if not drivers_of(relay):
        return Solved((), clashes=(Clash(RuleName.NOBODY, "Nobody in the team drives."),))
    if is_chopped(problem):
        stints, stint = stints_left(problem, Terms(relay)), hours(Terms(relay).stint_s())
        words = f"With stints of {stint} at most the race needs {stints} of them, more than can be planned."
        return Solved((), clashes=(Clash(RuleName.TANK, words),))
    return _holes(uncovered(problem))


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


def minimal(oracle: Oracle, problem: Problem, every: Sequence[Demand]) -> tuple[Demand, ...]:
    """Demands that exclude each other, none of them idle; empty where the race itself is the trouble.

    They are sought between few moments, which is soon done, and judged between all: a plan that is found
    counts wherever it is, so only what is left at the end has to be proved once more.
    """
    relay = problem.relay
    if not can_be_covered(problem, _only(relay, every, ())):
        return ()
    rough = _shrunk(oracle, relay, every, Look.COARSE)
    if rough and not oracle.can(_only(relay, every, rough)):
        return rough
    return _shrunk(oracle, relay, every, Look.FINE)


def can_be_covered(problem: Problem, terms: Terms) -> bool:
    """Whether stints of equal length reach the flag, whoever drives them."""
    grid = humane(problem, even(problem, stints_left(problem, terms)))
    reached = {0}
    for arc in sorted(arcs_of(problem, terms, grid), key=lambda arc: arc.first):
        if arc.first in reached:
            reached.add(arc.last)
    return len(grid.starts_s) - 1 in reached


def _shrunk(oracle: Oracle, relay: Relay, every: Sequence[Demand], look: Look) -> tuple[Demand, ...]:
    def can(kept: Sequence[Demand]) -> bool:
        return oracle.can(_only(relay, every, kept), look)

    kept = _suspected(can, every)
    for rule in dict.fromkeys(demand.rule for demand in every):
        kept = _without_idle(can, kept, [one for one in kept if one.rule == rule])
    for demand in list(kept):
        kept = _without_idle(can, kept, [demand])
    return tuple(kept)


def _suspected(can: _Can, every: Sequence[Demand]) -> list[Demand]:
    """The first few rules that are impossible together, of those that plans most often fail at."""
    for rules in _SUSPECTS:
        kept = [demand for demand in every if demand.rule in rules]
        if 0 < len(kept) < len(every) and not can(kept):
            return kept
    return list(every)


def _without_idle(can: _Can, kept: list[Demand], some: list[Demand]) -> list[Demand]:
    rest = [demand for demand in kept if demand not in some]
    if not rest or len(rest) == len(kept):
        return kept
    return kept if can(rest) else rest


def _only(relay: Relay, every: Iterable[Demand], kept: Iterable[Demand]) -> Terms:
    keep = set(kept)
    return Terms(relay, {demand: DROPPED for demand in every if demand not in keep})
