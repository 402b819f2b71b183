"""The numbered facts of iRacing that concern timing, each by its number."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import AWAY, FIELD, LANE, OFF, OWN, STALL, Script, Told, block, cut, opening, records, told

from pitbox.model.channel import Channel, Layout, Stream
from pitbox.model.fact import Stop
from pitbox.timing.race import RaceFold
from pitbox.wire.record import InfoRecord

REPLAY = Layout(
    Stream.OWN,
    (
        *OWN.channels,
        Channel("IsReplayPlaying", "b1"),
        Channel("ReplayFrameNumEnd", "i4"),
        Channel("ReplaySessionTime", "f8"),
    ),
)


def lapping(laps=4):
    script = Script()
    car = script.car(1, place=2.9, fuel_l=40.0).to(3.0, 6)
    for lap in range(4, 4 + laps):
        car.to(float(lap), 60, fuel=-2.0)
    car.run(2, 0.02)
    return script


def spoilt(script, change):
    own, field = script.own(), script.field()
    change(own, field)
    return told(records(own, field, script.notices(), (60,)))


def test_fact_4_an_empty_buffer_is_no_field():
    def empty(_own, field):
        for name in field.dtype.names[2:]:
            field[name][::97] = 0

    assert spoilt(lapping(), empty).laps() == lapping().fold().laps()


def test_fact_5_zero_filled_records_make_no_laps_and_no_stops():
    def zeroed(own, field):
        for rows, kept in ((field, ("SessionTime",)), (own, ("SessionTime", "FuelLevel"))):
            for name in rows.dtype.names:
                if name not in kept:
                    rows[name][[0, 500, 3000, 3001]] = 0

    end = spoilt(lapping(), zeroed)
    assert end.laps() == lapping().fold().laps()
    assert end.stops() == []


def test_fact_6_negative_fractions_odd_first_laps_and_missing_ticks():
    script = Script()
    script.car(1, place=17.9).to(18.0, 6).to(19.0, 60).to(20.0, 60).run(2, 0.02)
    script.missing = [(40.0, 40.05), (66.9, 67.05)]

    def negative(_own, field):
        pct = field["CarIdxLapDistPct"][:, 1]
        pct[pct > 0.9998] -= 1.0

    laps = spoilt(script, negative).laps()
    assert [lap.lap for lap in laps] == [18, 19]
    assert [lap.time_s for lap in laps] == pytest.approx([60, 60], abs=2e-3)


def test_fact_13_dead_own_values_are_not_ours_and_the_car_goes_on_in_the_field():
    script = lapping()
    script.dead_own = [(60.0, 185.0)]
    end = script.fold()
    assert [lap.lap for lap in end.laps()] == [3, 4, 5, 6]
    assert [lap.fuel_used_l is None for lap in end.laps()] == [True, True, True, False]
    assert end.fold.standings().fuel_l is not None
    script.dead_own = [(60.0, 999.0)]
    assert script.fold().fold.standings().fuel_l is None


def test_fact_13_the_timeline_goes_on_across_a_swap_when_each_driver_has_a_collector():
    """Two logs of one race: each one's own rows are alive while its driver drives."""
    script = lapping()
    first, second = script.own(), script.own()
    for own, is_dead in ((first, first["SessionTime"] >= 125.0), (second, second["SessionTime"] < 125.0)):
        own["IsOnTrack"][is_dead] = False
        own["FuelLevel"][is_dead] = 0.0
    text = InfoRecord(sim_time_s=0.0, session_num=0, run=0, info=script.info())
    some = [(record, log) for log in (1, 2) for record in (*opening(), text)]
    pieces = [cut(rows, (60,)) for rows in (first, second, script.field())]
    for mine, yours, field in zip(*pieces, strict=True):
        some += [(block(OWN, 0, mine), 1), (block(FIELD, 1, field), 1)]
        some += [(block(OWN, 0, yours), 2), (block(FIELD, 1, field), 2)]
    fold, facts = RaceFold(), []
    for record, log in some:
        facts += fold.fold(record, log)
    laps = Told(fold, facts).laps()
    assert [lap.lap for lap in laps] == [3, 4, 5, 6]
    assert [lap.fuel_used_l for lap in laps] == pytest.approx([2.0] * 4, abs=0.02)
    assert fold.standings().fuel_l == pytest.approx(32.0, abs=0.01)


def test_fact_13_a_collector_in_another_car_does_not_speak_for_ours():
    script = lapping()
    script.car(2, place=2.8).to(3.0, 12).to(6.0, 180)
    import msgspec

    from pitbox.model.session import OwnCar

    other = msgspec.structs.replace(script.info(), own=OwnCar(2, 60.0, 0.75))
    wrong = script.own()
    wrong["FuelLevel"] = 5.0
    end = script.fold()
    facts = list(end.facts)
    text = InfoRecord(sim_time_s=0.0, session_num=0, run=0, info=other)
    for record in [*opening(), text, *(block(OWN, 0, piece) for piece in cut(wrong, (60,)))]:
        facts += end.fold.fold(record, 2)
    assert end.fold.standings().fuel_l == pytest.approx(32.0, abs=0.01)
    assert [lap.fuel_used_l for lap in Told(end.fold, facts).laps()] == pytest.approx([2.0] * 4, abs=0.02)


def test_fact_14_the_car_is_its_slot_and_the_stint_its_user():
    script = Script()
    car = script.car(1, place=2.9, user=7).to(3.0, 6).to(3.95, 57).stop().to(5.0, 57).to(6.0, 60).run(2, 0.02)
    assert car.now_s > 200
    script.swap(90.0, 1, user=8)
    end = script.fold()
    assert [stint.user_id for stint in end.stints()] == [7, 8]
    assert {lap.car_idx for lap in end.laps()} == {1}


def test_fact_15_a_swap_that_drops_the_car_out_of_the_world_is_one_visit():
    script = Script()
    car = script.car(1, place=2.9, user=7).to(3.0, 6).to(3.95, 57).to(3.98, 6, LANE)
    for _ in range(2):
        car.run(4, on=STALL).run(1, on=AWAY).run(0.3, on=LANE).run(1, on=AWAY)
    car.run(8, on=STALL).to(4.05, 14, LANE).to(5.0, 57).run(2, 0.02)
    script.swap(76.0, 1, user=8)
    (stop,) = script.fold().stops()
    assert stop.lane_out_s - stop.lane_in_s == pytest.approx(6 + 2 * 6.3 + 8 + 14, abs=0.05)
    assert (stop.user_id_in, stop.user_id_out) == (7, 8)


def test_fact_18_the_surface_is_believed_and_pit_road_is_not():
    script = lapping()

    def blinking(_own, field):
        field["CarIdxOnPitRoad"][::7, 1] = True

    assert spoilt(script, blinking).stops() == []


def test_fact_19_a_tow_is_a_step_into_the_stall_and_holds_the_place():
    script = Script()
    car = script.car(1, place=2.9).to(3.0, 6).to(3.4, 24).run(8, on=OFF)
    car.jump(3.98).run(60, on=STALL)
    script.car(2, place=2.85).to(3.0, 9).to(3.9, 54).run(35)
    end = told(records(script.own()[:-1], script.field()[:-1], script.notices(), (60,)))
    (stop,) = end._last(Stop, "car_idx", "stop").values()
    assert stop.is_tow
    assert end.order() == [2, 1]
    assert {car.car_idx: car.status for car in end.fold.standings().cars} == {1: "tow", 2: "track"}


def test_fact_20_places_come_from_the_way_driven_and_not_from_the_sims_column():
    script = Script()
    script.car(1, place=2.9).to(3.0, 6).to(3.5, 30)
    script.car(2, place=2.88).to(3.0, 7).to(3.6, 29)

    def stale(_own, field):
        field["CarIdxPosition"][:, 1:3] = (1, 2)

    assert spoilt(script, stale).order() == [2, 1]


def test_fact_21_a_field_of_sixty_three_is_folded_whatever_is_hidden():
    wide = Layout(
        Stream.FIELD,
        tuple(
            channel if channel.count == 1 else Channel(channel.name, channel.kind, 64, step=channel.step)
            for channel in FIELD.channels
        ),
    )
    narrow = lapping().field()
    field = np.zeros(len(narrow), wide.dtype)
    for name in ("CarIdxLapDistPct", "CarIdxLap", "CarIdxLapCompleted", "CarIdxTrackSurface"):
        field[name] = -1
        field[name][:, 1:64:2] = narrow[name][:, 1:2]
    for name in ("SessionTime", "SessionState"):
        field[name] = narrow[name]
    end = told(records(lapping().own(), field, [], (240,), (OWN, wide)))
    assert len(end.fold.standings().cars) == 32
    assert all(len(end.laps(car_idx)) == 4 for car_idx in range(1, 64, 2))


def played(script, from_s, until_s, *, frames_behind):
    """Our own rows say that a replay plays; the arrays show somewhere else what was."""
    plain, field = script.own(), script.field()
    own = np.zeros(len(plain), REPLAY.dtype)
    for name in OWN.names():
        own[name] = plain[name]
    times = own["SessionTime"]
    own["ReplaySessionTime"] = times - frames_behind / 60
    own["ReplayFrameNumEnd"] = frames_behind
    is_on = (times >= from_s) & (times < until_s)
    own["IsReplayPlaying"] = is_on
    return own, field, is_on


def test_fact_22_while_a_replay_plays_the_folds_stand_still():
    script = lapping()
    own, field, is_on = played(script, 80.0, 85.0, frames_behind=1800)
    shown = field["CarIdxLapDistPct"][:, 1]
    shown[is_on] = np.linspace(0.1, 0.9, int(is_on.sum()))  # a whole lap in five seconds
    field["CarIdxTrackSurface"][is_on, 1] = STALL
    end = told(records(own, field, script.notices(), (60,), (REPLAY, FIELD)))
    assert [lap.lap for lap in end.laps()] == [3, 4, 5, 6]
    assert [lap.time_s for lap in end.laps()] == pytest.approx([60] * 4, abs=1e-3)
    assert end.stops() == []
    assert end.laps()[1].kind.is_broken, "nobody saw those five seconds"


def test_fact_22_the_live_edge_that_a_spectator_watches_is_the_race():
    script = lapping()
    own, field, _ = played(script, 0.0, 999.0, frames_behind=1)
    end = told(records(own, field, script.notices(), (60,), (REPLAY, FIELD)))
    assert end.laps() == script.fold().laps()


@cache
def with_a_replay():
    script = lapping(2)
    own, field, is_on = played(script, 80.0, 85.0, frames_behind=1800)
    field["CarIdxTrackSurface"][is_on, 1] = STALL
    return own, field, script.notices()


@cache
def replayed(cuts):
    end = told(records(*with_a_replay(), cuts, (REPLAY, FIELD)))
    return end.facts, end.fold.to_bytes()


@settings(max_examples=15)
@given(st.lists(st.integers(1, 700), min_size=1, max_size=6))
def test_fact_22_wherever_blocks_are_cut(cuts):
    assert replayed(tuple(cuts)) == replayed((60,))


def test_fact_22_time_that_goes_back_is_another_run():
    """The recorder sees it and says so; here the second run knows nothing of the first."""
    import msgspec

    first, fold = lapping().records((60,)), RaceFold()
    facts = [fact for record in first for fact in fold.fold(record)]
    for record in lapping(2).records((60,)):
        again = msgspec.structs.replace(record, run=1) if hasattr(record, "run") else record
        facts += fold.fold(again)
    assert {(lap.run, lap.lap) for lap in facts if type(lap).__name__ == "Lap"} == {
        *((0, lap) for lap in (3, 4, 5, 6)),
        *((1, lap) for lap in (3, 4)),
    }


def test_fact_23_each_car_ends_where_it_takes_the_flag_and_a_clock_that_is_none_shows_none():
    script = lapping()
    script.states.append((247.05, 5))
    script.left_s = 604_800.0 + 2000
    end = script.fold()
    (stint,) = end.stints()
    assert stint.end == "finish"
    assert stint.end_s == pytest.approx(247.0, abs=0.01)
    assert end.fold.standings().time_left_s is None
    assert end.fold.standings().phase == "checkered"


def test_one_time_far_ahead_does_not_shut_out_what_follows():
    def mad(own, field):
        for rows in (own, field):
            rows["SessionTime"][[400, 2000, 7000]] = (5e6, 9e5, 3e6)

    end = spoilt(lapping(), mad)
    assert [lap.lap for lap in end.laps()] == [3, 4, 5, 6]
    assert [lap.time_s for lap in end.laps()] == pytest.approx([60] * 4, abs=1e-3)
    assert [lap.fuel_used_l for lap in end.laps()] == pytest.approx([2.0] * 4, abs=0.01)
    assert end.fold.standings().time_left_s == pytest.approx(5000 - 249, abs=0.1)


def test_a_true_gap_of_hours_costs_one_tick():
    script = lapping()
    own, field = script.own(), script.field()
    for rows in (own, field):
        rows["SessionTime"][rows["SessionTime"] > 100] += 7200.0
    end = told(records(own, field, script.notices(), (60,)))
    assert end.fold.skipped_rows == 1
    assert [(lap.lap, lap.kind.is_broken) for lap in end.laps()][-2:] == [(5, False), (6, False)]


def test_every_cars_place_is_said_in_a_word():
    script = Script()
    script.car(1, place=2.9).to(3.0, 6).to(3.5, 30)
    script.car(2, place=2.9).to(3.0, 6).to(3.4, 24).run(6, 0.05, OFF)
    script.car(3, place=2.9).to(2.95, 3).to(2.98, 6, LANE).run(27, on=STALL)
    script.car(4, place=2.9).to(2.95, 3).to(2.98, 33, LANE)
    script.car(5, place=2.9).to(3.0, 6).to(3.2, 15).run(15, on=AWAY)
    end = told(records(script.own()[:-1], script.field()[:-1], script.notices(), (60,)))
    words = {car.car_idx: car.status for car in end.fold.standings().cars}
    assert words == {1: "track", 2: "off", 3: "stall", 4: "lane", 5: "out"}
