"""From one crossing of the line to the next: which laps there are, how long, and of what kind."""

import pytest
from scripted import AWAY, LANE, OFF, ON, STALL, Script, records, told

from pitbox.model.code import Flag


def test_a_lap_lasts_from_crossing_to_crossing_between_the_ticks():
    script = Script()
    script.car(1, place=2.5).to(3.0, 30.507).to(4.0, 61.2345).to(5.0, 61.001).run(5, 0.08)
    laps = script.fold().laps()
    assert [lap.lap for lap in laps] == [3, 4]
    assert laps[0].time_s == pytest.approx(61.2345, abs=3e-4)
    assert laps[1].time_s == pytest.approx(61.001, abs=3e-4)
    assert laps[0].start_s == pytest.approx(31.507, abs=3e-4)
    assert all(lap.kind.is_clean() for lap in laps)


def test_the_lap_that_was_under_way_when_the_log_began_is_no_lap():
    script = Script()
    script.car(1, place=2.01).to(3.0, 60).run(1, 0.01)
    assert script.fold().laps() == []


def test_laps_start_at_any_number():
    script = Script()
    script.car(1, place=41.9).to(42.0, 6).to(43.0, 60).run(2, 0.02)
    assert [lap.lap for lap in script.fold().laps()] == [42]


def test_zero_filled_rows_are_no_laps_and_no_pit_entries():
    script = Script()
    script.car(1, place=2.9).to(3.0, 6).to(4.0, 60).run(2, 0.02)
    clean = script.fold()
    own, field = script.own(), script.field()
    for row in (300, 1500, 1501, 3000):
        for name in field.dtype.names[1:]:
            field[name][row] = 0
    field["SessionTime"][1500] = 0.0
    spoilt = told(records(own, field, script.notices(), (60,)))
    assert spoilt.laps()[0].time_s == pytest.approx(clean.laps()[0].time_s, abs=1e-6)
    assert len(spoilt.laps()) == 1
    assert spoilt.stops() == []


def test_a_lap_fraction_just_below_zero_still_lies_before_the_line():
    script = Script()
    script.car(1, place=2.9).to(3.0, 6).to(4.0, 60).to(5.0, 60).run(2, 0.02)
    field = script.field()
    pct = field["CarIdxLapDistPct"][:, 1]
    is_near = pct > 0.9995
    assert is_near.any()
    pct[is_near] -= 1.0
    laps = told(records(script.own(), field, script.notices(), (60,))).laps()
    assert [lap.time_s for lap in laps] == [pytest.approx(60, abs=1e-3)] * 2


def test_the_line_is_found_across_a_few_missing_ticks():
    script = Script()
    script.car(1, place=2.9).to(3.0, 6).to(4.0, 60).run(3, 0.05)
    script.missing = [(66.8, 67.3)]
    (lap,) = script.fold().laps()
    assert lap.time_s == pytest.approx(60, abs=1e-3)
    assert not lap.kind.is_broken


def test_laps_beside_a_long_gap_at_the_line_are_broken():
    script = Script()
    script.car(1, place=2.9).to(3.0, 6).to(4.0, 60).to(5.0, 60).to(6.0, 60).run(2, 0.02)
    script.missing = [(64.0, 70.0)]
    laps = script.fold().laps()
    assert [(lap.lap, lap.kind.is_broken) for lap in laps] == [(3, True), (4, True), (5, False)]


def test_laps_that_nobody_saw_are_told_as_broken_when_the_sim_counted_them():
    script = Script()
    script.car(1, place=2.9).to(3.0, 6).to(4.0, 60).to(5.0, 60).to(6.0, 60).to(7.0, 60).to(8.0, 60).run(
        2, 0.02
    )
    script.missing = [(30.0, 200.0)]
    end = script.fold()
    assert [(lap.lap, lap.kind.is_broken) for lap in end.laps()] == [
        *((number, True) for number in (3, 4, 5, 6)),
        (7, False),
    ]
    assert [lap.end_s for lap in end.laps()[:4]] == pytest.approx([67, 127, 187, 247], abs=0.1)
    standings = end.fold.standings()
    assert (standings.cars[0].laps, standings.cars[0].best_lap_s) == (7, pytest.approx(60, abs=0.1))
    assert end.laps()[-1].fuel_used_l is not None
    assert all(lap.fuel_used_l is None for lap in end.laps()[:4])


def test_nothing_is_invented_where_nobody_saw_and_nobody_counted():
    script = Script()
    car = script.car(1, place=2.9).to(3.0, 6).to(4.0, 60).to(4.4, 24)
    car.to(4.6, 140).to(5.0, 24).to(6.0, 60).run(2, 0.02)
    script.missing = [(80.0, 220.0)]
    laps = script.fold().laps()
    assert [(lap.lap, lap.kind.is_broken) for lap in laps] == [(3, False), (4, True), (5, False)]


def test_the_sims_counter_gone_mad_in_a_gap_makes_no_laps():
    script = Script()
    script.car(1, place=2.9).to(3.0, 6).to(4.0, 60).to(5.0, 60).run(2, 0.02)
    script.missing = [(80.0, 90.0)]
    field = script.field()
    field["CarIdxLap"][field["SessionTime"] > 80, 1] = 40
    laps = told(records(script.own(), field, script.notices(), (60,))).laps()
    assert [lap.lap for lap in laps] == [3]


def test_the_first_sample_after_a_gap_may_show_a_counter_that_lags():
    script = Script()
    script.car(1, place=2.9).to(3.0, 6).to(4.0, 60).to(5.0, 60).run(2, 0.02)
    script.missing = [(65.5, 67.02)]
    field = script.field()
    lag = (field["SessionTime"] > 67.0) & (field["SessionTime"] < 67.2)
    field["CarIdxLap"][lag, 1] = 3
    laps = told(records(script.own(), field, script.notices(), (60,))).laps()
    assert [lap.lap for lap in laps] == [3, 4]


def test_a_lap_in_which_the_car_left_the_world_on_track_is_broken():
    script = Script()
    car = script.car(1, place=2.9).to(3.0, 6)
    car.to(3.3, 20).run(3, 0.05, on=AWAY).to(4.0, 40).to(5.0, 60).run(2, 0.02)
    assert [lap.kind.is_broken for lap in script.fold().laps()] == [True, False]


def test_laps_under_ten_seconds_are_rejected():
    script = Script()
    script.car(1, place=2.9).to(3.0, 6).to(4.0, 9.5).to(5.0, 60).run(2, 0.02)
    field = script.field()
    field["CarIdxLap"][:, 1] = 3
    assert [lap.time_s for lap in told(records(script.own(), field, script.notices(), (60,))).laps()] == [
        pytest.approx(69.5, abs=1e-3)
    ]


def test_rocking_on_the_line_makes_no_laps():
    script = Script()
    car = script.car(1, place=2.9).to(3.0, 6).to(4.0, 60).run(1, 0.001, OFF)
    for _ in range(3):
        car.run(11, -0.002, OFF).run(11, 0.002, OFF)
    car.to(5.0, 60).run(2, 0.02)
    laps = script.fold().laps()
    assert [lap.lap for lap in laps] == [3, 4]
    assert laps[0].time_s == pytest.approx(60, abs=1e-3)


def test_a_caution_at_any_time_in_it_makes_a_caution_lap():
    script = Script()
    script.car(1, place=2.9).to(3.0, 6).to(4.0, 60).to(5.0, 60).to(6.0, 60).to(7.0, 60).run(2, 0.02)
    script.flags += [(100.0, int(Flag.CAUTION_WAVING)), (105.0, int(Flag.CAUTION)), (130.0, 0)]
    assert [lap.kind.is_caution for lap in script.fold().laps()] == [False, True, True, False]


def test_pace_laps_are_no_laps():
    script = Script(state=3)
    script.states.append((130.0, 4))
    # Twice over the line behind the pace car, green just before the third time.
    script.car(1, place=-1.5).to(0.95, 129).to(1.0, 5).to(2.0, 60).run(2, 0.02)
    end = script.fold()
    # The first lap begins with the flag, five seconds before the line: so iRacing times it.
    assert [(lap.lap, lap.start_s) for lap in end.laps()] == [(1, pytest.approx(130.0, abs=0.02))]
    assert end.laps()[0].time_s == pytest.approx(65, abs=0.02)
    assert end.fold.standings().cars[0].laps == 1


def test_the_first_lap_of_everybody_begins_with_the_green_flag():
    script = Script(state=3)
    script.states.append((30.0, 4))
    for car_idx, seconds in ((1, 2.0), (2, 5.0), (3, 9.0)):
        script.car(car_idx, place=0.5).to(1.0, 29 + seconds).to(2.0, 60).to(3.0, 60).run(2, 0.02)
    end = script.fold()
    firsts = [end.laps(car_idx)[0] for car_idx in (1, 2, 3)]
    assert [lap.start_s for lap in firsts] == pytest.approx([30.0] * 3, abs=0.02)
    assert [lap.time_s for lap in firsts] == pytest.approx([62, 65, 69], abs=0.03)
    assert [end.laps(car_idx)[1].time_s for car_idx in (1, 2, 3)] == pytest.approx([60] * 3, abs=1e-3)


def test_who_crosses_the_line_a_tick_before_the_flag_is_seen_is_on_lap_one():
    script = Script(state=3)
    script.states.append((30.2, 4))
    script.car(1, place=0.5).to(1.0, 29).to(2.0, 60).run(2, 0.02)
    (lap,) = script.fold().laps()
    assert (lap.lap, lap.start_s) == (1, pytest.approx(30.2, abs=0.02))


def test_from_a_standing_start_the_first_lap_begins_with_the_green_flag():
    script = Script(state=2)
    script.states.append((10.0, 4))
    script.car(1, place=1.0).jump(1.97).run(9).to(2.0, 4).jump(1.0).to(2.0, 60).run(2, 0.02)
    # As iRacing counts: lap one on the grid already, and still lap one behind the line.
    field = script.field()
    field["CarIdxLap"][field["SessionTime"] < 70, 1] = 1
    (lap,) = told(records(script.own(), field, script.notices(), (60,))).laps()
    assert (lap.lap, lap.start_s) == (1, pytest.approx(10.0, abs=0.02))


def test_in_practice_every_lap_counts_and_the_first_is_an_out_lap():
    script = Script(kind="Practice")
    car = script.car(1, place=0.98).run(10, on=STALL).to(1.05, 12, LANE).to(2.0, 60)
    car.to(3.0, 55, ON).run(2, 0.02)
    end = script.fold()
    assert [(lap.lap, lap.kind.is_out) for lap in end.laps()] == [(1, True), (2, False)]
    assert end.stops() == []
    assert len(end.stints()) == 1


def test_a_sim_that_stops_counting_does_not_overwrite_laps():
    script = Script()
    script.car(1, place=2.9).to(3.0, 6).to(4.0, 60).to(5.0, 61).to(6.0, 62).run(2, 0.02)
    field = script.field()
    field["CarIdxLap"][:, 1] = 3
    laps = told(records(script.own(), field, script.notices(), (60,))).laps()
    assert [(lap.lap, round(lap.time_s)) for lap in laps] == [(3, 60), (4, 61), (5, 62)]
