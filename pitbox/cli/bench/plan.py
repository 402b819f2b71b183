"""`pitbox bench plan`: what a plan of stints and a set of teams cost: checked, solved, solved anew, formed.

The races are made up: a day with six people and about thirty stints, once with everybody free and once with
jobs, sleep, a ban on the night and a rest rule; each surprise comes at another hour.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial

import msgspec

from pitbox.cli.bench.figure import Figure
from pitbox.model.drive_rules import DriveRules
from pitbox.model.plan_check import violations
from pitbox.model.plan_offer import Solved
from pitbox.model.relay import Legs, Relay, Seat
from pitbox.model.span import Span, without
from pitbox.planning.formation.field import Field
from pitbox.planning.formation.former import Engine, Former
from pitbox.planning.formation.hand import moved
from pitbox.planning.formation.noun import Demand, Formation, Race
from pitbox.planning.formation.sample import sample
from pitbox.planning.solver import resolve, solve
from pitbox.planning.solver.sample import impossible_race, kinds

_HOUR_S = 3600.0
_RACE_S = 24 * _HOUR_S
_ALWAYS = (Span(-_HOUR_S, 30 * _HOUR_S),)
_KEYS = ("ada", "ben", "cia", "dan", "eve", "fay")
_AWAY = {
    "ben": Span(3 * _HOUR_S, 9 * _HOUR_S),
    "eve": Span(0.0, 5 * _HOUR_S),
    "fay": Span(16 * _HOUR_S, _RACE_S),
}
_BUDGET_S, _FIRST_S, _GAP, _RESOLVE_S, _TEAMS_S = 10.0, 1.0, 0.02, 0.5, 10.0
_CHECKS, _PEOPLE, _MOVES = 50, 200, 30


def measure_plan() -> list[Figure]:
    return [*_solving(), *_explaining(), *_forming()]


def _relays() -> dict[str, Relay]:
    seats = tuple(
        Seat(key, key.title(), free=_ALWAYS, lap_s=120.0 + at, likes_night=at - 2)
        for at, key in enumerate(_KEYS)
    )
    free = Relay(_RACE_S, seats, DriveRules(fair_share=0.25), most_stint_s=2900.0, start_utc_s=0.0)
    away = tuple(
        msgspec.structs.replace(
            seat, free=without(seat.free, (_AWAY[seat.key],)) if seat.key in _AWAY else seat.free
        )
        for seat in seats
    )
    rules = DriveRules(
        fair_share=0.5,
        longest_stretch_s=2.7 * _HOUR_S,
        least_rest_s=2 * _HOUR_S,
        no_night=("ada",),
        starter="cia",
    )
    dark = (Span(8 * _HOUR_S, 15 * _HOUR_S),)
    return {"all free": free, "hard": msgspec.structs.replace(free, seats=away, rules=rules, dark=dark)}


def _solving() -> Iterator[Figure]:
    first_s, gaps, whole_s, again_s, failed = [], [], [], [], 0
    checked_ms: list[float] = []
    solve(next(iter(_relays().values())), budget_s=1.0, is_quick=True)  # loads the solver, half a second
    for relay in _relays().values():
        began_s, seen_s = time.perf_counter(), list[float]()
        solved = solve(relay, budget_s=_BUDGET_S, on_better=partial(_note, seen_s))
        whole_s.append(time.perf_counter() - began_s)
        first_s.append((seen_s[0] if seen_s else time.perf_counter()) - began_s)
        gaps += [level.gap for level in solved.levels if level.name == "balance"]
        checked_ms += [_spent_s(partial(violations, relay, solved.legs)) * 1e3 for _ in range(_CHECKS)]
        for changed, fixed in _surprises(relay, solved.legs):
            began_s = time.perf_counter()
            found: Solved = resolve(changed, solved.legs, fixed)
            again_s.append(time.perf_counter() - began_s)
            failed += not found.is_feasible
    how = "24 h, 6 drivers, about 30 stints; the slower of two races"
    yield Figure(
        "check of a plan", statistics.median(checked_ms), "ms", 2.0, how="every rule, as at each mouse move"
    )
    yield Figure("first plan", max(first_s), "s", _FIRST_S, how=how)
    yield Figure(
        "gap on balance", 100 * max(gaps), "%", 100 * _GAP, how=f"after {max(whole_s):.1f} s at most"
    )
    asked = f"p95 of {len(again_s)} surprises, from a solved plan; {failed} without a quick one"
    yield Figure("plan from now", _p95(again_s), "s", _RESOLVE_S, how=asked)


def _explaining() -> Iterator[Figure]:
    """In time of the processor, which is what an explanation counts."""
    took_s, minimal = [], 0
    for kind in kinds():
        began_s = time.process_time()
        solved = solve(impossible_race(kind, 0), budget_s=_BUDGET_S)
        if solved.is_feasible:
            continue
        took_s.append(time.process_time() - began_s)
        minimal += bool(solved.clashes) and solved.is_minimal
    how = f"processor time, p95 of {len(took_s)} races made impossible, one of each kind"
    yield Figure("why there is no plan", _p95(took_s), "s", None, how=how)
    yield Figure("reasons proved minimal", 100 * minimal / len(took_s), "%", None, how="the others say so")


def _note(seen_s: list[float], _: Legs) -> None:
    seen_s.append(time.perf_counter())


def _surprises(relay: Relay, legs: Legs) -> Iterator[tuple[Relay, Legs]]:
    """At each third hour, whoever would drive next is missing for four hours."""
    for number in range(2, len(legs) - 3, 4):
        fixed = tuple(msgspec.structs.replace(leg, is_done=True) for leg in legs[:number])
        gone = Span(fixed[-1].end_s, fixed[-1].end_s + 4 * _HOUR_S)
        seats = tuple(
            msgspec.structs.replace(seat, free=without(seat.free, (gone,)))
            if seat.key == legs[number].driver
            else seat
            for seat in relay.seats
        )
        yield msgspec.structs.replace(relay, seats=seats), fixed


def _forming() -> Iterator[Figure]:
    race = Race("race", Span(1_774_706_400.0, 1_774_706_400.0 + _RACE_S))
    people = tuple(candidate for candidate, _ in sample(_PEOPLE, (race,), 1))
    field = Field(people, Demand((race,), least=4, most=6))
    for engine in (Engine.SNAKE, Engine.CP_SAT):
        began_s = time.perf_counter()
        formed = Former(field, engine, seed=1, limit_s=7.0).form()
        took_s = time.perf_counter() - began_s
        goal = _TEAMS_S if engine is Engine.CP_SAT else None
        how = f"{len(formed.lineups)} teams of {_PEOPLE} people, {100 * formed.gap:.1f} % below the bound"
        yield Figure(f"teams, {engine}", took_s, "s", goal, how=how)
    moves_ms = [_spent_s(move) * 1e3 for move in _moves(field, formed)]
    yield Figure("a person moved by hand", _p95(moves_ms), "ms", 5.0, how="p95, all scores anew")


def _moves(field: Field, formed: Formation) -> Iterator[Callable[[], Formation]]:
    teams = formed.lineups
    for number in range(_MOVES):
        one, other = teams[number % len(teams)], teams[(number + 1) % len(teams)]
        yield partial(moved, field, formed, one.members[0], other.key)


def _spent_s(deed: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    deed()
    return time.perf_counter() - began_s


def _p95(values: list[float]) -> float:
    return sorted(values)[int(0.95 * (len(values) - 1))]
