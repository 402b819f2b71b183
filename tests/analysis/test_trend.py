"""Trends over sessions of known truth: fuel and heat go out, the interval holds, nothing is invented."""

import numpy as np
import pytest

from pitbox.analysis.trend import TrendLaps, trend

WEEK_S = 7 * 86_400.0


def made(seed, *, sessions=6, laps=40, per_week=0.0, fuel_s=0.03, heat_s=0.02, day_s=0.15, is_known=True):
    """Each session with more fuel than the one before, so that who forgets fuel sees a trend."""
    chance = np.random.default_rng(seed)
    names, stints, times, fuels, temps = [], [], [], [], []
    for at in range(sessions):
        day = chance.normal(0, day_s)
        for lap in range(laps):
            fuel = 20 + 8 * at + 30 - 1.5 * (lap % 20)
            temp = 25 + at + 6 * lap / laps
            names.append(f"s{at}")
            stints.append(at * 10 + lap // 20)
            times.append(100 + per_week * at + day + fuel_s * fuel + heat_s * temp + chance.normal(0, 0.2))
            fuels.append(fuel)
            temps.append(temp)
    nothing = np.full(len(times), np.nan)
    columns = (np.array(fuels), np.array(temps)) if is_known else (nothing, nothing)
    found = TrendLaps(tuple(names), np.array(stints), np.array(times), *columns, np.ones(len(times)))
    return found, {f"s{at}": 1.7e9 + at * WEEK_S for at in range(sessions)}


def test_the_interval_of_the_trend_holds_what_is_true() -> None:
    truth = -0.1
    found = [trend(*made(seed, per_week=truth)) for seed in range(200)]
    held = sum(one.pace_s_per_week.low <= truth <= one.pace_s_per_week.high for one in found)
    fuel = sum(one.fuel_s_per_l.low <= 0.03 <= one.fuel_s_per_l.high for one in found)
    assert 0.90 <= held / 200 <= 0.99
    assert fuel / 200 >= 0.90
    assert np.mean([one.pace_s_per_week.middle for one in found]) == pytest.approx(truth, abs=0.02)


def test_a_fuller_tank_is_no_slower_driver() -> None:
    known, dates = made(1, per_week=0.0, day_s=0.02)
    blind, _ = made(1, per_week=0.0, day_s=0.02, is_known=False)
    assert trend(known, dates).pace_s_per_week.low <= 0 <= trend(known, dates).pace_s_per_week.high
    naive = trend(blind, dates)
    assert naive.pace_s_per_week.low > 0, "without fuel the growing tank looks like a slower driver"
    assert any("fuel" in line for line in naive.words), "and that is said"


def test_wet_and_slow_laps_do_not_count_and_are_counted() -> None:
    laps, dates = made(2, sessions=3)
    times, wet = laps.time_s.copy(), laps.wetness.copy()
    times[:5], wet[:5], times[10] = 130.0, 4.0, 160.0
    worse = TrendLaps(laps.session, laps.stint, times, laps.fuel_l, laps.temp_c, wet)
    first = trend(worse, dates).sessions[0]
    assert (first.wet_laps, first.laps) == (5, 34)
    assert first.pace_s.middle == pytest.approx(trend(laps, dates).sessions[0].pace_s.middle, abs=0.15)


def test_little_says_little() -> None:
    laps, dates = made(3, sessions=2)
    assert trend(laps, dates).pace_s_per_week is None
    assert trend(*made(3)).sessions[0].spread_s == pytest.approx(0.2, rel=0.35)
    undated = trend(laps, {})
    assert undated.pace_s_per_week is None
    assert any("date" in line for line in undated.words)
    empty = np.zeros(0)
    nothing = trend(TrendLaps((), np.zeros(0, np.int64), empty, empty, empty, empty), {})
    assert nothing.sessions == ()
