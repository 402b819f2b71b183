"""Why there is no plan: a minimal set of demands that exclude each other, and what costs least to give up.

A set is found by leaving demands out one after the other (whole rules first, then people): what the rest
cannot be kept without goes for good. So the set alone is impossible, and without any one of it, it is not
(where time ran out over it, some of it may be idle, and `is_minimal` is false).
Moments are those of the fine grid: a plan that needs a swap between two of them counts as none.
"""

from collections.abc import Iterable, Sequence

from pitbox.model.plan_check.course import here
from pitbox.model.plan_check.figures import clock, hours
from pitbox.model.plan_offer import Clash, Relaxation, Solved
from pitbox.model.relay import Relay, RuleName, Violation
from pitbox.model.span import Span, Spans, joined, total_s, without
from pitbox.planning.solver.giving_way import clash_of, gives_way
from pitbox.planning.solver.grid import stints_left
from pitbox.planning.solver.oracle import Oracle
from pitbox.planning.solver.problem import Problem
from pitbox.planning.solver.terms import DROPPED, Demand, Terms, demands, drivers_of

_MOST_STINTS = 400
_CORE_S, _RELAX_S = 6.0, 3.0
"""Of CPU time. Why there is no plan is worth waiting for, beyond the budget even; not for ever."""
_ROUGHLY = 1.0
"""Of the effort of one check: what hardly works when loosened is no help anyway."""
_SUSPECTS = (
    (RuleName.AVAILABLE, RuleName.NIGHT),
    (RuleName.LONGEST, RuleName.REST, RuleName.IN_A_ROW),
    (RuleName.MOST, RuleName.WINDOW, RuleName.LEAST, RuleName.FAIR_SHARE),
)
"""Rules that plans most often fail at. Few demands are quickly found possible; the many are not."""


def explain(problem: Problem, oracle: Oracle, *, is_proved: bool) -> Solved:
    """Why there is no plan; nothing is blamed where the search only ran out of time."""
    relay = problem.relay
    if is_sure(problem):
        return _sure(problem)
    if not is_proved and oracle.can(Terms(relay)):
        return Solved(())
    every = demands(relay)
    oracle.give_s(_CORE_S)
    core = minimal(oracle, relay, every)
    if not core:
        return Solved((), clashes=(Clash(RuleName.COVER, "What is left of the race cannot be covered."),))
    clashes = tuple(clash_of(relay, demand) for demand in core)
    is_minimal = not oracle.is_unsure
    oracle.give_s(_RELAX_S, _ROUGHLY)
    given = gives_way(oracle, relay, every, core)
    return Solved((), clashes=clashes, relaxation=given, is_minimal=is_minimal)


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


def minimal(oracle: Oracle, relay: Relay, every: Sequence[Demand]) -> tuple[Demand, ...]:
    """Demands that exclude each other, none of them idle; empty where the race itself is the trouble."""
    if not oracle.can(_only(relay, every, ())):
        return ()
    kept = _suspected(oracle, relay, every)
    for rule in dict.fromkeys(demand.rule for demand in every):
        kept = _without_idle(oracle, relay, every, kept, [one for one in kept if one.rule == rule])
    for demand in list(kept):
        kept = _without_idle(oracle, relay, every, kept, [demand])
    return tuple(kept)


def _suspected(oracle: Oracle, relay: Relay, every: Sequence[Demand]) -> list[Demand]:
    """The first few rules that are impossible together, of those that plans most often fail at."""
    rules: set[RuleName] = set()
    for some in _SUSPECTS:
        rules |= set(some)
        kept = [demand for demand in every if demand.rule in rules]
        if 0 < len(kept) < len(every) and not oracle.can(_only(relay, every, kept)):
            return kept
    return list(every)


def _without_idle(
    oracle: Oracle, relay: Relay, every: Sequence[Demand], kept: list[Demand], some: list[Demand]
) -> list[Demand]:
    rest = [demand for demand in kept if demand not in some]
    if len(rest) == len(kept):
        return kept
    return kept if oracle.can(_only(relay, every, rest)) else rest


def _only(relay: Relay, every: Iterable[Demand], kept: Iterable[Demand]) -> Terms:
    keep = set(kept)
    return Terms(relay, {demand: DROPPED for demand in every if demand not in keep})
