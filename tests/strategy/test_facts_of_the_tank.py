"""Facts 23 to 29 of iRacing, each by its number: what trips tools that forecast."""

import numpy as np
import pytest
from grid import Runner, story

from pitbox.model.code import UNLIMITED_S
from pitbox.model.fact import Lap, LapKind, Service, Stint, Stop, TyreStint
from pitbox.model.session import EventRules, OwnCar, SessionPart
from pitbox.strategy.allowance import Limits, allowance, fair_share, shares
from pitbox.strategy.errors import StrategyError
from pitbox.strategy.fuel import fuel_use
from pitbox.strategy.fuel_plan import EXIT_SHARE, RESERVE_L, Level, Tank, fuel_plan, tank_of
from pitbox.strategy.gauge import Gauge
from pitbox.strategy.laps import certain
from pitbox.strategy.length import length_of
from pitbox.strategy.next_stop import NextStopModel
from pitbox.strategy.pit_rule import IN_TURN, LEAST_TIME, TOGETHER
from pitbox.strategy.race_end import race_end
from pitbox.strategy.stop_cost import StopCosts, Wanted
from pitbox.strategy.story import CarStory, Story
from pitbox.strategy.window import Reach, pit_window
from pitbox.timing.own import own_rows
from pitbox.timing.thirst import Thirst
from pitbox.timing.wetness import WORDS, Wetness

HOUR_S = 3600.0
DRY = LapKind()


def laps_of(*told):
    """A car's story: (used, kind) of each lap."""
    found = CarStory(1)
    found.stints.put(1, Stint(0, 0, 1, 1, 7, 0, 0.0, 1))
    for at, (used_l, kind) in enumerate(told):
        found.laps.put(
            at + 1, Lap(0, 0, 1, at + 1, 7, 100.0 * at, 100.0 * (at + 1), kind, 1, 1, 1, 0, used_l, 50.0)
        )
    return found


def rows(**columns):
    count = len(next(iter(columns.values())))
    found = np.zeros(count, [(name, "f8") for name in columns])
    for name, values in columns.items():
        found[name] = values
    return found


def test_fact_23_a_clock_that_says_nothing_ends_no_race():
    assert not length_of(SessionPart(0, "Race", UNLIMITED_S, 32767)).is_known
    moment = story([Runner(1, 100.0)], 1000.0).at(1000.0)
    with pytest.raises(StrategyError, match="how long"):
        race_end(moment)
    both = length_of(SessionPart(0, "Race", 7200.0, 60))
    assert both.words() == "2 h or 60 laps, whichever comes first"


def test_fact_23_our_own_stop_shortens_our_count():
    ends = []
    for stops in ((), (10, 20, 30)):
        runner = Runner(1, 100.0, stops=stops, stop_loss_s=300.0)
        moment = story([Runner(2, 101.0), runner], 3900.0, length_s=2 * HOUR_S).at(3900.0)
        ends.append(race_end(moment).cars[1].laps.mean)
    assert ends[1] < ends[0] - 5


def test_fact_24_the_usable_tank_is_what_the_event_allows_of_it():
    """DriverCarFuelMaxLtr 120 and DriverCarMaxFuelPct 0.5: no call may ever ask for more than 60 l."""
    tank = tank_of(OwnCar(1, 120.0 * 0.5, 0.75))
    assert tank == Tank(60.0, "l")
    uses = fuel_use(laps_of(*[(3.0, DRY)] * 8))
    plan = fuel_plan(Level(8, 0.0, 10.0), tank, uses, certain(60))
    assert plan.tank_l == 60.0
    assert all(call.at_stall_l + call.to_add_l <= 60.0 + 1e-9 for call in plan.calls)


def test_fact_24_use_is_read_off_the_level_and_not_off_kilograms_an_hour():
    told = rows(
        SessionTime=[10.0, 11.0], FuelLevel=[40.0, 39.9], FuelUsePerHour=[80.0, 80.0], IsOnTrack=[1, 1]
    )
    found = own_rows(told)
    assert found.fuel_l.tolist() == [40.0, 39.9]
    without = own_rows(told[["SessionTime", "FuelLevel", "IsOnTrack"]])
    assert without.fuel_l.tolist() == found.fuel_l.tolist()


def test_fact_24_an_electric_car_is_planned_in_kilowatt_hours():
    tank = tank_of(OwnCar(1, 52.0, 0.0, is_electric=True))
    plan = fuel_plan(Level(8, 0.0, 10.0), tank, fuel_use(laps_of(*[(3.0, DRY)] * 8)), certain(20))
    assert plan.unit == "kWh"
    assert "kWh a lap" in plan.assumptions[0]
    assert " l " not in " ".join(plan.assumptions)


def test_fact_24_the_fuel_box_that_the_sim_ticks_by_itself_is_no_fuel_that_came_in():
    """Auto-fuel flips the flag: what a stop added is measured in the tank, whatever the menu says."""
    told = rows(
        SessionTime=[10.0, 11.0, 12.0],
        FuelLevel=[20.0, 20.0, 20.0],
        IsOnTrack=[1, 1, 1],
        PitSvFlags=[0, 0x10, 0x10],
        PitSvFuel=[60.0, 60.0, 60.0],
    )
    assert set(own_rows(told).fuel_l.tolist()) == {20.0}


def test_fact_24_a_clean_lap_leaves_out_in_out_tow_caution_broken_and_incident_laps():
    kinds = [
        LapKind(is_in=True),
        LapKind(is_out=True),
        LapKind(is_tow=True),
        LapKind(is_caution=True),
        LapKind(is_broken=True),
        LapKind(is_incident=True),
    ]
    assert len(kinds) == len(LapKind.__struct_fields__), "a new kind of lap needs a thought here"
    found = fuel_use(laps_of(*[(3.0, DRY)] * 5, *[(9.0, kind) for kind in kinds]))
    assert found.use().mean_l == pytest.approx(3.0)
    assert found.use().laps == 5


def test_fact_24_history_lasts_from_practice_through_qualifying_to_the_race():
    thirst = Thirst()
    for session_num, used_l in ((0, 2.8), (1, 2.9), (2, 3.0)):
        thirst.hear(Lap(session_num, 0, 1, 3, 7, 0.0, 100.0, DRY, 1, 1, 1, 0, used_l))
    assert thirst.per_lap_l == pytest.approx(2.9)
    before = fuel_use(laps_of(), earlier_l=thirst.per_lap_l).best_guess()
    assert before.mean_l == pytest.approx(2.9)
    assert "practice and qualifying" in before.words
    race = fuel_use(laps_of(*[(3.2, DRY)] * 3), earlier_l=thirst.per_lap_l).best_guess()
    assert race.mean_l == pytest.approx(3.2)


def test_fact_24_fuel_set_is_fuel_to_the_flag_and_what_burns_to_the_pit_exit():
    uses = fuel_use(laps_of(*[(3.0, DRY)] * 8))
    plan = fuel_plan(Level(8, 0.0, 9.0), Tank(100.0), uses, certain(19), risk=0.5)
    now = plan.calls[0]
    laps_after = 19 - 9
    assert now.at_stall_l == pytest.approx(6.0)
    assert now.to_add_l == pytest.approx(laps_after * 3.0 + EXIT_SHARE * 3.0 + RESERVE_L - 6.0, abs=0.05)


def test_fact_25_tyres_are_as_old_as_the_set_says_and_call_the_car_in():
    found = story([Runner(1, 100.0, stops=(10,), stop_loss_s=0.0)], 2050.0, length_s=4 * HOUR_S)
    found.take(TyreStint(0, 0, 1, 1, 0, 0.0, 1, 10, 1000.0, "change"))
    found.take(TyreStint(0, 0, 1, 2, 0, 1000.0, 11))
    moment = found.at(2050.0)
    allowed = allowance(moment, moment.car(1), 140, Limits(tyre_laps=24))
    assert allowed.tyre_laps == 24 - 10
    window = pit_window(Reach(20, 40.0, 40.0, 100.0), 140, allowed)
    assert (window.limits[0].name, window.latest) == ("tyres", 34)


def test_fact_26_repairs_count_in_the_stall_only():
    told = rows(
        SessionTime=[10.0, 11.0], FuelLevel=[40.0, 40.0], IsOnTrack=[1, 0], PitRepairLeft=[12.0, 300.0]
    )
    repair_s = own_rows(told).repair_s
    assert repair_s[0] == 12.0
    assert np.isnan(repair_s[1]), "nobody of ours is in the car: the figure is dead"


def test_fact_27_wetness_has_seven_steps_and_nothing_is_forecast():
    heard = Wetness()
    assert heard.at(50.0) is None
    told = rows(SessionTime=[10.0, 60.0, 110.0], TrackWetness=[0, 1, 4], WeatherDeclaredWet=[0, 0, 1])
    heard.hear(told)
    heard.hear(told)
    assert (heard.at(50.0), heard.at(70.0), heard.at(1e6)) == (None, 1, 4), "the last word holds, no more"
    assert heard.is_declared_wet
    assert len(WORDS) == 8
    first, second = (Lap(0, 0, 1, n, 7, 100.0 * n - 100.0, 100.0 * n, DRY, 1, 1, 1, 0) for n in (1, 2))
    assert not heard.is_wet(first)
    assert heard.is_wet(second)
    assert not [name for name in dir(heard) if "forecast" in name]


def test_fact_27_wet_laps_speak_for_the_wet():
    car = laps_of(*[(3.0, DRY)] * 6, *[(2.5, DRY)] * 3)
    dry, wet = (fuel_use(car, lambda lap: lap.lap > 6, is_wet_now=is_wet) for is_wet in (False, True))
    assert dry.best_guess(7).mean_l == pytest.approx(3.0)
    assert wet.best_guess(7).mean_l == pytest.approx(2.5)


def test_fact_28_rules_of_service_differ_from_the_first_stop_on():
    moment = story([Runner(1, 100.0), Runner(2, 101.0)], 900.0).at(900.0)
    costs = {}
    for rules in (TOGETHER, IN_TURN, LEAST_TIME):
        for has_tyres in (False, True):
            cost = StopCosts(rules).of(moment, moment.car(1), Wanted(has_tyres, fuel_l=20.0))
            assert rules.name in cost.words
            costs[rules.name, has_tyres] = cost.loss_s
    assert costs[TOGETHER.name, True] - costs[TOGETHER.name, False] == pytest.approx(22.0 - 20.0 / 2.6)
    assert costs[IN_TURN.name, True] - costs[IN_TURN.name, False] == pytest.approx(22.0)
    assert costs[LEAST_TIME.name, True] == costs[LEAST_TIME.name, False], (
        "a least time in the box hides tyres"
    )


def test_fact_28_seen_stops_are_carried_over_to_another_service_and_it_says_so():
    """Two own stops of 40 l without tyres; asked with 10 l and with tyres."""
    found = story([Runner(1, 100.0, stops=(6, 12)), Runner(2, 101.0)], 2000.0)
    for stop in list(found.cars[1].stops):
        fuel = (Service("fuel", 1.0),)
        told = Stop(
            **{
                name: getattr(stop, name)
                for name in stop.__struct_fields__
                if name not in ("service", "fuel_added_l")
            },
            service=fuel,
            fuel_added_l=40.0,
        )
        found.take(told)
    moment = found.at(2000.0)
    like, splash, tyres = (
        StopCosts().of(moment, moment.car(1), Wanted(has_tyres, fuel_l=fuel_l))
        for has_tyres, fuel_l in ((False, 40.0), (False, 10.0), (True, 10.0))
    )
    assert splash.loss_s == pytest.approx(like.loss_s - 30.0 / 2.6)
    assert tyres.loss_s == pytest.approx(splash.loss_s + 22.0 - 10.0 / 2.6)
    assert "rule" not in like.words
    assert "2 own stops" in tyres.words
    assert TOGETHER.name in tyres.words


def test_fact_29_a_quarter_of_an_equal_share_rounded_up():
    assert fair_share(200, 4, 0.25) == 13
    assert fair_share(200, 4, 0.5) == 25
    assert fair_share(100, 1, 0.25) == 25


def test_fact_29_laps_that_others_owe_call_the_driver_out():
    rules = EventRules(is_team_event=True, fair_share=0.25, least_drivers=4, cautions="off")
    moment = story([Runner(1, 100.0)], 6050.0, rules=rules, laps=200).at(6050.0)
    car = moment.car(1)
    told = shares(moment, car, 200, Limits())
    assert [(one.laps, one.needed, one.owed) for one in told] == [(60, 13, 0), *[(0, 13, 13)] * 3]
    allowed = allowance(moment, car, 200, Limits())
    assert allowed.owed_laps == 39
    window = pit_window(Reach(60, 150.0, 150.0, 100.0), 200, allowed)
    assert (window.latest, window.limits[0].name) == (161, "fair share")
    assert allowance(moment, car, None, Limits()).owed_laps is None, "without a last lap nobody owes a number"


def test_stint_and_drive_time_are_counted_from_the_line():
    moment = story([Runner(1, 100.0)], 1050.0, length_s=4 * HOUR_S).at(1050.0)
    allowed = allowance(moment, moment.car(1), 144, Limits(stint_s=3000.0, drive_s=5000.0))
    assert allowed.stint_s == pytest.approx(3000.0 - 1000.0)
    assert allowed.drive_s == pytest.approx(5000.0), "nobody told who drove, so nothing is used up"


def test_the_gauge_beats_the_habit():
    """Everybody stops every 30 laps, and so did we; now the gauge says that there is fuel for 8 more."""
    field = [Runner(n, 100.0 + 0.1 * n, stops=tuple(range(30, 400, 30))) for n in range(1, 7)]
    now_s = 30 * 100.0 * 4 + 1300.0
    moment: Story = story(field, now_s, length_s=12 * HOUR_S).at(now_s)
    car = moment.car(1)
    habit = NextStopModel().next_stop(moment, car)
    measured = NextStopModel().next_stop(moment, car, Gauge(8.4, 30.0, 0.01, "by the gauge"))
    assert habit.overall.lap > car.laps + 12
    assert car.laps + 6 <= measured.if_green.lap <= car.laps + 8
    assert measured.if_green.last <= car.laps + 8, "no lap that the fuel does not do"
    assert (habit.source, measured.source) == ("stops so far", "fuel gauge")
    assert "by the gauge" in measured.assumptions
