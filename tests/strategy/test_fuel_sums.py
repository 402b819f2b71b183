"""Fuel: the sums by Hypothesis, the kinds of laps, and the numbers to type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitbox.model.fact import Lap, LapKind, Stint
from pitbox.model.session import OwnCar
from pitbox.strategy.errors import NoFuelError
from pitbox.strategy.fuel import CAUTION, CLEAN, SAVED, WET, FuelUse, LapUse, Use, fuel_use
from pitbox.strategy.fuel_plan import Level, Tank, ends_on_lap, fuel_plan, need_l, stops_for, tank_of
from pitbox.strategy.laps import LapChances, certain
from pitbox.strategy.story import CarStory

TANK = Tank(100.0)


def uses(per_lap_l=3.0, laps=10, spread_l=0.02):
    told = [LapUse(n, per_lap_l + spread_l * (-1) ** n, 100.0, 7, CLEAN, is_early=False) for n in range(laps)]
    return FuelUse(tuple(told))


def car(laps):
    """(used, seconds, kind, user) of each lap."""
    found = CarStory(1)
    found.stints.put(1, Stint(0, 0, 1, 1, 7, 0, 0.0, 1))
    end_s = 0.0
    for number, (used_l, time_s, kind, user_id) in enumerate(laps, 1):
        start_s, end_s = end_s, end_s + time_s
        found.laps.put(number, Lap(0, 0, 1, number, user_id, start_s, end_s, kind, 1, 1, 1, 0, used_l, 50.0))
    return found


def test_in_out_tow_caution_and_broken_laps_leave_the_use_alone():
    odd = [LapKind(is_in=True), LapKind(is_out=True), LapKind(is_tow=True), LapKind(is_broken=True)]
    laps = [(3.0, 100.0, LapKind(), 7)] * 6 + [(9.0, 100.0, kind, 7) for kind in odd]
    found = fuel_use(car([*laps, (1.5, 180.0, LapKind(is_caution=True), 7)]))
    assert found.use().mean_l == pytest.approx(3.0)
    assert found.use(CAUTION).mean_l == pytest.approx(1.5)
    assert found.use(CAUTION).laps == 1


def test_drivers_saving_and_wet_laps_are_apart():
    laps = [(3.0, 100.0, LapKind(), 7)] * 6 + [(3.3, 99.0, LapKind(), 8)] * 6
    laps += [(2.7, 100.6, LapKind(), 7)] * 3 + [(2.5, 115.0, LapKind(), 7)]
    found = fuel_use(car(laps), is_wet=lambda lap: lap.lap == len(laps))
    assert found.best_guess(8).mean_l == pytest.approx(3.3)
    assert found.best_guess(7).mean_l == pytest.approx(3.0)
    assert len(found.of(SAVED)) == 3
    assert len(found.of(WET)) == 1
    cost_s, source = found.saving_cost_s()
    assert cost_s > 0
    assert "3 laps of saving" in source
    assert found.use(is_early=True).laps + found.use(is_early=False).laps == found.use().laps


def test_practice_speaks_until_the_race_does():
    assert fuel_use(car([]), earlier_l=2.9).best_guess().mean_l == pytest.approx(2.9)
    told = fuel_use(car([(3.0, 100.0, LapKind(), 7)] * 4), earlier_l=2.9).best_guess()
    assert told.mean_l == pytest.approx(3.0)
    with pytest.raises(NoFuelError, match="clean lap"):
        fuel_plan(Level(0, 0.0, 50.0), TANK, fuel_use(car([])), certain(20))


def test_a_known_race_gives_known_numbers():
    plan = fuel_plan(Level(10, 0.0, 31.0), TANK, uses(spread_l=0.0), certain(30), target_l=2.5)
    by_name = {scenario.name: scenario for scenario in plan.scenarios}
    assert by_name["mean 5"].ends_on_lap == 20
    assert by_name["target"].ends_on_lap == 22
    assert by_name["mean 10"].spare_l == pytest.approx(31.0 - 0.3 - 60.0)
    calls = {call.name: call for call in plan.calls}
    assert calls["now"].at_stall_l == pytest.approx(28.0)
    assert 29.5 < calls["now"].to_add_l < 31.0, "19 laps of 3 l, the exit and the reserve, less what is there"
    assert calls["save"].to_add_l < calls["now"].to_add_l < calls["push"].to_add_l
    assert calls["now"].to_add_l == pytest.approx(calls["next lap"].to_add_l, abs=0.2)
    assert plan.stops_needed == 1
    assert plan.saving is not None
    assert plan.saving.target_l == pytest.approx((31.0 - 0.3) / 20)


def test_the_last_two_stops_take_the_same():
    plan = fuel_plan(Level(0, 0.0, 20.0), TANK, uses(spread_l=0.0), certain(60))
    assert plan.stops_needed == 2
    assert 2 * plan.split_l + 20.0 == pytest.approx(need_l(Level(0, 0.0, 0.0), plan.use, certain(60), 0.05))


def test_an_electric_car_counts_in_kwh_and_a_sheet_has_no_tank():
    assert tank_of(OwnCar(1, 52.0, 0.75, is_electric=True)) == Tank(52.0, "kWh")
    assert tank_of(OwnCar(-1, 0.0, 0.0)) is None


@given(
    fuel_l=st.floats(0.0, 100.0),
    pct=st.floats(0.0, 0.99),
    per_lap_l=st.floats(0.5, 8.0),
    final=st.integers(1, 300),
    risk=st.sampled_from((0.01, 0.05, 0.2)),
)
def test_no_number_is_negative_and_no_tank_overflows(fuel_l, pct, per_lap_l, final, risk):
    plan = fuel_plan(Level(0, pct, fuel_l), TANK, uses(per_lap_l), certain(final), risk=risk)
    for call in plan.calls:
        assert call.to_add_l >= 0
        assert call.at_stall_l >= 0
        assert call.at_stall_l + call.to_add_l <= TANK.usable_l + 1e-6
        assert call.ends_on_lap >= 0
        assert call.is_full == (call.stops_after > 0) or call.to_add_l == 0
    assert all(scenario.ends_on_lap >= 0 and scenario.laps_left >= 0 for scenario in plan.scenarios)
    assert all(need.to_end_l >= 0 and need.missing_l >= 0 for need in plan.needs)
    half, five, one = (need.to_end_l for need in plan.needs)
    assert half <= five <= one, "less risk is more fuel"


@given(laps=st.integers(1, 200), per_lap_l=st.floats(0.5, 8.0), spread=st.floats(0.01, 0.2))
def test_what_is_enough_at_a_risk_is_more_than_the_mean_and_less_than_absurd(laps, per_lap_l, spread):
    use = Use(per_lap_l, spread * per_lap_l, 10, "")
    found = need_l(Level(0, 0.0, 0.0), use, certain(laps), 0.01, 0.0)
    assert laps * per_lap_l < found <= laps * per_lap_l * (1.0 + 4 * spread) + 1e-6


def test_a_lap_that_may_come_is_carried_when_the_risk_is_small_enough():
    maybe = LapChances(20, (0.97, 0.03))
    use = Use(3.0, 0.045, 50, "")
    careful, bold = (need_l(Level(0, 0.0, 0.0), use, maybe, risk, 0.0) for risk in (0.01, 0.05))
    assert careful > 62.5
    assert bold < 61.5


@given(st.floats(0.0, 500.0), st.floats(0.0, 100.0))
def test_stops_bring_in_what_is_missing(need, fuel_l):
    stops = stops_for(need, fuel_l, TANK)
    assert fuel_l + stops * TANK.usable_l >= need - 1e-6
    assert stops == 0 or fuel_l + (stops - 1) * TANK.usable_l < need


def test_a_lap_ends_only_if_the_fuel_does_it():
    assert ends_on_lap(Level(10, 0.5, 4.4), 3.0) == 11
    assert ends_on_lap(Level(10, 0.5, 4.5), 3.0) == 12
    assert ends_on_lap(Level(10, 0.5, 0.0), 3.0) == 10
