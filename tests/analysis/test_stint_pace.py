"""Fall-off, fuel and traffic are taken apart, and intervals hold what they promise."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pace_world import stints

from pitbox.analysis.stint_pace.pace_lap import pace_laps
from pitbox.analysis.stint_pace.robust import Estimate, fitted
from pitbox.analysis.stint_pace.stint import FuelCost, compound_paces, stint_paces
from pitbox.analysis.stint_pace.student import cdf, quantile
from pitbox.model.fact import Lap, LapKind, TyreStint


def holds(estimate: Estimate, truth: float) -> bool:
    return estimate.low <= truth <= estimate.high


@pytest.mark.parametrize("world", [{}, {"has_fuel": False}, {"laps": 14}, {"curve": 1.4}], ids=str)
def test_nine_of_ten_intervals_hold_the_truth(world) -> None:
    held: dict[str, list[bool]] = {"net": [], "fall-off": [], "traffic": [], "all": [], "all traffic": []}
    for seed in range(80):
        laps, known = stints(np.random.default_rng(seed), **world)
        for each in stint_paces(laps):
            if each.net_s is not None and each.fall_off_s is not None:
                held["net"] += [holds(each.net_s, known.net_s)]
                held["fall-off"] += [holds(each.fall_off_s, known.fall_off_s)]
            if each.traffic_s is not None:
                held["traffic"] += [holds(each.traffic_s, known.traffic_s)]
        for together in compound_paces(laps):
            held["all"] += [holds(together.fall_off_s, known.fall_off_s)]
            if together.traffic_s is not None:
                held["all traffic"] += [holds(together.traffic_s, known.traffic_s)]
    shares = {name: round(float(np.mean(each)), 3) for name, each in held.items()}
    assert {name: 0.8 <= share <= 0.975 for name, share in shares.items()} == dict.fromkeys(shares, True), (
        shares
    )


def test_what_a_litre_costs_is_worth_knowing() -> None:
    laps, known = stints(np.random.default_rng(5))
    rough, sure = (stint_paces(laps, cost)[1] for cost in (None, FuelCost(known.litre_s, 0.0)))
    assert rough.fall_off_s.half_width > 1.5 * sure.fall_off_s.half_width
    assert sure.net_s == rough.net_s
    assert sure.fall_off_s.value == pytest.approx(sure.net_s.value + known.litre_s * known.burn_l, abs=1e-6)


def test_a_stint_that_says_little_says_so() -> None:
    laps, _ = stints(np.random.default_rng(1), laps=6)
    for each in stint_paces(laps):
        assert each.fall_off_s is None
        assert each.missing == (f"{each.clear_laps} clear laps, 6 are needed",)
    assert sum(sum(each.left_out.values()) + each.clear_laps for each in stint_paces(laps)) == len(laps)
    assert stint_paces([]) == compound_paces([]) == ()


def test_some_wild_laps_hardly_move_the_slope() -> None:
    rng = np.random.default_rng(3)
    design = np.stack((np.ones(30), np.arange(30.0)), axis=1)
    y = design @ [100.0, 0.05] + rng.normal(0.0, 0.1, 30)
    wild = y.copy()
    wild[[4, 20, 25]] += 4.0
    tame, pulled = fitted(design, y), fitted(design, wild)
    assert pulled.weights[1] == pytest.approx(tame.weights[1], abs=0.004)
    assert np.linalg.lstsq(design, wild, rcond=None)[0][1] - 0.05 > 0.01
    assert fitted(np.ones((3, 2)), np.ones(3)) is None


def facts(car: int, starts_s, **kinds) -> list[Lap]:
    pairs = pairwise(starts_s)
    return [
        Lap(0, 0, car, n, 7, a, b, LapKind(is_out=n == kinds.get("out")), 0, 1, 1, 0,
            fuel_used_l=3.0, fuel_left_l=60.0 - 3.0 * n)
        for n, (a, b) in enumerate(pairs, 1)
    ]  # fmt: skip


def test_traffic_and_age_come_from_facts() -> None:
    mine = facts(1, [0.0, 100.0, 200.0, 300.0, 400.0], out=1)
    other = facts(2, [-50.0, 150.0, 299.0, 520.0])
    laps = pace_laps([*other, *mine], 1, [TyreStint(0, 0, 1, 1, 0, 200.0, 3)], {2: 31.0})
    assert [lap.is_traffic for lap in laps] == [False, False, True, True]
    assert [lap.tyre_laps for lap in laps] == [0, 1, 0, 1]
    assert [lap.left_out for lap in laps] == ["out-lap", "", "", ""]
    assert [lap.fuel_l for lap in laps] == [58.5, 55.5, 52.5, 49.5]
    assert [lap.track_temp_c for lap in laps] == [None, 31.0, None, None]
    assert pace_laps([], 1) == []


def test_student_is_as_in_the_tables() -> None:
    for p, df, expected in ((0.95, 5, 2.0150), (0.975, 1, 12.7062), (0.995, 30, 2.7500), (0.9, 2.5, 1.7302)):
        assert quantile(p, df) == pytest.approx(expected, abs=2e-3), (p, df)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.001, 0.999), st.floats(1.0, 500.0))
def test_quantile_and_cdf_undo_each_other(p: float, df: float) -> None:
    assert cdf(quantile(p, df), df) == pytest.approx(p, abs=1e-9)
    assert math.isclose(quantile(p, df), -quantile(1.0 - p, df), rel_tol=1e-6, abs_tol=1e-6)
