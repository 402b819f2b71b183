"""Stops, stints and who drives: by the surface under the car and the session text."""

import pytest
from scripted import AWAY, LANE, OFF, ON, STALL, Script, records, told

from pitbox.model.fact import Incident


def started(car):
    """A clean lap and most of the next: at 3.9 with 61 s gone."""
    return car.to(3.0, 6).to(4.0, 60).to(4.9, 54)


def test_a_stop_with_the_stall_before_the_line():
    script = Script()
    started(script.car(1, place=2.9)).to(4.95, 3).stop(20.0).to(6.0, 57).run(2, 0.02)
    end = script.fold()
    (stop,) = end.stops()
    assert stop.lap == 4
    assert stop.lane_in_s == pytest.approx(124.0, abs=0.02)
    assert stop.stall_in_s == pytest.approx(130.0, abs=0.02)
    assert stop.stall_out_s == pytest.approx(150.0, abs=0.02)
    assert stop.lane_out_s == pytest.approx(164.0, abs=0.02)
    assert not stop.is_tow
    assert [(lap.lap, lap.kind.is_in, lap.kind.is_out) for lap in end.laps()] == [
        (3, False, False),
        (4, True, False),
        (5, False, True),
    ]
    assert [(stint.stint, stint.start_lap, stint.end) for stint in end.stints()] == [
        (1, 2, "stop"),
        (2, 5, ""),
    ]
    assert end.stints()[0].end_s == stop.lane_in_s
    assert end.stints()[1].start_s == stop.lane_out_s


def test_a_stop_with_the_stall_behind_the_line():
    script = Script()
    car = started(script.car(1, place=2.9)).to(4.95, 3)
    car.to(5.02, 14, LANE).run(20, on=STALL).to(5.05, 6, LANE).to(6.0, 57).run(2, 0.02)
    end = script.fold()
    (stop,) = end.stops()
    assert stop.stall_in_s == pytest.approx(138.0, abs=0.02)
    assert [(lap.lap, lap.kind.is_in, lap.kind.is_out) for lap in end.laps()] == [
        (3, False, False),
        (4, True, False),
        (5, False, True),
    ]


def test_a_lane_that_ends_before_the_line_makes_an_in_and_out_lap():
    script = Script()
    car = script.car(1, place=2.9).to(3.0, 6).to(3.5, 30)
    car.to(3.55, 9, LANE).run(20, on=STALL).to(3.6, 9, LANE).to(4.0, 24).to(5.0, 60).run(2, 0.02)
    kinds = [(lap.kind.is_in, lap.kind.is_out) for lap in script.fold().laps()]
    assert kinds == [(True, True), (False, False)]


def test_laps_of_a_stint_are_those_that_name_it():
    script = Script()
    started(script.car(1, place=2.9)).to(4.95, 3).stop().to(6.0, 57).to(6.95, 57).stop().to(8.0, 57).run(
        2, 0.02
    )
    end = script.fold()
    closed = [stint for stint in end.stints() if stint.end_s is not None]
    assert [stint.laps for stint in closed] == [2, 2]
    for stint in closed:
        assert stint.laps == sum(lap.stint == stint.stint for lap in end.laps())


def test_a_drive_through_has_no_stall():
    script = Script()
    car = started(script.car(1, place=2.9)).to(4.95, 3)
    car.to(5.05, 20, LANE).to(6.0, 57).run(2, 0.02)
    (stop,) = script.fold().stops()
    assert stop.stall_in_s is None
    assert stop.lane_out_s is not None


def test_a_blink_of_the_lane_surface_is_no_stop():
    script = Script()
    car = script.car(1, place=2.9).to(3.0, 6).to(3.5, 30)
    car.run(1.0, 0.016, LANE).run(0.5, 0.008, ON).run(0.5, 0.008, LANE).to(4.0, 28).run(2, 0.02)
    end = script.fold()
    assert end.stops() == []
    assert len(end.stints()) == 1
    assert [lap.kind.is_clean() for lap in end.laps()] == [True]


def test_on_pit_road_is_not_believed():
    script = Script()
    script.car(1, place=2.9).to(3.0, 6).to(4.0, 60).run(2, 0.02)
    field = script.field()
    field["CarIdxOnPitRoad"][500:2000, 1] = True
    assert told(records(script.own(), field, script.notices(), (60,))).stops() == []


def test_a_swap_drops_the_car_out_of_the_world_and_is_one_stop():
    script = Script()
    car = started(script.car(1, place=2.9, user=7)).to(4.98, 6, LANE)
    car.run(10, on=STALL).run(4, on=AWAY).run(10, on=STALL).to(5.05, 14, LANE).to(6.0, 57).run(2, 0.02)
    script.swap(145.0, 1, user=8)
    end = script.fold()
    (stop,) = end.stops()
    assert (stop.user_id_in, stop.user_id_out) == (7, 8)
    assert stop.stall_out_s - stop.stall_in_s == pytest.approx(24.0, abs=0.04)
    assert [stint.user_id for stint in end.stints()] == [7, 8]
    assert [lap.user_id for lap in end.laps()] == [7, 8, 8]
    assert not any(lap.kind.is_broken or lap.kind.is_tow for lap in end.laps())


def test_a_session_text_that_comes_after_the_car_has_left_names_the_driver_all_the_same():
    script = Script()
    started(script.car(1, place=2.9, user=7)).to(4.95, 3).stop().to(6.0, 57).run(2, 0.02)
    script.swap(175.0, 1, user=8)
    end = script.fold()
    assert end.stops()[0].user_id_out == 8
    assert [stint.user_id for stint in end.stints()] == [7, 8]


def test_a_tow_is_a_stop_without_an_approach():
    script = Script()
    car = script.car(1, place=2.9).to(3.0, 6).to(4.0, 60).to(4.4, 30).run(10, on=OFF)
    car.jump(4.98).run(90, on=STALL).to(5.05, 14, LANE).to(6.0, 57).run(2, 0.02)
    end = script.fold()
    (stop,) = end.stops()
    assert stop.is_tow
    assert stop.lane_in_s == stop.stall_in_s
    assert [(lap.lap, lap.kind.is_tow, lap.kind.is_broken) for lap in end.laps()] == [
        (3, False, False),
        (4, True, False),
        (5, False, False),
    ]


def test_a_tow_to_a_stall_behind_the_line_gives_no_lap_away():
    script = Script()
    car = script.car(1, place=2.9).to(3.0, 6).to(4.0, 60).to(4.4, 30).run(10, on=OFF)
    car.jump(4.02).run(90, on=STALL).to(4.05, 8, LANE).to(5.0, 57).to(6.0, 60).run(2, 0.02)
    end = script.fold()
    assert [(lap.lap, lap.kind.is_tow) for lap in end.laps()] == [(3, False), (4, True), (5, False)]
    assert end.fold.standings().cars[0].laps == 5


def test_a_car_that_vanishes_on_track_and_stands_in_its_stall_was_towed():
    script = Script()
    car = script.car(1, place=2.9).to(3.0, 6).to(3.4, 30).run(3, on=AWAY)
    car.jump(3.98).run(30, on=STALL).to(4.05, 14, LANE).to(5.0, 57).run(2, 0.02)
    (stop,) = script.fold().stops()
    assert stop.is_tow


def test_who_comes_back_from_a_lost_connection_was_not_towed():
    script = Script()
    car = script.car(1, place=2.9).to(3.0, 6).to(3.4, 24).run(40, on=AWAY)
    car.jump(3.98).run(20, on=STALL).to(4.05, 14, LANE).to(5.0, 57).run(2, 0.02)
    end = script.fold()
    (stop,) = end.stops()
    assert not stop.is_tow
    assert not any(isinstance(fact, Incident) for fact in end.facts)
    kinds = [(lap.kind.is_in, lap.kind.is_tow, lap.kind.is_broken) for lap in end.laps()]
    assert kinds == [(False, False, True), (False, False, False)]


def test_a_stall_first_seen_after_missing_rows_is_no_tow():
    script = Script()
    car = started(script.car(1, place=2.9)).to(4.95, 3)
    car.stop(20.0).to(6.0, 57).run(2, 0.02)
    script.missing = [(123.0, 133.0)]
    (stop,) = script.fold().stops()
    assert not stop.is_tow


def test_the_place_of_a_towed_car_is_held_until_it_is_back():
    script = Script()
    towed = script.car(1, place=4.9).to(5.0, 6).to(5.4, 24).run(5, on=OFF)
    towed.jump(5.98).run(60, on=STALL)
    script.car(2, place=4.88).to(5.0, 7.2).to(5.5, 30).run(58)
    # Ahead on the road since the other one rests at 0.40, though the stall lies at 0.98.
    assert script.fold().order() == [2, 1]


def test_a_new_compound_is_seen_behind_the_stop():
    script = Script()
    car = started(script.car(1, place=2.9)).to(4.95, 3).to(4.98, 6, LANE)
    car.run(10, on=STALL).tyres(1).run(10, on=STALL).to(5.05, 14, LANE).to(6.0, 57).run(2, 0.02)
    end = script.fold()
    assert (end.stops()[0].compound_in, end.stops()[0].compound_out) == (0, 1)
    assert [stint.compound for stint in end.stints()] == [0, 1]


def test_who_begins_in_the_pits_has_made_no_stop():
    script = Script(state=3)
    script.states.append((10.0, 4))
    script.car(1, place=0.98).run(15, on=STALL).to(1.05, 12, LANE).to(2.0, 57).run(2, 0.02)
    end = script.fold()
    assert end.stops() == []
    assert [stint.start_lap for stint in end.stints()] == [1]
    assert [(lap.lap, lap.kind.is_out) for lap in end.laps()] == [(1, True)]


def test_a_stop_is_told_again_with_all_that_becomes_known_of_it():
    script = Script()
    started(script.car(1, place=2.9)).to(4.95, 3).stop().to(6.0, 57).run(2, 0.02)
    end = script.fold()
    stops = [fact for fact in end.facts if type(fact).__name__ == "Stop"]
    known = [(stop.stall_in_s, stop.stall_out_s, stop.lane_out_s) for stop in stops]
    assert [sum(moment is not None for moment in moments) for moments in known] == [0, 1, 2, 3]
    assert len(set(end.facts)) == len(end.facts)
