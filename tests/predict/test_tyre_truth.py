"""Tyres of made races: what went in comes out, inside the interval about as often as it says."""

import math
from statistics import fmean

import msgspec
import pytest
from made_race import Truth, made_race

from pitbox.predict.lap_row import NAN, LapRow
from pitbox.predict.tyre import FITTED, PRIOR, Estimate, fit_tyres
from pitbox.predict.tyre_prior import TyrePriors

TRUTH = Truth(cliffs={"SOFT": (16.0, 0.25)})


def holds(found: Estimate, truth: float) -> bool:
    return found.low <= truth <= found.high


def coverage(worlds: int) -> dict[str, float]:
    hits: dict[str, list[bool]] = {"hard": [], "fuel": [], "soft": [], "cliff": []}
    for seed in range(worlds):
        fit = fit_tyres(made_race(seed, TRUTH))
        hits["hard"].append(holds(fit.curves["HARD"].slope_s, 0.05))
        hits["soft"].append(holds(fit.curves["SOFT"].slope_s, 0.11))
        hits["fuel"].append(holds(fit.fuel_s, -0.05))
        hits["cliff"].append(holds(fit.curves["SOFT"].cliff_age, 16.0))
    return {name: fmean(found) for name, found in hits.items()}


def test_truth_is_inside_in_most_worlds() -> None:
    found = coverage(25)
    assert all(0.7 <= share <= 1.0 for share in found.values()), found


@pytest.mark.slow
def test_truth_is_inside_80_to_95_percent() -> None:
    """Two binomial spreads of 200 worlds are allowed on top."""
    found = coverage(200)
    assert all(0.78 <= share <= 0.97 for share in found.values()), found


def test_interval_is_narrow_enough_to_use() -> None:
    fit = fit_tyres(made_race(1, TRUTH))
    slope = fit.curves["HARD"].slope_s
    assert slope.high - slope.low < 0.04
    assert fit.step == FITTED
    assert abs(fit.noise_s - TRUTH.noise_s) < 0.06


def test_no_cliff_is_seen_where_there_is_none() -> None:
    found = [fit_tyres(made_race(seed)).curves["HARD"].cliff_age.value for seed in range(12)]
    assert sum(not math.isnan(age) for age in found) <= 1


def test_loss_bends_at_the_cliff_and_fuel_is_apart() -> None:
    fit = fit_tyres(made_race(2, TRUTH))
    before, beyond = fit.loss("SOFT", 5.0, 8.0), fit.loss("SOFT", 14.0, 8.0)
    assert before.value == pytest.approx(0.11 * 8, abs=0.25)
    assert beyond.value == pytest.approx(0.11 * 8 + 0.25 * 6, abs=0.4)
    assert fit.change("SOFT", 5.0, 8.0).value == pytest.approx(before.value + 8 * fit.fuel_s.value)
    assert math.isnan(fit.loss("WET", 1.0, 5.0).value)


def test_heat_is_told_from_age() -> None:
    found = [fit_tyres(made_race(seed, Truth(heat_s=0.08, fuel_s=0.0))) for seed in range(3)]
    flat = [fit_tyres([msgspec.structs.replace(row, track_temp_c=NAN) for row in made_race(0, TRUTH)])]
    assert all(not math.isnan(fit.heat_s.value) for fit in found)
    assert math.isnan(flat[0].heat_s.value)


def test_earlier_races_are_believed_until_laps_speak() -> None:
    priors = TyrePriors()
    before = priors.of("Ring", "HARD")
    for seed in range(6):
        priors.add(fit_tyres(made_race(seed), priors).memory("Ring"))
    after, elsewhere = priors.of("Ring", "HARD"), priors.of("Elsewhere", "HARD")
    truth = 0.05 / 90.0 * 1000.0
    assert abs(after.mean - truth) < abs(before.mean - truth) + 0.05
    assert after.spread < elsewhere.spread < before.spread
    few = fit_tyres(made_race(50)[:20], priors).curves
    many = fit_tyres(made_race(50), priors).curves
    for name in few:
        assert (
            few[name].slope_s.high - few[name].slope_s.low > many[name].slope_s.high - many[name].slope_s.low
        )


@pytest.mark.parametrize("kind", ["empty", "one lap", "one car", "all slow", "nan", "no age", "same time"])
def test_odd_laps_are_answered(kind: str) -> None:
    rows = made_race(3, cars=1 if kind == "one car" else 6, laps=30)
    odd: list[LapRow] = {
        "empty": [],
        "one lap": rows[5:6],
        "one car": rows,
        "all slow": [msgspec.structs.replace(row, is_clean=False) for row in rows],
        "nan": [msgspec.structs.replace(row, time_s=NAN) for row in rows],
        "no age": [msgspec.structs.replace(row, tyre_age=NAN) for row in rows],
        "same time": [msgspec.structs.replace(row, time_s=90.0) for row in rows],
    }[kind]
    fit = fit_tyres(odd)
    assert fit.step == (FITTED if kind in ("one car", "no age", "same time") else PRIOR)
    assert math.isfinite(fit.fuel_s.value)
    for curve in fit.curves.values():
        assert math.isfinite(curve.slope_s.value)
        assert curve.slope_s.low < curve.slope_s.high
    assert fit.memory("Ring").slopes
