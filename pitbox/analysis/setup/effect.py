"""What a setup does to the lap time, between runs that differ in more than the setup.

Laps are not independent witnesses: all laps of a run share its driver's day, its track, its luck. So a run is
one witness. First, within runs, the fall-off of tyres and fuel is taken out; what is left of each run is its
level and how surely its laps tell it. Then the levels are compared: setup, driver and track temperature as
fixed effects, and between runs of one kind a spread of their own, of which experience and the runs at hand
tell what is likely; intervals count all that is likely. Of many setups, Holm's rule decides what is found.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.analysis.driven import Floats
from pitbox.analysis.setup.mixture import Mixture
from pitbox.analysis.stint_pace.robust import Estimate, fitted

LEVEL = 0.05
"""Chance that anything at all is called found where no setup does anything."""
LEAST_LAPS = 4
"""Clear laps of a run."""
_USUAL_SPREAD, _UNKNOWN_FUEL = 0.0012, 0.003
"""Of a lap's time: by so much runs of one driver on one setup differ before any was seen, and by what fuel
adds that nobody knows of."""
_USUAL_WEIGHT = 2.0
"""In runs."""
_SPREADS = np.geomspace(0.08, 16.0, 40)
"""Those that are weighed, in usual ones."""
_LEAST_TEMPS_C = 3.0
"""A temperature that hardly moved explains nothing."""


class RunLap(msgspec.Struct, frozen=True):
    """One clear lap of a run; those in traffic, under caution and with mishaps are left out before."""

    time_s: float
    tyre_laps: float
    fuel_l: float | None = None


class Run(msgspec.Struct, frozen=True):
    """Laps on one setup by one driver without a break."""

    name: str
    setup: str
    """A name of the settings: runs with the same are on the same setup."""
    driver: str
    laps: tuple[RunLap, ...]
    track_temp_c: float | None = None


class SetupEffect(msgspec.Struct, frozen=True):
    setup: str
    against: str
    runs: int
    laps: int
    effect_s: Estimate | None
    """A lap is slower by so much than on the setup it is held against; negative is quicker."""
    p: float | None = None
    """Chance of seeing so much where the setup does nothing, after Holm for all setups together."""
    is_found: bool = False
    missing: str = ""


class SetupEffects(msgspec.Struct, frozen=True):
    base: str
    effects: tuple[SetupEffect, ...]
    run_spread_s: float | None
    """By which runs of one driver on one setup differ."""
    left_out: dict[str, str]
    """Runs that say nothing, and why."""
    notes: tuple[str, ...] = ()


class _Levels(msgspec.Struct, frozen=True, eq=False):
    """What each run's laps say once fall-off is taken out."""

    runs: tuple[Run, ...]
    level_s: Floats
    covariance: Floats
    """Of the levels: of their laps' scatter, and of the fall-off that all runs share."""
    usual_s: float
    """By which runs differ ordinarily."""


class _Between(msgspec.Struct, frozen=True, eq=False):
    """One row for each spread between runs that is weighed."""

    chances: Floats
    weights: Floats
    errors: Floats
    spread_s: float
    is_told: NDArray[np.bool_]
    """By weight: whether the runs tell it apart from the others."""


def setup_effects(runs: Sequence[Run], base: str | None = None) -> SetupEffects:
    """Of every setup against `base`, or against the one with the most laps."""
    left_out = {run.name: f"{len(run.laps)} clear laps, {LEAST_LAPS} are needed" for run in runs
                if len(run.laps) < LEAST_LAPS}  # fmt: skip
    kept = [run for run in runs if run.name not in left_out]
    counts = {run.setup: 0 for run in kept}
    for run in kept:
        counts[run.setup] += len(run.laps)
    if base not in counts:
        base = max(counts, key=lambda setup: counts[setup]) if counts else base or ""
    others = [setup for setup in counts if setup != base]
    if not others:
        return SetupEffects(base, (), None, left_out, ("All runs are on one setup.",) if kept else ())
    levels = _levels(kept)
    if levels is None:
        return SetupEffects(base, (), None, left_out, ("The runs have too few laps to tell their fall-off.",))
    design, notes = _design(levels.runs, others)
    between = _between(levels, design)
    return SetupEffects(base, _judged(levels, base, others, between), between.spread_s, left_out, notes)


def _levels(runs: Sequence[Run]) -> _Levels | None:
    """One slope for the age of tyres over all runs, robustly; a level for each."""
    laps = [(number, lap) for number, run in enumerate(runs) for lap in run.laps]
    times_s = np.array([lap.time_s for _, lap in laps])
    age = np.array([lap.tyre_laps for _, lap in laps])
    member = np.zeros((len(laps), len(runs)))
    member[np.arange(len(laps)), [number for number, _ in laps]] = 1.0
    columns = [member, (age - age.mean())[:, None]]
    fuels = [lap.fuel_l for _, lap in laps]
    known_l = [fuel for fuel in fuels if fuel is not None]
    free = np.inf
    sds = [free] * (len(runs) + 1)
    prior = [0.0] * (len(runs) + 1)
    if len(known_l) == len(laps):
        # Fuel and tyres go together within a run: the price of a litre is known roughly beforehand.
        fuel = np.array(known_l)
        columns.append((fuel - fuel.mean())[:, None])
        prior.append(0.00025 * float(np.median(times_s)))
        sds.append(0.00008 * float(np.median(times_s)))
    fit = fitted(np.concatenate(columns, axis=1), times_s, np.array(prior), np.array(sds))
    if fit is None:
        return None
    count = len(runs)
    share = _USUAL_SPREAD if len(known_l) == len(laps) else float(np.hypot(_USUAL_SPREAD, _UNKNOWN_FUEL))
    usual_s = share * float(np.median(times_s))
    return _Levels(tuple(runs), fit.weights[:count], fit.covariance[:count, :count], usual_s)


def _design(runs: Sequence[Run], others: Sequence[str]) -> tuple[Floats, tuple[str, ...]]:
    """Level, setups, drivers, temperature; and what is not taken out."""
    notes: tuple[str, ...] = ()
    columns = [np.ones(len(runs))]
    columns += [np.array([float(run.setup == setup) for run in runs]) for setup in others]
    drivers = list(dict.fromkeys(run.driver for run in runs))
    columns += [np.array([float(run.driver == driver) for run in runs]) for driver in drivers[1:]]
    temps = [run.track_temp_c for run in runs]
    known_c = [temp for temp in temps if temp is not None]
    if len(known_c) < len(runs):
        notes = ("The track's temperature is not known of every run; it is not taken out.",)
    elif max(known_c) - min(known_c) >= _LEAST_TEMPS_C and len(runs) > len(columns) + 1:
        columns.append(np.array(known_c) - float(np.mean(known_c)))
    return np.stack(columns, axis=1), notes


def _between(levels: _Levels, design: Floats) -> _Between:
    """Generalised least squares over runs, at each spread between them; each spread by how likely it is."""
    count, unknowns = design.shape
    rank = int(np.linalg.matrix_rank(design))
    spreads_s = _SPREADS * levels.usual_s
    odds, weights, errors = np.zeros(len(_SPREADS)), [], []
    for at, spread_s in enumerate(spreads_s):
        whole = levels.covariance + spread_s**2 * np.eye(count)
        inverse = np.linalg.inv(whole)
        information = design.T @ inverse @ design
        covariance = np.linalg.pinv(information, hermitian=True)
        found = covariance @ design.T @ inverse @ levels.level_s
        off = levels.level_s - design @ found
        sizes = np.linalg.eigvalsh(information)[unknowns - rank :]
        fits = np.linalg.slogdet(whole)[1] + np.log(sizes).sum() + off @ inverse @ off
        # Experience: a scaled inverse chi-square, worth so many runs; spreads are weighed on a log scale.
        usual = _USUAL_WEIGHT * (2 * np.log(_SPREADS[at]) + _SPREADS[at] ** -2)
        odds[at] = -0.5 * (fits + usual)
        weights.append(found)
        errors.append(np.sqrt(np.maximum(np.diag(covariance), 0.0)))
    chances = np.exp(odds - odds.max())
    chances /= chances.sum()
    is_told = np.abs(np.eye(unknowns) - np.linalg.pinv(design) @ design).max(axis=0) < 1e-8
    middle_s = float(spreads_s[np.searchsorted(np.cumsum(chances), 0.5)])
    return _Between(chances, np.array(weights), np.array(errors), middle_s, is_told)


def _judged(levels: _Levels, base: str, others: Sequence[str], between: _Between) -> tuple[SetupEffect, ...]:
    found = []
    for number, setup in enumerate(others, start=1):
        mine = [run for run in levels.runs if run.setup == setup]
        effect = SetupEffect(setup, base, len(mine), sum(len(run.laps) for run in mine), None)
        if not between.is_told[number]:
            why = f"no driver drove both it and {base}, so setup and driver cannot be told apart"
            found.append(msgspec.structs.replace(effect, missing=why))
            continue
        mixture = Mixture(between.chances, between.weights[:, number], between.errors[:, number])
        p = 2.0 * min(mixture.below(0.0), 1.0 - mixture.below(0.0))
        found.append(msgspec.structs.replace(effect, effect_s=mixture.estimate(), p=p))
    return _holm(found)


def _holm(effects: list[SetupEffect]) -> tuple[SetupEffect, ...]:
    """Chances multiplied by how many were not yet found, never falling along the row."""
    order = sorted((e.p, at) for at, e in enumerate(effects) if e.p is not None)
    worst = 0.0
    for rank, (p, at) in enumerate(order):
        worst = max(worst, min(1.0, p * (len(order) - rank)))
        effects[at] = msgspec.structs.replace(effects[at], p=worst, is_found=worst < LEVEL)
    return tuple(effects)
