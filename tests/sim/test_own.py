"""Our own car's rows agree with themselves, with the field and with the truth."""

import numpy as np
import pytest

from pitbox.model.code import TrackSurface
from pitbox.sim.synthetic.channels import own_variables

ROAD = TrackSurface.ON_TRACK


def laps_of_own(race):
    return [lap for lap in race.truth.laps if lap.car_idx == race.scenario.own_car_idx]


def test_speed_is_how_fast_the_place_changes(duel):
    fraction = duel.car_rows("CarIdxLapDistPct", duel.scenario.own_car_idx).astype(float)
    step = np.diff(fraction)
    step = np.where(step < -0.5, step + 1, step) * duel.scenario.track_length_m * 60
    speed = duel.own["Speed"].astype(float)
    even = (speed[1:] > 15) & (fraction[1:] >= 0) & (fraction[:-1] >= 0)
    error = np.abs(step - (speed[1:] + speed[:-1]) / 2)[even]
    assert np.quantile(error, 0.99) < 0.3
    assert speed.max() < 90
    np.testing.assert_allclose(duel.own["LapDist"], duel.own["LapDistPct"] * 5600.0, atol=0.01)


def test_a_clean_lap_driven_by_speed_and_yaw_comes_back_to_the_line(duel):
    lap = next(
        lap for lap in laps_of_own(duel) if not (lap.is_in or lap.is_out or lap.is_caution) and lap.lap > 1
    )
    inside = (duel.times_s >= lap.start_s) & (duel.times_s < lap.end_s)
    speed, yaw = duel.own["VelocityX"][inside].astype(float), duel.own["Yaw"][inside].astype(float)
    x, y = np.cumsum(speed * np.cos(yaw)) / 60, np.cumsum(speed * np.sin(yaw)) / 60
    assert np.hypot(x[-1], y[-1]) < 40
    assert max(np.ptp(x), np.ptp(y)) > 500


def test_north_lies_where_the_earth_has_it(duel):
    """Counted clockwise, while the car's own angle counts the other way."""
    sum_rad = duel.own["Yaw"].astype(float) + duel.own["YawNorth"].astype(float)
    assert np.allclose(np.mod(sum_rad, 2 * np.pi), np.pi / 2, atol=1e-5)
    assert (duel.own["YawNorth"] >= 0).all()


def test_accelerations_fit_the_motion(duel):
    rows = duel.own[duel.field["CarIdxTrackSurface"][:, 1] == ROAD]
    brakes, pushes = rows["Brake"] > 0.6, (rows["Throttle"] > 0.9) & (rows["Gear"] < 4)
    assert rows["LongAccel"][brakes].mean() < -6
    assert rows["LongAccel"][pushes].mean() > 1
    turns = np.abs(rows["YawRate"]) > 0.25
    same = np.sign(rows["LatAccel"][turns]) == np.sign(rows["YawRate"][turns])
    assert same.mean() > 0.99
    assert ((rows["Throttle"] >= 0) & (rows["Throttle"] <= 1)).all()
    assert (rows["RPM"] <= 8400).all()


@pytest.mark.parametrize("name", ["duel", "rough"])
def test_fuel_in_the_rows_is_fuel_in_the_truth(name, request):
    race = request.getfixturevalue(name)
    level = race.own["FuelLevel"].astype(float)
    laps = laps_of_own(race)
    assert len(laps) > 3
    for lap in laps:
        tick = int(np.searchsorted(race.times_s, lap.end_s))
        assert level[tick] == pytest.approx(lap.fuel_left_l, abs=0.01)
    tank_l = race.infos[0].info.own.tank_l
    assert level.max() <= tank_l + 1e-6
    np.testing.assert_allclose(race.own["FuelLevelPct"], level / tank_l, atol=1e-6)


def test_fuel_use_per_hour_adds_up_to_the_fuel_used(duel):
    lap = next(lap for lap in laps_of_own(duel) if not (lap.is_in or lap.is_out))
    inside = (duel.times_s >= lap.start_s) & (duel.times_s < lap.end_s)
    used_kg = duel.own["FuelUsePerHour"][inside].sum() / 60 / 3600
    assert used_kg / 0.75 == pytest.approx(lap.fuel_used_l, rel=0.02)


def test_while_drivers_swap_our_car_tells_nothing(duel):
    swaps = [stop.away_s for stop in duel.truth.stops if stop.car_idx == 1 and stop.away_s]
    assert swaps
    for away_s, back_s in swaps:
        rows = duel.own[(duel.times_s > away_s) & (duel.times_s < back_s)]
        assert not rows["IsOnTrack"].any()
        assert (rows["FuelLevel"] == 0).all()
        assert len(np.unique(rows["LapDistPct"])) == 1
    assert duel.own["IsOnTrack"][100]
    assert duel.own["DCDriversSoFar"][-1] == 2


@pytest.mark.parametrize("name", ["duel", "rough"])
def test_tyres_are_read_in_the_stall_only(name, request):
    race = request.getfixturevalue(name)
    own = race.scenario.own_car_idx
    stands = race.car_rows("CarIdxTrackSurface", own) == TrackSurface.IN_PIT_STALL
    swapped = race.car_rows("CarIdxTrackSurface", own) == TrackSurface.NOT_IN_WORLD
    for name_ in ("LFwearM", "RRwearL", "LFtempCM", "RRtempCR"):
        changed = np.flatnonzero(np.diff(race.own[name_]) != 0) + 1
        # Read once a step: the step in which the car came to stand.
        assert all((stands | swapped)[tick : tick + 15].any() for tick in changed)
        assert len(changed) > 0
    assert race.own["LFwearM"].min() > 0.5


def test_the_odometer_tells_a_change_of_tyres(rough):
    own = rough.scenario.own_car_idx
    changes = [stop for stop in rough.truth.stops if stop.car_idx == own and stop.tyres_changed]
    resets = np.flatnonzero(np.diff(rough.own["LFodometer"]) < 0)
    assert len(resets) == len(changes) > 0
    for stop, tick in zip(changes, resets, strict=True):
        assert stop.stall_in_s < rough.times_s[tick] < stop.stall_out_s + 0.25
    assert rough.own["TireSetsUsed"][-1] == 1 + len(changes)


def test_a_tow_and_repairs_count_down(rough):
    own = rough.scenario.own_car_idx
    tow = next(stop for stop in rough.truth.stops if stop.car_idx == own and stop.kind == "tow")
    inside = (rough.times_s > tow.stall_in_s) & (rough.times_s < tow.stall_out_s)
    for name in ("PlayerCarTowTime", "PitRepairLeft"):
        left = rough.own[name][inside]
        running = left[left > 0]
        assert running[0] > 10
        assert (np.diff(running) <= 0).all()
        assert running[-1] < 0.1
    outside = rough.field["CarIdxTrackSurface"][:, own] != TrackSurface.IN_PIT_STALL
    assert (rough.own["PlayerCarTowTime"][outside] == 0).all()


def test_what_is_left_to_repair_is_what_there_was_and_nothing_at_a_stop_without(rough, duel):
    has_repaired = set()
    for race in (rough, duel):
        for stop in race.truth.stops:
            if stop.car_idx != race.scenario.own_car_idx or stop.stall_out_s is None:
                continue
            inside = (race.times_s > stop.stall_in_s) & (race.times_s < stop.stall_out_s)
            seen_s = [race.own[name][inside].max() for name in ("PitRepairLeft", "PitOptRepairLeft")]
            assert seen_s == pytest.approx([stop.repair_s, stop.optional_repair_s], abs=0.05)
            has_repaired.add(stop.repair_s > 0)
    assert has_repaired == {True, False}


def test_own_channels_repeat_what_the_field_says_of_us(duel):
    for name, source in (
        ("Lap", "CarIdxLap"),
        ("LapCompleted", "CarIdxLapCompleted"),
        ("PlayerCarPosition", "CarIdxPosition"),
        ("PlayerTrackSurface", "CarIdxTrackSurface"),
        ("OnPitRoad", "CarIdxOnPitRoad"),
    ):
        np.testing.assert_array_equal(duel.own[name], duel.field[source][:, 1])
    for name in ("SessionFlags", "SessionState", "SessionTime", "SessionTick"):
        np.testing.assert_array_equal(duel.own[name], duel.field[name])
    lap = laps_of_own(duel)[2]
    tick = int(np.searchsorted(duel.times_s, lap.end_s))
    assert duel.own["LapCurrentLapTime"][tick] == pytest.approx(duel.times_s[tick] - lap.end_s, abs=1e-3)
    assert duel.own["LapCurrentLapTime"][tick - 1] == pytest.approx(lap.end_s - lap.start_s, abs=0.02)


def test_what_is_noisy_in_a_car_is_noisy_here_and_the_rest_stands_still(duel):
    rows = duel.own[(duel.times_s > 60) & (duel.times_s < 90)]
    for name in ("LFshockVel", "RRshockDefl", "LatAccel", "LongAccel", "SteeringWheelAngle", "RollRate"):
        assert len(np.unique(rows[name])) > 0.99 * len(rows)
    still = sum(len(np.unique(rows[variable.name])) == 1 for variable in own_variables())
    assert 150 < still < 250
