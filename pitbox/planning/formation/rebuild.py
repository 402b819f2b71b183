"""Two or three teams are taken apart and put together again in the best way there is (OR-Tools CP-SAT).

All make-ups that their people allow are judged; the solver picks those that do not share anybody. What it
proves best is best for these people and teams, whatever the score is made of.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations
from math import comb

import msgspec
import numpy as np

from pitbox.planning.formation.descent import LEAST_GAIN
from pitbox.planning.formation.field import Whole
from pitbox.planning.formation.price import Kind, MakeUps, prices
from pitbox.planning.formation.seating import Seating, Seats

MOST_MAKE_UPS = 20_000
_SCALE = 10_000_000
_EFFORT = 2.0
"""Deterministic seconds of the solver, so that a seed gives the same teams on any machine."""


class Rebuilt(msgspec.Struct, frozen=True):
    is_better: bool
    is_proven: bool
    """Nothing better can be made of these people in these teams."""


def make_ups(seating: Seating, teams: Sequence[int], pool: int) -> int:
    """How many there would be: whether it is worth the attempt."""
    demand = seating.field.demand
    one = sum(comb(pool, size) for size in range(demand.least, demand.most + 1))
    return one * len(_kinds(seating, teams))


def rebuilt(seating: Seating, teams: Sequence[int], bench: Sequence[int], seed: int) -> Rebuilt:
    """Changes the seating where something better is found."""
    pool = [*(i for team in teams for i in seating.free_drivers(team)), *bench]
    now = float(seating.value[list(teams)].sum())
    offers = [_all(seating, kind, pool) for kind in _kinds(seating, teams)]
    offers, limit = _worthwhile(offers, len(pool), now)
    if limit < now + LEAST_GAIN:
        return Rebuilt(is_better=False, is_proven=True)
    chosen, is_proven = _chosen(offers, len(pool), seed)
    if chosen is None:
        return Rebuilt(is_better=False, is_proven=is_proven)
    worth = sum(float(offers[at].value[row]) for at, row in chosen)
    if worth < now + LEAST_GAIN or not _is_whole(offers, chosen):
        return Rebuilt(is_better=False, is_proven=is_proven)
    _put(seating, offers, chosen, pool)
    return Rebuilt(is_better=True, is_proven=is_proven)


def _kinds(seating: Seating, teams: Sequence[int]) -> list[Kind]:
    found: dict[tuple[object, ...], list[int]] = {}
    cores: dict[int, Seats] = {}
    for team in teams:
        free = set(seating.free_drivers(team))
        cores[team] = tuple(i for i in seating.teams[team] if i not in free)
        alone = team if cores[team] else -1  # the people of a core are in one team only
        found.setdefault((alone, *seating.ties(team)), []).append(team)
    return [Kind(tuple(same), cores[same[0]]) for same in found.values()]


def _all(seating: Seating, kind: Kind, pool: list[int]) -> MakeUps:
    """Every make-up that breaks no rule, or none that its core does not break already."""
    demand, drives = seating.field.demand, seating.field.is_driver
    inside = sum(bool(drives[i]) for i in kind.core)
    least = max(0 if inside else 1, demand.least - inside)
    rows = _choices(len(pool), least, min(demand.most - inside, len(pool)))
    if not len(rows):
        return MakeUps(kind, rows, np.zeros(0))
    people = np.append(np.array(pool, np.int64), seating.field.n)[rows]
    core = np.tile(np.array(kind.core, np.int64), (len(rows), 1)).reshape(len(rows), -1)
    verdict = seating.judged(np.hstack([core, people]), [kind.teams[0]] * len(rows), spare=0)
    keep = verdict.offences <= (verdict.offences.min() if inside else 0.0)
    return MakeUps(kind, rows[keep], verdict.value[keep])


def _worthwhile(offers: list[MakeUps], pool: int, now: float) -> tuple[list[MakeUps], float]:
    """Without those that nothing better can contain, by their prices; and how good anything can be."""
    priced = prices(offers, pool, now)
    kept = []
    for offer, short in zip(offers, priced.short, strict=True):
        keep = priced.bound - short >= now + LEAST_GAIN / 2
        kept.append(MakeUps(offer.kind, offer.rows[keep], offer.value[keep]))
    return kept, priced.bound


@lru_cache(maxsize=8)
def _choices(pool: int, least: int, most: int) -> Whole:
    """All choices of so many out of a pool, as places in it; -1 fills the rows up."""
    rows = [
        (*one, *(-1,) * (most - size))
        for size in range(least, most + 1)
        for one in combinations(range(pool), size)
    ]
    if most <= 0:
        return np.full((1 if least <= 0 else 0, 1), -1)  # nobody more, which only a core can take
    return np.array(rows, np.int64).reshape(len(rows), most)


def _chosen(offers: list[MakeUps], pool: int, seed: int) -> tuple[list[tuple[int, int]] | None, bool]:
    """Offer and row of each make-up that is taken; whether that is proven the best."""
    from ortools.sat.python import cp_model  # noqa: PLC0415 - half a second, only when it is asked for

    model = cp_model.CpModel()
    of_person: list[list[cp_model.IntVar]] = [[] for _ in range(pool)]
    terms: list[tuple[cp_model.IntVar, int]] = []
    taken: list[tuple[cp_model.IntVar, int, int]] = []
    for at, offer in enumerate(offers):
        picks = [model.new_bool_var("") for _ in range(len(offer.rows))]
        for row, (pick, places) in enumerate(zip(picks, offer.rows.tolist(), strict=True)):
            for place in places:
                if place >= 0:
                    of_person[place].append(pick)
            taken.append((pick, at, row))
        terms += zip(picks, np.rint(offer.value * _SCALE).astype(np.int64).tolist(), strict=True)
        if picks and offer.kind.core:
            model.add_exactly_one(picks)
        elif picks:
            model.add(sum(picks) <= len(offer.kind.teams))
    for picks in of_person:
        model.add_at_most_one(picks)
    model.maximize(sum(pick * worth for pick, worth in terms))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = _EFFORT
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, status == cp_model.INFEASIBLE
    return [(at, row) for pick, at, row in taken if solver.boolean_value(pick)], status == cp_model.OPTIMAL


def _is_whole(offers: list[MakeUps], chosen: list[tuple[int, int]]) -> bool:
    """Every team with a core has a make-up: its people cannot be left standing."""
    filled = {at for at, _ in chosen}
    return all(at in filled for at, offer in enumerate(offers) if offer.kind.core)


def _put(seating: Seating, offers: list[MakeUps], chosen: list[tuple[int, int]], pool: list[int]) -> None:
    changed = []
    for at, offer in enumerate(offers):
        rows = [offer.rows[row] for which, row in chosen if which == at]
        for number, team in enumerate(offer.kind.teams):
            people = [pool[place] for place in rows[number] if place >= 0] if number < len(rows) else []
            seating.teams[team] = (*offer.kind.core, *people)
            changed.append(team)
    seating.refresh(changed)
