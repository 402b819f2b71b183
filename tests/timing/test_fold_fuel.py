"""Our own fuel: while somebody of ours drives and this collector hears it."""

import pytest
from scripted import LANE, STALL, Script


def test_fuel_of_a_lap_is_what_was_burnt_between_the_crossings():
    script = Script()
    car = script.car(1, place=2.9, fuel_l=40.0).to(3.0, 6, fuel=-0.25)
    car.to(4.0, 60, fuel=-2.5).to(5.0, 61, fuel=-2.7).run(2, 0.02)
    laps = script.fold().laps()
    assert [lap.fuel_used_l for lap in laps] == [pytest.approx(2.5, abs=1e-3), pytest.approx(2.7, abs=1e-3)]
    assert laps[1].fuel_left_l == pytest.approx(40 - 0.25 - 2.5 - 2.7, abs=1e-3)


def test_fuel_added_in_the_stall_is_not_counted_as_burnt():
    script = Script()
    car = script.car(1, place=2.9, fuel_l=20.0).to(3.0, 6, fuel=-0.25).to(3.95, 57, fuel=-2.4)
    car.to(3.98, 6, LANE, fuel=-0.1).run(20, on=STALL, fuel=30.0).to(4.05, 14, LANE, fuel=-0.2)
    car.to(5.0, 57, fuel=-2.4).run(2, 0.02)
    end = script.fold()
    assert end.stops()[0].fuel_added_l == pytest.approx(30.0, abs=0.06)
    assert [lap.fuel_used_l for lap in end.laps()] == [
        pytest.approx(2.4 + 0.1 + 0.2 * 0.02 / 0.07, abs=0.06),
        pytest.approx(2.4 + 0.2 * 0.05 / 0.07, abs=0.06),
    ]


def test_a_stop_without_refuelling_added_nothing():
    script = Script()
    script.car(1, place=2.9).to(3.0, 6).to(3.95, 57).stop().to(5.0, 57).run(2, 0.02)
    assert script.fold().stops()[0].fuel_added_l == 0.0


def test_dead_values_of_a_team_mates_turn_are_no_fuel():
    script = Script()
    script.car(1, place=2.9).to(3.0, 6).to(4.0, 60, fuel=-2).to(5.0, 60, fuel=-2).to(6.0, 60, fuel=-2).run(
        2, 0.02
    )
    script.dead_own = [(100.0, 140.0)]
    end = script.fold()
    assert [lap.fuel_used_l is None for lap in end.laps()] == [False, True, True]
    assert [lap.fuel_left_l is None for lap in end.laps()] == [False, True, False]


def test_no_fuel_is_shown_while_nobody_speaks_for_the_car():
    script = Script()
    script.car(1, place=2.9).to(3.0, 6).to(4.0, 60)
    alive = script.fold().fold.standings()
    assert alive.fuel_l == pytest.approx(50.0)
    assert alive.time_left_s == pytest.approx(5000 - 67, abs=0.1)
    script.dead_own = [(40.0, 999.0)]
    assert script.fold().fold.standings().fuel_l is None


def test_other_cars_have_no_fuel():
    script = Script()
    script.car(1, place=2.9).to(3.0, 6).to(4.0, 60, fuel=-2).run(2, 0.02)
    script.car(2, place=2.9).to(3.0, 6).to(4.0, 60).run(2, 0.02)
    (lap,) = script.fold().laps(2)
    assert (lap.fuel_used_l, lap.fuel_left_l) == (None, None)


@pytest.mark.parametrize("left_s", [604_800.0 + 1000, -1.0])
def test_a_session_without_a_clock_has_no_time_left(left_s):
    script = Script()
    script.car(1, place=2.9).to(3.0, 6)
    script.left_s = left_s
    assert script.fold().fold.standings().time_left_s is None
