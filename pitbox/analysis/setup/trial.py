"""Runs on setups whose effect is known, and how often the told interval holds it."""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from pitbox.analysis.setup.effect import Run, RunLap, setup_effects

LAP_S = 100.0
_LITRE_S, _LITRE_SPREAD_S = 0.025, 0.007
_BURN_L = 2.9


class World(msgspec.Struct, frozen=True):
    effects_s: tuple[float, ...]
    """By setup; the first is what the others are held against."""
    runs_each: int = 4
    laps: int = 12
    drivers: int = 2
    run_sd_s: tuple[float, float] = (0.06, 0.24)
    """Runs of one driver on one setup differ by something between."""


class SetupTrial(msgspec.Struct, frozen=True):
    worlds: int
    intervals: int
    covered: float
    """Share of the intervals that hold the truth; nine of ten are promised."""
    half_width_s: float
    found: float
    """Share of the effects that are there and were called found."""
    false_alarms: float
    """Share of the worlds in which an effect was found that is not there; one of twenty is allowed."""
    untold: int
    """Setups of which no effect could be told."""


def setup_trial(world: World, seeds: Iterable[int]) -> SetupTrial:
    held: list[bool] = []
    widths: list[float] = []
    found: list[bool] = []
    alarms: list[bool] = []
    untold = 0
    for seed in seeds:
        told = setup_effects(drawn(world, np.random.default_rng(seed)), "S0")
        is_false = False
        for each in told.effects:
            truth_s = world.effects_s[int(each.setup[1:])]
            if each.effect_s is None:
                untold += 1
                continue
            held.append(each.effect_s.low <= truth_s <= each.effect_s.high)
            widths.append(each.effect_s.half_width)
            if truth_s:
                found.append(each.is_found)
            is_false |= each.is_found and not truth_s
        alarms.append(is_false)
    return SetupTrial(len(alarms), len(held), _share(held), float(np.mean(widths)) if widths else 0.0,
                      _share(found), _share(alarms), untold)  # fmt: skip


def drawn(world: World, rng: np.random.Generator) -> list[Run]:
    """Drivers take turns, the track warms and cools, fuel and tyres count, and runs have their luck."""
    levels_s = rng.normal(0.0, 0.4, world.drivers)
    fall_off_s, litre_s = float(rng.uniform(0.0, 0.06)), float(rng.normal(_LITRE_S, _LITRE_SPREAD_S))
    heat_s, run_sd_s = float(rng.normal(0.0, 0.015)), float(np.exp(rng.uniform(*np.log(world.run_sd_s))))
    found: list[Run] = []
    for number in range(world.runs_each):
        for setup in rng.permutation(len(world.effects_s)).tolist():
            driver = (number + len(found)) % world.drivers
            temp_c = 28.0 + 6.0 * float(np.sin(len(found) / 3.0)) + float(rng.normal())
            level_s = LAP_S + world.effects_s[setup] + levels_s[driver] + heat_s * (temp_c - 28.0)
            level_s += float(rng.normal(0.0, run_sd_s))
            laps = _laps(rng, world.laps, level_s, fall_off_s, litre_s)
            found.append(Run(f"run {len(found) + 1}", f"S{setup}", f"D{driver}", laps, temp_c))
    return found


def _laps(
    rng: np.random.Generator, usual: int, level_s: float, fall_off_s: float, litre_s: float
) -> tuple[RunLap, ...]:
    fuel_l = float(rng.uniform(40.0, 80.0))
    laps = []
    for age in range(max(4, usual + int(rng.integers(-3, 4)))):
        scatter_s = float(rng.gamma(2.0, 0.12) + rng.normal(0.0, 0.06))
        laps.append(RunLap(level_s + fall_off_s * age + litre_s * fuel_l + scatter_s, float(age), fuel_l))
        fuel_l -= _BURN_L
    return tuple(laps)


def _share(held: Sequence[bool]) -> float:
    return float(np.mean(held)) if held else 0.0
