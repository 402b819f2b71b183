"""No recommendation breaks a rule, whatever the rules and wherever the car stands."""

import pytest
from decision_ground import plain, situations
from hypothesis import HealthCheck, assume, given, settings

from pitbox.strategy.decision.answer import Choice, PlannedStop
from pitbox.strategy.decision.rule import broken
from pitbox.strategy.decision.search import forbidden, latest_stop, lost_s, sketches
from pitbox.strategy.decision.situation import DriverNow, Rules, TyreCurveNow
from pitbox.strategy.decision.words import late_words
from pitbox.strategy.laps import LapChances


def choice(*stops, save_share=0.0):
    return Choice("tried", "tried", stops, save_share)


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(situations())
def test_no_offered_choice_breaks_a_rule(situation):
    offered = sketches(situation)
    if not offered:
        assert forbidden(situation), "nothing is offered, and nobody says why"
    for one in offered:
        assert broken(one.choice, situation) == ()
        _is_drivable(one.choice, situation)


def _is_drivable(found, situation):
    """The same again, by driving it lap by lap: nothing here is taken from `broken`."""
    fuel_l, age, stint, who = situation.fuel_l, situation.tyre_age, 0, situation.driver
    left = {one.user_id: one.left_laps for one in situation.drivers}
    done = dict.fromkeys(left, 0)
    stops = {stop.lap: stop for stop in found.stops}
    used_l = situation.use_l * (1.0 - found.save_share)
    rules, first = situation.rules, True
    for lap in range(situation.laps + 1, situation.planned_lap + 1):
        fuel_l, age, stint = fuel_l - used_l, age + 1, stint + 1
        assert fuel_l > -0.1
        if who in done:
            done[who] += 1
        assert situation.tyre_limit is None or age <= situation.tyre_limit
        most = situation.stint_left_laps if first else situation.stint_laps
        assert most is None or stint <= most
        stop = stops.get(lap) if lap < situation.planned_lap else None
        if stop is None:
            continue
        assert lap >= situation.first_lap
        fuel_l += situation.tank_l - fuel_l if stop.fuel_l is None else stop.fuel_l
        assert fuel_l <= situation.tank_l + 0.1
        assert stop.has_tyres or not rules.is_tyres_each_stop
        age, stint, first = (0 if stop.has_tyres else age), 0, False
        who = stop.user_id or who
    for one in situation.drivers:
        assert left[one.user_id] is None or done[one.user_id] <= left[one.user_id]
        assert done[one.user_id] >= one.owed_laps
    changes = sum(stop.has_tyres for stop in found.stops)
    assert rules.tyre_sets is None or changes <= rules.tyre_sets
    assert situation.stops_done + len(found.stops) >= rules.least_stops


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(situations())
def test_what_is_meant_stays_on_offer_while_it_is_allowed(situation):
    offered = sketches(situation, 6)
    assume(offered)
    last = offered[-1].choice
    again = sketches(situation, 4, lambda one: one.key == last.key)
    assert last.key in {one.choice.key for one in again}


@pytest.mark.parametrize(
    ("stops", "changes", "words"),
    [
        ((), {}, "the tank is empty after lap 30"),
        ((PlannedStop(31, 60.0), PlannedStop(45, 20.0)), {}, "the tank is empty after lap 30, before"),
        ((PlannedStop(30, 60.5), PlannedStop(49, 5.0)), {}, "the tank takes 60 l, not 60"),
        ((PlannedStop(20, 10.0),), {}, "too late to come in on lap 20"),
        ((PlannedStop(21, 33.0), PlannedStop(35, 30.0)), {"is_lap_called": True}, "too late"),
        ((PlannedStop(28, 40.0), PlannedStop(25, 30.0)), {}, "wrong order"),
        ((PlannedStop(30, 60.0), PlannedStop(50, 1.0)), {}, "the flag falls by lap 50"),
        ((PlannedStop(30, 60.0),), {"stint_laps": 12}, "20 laps from lap 30 without a stop"),
        ((PlannedStop(30, 60.0),), {"stint_left_laps": 5}, "10 laps from lap 20 without a stop"),
        ((PlannedStop(30, 60.0),), {"tyre_limit": 25, "tyre_age": 10}, "tyres of 40 laps on lap 50"),
        ((PlannedStop(30, 60.0),), {"rules": Rules(least_stops=2)}, "1 stops in the race"),
        ((PlannedStop(30, 60.0),), {"rules": Rules(is_tyres_each_stop=True)}, "has to change tyres"),
        ((PlannedStop(30, 60.0, True),), {"rules": Rules(tyre_sets=0)}, "0 sets are left"),
        ((PlannedStop(30, 60.0, True),), {"rules": Rules(is_fuel_or_tyres=True)}, "not both"),
        ((PlannedStop(30, 60.0),), {"rules": Rules(least_tyre_changes=1)}, "the event demands 1"),
        (
            (PlannedStop(30, 60.0),),
            {"driver": 1, "drivers": (DriverNow(1, left_laps=12), DriverNow(2))},
            "the drive time allows 12",
        ),
        (
            (PlannedStop(30, 60.0),),
            {"driver": 1, "drivers": (DriverNow(1), DriverNow(2, owed_laps=8))},
            "8 laps short of their fair share",
        ),
        ((PlannedStop(30, 60.0, user_id=7),), {"drivers": (DriverNow(1),), "driver": 1}, "not of this car"),
    ],
)
def test_each_rule_is_told_in_words(stops, changes, words):
    told = broken(choice(*stops), plain(**changes))
    assert any(words in one for one in told), told


def test_two_drivers_who_owe_laps_both_drive():
    situation = plain(
        driver=1, drivers=(DriverNow(1), DriverNow(2, owed_laps=10), DriverNow(-1, owed_laps=8))
    )
    offered = sketches(situation)
    assert offered
    for one in offered:
        assert {2, -1} <= {stop.user_id for stop in one.choice.stops}


def test_a_flag_that_may_come_late_asks_for_a_splash_only_if_it_does():
    """20 laps on a tank reach lap 50 from lap 30; one race in ten goes on to 51."""
    situation = plain(final=LapChances(50, (0.9, 0.1)), fuel_l=31.9, tank_l=62.0)
    best = sketches(situation)[0].choice
    assert [stop.lap for stop in best.stops][:1] == [30]
    assert late_words(best.stops, situation) == "a splash if the flag is late"
    assert "splash" not in best.words
    assert broken(best, situation) == ()


def test_saving_a_little_takes_the_place_of_a_stop():
    situation = plain(fuel_l=88.0, tank_l=100.0)  # 29 of 30 laps
    saving = [one.choice for one in sketches(situation) if not one.choice.stops]
    assert saving
    assert saving[0].save_share == pytest.approx(0.03, abs=0.011)


def test_sums_know_what_stops_tyres_and_laps_cost():
    situation = plain(tyres=TyreCurveNow(slope_s=0.1), tyre_age=10)
    one, other = choice(PlannedStop(30, 60.0, True)), choice(PlannedStop(30, 60.0))
    times = situation.times
    more_s = times.loss_s(60.0, has_tyres=True) - times.loss_s(60.0)
    # 20 laps at the ages 0 to 19 against 20 to 39.
    assert lost_s(one, situation) - lost_s(other, situation) == pytest.approx(more_s - 0.1 * 20 * 20)


def test_the_last_lap_of_a_stop_is_that_of_the_tightest_limit():
    assert latest_stop(plain()) == 29  # ten laps on board, half a lap in hand
    assert latest_stop(plain(stint_left_laps=4)) == 24
    assert latest_stop(plain(tyre_limit=30, tyre_age=23)) == 27
    assert latest_stop(plain(driver=1, drivers=(DriverNow(1, left_laps=6),))) == 26


def test_a_learned_curve_stands_in_for_slope_and_bend():
    curve = TyreCurveNow(slope_s=9.0, table_s=(0.0, 0.1, 0.4), low_table_s=(0.0,), high_table_s=(0.2, 0.3))
    assert [curve.loss_s(age) for age in (0, 1, 2, 30)] == [0.0, 0.1, 0.4, 0.4]
    assert curve.sum_s(1, 3) == pytest.approx(0.1 + 0.4 + 0.4)
    assert curve.band_s(1) == (0.0, 0.1, 0.3)


def test_nobody_saves_more_than_the_team_asks_for():
    for most in (0.0, 0.02):
        offered = sketches(plain(rules=Rules(most_saving=most)), 40)
        assert offered
        assert max(one.choice.save_share for one in offered) <= most
    assert any(one.choice.save_share > 0.02 for one in sketches(plain(), 40))
