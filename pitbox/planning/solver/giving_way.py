"""What costs least to give up, so that a plan exists: one demand, or several where one is not enough.

A rule of the event gives way for everybody, since nobody can ask for less of it for one alone; when somebody
is free, and whether he drives in the dark, is his own.
"""

import math
from collections.abc import Sequence

import msgspec

from pitbox.model.plan_offer import Clash, Relaxation
from pitbox.model.relay import Relay, RuleName
from pitbox.planning.solver.demand_words import demand_words, dropped_words, limit_s, relaxed_words
from pitbox.planning.solver.oracle import Look, Oracle
from pitbox.planning.solver.terms import DROPPED, Demand, Terms

_STEP_S = 300.0
_LONG_S, _LONG_STEPS = 2 * 3600.0, 3
"""Whoever gives way for hours is asked to the quarter of an hour."""
_CLOSER, _CLOSER_S = 2, 1800.0
_MOST_STINTS_MORE = 3
_FEW = 4
"""Demands that exclude each other: of more, no single one is looked at closely."""
_OWN = {RuleName.AVAILABLE, RuleName.NIGHT}
"""Said of one person, not of all."""
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
}
"""Those that can only go, not give."""


def clash_of(relay: Relay, demand: Demand) -> Clash:
    return Clash(demand.rule, demand_words(relay, demand), demand.seat)


def gives_way(
    oracle: Oracle, relay: Relay, every: Sequence[Demand], core: Sequence[Demand]
) -> Relaxation | None:
    """The cheapest one of those that exclude each other; else a few together, none of them for nothing.

    None where time ran out before anything was found that surely helps.
    """
    every, core = _as_rules(every), _as_rules(core)
    found = _single(oracle, relay, core, Look.EVEN)
    if found is not None:
        return _closer(oracle, relay, found)
    found = _single(oracle, relay, core, Look.COARSE) if len(core) <= _FEW else None
    return found or _together(oracle, relay, every)


def _as_rules(some: Sequence[Demand]) -> list[Demand]:
    return list(dict.fromkeys(one if one.rule in _OWN else Demand(one.rule) for one in some))


def _closer(oracle: Oracle, relay: Relay, found: Relaxation) -> Relaxation:
    """The same with less of it, where stints of other lengths allow that."""
    demand = Demand(found.clash.rule, found.clash.seat)
    by_s = low_s = found.by_s
    if not by_s:
        return found
    for _ in range(_CLOSER):
        low_s = max(_STEP_S, by_s - _CLOSER_S)
        if low_s >= by_s or oracle.is_late() or not _surely(oracle, Terms(relay, {demand: low_s})):
            break
        by_s = low_s
    return found if by_s == found.by_s else _relaxation(relay, demand, by_s)


def _single(oracle: Oracle, relay: Relay, core: Sequence[Demand], look: Look) -> Relaxation | None:
    best: Relaxation | None = None
    best_cost = math.inf
    terms = Terms(relay)
    for demand in sorted(core, key=lambda one: _weight(one.rule)):
        if oracle.is_late():
            break
        if not _surely(oracle, terms.but({demand: DROPPED}), look):
            continue
        if demand.rule is RuleName.IN_A_ROW:
            by = _stints_more(oracle, terms, demand, look)
            cost = by * relay.most_stint_s * _RULE_WEIGHT if by else _WHOLE_COST_S * _RULE_WEIGHT
            if cost < best_cost:
                best_cost, best = cost, _relaxation(relay, demand, 0.0, by)
            continue
        by_s = 0.0 if demand.rule in _WHOLE_RULES else _least(oracle, terms, demand, best_cost, look)
        cost = _WHOLE_COST_S * _RULE_WEIGHT if demand.rule in _WHOLE_RULES else by_s * _weight(demand.rule)
        if cost < best_cost:
            best_cost = cost
            best = _relaxation(relay, demand, by_s)
    return best


def _stints_more(oracle: Oracle, terms: Terms, demand: Demand, look: Look) -> int:
    """In a row; 0 where only none of the rule is enough."""
    some = range(1, _MOST_STINTS_MORE + 1)
    return next((by for by in some if _surely(oracle, terms.but({demand: by}), look)), 0)


def _least(oracle: Oracle, terms: Terms, demand: Demand, best_cost: float, look: Look) -> float:
    """Seconds, in whole steps, that it has to give; infinite where that is dearer than the best."""
    most = _most_steps(terms.relay, demand)
    if best_cost < math.inf:
        most = min(most, math.ceil(best_cost / _weight(demand.rule) / _STEP_S) - 1)
    by_s = _fewest_s(oracle, terms, (demand,), most, look)
    return math.inf if by_s is None else by_s


def _together(oracle: Oracle, relay: Relay, every: Sequence[Demand]) -> Relaxation | None:
    """Rules go one after the other, the cheap ones first, till there is a plan; then what can comes back."""
    rules = sorted(dict.fromkeys(demand.rule for demand in every), key=_weight)
    gone: list[Demand] = []
    for rule in rules:
        gone += [demand for demand in every if demand.rule == rule]
        if _surely(oracle, _without(relay, gone)):
            break
    else:
        return None
    back = [[one for one in gone if one.rule == rule] for rule in reversed(rules)]
    for some in [*back, *([one] for one in reversed(gone))]:
        rest = [one for one in gone if one not in some]
        if len(rest) < len(gone) and _surely(oracle, _without(relay, rest)):
            gone = rest
    by_s = _shared_s(oracle, relay, gone)
    return _worded(relay, _needed(oracle, relay, gone, by_s), by_s)


def _needed(oracle: Oracle, relay: Relay, gone: Sequence[Demand], by_s: float) -> list[Demand]:
    """Those without which the others, each by that much, are not enough."""
    give_s = {one: DROPPED if _is_whole(one) or not by_s else by_s for one in gone}
    for one in reversed(gone):
        rest = {other: other_s for other, other_s in give_s.items() if other != one}
        if rest and _surely(oracle, Terms(relay, rest)):
            give_s = rest
    return list(give_s)


def _shared_s(oracle: Oracle, relay: Relay, gone: Sequence[Demand]) -> float:
    """What each of them that is one of time gives, all the same; 0 where they have to go."""
    timed = tuple(one for one in gone if not _is_whole(one))
    if not timed:
        return 0.0
    terms = _without(relay, [one for one in gone if one not in timed])
    return _fewest_s(oracle, terms, timed, max(_most_steps(relay, one) for one in timed)) or 0.0


def _fewest_s(
    oracle: Oracle, terms: Terms, some: tuple[Demand, ...], most: int, look: Look = Look.EVEN
) -> float | None:
    """Seconds, in whole steps, that they have to give alike; None where `most` steps are not enough."""

    def gives(steps: int) -> Terms:
        return terms.but(dict.fromkeys(some, steps * _STEP_S))

    plan = oracle.broken_s(terms, some)
    most = most if plan is None else min(most, max(1, math.ceil(plan / _STEP_S)))
    if most < 1 or not _surely(oracle, gives(most), look):
        return None
    low = 0
    while most - low > (1 if most * _STEP_S <= _LONG_S else _LONG_STEPS) and not oracle.is_late():
        middle = (low + most) // 2
        if _surely(oracle, gives(middle), look):
            most = middle
        else:
            low = middle
    return most * _STEP_S


def _most_steps(relay: Relay, demand: Demand) -> int:
    """Nothing gives way for longer than the race, nor by more than it asks."""
    is_least = demand.rule in (RuleName.LEAST, RuleName.REST)
    return math.ceil((limit_s(relay, demand.rule) if is_least else relay.length_s) / _STEP_S)


def _surely(oracle: Oracle, terms: Terms, look: Look = Look.EVEN) -> bool:
    """A guess is no help: what is proposed has to work."""
    was, oracle.is_unsure = oracle.is_unsure, False
    can = oracle.can(terms, look) and not oracle.is_unsure
    oracle.is_unsure = was or oracle.is_unsure
    return can


def _without(relay: Relay, gone: Sequence[Demand]) -> Terms:
    return Terms(relay, dict.fromkeys(gone, DROPPED))


def _worded(relay: Relay, gone: Sequence[Demand], by_s: float) -> Relaxation:
    """The first of them, the others beside it; its words say all."""
    each = [_relaxation(relay, one, 0.0 if _is_whole(one) else by_s) for one in gone]
    words = " ".join(one.words for one in each)
    return msgspec.structs.replace(each[0], words=words, more=tuple(each[1:]))


def _is_whole(demand: Demand) -> bool:
    """Together with others it goes as a whole."""
    return demand.rule in _WHOLE_RULES or demand.rule is RuleName.IN_A_ROW


def _relaxation(relay: Relay, demand: Demand, by_s: float, by_stints: int = 0) -> Relaxation:
    can_be_said = by_s > 0 or by_stints or _is_whole(demand)
    words = relaxed_words(relay, demand, by_s, by_stints) if can_be_said else dropped_words(relay, demand)
    return Relaxation(words, clash_of(relay, demand), by_s, by_stints=by_stints)


def _weight(rule: RuleName) -> float:
    return _WEIGHTS.get(rule, _RULE_WEIGHT)
