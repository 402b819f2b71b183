"""A formation as people read it, out of who sits where: scores, holes, pairs, and who is left over."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from pitbox.planning.formation import bound as bounds
from pitbox.planning.formation.compatibility import Compatibility, compatibility
from pitbox.planning.formation.field import Field, Whole
from pitbox.planning.formation.grid import Bits, Grid
from pitbox.planning.formation.noun import PART_NAMES, Formation, Lineup, Parts, Spread, Unplaced
from pitbox.planning.formation.reason import faults_of, reasons_of
from pitbox.planning.formation.seating import Seating, Seats
from pitbox.planning.formation.verdict import Verdicts

Proof = tuple[float, str] | None
"""A bound that is tighter than the relaxation, and where it comes from."""


def formation(
    seating: Seating, engine: str, *, took_s: float = 0.0, seed: int = 0, proof: Proof = None
) -> Formation:
    verdict = seating.verdict()
    taken = [number for number, team in enumerate(seating.teams) if team]
    lineups = tuple(lineup(seating.field, number, seating.teams[number], verdict, number) for number in taken)
    return gathered(seating, lineups, engine, took_s=took_s, seed=seed, proof=proof)


def gathered(
    seating: Seating,
    lineups: tuple[Lineup, ...],
    engine: str,
    *,
    took_s: float = 0.0,
    seed: int = 0,
    proof: Proof = None,
    unplaced: tuple[Unplaced, ...] | None = None,
) -> Formation:
    """What holds of all teams together."""
    placed = sum(one.drivers for one in lineups)
    limit, by = proof or (bounds.bound(seating.field, placed), bounds.NAME)
    score = _mean(lineups, placed)
    return Formation(
        lineups,
        reasons_of(seating) if unplaced is None else unplaced,
        score,
        max(limit, score.total),
        _spread(lineups),
        engine,
        by,
        took_s,
        seed,
    )


def lineup(field: Field, number: int, members: Seats, verdict: Verdicts, row: int) -> Lineup:
    """The team of that number; its verdict stands in that row."""
    opening = field.openings[number]
    order = sorted(members, key=lambda i: (not field.is_driver[i], -field.strength[i], i))
    drivers = [i for i in order if field.is_driver[i]]
    at = int(verdict.race[row])
    grid = field.grids[at]
    depth = _cells(grid, field.some[at], drivers)
    pairs = {pair: compatibility(field, *pair) for pair in combinations(drivers, 2)}
    weakest = min(pairs, key=lambda pair: pairs[pair].total, default=None)
    return Lineup(
        key=opening.key,
        name=opening.name,
        members=tuple(field.candidates[i].key for i in order),
        drivers=len(drivers),
        car=field.cars[int(verdict.car[row])].name,
        race=field.demand.races[at].key,
        strength=float(np.mean(field.strength[drivers])) if drivers else 0.0,
        score=verdict.parts_of(row),
        holes=grid.spans(depth == 0),
        thin=grid.spans(depth < 2),
        fit=_middle([*pairs.values()]),
        weakest=None if weakest is None else _keys(field, weakest),
        faults=faults_of(field, drivers, order, at),
    )


def _keys(field: Field, pair: tuple[int, int]) -> tuple[str, str]:
    return field.candidates[pair[0]].key, field.candidates[pair[1]].key


def _middle(pairs: Sequence[Compatibility]) -> float:
    return sum(pair.total for pair in pairs) / len(pairs) if pairs else 1.0


def _cells(grid: Grid, bits: Bits, people: Sequence[int]) -> Whole:
    """How many are free in each slot."""
    cells = np.unpackbits(bits[list(people)].view(np.uint8), axis=1, bitorder="little")
    depth: Whole = cells[:, : grid.slots].sum(axis=0, dtype=np.int64)
    return depth


def _mean(lineups: tuple[Lineup, ...], placed: int) -> Parts:
    """Each driver with the score of the own team."""
    means = {
        name: sum(one.drivers * getattr(one.score, name) for one in lineups) / max(placed, 1)
        for name in ("total", *PART_NAMES)
    }
    return Parts(**means)


def _spread(lineups: tuple[Lineup, ...]) -> Spread:
    strengths = [one.strength for one in lineups if one.drivers]
    if not strengths:
        return Spread()
    return Spread(float(np.mean(strengths)), float(np.std(strengths)), min(strengths), max(strengths))
