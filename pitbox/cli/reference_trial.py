"""Our races against a public race simulator's own, from the same parameters."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from pitbox.cli.reference_race import Parameters, chance_race, clean_race
from pitbox.predict.trial.reference_runs import reference_lap_ends_s, reference_win_chances
from pitbox.strategy.montecarlo.draws import keys_of
from pitbox.strategy.montecarlo.fate import FateModel
from pitbox.strategy.montecarlo.lottery import Lottery
from pitbox.strategy.montecarlo.plain import PlainRaces
from pitbox.strategy.montecarlo.race_model import RaceModel
from pitbox.strategy.montecarlo.tables import tables_of

Times = np.ndarray[Any, np.dtype[np.float64]]
_FREE_S = 3.0
"""A car so far from its neighbours, in both races and at both ends of a lap, drives for itself."""
_RUNS = 4000
CHANCES = "pars_mcs.ini"


class Comparison(msgspec.Struct, frozen=True):
    race: str
    free_laps: int
    """That cars drove without traffic in both."""
    free_p99_s: float
    free_within: float
    """Share of them within 0.02 s."""
    spearman: float
    winner_share: float
    """How far off the winner's time is."""
    wins: dict[str, tuple[float, float]] | None = None
    """By car: the reference's chance and ours."""


def compared(path: Path) -> Comparison | None:
    """None: the file was read and driven, but there is no reference run of it."""
    found = Parameters(path)
    model, race = clean_race(found), path.stem.removeprefix("pars_")
    names = [car.name for car in model.cars]
    ours_s = lap_ends_s(model)
    theirs_s = reference_lap_ends_s(path.with_name("reference_laps.parquet"), race, names, model.laps)
    if theirs_s is None:
        return None
    free = _free(theirs_s) & _free(ours_s)
    both = free[1:] & free[:-1] & ~np.isnan(np.diff(theirs_s, axis=0))
    off_s = np.abs(np.diff(ours_s, axis=0) - np.diff(theirs_s, axis=0))[both]
    return Comparison(
        race,
        len(off_s),
        float(np.quantile(off_s, 0.99)) if len(off_s) else 0.0,
        float((off_s <= 0.02).mean()) if len(off_s) else 1.0,
        _rank_correlation(_finish_key(theirs_s), ours_s[-1]),
        abs(float(np.nanmin(theirs_s[-1]) / ours_s[-1].min()) - 1.0),
        _wins(path, race, found, names),
    )


def lap_ends_s(model: RaceModel) -> Times:
    """Of one race of the model: when each car was over each lap."""
    tables, keys = tables_of(model), keys_of(1, 0, 1)
    fates = FateModel(model, int(tables.counts[0])).fates(keys)
    found: Times = PlainRaces(model, tables, keys, fates).lap_ends_s()[:, :, 0]
    found[0] = 0.0
    return found


def _wins(
    path: Path, race: str, found: Parameters, names: list[str]
) -> dict[str, tuple[float, float]] | None:
    chances, runs = path.with_name(CHANCES), path.with_name("reference_montecarlo.parquet")
    if not (chances.is_file() and runs.is_file()):
        return None
    theirs = reference_win_chances(runs, race, names)
    if theirs is None:
        return None
    ours = Lottery(chance_race(found, chances)).run(_RUNS).position_chances()[:, 0]
    return {name: (float(a), float(b)) for name, a, b in zip(names, theirs, ours, strict=True)}


def _free(ends_s: Times) -> np.ndarray[Any, np.dtype[np.bool_]]:
    order = np.argsort(ends_s, axis=1)  # who did not drive the lap comes last
    gap_s = np.diff(np.take_along_axis(ends_s, order, axis=1), axis=1)
    gap_s = np.where(np.isnan(gap_s), np.inf, gap_s)
    edge = np.full((len(ends_s), 1), np.inf)
    is_free = np.minimum(np.hstack([edge, gap_s]), np.hstack([gap_s, edge])) > _FREE_S
    found = np.zeros(ends_s.shape, np.bool_)
    np.put_along_axis(found, order, is_free, axis=1)
    return found


def _finish_key(ends_s: Times) -> Times:
    """By laps, then by time."""
    laps = np.arange(len(ends_s))[:, None]
    last = np.where(np.isnan(ends_s) | (ends_s == 0.0), 0, laps).max(axis=0)
    key: Times = ends_s[last, np.arange(ends_s.shape[1])] - 1e6 * last
    return key


def _rank_correlation(one: Times, other: Times) -> float:
    ranks = [np.argsort(np.argsort(some)) for some in (one, other)]
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])
