"""The race itself: it repeats, it is plausible, it ends by the rules."""

import msgspec
import numpy as np
import pytest
from quick_duel import quick_duel

from pitbox.model.code import CAUTION_FLAGS, Flag, SessionState, TrackSurface
from pitbox.model.source import Ticks, joined_rows
from pitbox.sim.synthetic.circuit import Circuit
from pitbox.sim.synthetic.policy import FuelWindow, PitView, Service
from pitbox.sim.synthetic.scenario import SCENARIOS, CautionPlan, Scenario
from pitbox.sim.synthetic.source import SyntheticSource
from pitbox.sim.synthetic.world import World

DUEL = SCENARIOS["duel"]


def whole(scenario: Scenario, ticks: int) -> tuple[bytes, bytes, bytes]:
    source, parts = SyntheticSource(scenario), ([], [], [])
    while sum(map(len, parts[0])) < ticks:
        for event in source.poll(0.0):
            if isinstance(event, Ticks):
                for part, rows in zip(parts, (event.own, event.field, event.slow), strict=True):
                    part.append(rows)
    return tuple(joined_rows(part).tobytes() for part in parts)


def run(scenario: Scenario, policies=None) -> World:
    world = World(scenario, policies)
    while not world.is_over:
        world.step()
    return world


def test_the_same_scenario_gives_the_same_bytes():
    duel = quick_duel()
    assert whole(duel, 6_000) == whole(duel, 6_000)


def test_another_seed_gives_another_race():
    assert whole(DUEL, 2_000)[1] != whole(msgspec.structs.replace(DUEL, seed=8), 2_000)[1]


def test_the_quicker_class_laps_quicker(duel):
    clean = [lap for lap in duel.truth.laps if not (lap.is_in or lap.is_out or lap.is_caution or lap.is_tow)]
    quick = [lap.end_s - lap.start_s for lap in clean if lap.car_idx <= 2]
    slow = [lap.end_s - lap.start_s for lap in clean if lap.car_idx > 2]
    assert np.median(quick) < np.median(slow) - 8
    assert min(quick) > 0.98 * DUEL.classes[0].lap_s


def test_clean_laps_scatter_to_the_slow_side():
    world = World(msgspec.structs.replace(SCENARIOS["endurance"], race_s=3600.0, caution=CautionPlan()))
    while world.now_s < 2400:
        world.advance()
    times = {}
    for lap in world.truth.laps:
        if not (lap.is_in or lap.is_out or lap.is_tow or lap.lap < 3):
            times.setdefault(lap.car_idx, []).append(lap.end_s - lap.start_s)
    share = np.concatenate([np.array(laps) / np.median(laps) - 1 for laps in times.values() if len(laps) > 8])
    assert 0.001 < share.std() < 0.03
    assert (share**3).mean() > 0, "lap times have a tail, and it is on the slow side"


def test_a_caution_bunches_the_field_behind_the_pace_car(duel):
    caution = next(flag for flag in duel.truth.flags if flag.flag == "caution")

    def spread(at_s):
        tick = int(np.searchsorted(duel.times_s, at_s))
        place = duel.field["CarIdxLapDistPct"][tick, 1:5]
        place = np.sort(place[place >= 0])
        # All but the largest hole: how much of the lap the field covers.
        return 1 - np.max(np.append(np.diff(place), 1 - place[-1] + place[0]))

    assert spread(caution.start_s) > 0.3
    assert spread(caution.end_s - 1) < 0.1
    tick = int(np.searchsorted(duel.times_s, caution.end_s - 1))
    assert duel.field["CarIdxTrackSurface"][tick, 0] == TrackSurface.ON_TRACK


def test_flags_in_rows_are_those_of_the_truth(duel):
    flags = duel.field["SessionFlags"]
    assert flags.dtype == np.uint32
    caution = next(flag for flag in duel.truth.flags if flag.flag == "caution")
    inside = (duel.times_s >= caution.start_s) & (duel.times_s < caution.end_s)
    np.testing.assert_array_equal((flags & int(CAUTION_FLAGS)) != 0, inside)
    checkered = next(flag for flag in duel.truth.flags if flag.flag == "checkered")
    raised = (flags & int(Flag.CHECKERED)) != 0
    np.testing.assert_array_equal(raised, duel.times_s >= checkered.start_s)
    white = next(flag for flag in duel.truth.flags if flag.flag == "white")
    assert duel.times_s[np.flatnonzero(flags & int(Flag.WHITE))[0]] - white.start_s < 1 / 59


@pytest.mark.parametrize("seed", range(4))
def test_a_timed_race_ends_by_the_leaders_clock(seed):
    world = run(msgspec.structs.replace(DUEL, seed=seed, race_s=700.0, caution=CautionPlan()))
    end_s = world.truth.green_s + 700.0
    checkered_s = world.control.checkered_s
    leads = {}
    for lap in world.truth.laps:
        leads[lap.lap] = min(leads.get(lap.lap, np.inf), lap.end_s)
    lead_s = sorted(leads.values())
    assert checkered_s in lead_s
    assert checkered_s >= end_s
    slowest = max(np.diff(lead_s))
    assert checkered_s <= end_s + 2 * slowest
    whites = [flag for flag in world.truth.flags if flag.flag == "white"]
    assert whites[-1].start_s == lead_s[lead_s.index(checkered_s) - 1]
    for place in world.truth.classification:
        laps = [lap for lap in world.truth.laps if lap.car_idx == place.car_idx]
        assert laps[-1].end_s >= checkered_s or place.finish_s is None
        assert sum(lap.end_s >= checkered_s for lap in laps) <= 1, "raced on after the flag"


def test_a_white_flag_that_came_too_early_is_taken_back():
    world = World(DUEL)
    while world.control.green_s is None:
        world.step()
    green_s, crossed = world.control.green_s, world.control.crossed
    crossed(1, green_s + 100.0, is_lead=True)
    # A lap of 900 s makes the 200 s left look like less than a lap, the next one shows better.
    crossed(2, green_s + 1000.0, is_lead=True)
    crossed(3, green_s + 1080.0, is_lead=True)
    assert [flag.flag for flag in world.truth.flags] == ["green", "white", "green"]
    crossed(4, green_s + 1160.0, is_lead=True)
    crossed(5, green_s + 1190.0, is_lead=False)
    assert not world.control.is_checkered
    crossed(5, green_s + 1240.0, is_lead=True)
    assert [flag.flag for flag in world.truth.flags][3:] == ["white", "checkered"]


def test_time_remaining_is_minus_one_before_the_start_and_then_runs_down(duel):
    left, state = duel.own["SessionTimeRemain"], duel.field["SessionState"]
    assert (left[state < SessionState.RACING] == -1).all()
    racing = left[state == SessionState.RACING]
    assert racing[0] == pytest.approx(DUEL.race_s, abs=0.02)
    assert (np.diff(racing) <= 0).all()


def test_a_race_by_laps_ends_after_them():
    world = run(msgspec.structs.replace(DUEL, race_s=None, race_laps=5, caution=CautionPlan()))
    assert world.truth.classification[0].laps == 5
    assert all(place.laps <= 5 for place in world.truth.classification)
    assert [flag.flag for flag in world.truth.flags] == ["green", "white", "checkered"]


def test_a_race_may_end_behind_the_pace_car():
    late = CautionPlan(at_s=(300.0,), least_s=900.0, most_s=900.0)
    world = run(msgspec.structs.replace(DUEL, race_s=500.0, caution=late))
    flags = [flag.flag for flag in world.truth.flags]
    assert flags[:2] == ["green", "caution"]
    assert flags[-1] == "checkered"
    assert "green" not in flags[1:]
    assert all(place.finish_s is not None for place in world.truth.classification)


def test_time_and_laps_together_end_by_whichever_is_first():
    few = run(msgspec.structs.replace(DUEL, race_s=1200.0, race_laps=3, caution=CautionPlan()))
    assert few.truth.classification[0].laps == 3
    short = run(msgspec.structs.replace(DUEL, race_s=200.0, race_laps=30, caution=CautionPlan()))
    assert short.truth.classification[0].laps < 5


def test_a_policy_of_ones_own_is_asked_and_obeyed():
    asked: list[PitView] = []

    def stop_on_lap_two(view: PitView) -> Service | None:
        asked.append(view)
        return Service(fuel_l=4.0, tyres=True) if view.lap == 2 else None

    world = run(msgspec.structs.replace(DUEL, race_s=None, race_laps=4), {1: stop_on_lap_two})
    assert {view.car_idx for view in asked} == {1}
    stop = next(stop for stop in world.truth.stops if stop.car_idx == 1)
    assert (stop.lap, stop.kind, stop.fuel_added_l, stop.tyres_changed) == (2, "service", 4.0, True)


def test_who_never_stops_runs_dry_and_is_towed():
    world = run(DUEL, {1: lambda view: None})
    kinds = [mishap.kind for mishap in world.truth.mishaps if mishap.car_idx == 1]
    assert "dry" in kinds
    tow = next(stop for stop in world.truth.stops if stop.car_idx == 1 and stop.kind == "tow")
    assert tow.fuel_added_l > 0
    lap = next(lap for lap in world.truth.laps if lap.car_idx == 1 and lap.lap == tow.lap)
    assert lap.is_tow


def view(**changes) -> PitView:
    usual = PitView(
        car_idx=1,
        sim_time_s=900.0,
        lap=9,
        fuel_l=30.0,
        tank_l=60.0,
        fuel_per_lap_l=3.0,
        lap_s=100.0,
        tyre_laps=5,
        tyre_life_laps=40,
        driver_s=600.0,
        stint_s=3000.0,
        drivers=3,
        time_left_s=9000.0,
        laps_left=None,
        is_caution=False,
        owes_drive_through=False,
    )
    return msgspec.structs.replace(usual, **changes)


def test_the_fuel_window():
    policy = FuelWindow(np.random.default_rng(1))
    assert policy(view()) is None
    full = policy(view(fuel_l=3.2))
    assert full.fuel_l == pytest.approx(56.8)
    assert not full.swap
    assert policy(view(fuel_l=3.2, driver_s=2900.0)).swap
    assert policy(view(fuel_l=3.2, tyre_laps=39)).tyres
    assert policy(view(fuel_l=3.2, time_left_s=20.0)).fuel_l == pytest.approx(2.6 * 3.0 - 3.2)
    assert policy(view(fuel_l=6.0, laps_left=1, time_left_s=None)) is None
    assert policy(view(owes_drive_through=True)).drive_through
    assert not policy(view(owes_drive_through=True, fuel_l=3.1)).drive_through


def test_the_endurance_field_is_full_and_nobody_is_there_twice():
    world = World(SCENARIOS["endurance"])
    info = world.info()
    assert len(info.entries) == 64
    assert world.step().field["CarIdxLap"].shape == (15, 72)
    racing = info.entries[1:]
    for name in ("car_idx", "number", "team_id", "user_id", "driver"):
        assert len({getattr(entry, name) for entry in racing}) == 63
    assert [entry.is_pace_car for entry in info.entries].count(True) == 1
    order = [car_class.relative_speed for car_class in info.classes]
    assert order == sorted(order, reverse=True)


def test_some_names_are_odd():
    info = World(SCENARIOS["endurance"]).info()
    words = "".join(f"{entry.team}\n{entry.driver}\n" for entry in info.entries)
    for odd in ("ö", "'", ",", "#", "&", ":"):
        assert odd in words
    assert any(entry.team.startswith(("#", "-", "?")) for entry in info.entries)


@pytest.mark.parametrize(
    "changes", [{"race_s": None}, {"own_car_idx": 0}, {"own_car_idx": 9}, {"slots": 4}, {"parade_s": 300.0}]
)
def test_an_impossible_scenario_is_refused(changes):
    with pytest.raises(ValueError, match=r"[A-Z].*\."):
        World(msgspec.structs.replace(DUEL, **changes))


def test_a_remembered_road_is_the_road_made_anew():
    for seed in (3, 4, 3):
        one, two = (np.random.Generator(np.random.PCG64(seed)) for _ in range(2))
        made, drawn = Circuit(3000.0, one), Circuit.drawn(3000.0, two)
        assert one.random() == two.random(), "what is drawn after the road is the same"
        at = np.linspace(0.0, 1.0, 999)
        np.testing.assert_array_equal(made.signals(at), drawn.signals(at))
        np.testing.assert_array_equal(made.burnt(at), drawn.burnt(at))
        np.testing.assert_array_equal(made.phases(at), drawn.phases(at))
    assert Circuit.drawn(3001.0, np.random.Generator(np.random.PCG64(3))).length_m == 3001.0
