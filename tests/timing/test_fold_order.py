"""Order, gaps, flags and the end of a race."""

import math

import pytest
from scripted import AWAY, ON, Script, records, told

from pitbox.model.code import Flag


def test_order_and_gaps_at_the_same_place():
    script = Script()
    # Classes: even cars one, odd cars the other.
    for car_idx, behind_s in ((1, 0.0), (2, 3.0), (3, 10.0)):
        script.car(car_idx, place=1.9 - behind_s / 60).to(2.0, 6 + behind_s).run(
            99 - behind_s, (99 - behind_s) / 60
        )
    standings = script.fold().fold.standings()
    assert [car.car_idx for car in standings.cars] == [1, 2, 3]
    assert [car.class_position for car in standings.cars] == [1, 1, 2]
    assert [car.gap_s for car in standings.cars] == [
        0.0,
        pytest.approx(3.0, abs=0.01),
        pytest.approx(10, abs=0.01),
    ]
    assert standings.cars[2].interval_s == pytest.approx(10.0, abs=0.01)
    assert standings.cars[1].class_gap_s == 0.0
    assert standings.cars[1].interval_s is None


def test_the_gap_of_a_standing_car_grows():
    script = Script()
    script.car(1, place=1.9).to(2.0, 6).to(2.9, 54)
    script.car(2, place=1.85).to(2.0, 9).to(2.4, 24).run(27)
    standings = script.fold().fold.standings()
    # The leader was at the next mark about 29 s ago.
    assert standings.cars[1].gap_s == pytest.approx(29.5, abs=1.0)


def test_a_lap_down_is_counted_in_laps():
    script = Script()
    script.car(1, place=1.9).to(2.0, 6).to(3.0, 60).to(4.0, 60).to(4.5, 30)
    script.car(2, place=1.8).to(2.0, 16).to(3.2, 140)
    car = script.fold().fold.standings().cars[1]
    assert (car.laps_down, car.gap_s) == (1, None)


def test_the_order_does_not_blink_at_the_line():
    script = Script()
    script.car(1, place=1.99).to(3.01, 61.2).run(1, 0.02)
    script.car(2, place=1.98).to(3.00, 61.2).run(1, 0.02)
    seen = set()
    fold, facts = None, []
    for record in script.records((1,)):
        fold, more = told([record], fold)
        facts += more
        standings = fold.standings()
        if standings is not None and len(standings.cars) == 2 and standings.sim_time_s > 1.5:
            seen.add(tuple(car.car_idx for car in standings.cars))
    assert seen == {(1, 2)}


def test_positions_at_the_line_count_who_has_done_as_many_laps():
    script = Script()
    script.car(1, place=1.9).to(2.0, 6).to(3.0, 60).to(4.0, 62).run(9, 0.1)
    script.car(2, place=1.89).to(2.0, 6.6).to(3.0, 61).to(4.0, 58).run(9, 0.1)
    script.car(3, place=1.88).to(2.0, 7.2).to(3.0, 62).to(4.0, 63).run(9, 0.1)
    end = script.fold()
    assert [(lap.position, lap.class_position) for lap in end.laps(1)] == [(1, 1), (2, 1)]
    assert [(lap.position, lap.class_position) for lap in end.laps(2)] == [(2, 1), (1, 1)]
    assert [(lap.position, lap.class_position) for lap in end.laps(3)] == [(3, 2), (3, 2)]


def test_before_the_green_flag_the_grid_stands():
    script = Script(state=3)
    script.car(1, place=0.5).to(0.9, 40)
    script.car(2, place=0.4).to(0.8, 40)
    field = script.field()
    field["CarIdxPosition"][:, 1:3] = (2, 1)

    assert told(records(script.own(), field, script.notices(), (60,))).order() == [2, 1]


def test_behind_the_start_line_a_car_is_not_nearly_a_lap_ahead():
    script = Script(state=3)
    script.states.append((20.0, 4))
    script.car(1, place=0.9).to(1.0, 20).run(5, 0.05)
    script.car(2, place=0.8).to(0.98, 25)
    assert script.fold().order() == [1, 2]


def test_in_practice_the_best_lap_decides():
    script = Script(kind="Practice")
    script.car(1, place=1.9).to(2.0, 6).to(3.0, 62).run(2, 0.02)
    script.car(2, place=1.5).to(2.0, 30).to(3.0, 61).run(2, 0.02)
    end = script.fold()
    assert end.order() == [2, 1]
    assert (end.laps(1)[0].position, end.laps(2)[0].position) == (1, 1)


def finishing():
    """Three cars; the leader takes the flag at 127 s, the state rises some ticks later."""
    script = Script()
    script.states += [(127.1, 5), (240.0, 6)]
    script.car(1, place=1.9).to(2.0, 6).to(3.0, 60).to(4.0, 60).run(70, 0.6).run(60, on=AWAY)
    script.car(2, place=1.88).to(2.0, 8).to(3.0, 62).to(4.0, 63).to(5.0, 60).run(20, 0.1)
    script.car(3, place=1.86).to(2.0, 40).to(3.0, 85.9).to(4.0, 70).run(20, 0.1)
    return script


def test_each_car_is_frozen_where_it_takes_the_flag():
    end = finishing().fold()
    assert end.order() == [1, 2, 3]
    # Car 3 crossed just before the leader did: it had to do another lap.
    assert [len(end.laps(car)) for car in (1, 2, 3)] == [2, 2, 2]
    standings = end.fold.standings()
    assert [car.laps for car in standings.cars] == [3, 3, 3]
    assert standings.cars[1].gap_s == pytest.approx(7.0, abs=0.01)
    assert [end.stints(car)[0].end for car in (1, 2, 3)] == ["finish"] * 3
    assert end.stints(1)[0].end_s == pytest.approx(127.0, abs=0.01)


def test_who_does_not_come_round_again_is_lost():
    script = finishing()
    script.car(4, place=1.85).to(2.0, 9).to(2.5, 30)
    stint = script.fold().stints(4)[0]
    assert (stint.end, stint.end_s) == ("lost", pytest.approx(40.0, abs=0.02))


def test_when_it_is_over_the_last_crossings_decide_and_not_where_cars_were_parked():
    script = Script()
    script.states += [(150.0, 5), (200.0, 6)]
    script.car(1, place=1.9).to(2.0, 6).to(3.0, 60).to(3.2, 20)
    script.car(2, place=1.88).to(2.0, 8).to(3.0, 62).to(3.4, 30)
    script.car(3, place=1.86).to(2.0, 9).to(3.0, 63).to(4.0, 90).run(50, 0.1)
    assert script.fold().order() == [3, 1, 2]


def test_flag_phases():
    script = Script(state=3)
    script.states += [(10.0, 4), (90.0, 5)]
    script.flags += [
        (20.0, int(Flag.YELLOW)),
        (30.0, int(Flag.CAUTION_WAVING)),
        (35.0, int(Flag.CAUTION)),
        (50.0, 0),
        (60.0, int(Flag.WHITE)),
        (65.0, 0),
        (70.0, int(Flag.RED)),
        (75.0, int(Flag.WHITE)),
    ]
    script.car(1, place=0.5).to(1.9, 99, ON)
    phases = script.fold().flags()
    assert [(phase.flag, round(phase.start_s)) for phase in phases] == [
        ("green", 10),
        ("caution", 30),
        ("green", 50),
        ("white", 60),
        ("green", 65),
        ("red", 70),
        ("white", 75),
        ("checkered", 90),
    ]
    assert [phase.end_s for phase in phases[:-1]] == [phase.start_s for phase in phases[1:]]
    assert phases[-1].end_s is None


def test_the_pace_car_is_not_in_the_race():
    script = Script()
    script.car(1, place=1.9).to(2.0, 6).to(3.0, 60).run(2, 0.02)
    script.car(0, place=1.95).to(3.0, 70)
    del script.users[0]
    end = script.fold()
    assert end.order() == [1]
    assert end.laps(0) == []
    assert not math.isnan(end.fold.standings().sim_time_s)
