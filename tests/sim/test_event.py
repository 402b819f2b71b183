"""Events of several parts, the seat, the weather, and the incidents that the truth tells."""

from itertools import pairwise

import msgspec
import numpy as np
import pytest
from quick_duel import quick_duel
from recording import record

from pitbox.model.code import Flag, SessionState, TrackSurface
from pitbox.model.source import Closed, InfoChanged, Ticks, joined_rows
from pitbox.sim.synthetic.part import Part, parts
from pitbox.sim.synthetic.policy import Service
from pitbox.sim.synthetic.scenario import SCENARIOS, CautionPlan, Mishaps, Restart, Shower
from pitbox.sim.synthetic.seat import dead_names
from pitbox.sim.synthetic.source import SyntheticSource
from pitbox.sim.synthetic.weather import Weather, lap_share
from pitbox.sim.synthetic.world import World

DUEL = SCENARIOS["duel"]
EVENT = quick_duel(
    80.0,
    seed=3,
    stint_s=100.0,
    practice_s=120.0,
    qualify_s=120.0,
    restarts=(Restart(80.0, is_new_id=False), Restart(60.0)),
    caution=CautionPlan(),
    mishaps=Mishaps(),
)
WILD = msgspec.structs.replace(
    DUEL,
    name="wild",
    seed=21,
    race_s=900.0,
    classes=tuple(msgspec.structs.replace(plan, cars=9) for plan in DUEL.classes),
    own_car_idx=4,
    seat=1,
    mishaps=Mishaps(off_track=0.05, tow=0.03, spin=0.06, slow=0.05, contact=0.2, disconnect=0.03),
    caution=CautionPlan(),
    fast_repairs=1,
)


@pytest.fixture(scope="module")
def evening():
    source = SyntheticSource(EVENT)
    changes, ticks, order = [], [], []
    while True:
        for event in source.poll(0.0):
            if isinstance(event, InfoChanged):
                changes.append(event)
                order.append(("info", event.session_num))
            elif isinstance(event, Ticks):
                ticks.append(event.own)
                order.append(("rows", int(event.own["SessionNum"][0])))
                assert len(set(event.own["SessionNum"])) == 1
            elif isinstance(event, Closed):
                return source, joined_rows(ticks), changes, order


@pytest.fixture(scope="module")
def wild():
    return record(WILD)


def test_parts_of_an_event():
    assert [(p.session_num, p.run, p.unique_id, p.kind) for p in parts(EVENT)] == [
        (0, 0, 1, "Practice"),
        (1, 0, 2, "Open Qualify"),
        (2, 0, 3, "Race"),
        (2, 1, 3, "Race"),
        (2, 2, 4, "Race"),
    ]
    assert parts(DUEL) == (Part(0, 0, 1, "Race", 1200.0, None),)


def test_sessions_follow_each_other_and_restarts_turn_the_clock_back(evening):
    _, own, changes, order = evening
    begins = np.flatnonzero(np.diff(own["SessionTime"]) < 0) + 1
    assert [(own["SessionNum"][at], own["SessionUniqueID"][at]) for at in [0, *begins]] == [
        (0, 1),
        (1, 2),
        (2, 3),
        (2, 3),
        (2, 4),
    ]
    assert (np.diff(own["SessionTick"]) == 1).all(), "ticks run on"
    assert own["SessionTime"][begins[2] - 1] == pytest.approx(80.0, abs=0.02)
    assert [part.kind for part in changes[0].info.parts] == ["Practice", "Open Qualify", "Race"]
    told = None
    for kind, number in order:
        told = number if kind == "info" else told
        assert number == told, "the text of a session comes before its rows"


def test_practice_counts_the_best_lap_and_qualifying_makes_the_grid(evening):
    source, *_ = evening
    truths = {(part.session_num, part.run): truth for part, truth in source.truths}
    for number in (0, 1):
        laps = truths[number, 0].laps
        assert laps
        assert {stop.kind for stop in truths[number, 0].stops} >= {"garage"}
        best = {}
        for lap in laps:
            if lap.lap > 1 and not (lap.is_in or lap.is_out):
                best[lap.car_idx] = min(best.get(lap.car_idx, 1e9), lap.end_s - lap.start_s)
        assert len(best) > 1
        final = [place.car_idx for place in truths[number, 0].classification if place.car_idx in best]
        assert final == sorted(best, key=best.get)
    qualified = [place.car_idx for place in truths[1, 0].classification]
    for run in range(3):
        world = World(
            EVENT,
            part=parts(EVENT)[2 + run],
            grid=sorted(qualified, key=lambda i: (i > 2, qualified.index(i))),
        )
        first = world.step().field["CarIdxPosition"][0, 1:5]
        assert [int(np.flatnonzero(first == at)[0]) + 1 for at in (1, 2, 3, 4)] == sorted(
            qualified, key=lambda i: (i > 2, qualified.index(i))
        )


def test_a_restart_is_another_race_on_the_same_track(evening):
    source, *_ = evening
    first, second = (truth for part, truth in source.truths if part.kind == "Race" and part.run < 2)
    assert first.laps
    assert first.green_s == second.green_s
    assert [lap.end_s for lap in first.laps] != [lap.end_s for lap in second.laps][: len(first.laps)]


def test_the_first_lap_runs_since_the_green_flag(duel):
    for car_idx in range(1, DUEL.cars + 1):
        lap = next(lap for lap in duel.truth.laps if lap.car_idx == car_idx)
        assert (lap.lap, lap.start_s) == (1, duel.truth.green_s)
        tick = int(np.searchsorted(duel.times_s, lap.end_s))
        assert duel.slow["CarIdxLastLapTime"][tick, car_idx] == pytest.approx(
            lap.end_s - lap.start_s, abs=1e-4
        )
        assert duel.slow["CarIdxBestLapTime"][tick, car_idx] == -1, "it is nobody's best"


def test_while_a_team_mate_drives_our_own_channels_are_dead(wild):
    ours = wild.scenario.own_car_idx
    drivers = [change.info.entries[ours].user_id for change in wild.infos]
    me = wild.infos[0].info.entries[ours]
    assert len(set(drivers)) == 2
    first = wild.own[wild.times_s < 100]
    assert not first["IsOnTrackCar"].any()
    for name in dead_names():
        assert not first[name].any(), name
    assert (first["LapDistPct"] == 0).all()
    assert first["IsReplayPlaying"].all(), "who watches the own car counts as watching a replay"
    assert (first["ReplaySessionTime"] < first["SessionTime"]).all()
    assert first["Speed"].max() > 30, "the camera's car still has a speed"
    np.testing.assert_array_equal(
        first["PlayerTrackSurface"], wild.car_rows("CarIdxTrackSurface", ours)[: len(first)]
    )
    assert me.user_id == drivers[0]


def test_after_our_stint_the_place_stands_still(wild):
    alive = wild.own["IsOnTrackCar"]
    ends = np.flatnonzero(alive[:-1] & ~alive[1:])
    watches = wild.own["IsReplayPlaying"]
    handed_over = np.flatnonzero(~watches[:-1] & watches[1:]) + 1
    assert len(ends)
    assert len(handed_over)
    for begin in handed_over:
        back = np.flatnonzero(~watches[begin:])
        rows = wild.own[begin : begin + back[0] if len(back) else None]
        assert len(np.unique(rows["LapDistPct"])) == 1
        assert rows["LapDistPct"][0] == wild.own["LapDistPct"][begin - 1] > 0
        assert not rows["FuelLevel"].any()


def test_every_incident_kind_is_in_the_rows_where_the_truth_says(wild):
    kinds = {incident.kind for incident in wild.truth.incidents}
    assert kinds == {"off_track", "spin", "slow", "contact", "tow"}
    length_m = wild.scenario.track_length_m
    for incident in wild.truth.incidents:
        tick = int(np.searchsorted(wild.times_s, incident.start_s))
        if tick + 60 >= len(wild.times_s):
            continue
        place = wild.field["CarIdxLapDistPct"][tick, incident.car_idx]
        if incident.kind != "tow":
            assert abs((place - incident.lap_pct + 0.5) % 1.0 - 0.5) * length_m < 3.0
        assert wild.field["CarIdxLap"][tick, incident.car_idx] == incident.lap


def test_a_car_is_off_the_track_when_the_truth_says_and_never_else(wild):
    off = wild.field["CarIdxTrackSurface"] == TrackSurface.OFF_TRACK
    told = np.zeros_like(off)
    for incident in wild.truth.incidents:
        if incident.kind == "off_track":
            end_s = incident.end_s or wild.times_s[-1] + 1
            inside = (wild.times_s >= incident.start_s - 1e-9) & (wild.times_s < end_s - 1e-9)
            told[inside, incident.car_idx] = True
    seen = wild.field["CarIdxTrackSurface"] != TrackSurface.NOT_IN_WORLD
    np.testing.assert_array_equal(off, told & seen)


def speeds(race, car_idx):
    place = race.car_rows("CarIdxLapDistPct", car_idx).astype(float)
    step = np.diff(place)
    return np.where(step < -0.5, step + 1, step) * race.scenario.track_length_m * 60


def test_who_spins_stands_and_who_limps_is_slow(wild):
    usual = np.median([lap.end_s - lap.start_s for lap in wild.truth.laps])
    count = 0
    for incident in wild.truth.incidents:
        if incident.kind not in {"spin", "slow"} or incident.end_s is None:
            continue
        inside = (wild.times_s[1:] > incident.start_s) & (wild.times_s[1:] < incident.end_s)
        pace = speeds(wild, incident.car_idx)[inside]
        if incident.kind == "spin":
            assert pace.min() < 0.5
        else:
            assert pace.mean() < 0.8 * wild.scenario.track_length_m / usual
        count += 1
    assert count > 10


def test_a_contact_is_told_for_both_and_both_lose_speed(wild):
    contacts = [incident for incident in wild.truth.incidents if incident.kind == "contact"]
    assert len(contacts) >= 4
    assert len(contacts) % 2 == 0
    for one, two in zip(contacts[::2], contacts[1::2], strict=True):
        assert (one.other_idx, two.other_idx) == (two.car_idx, one.car_idx)
        assert one.start_s == two.start_s
        tick = int(np.searchsorted(wild.times_s, one.start_s))
        apart = wild.field["CarIdxLapDistPct"][tick, [one.car_idx, two.car_idx]]
        assert abs((apart[0] - apart[1] + 0.5) % 1.0 - 0.5) < 0.01
        for car in (one.car_idx, two.car_idx):
            pace = speeds(wild, car)
            assert pace[tick : tick + 90].min() < 0.8 * pace[tick - 3]


def test_who_loses_the_connection_vanishes_and_comes_back_in_the_stall(wild):
    returns = [stop for stop in wild.truth.stops if stop.kind == "return"]
    assert returns
    for stop in returns:
        tick = int(np.searchsorted(wild.times_s, stop.lane_in_s - 1e-9))
        surface = wild.car_rows("CarIdxTrackSurface", stop.car_idx)
        assert (surface[tick - 1], surface[tick]) == (TrackSurface.NOT_IN_WORLD, TrackSurface.IN_PIT_STALL)
    broken = [lap for lap in wild.truth.laps if lap.is_broken]
    assert broken


def test_incident_points_add_up_and_the_limit_ends_a_race():
    world = World(msgspec.structs.replace(WILD, incident_limit=4, race_s=600.0))
    while not world.is_over:
        step = world.step()
    flags = step.field["CarIdxSessionFlags"][-1]
    cars = world.race.cars.values()
    out = {car.idx for car in cars if car.incident_points >= 4}
    assert out == set(np.flatnonzero(flags & int(Flag.DISQUALIFIED)).tolist())
    assert {car.idx for car in cars if car.is_gone} & out
    for car in cars:
        assert car.incident_points == sum(car.driver_points.values())
        told = [i.kind for i in world.truth.incidents if i.car_idx == car.idx]
        assert car.incident_points >= 4 * told.count("contact") + 2 * told.count("spin")


def test_damage_is_repaired_in_the_order_of_need():
    world = World(
        msgspec.structs.replace(DUEL, race_s=None, race_laps=4, caution=CautionPlan(), fast_repairs=1),
        {
            1: lambda view: Service(fuel_l=2.0, optional_repairs=True) if view.lap == 1 else None,
            2: lambda view: Service(fuel_l=2.0, fast_repair=True) if view.lap == 1 else None,
        },
    )
    while world.control.green_s is None:
        world.step()
    for idx in (1, 2):
        world.race.damage(world.race.cars[idx], world.now_s, 30.0, 20.0)
    assert world.race.flags_of(world.race.cars[1]) & Flag.REPAIR
    while not world.is_over:
        world.step()
    one, two = (next(stop for stop in world.truth.stops if stop.car_idx == idx) for idx in (1, 2))
    assert (one.repair_s, one.optional_repair_s, one.is_fast_repair) == (30.0, 20.0, False)
    assert one.stall_out_s - one.stall_in_s > 50
    assert (two.repair_s, two.is_fast_repair) == (0.0, True)
    assert two.stall_out_s - two.stall_in_s < 20
    assert not world.race.flags_of(world.race.cars[1]) & Flag.REPAIR


@pytest.mark.slow
def test_rain_wets_the_road_and_the_field_changes_tyres():
    race = record(
        msgspec.structs.replace(
            DUEL,
            race_s=1900.0,
            showers=(Shower(150.0, 300.0),),
            classes=DUEL.classes[:1],
            mishaps=Mishaps(),
            caution=CautionPlan(),
        )
    )
    own = race.own
    assert set(own["TrackWetness"]) == {1, 2, 3, 4}
    assert own["WeatherDeclaredWet"].any()
    assert own["Precipitation"].max() == pytest.approx(1.0)
    changed = np.flatnonzero(np.diff(own["Precipitation"]) != 0)
    crossed = np.flatnonzero(np.diff(own["Lap"]) != 0)
    assert all(np.abs(crossed - at).min() <= 15 for at in changed), "told at the line only"
    compounds = [stop.compound for stop in race.truth.stops if stop.tyres_changed]
    assert {0, 1} <= set(compounds)
    for stop in race.truth.stops:
        if stop.compound is not None and stop.lane_out_s is not None:
            tick = int(np.searchsorted(race.times_s, stop.lane_out_s))
            assert race.field["CarIdxTireCompound"][tick, stop.car_idx] == stop.compound
    wet = (own["TrackWetness"] >= 4) & (race.field["SessionState"] == SessionState.RACING)
    dry_lap = np.median([lap.end_s - lap.start_s for lap in race.truth.laps if lap.end_s < 300])
    wet_from = race.times_s[np.flatnonzero(wet)[0]]
    wet_laps = [lap.end_s - lap.start_s for lap in race.truth.laps if wet_from < lap.start_s < wet_from + 400]
    assert np.median(wet_laps) > 1.03 * dry_lap


def test_weather_is_a_function_of_time():
    weather = Weather((Shower(100.0, 600.0),))
    water = [weather.at(t_s).water for t_s in range(0, 4000, 20)]
    assert water[0] == 0
    assert max(water) > 0.4
    assert water[-1] < 0.1
    assert all(1 <= weather.at(t_s).wetness <= 7 for t_s in range(0, 4000, 20))
    assert lap_share(0.0, is_wet_tyre=False) == 0 < lap_share(0.0, is_wet_tyre=True)
    assert lap_share(0.6, is_wet_tyre=True) < lap_share(0.6, is_wet_tyre=False)
    assert Weather(()).at(1e9).wetness == 1


@pytest.mark.parametrize("name", ["relay", "storm", "laps", "night-24"])
def test_every_race_can_be_played(name):
    world = World(SCENARIOS[name])
    times = [world.step().times_s[0] for _ in range(480)]
    assert all(two > one for one, two in pairwise(times))
    assert world.truth.green_s is not None


def test_a_seat_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="seat"):
        msgspec.structs.replace(DUEL, seat=2)
