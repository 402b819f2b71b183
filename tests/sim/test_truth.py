"""The truth is judged here by the plainest reading of rows, so that it may judge the folds."""

from itertools import pairwise

import numpy as np
import pytest

from pitbox.model.code import TrackSurface

BOTH = pytest.mark.parametrize("name", ["duel", "rough"])
TICK_S = 1 / 60 + 1e-6


def crossings_s(race, car_idx):
    """Moments at which a car's lap fraction wraps while its lap number goes up, between ticks."""
    fraction = race.car_rows("CarIdxLapDistPct", car_idx).astype(float)
    lap = race.car_rows("CarIdxLap", car_idx)
    at = np.flatnonzero((fraction[:-1] - fraction[1:] > 0.5) & (lap[1:] == lap[:-1] + 1))
    before, after = 1 - fraction[at], fraction[at + 1]
    return race.times_s[at] + before / (before + after) / 60


def first_time_s(race, car_idx, surface, after_s):
    """The first tick from `after_s` on at which the car shows this surface."""
    rows = race.car_rows("CarIdxTrackSurface", car_idx)
    found = np.flatnonzero((rows == surface) & (race.times_s >= after_s - TICK_S))
    return race.times_s[found[0]]


@BOTH
def test_every_crossing_in_the_rows_is_in_the_truth_and_no_other(name, request):
    race = request.getfixturevalue(name)
    count = 0
    for car_idx in range(1, race.scenario.cars + 1):
        laps = [lap for lap in race.truth.laps if lap.car_idx == car_idx]
        seen_s = crossings_s(race, car_idx)
        # The first lap runs since the green flag; the line was crossed a little later.
        assert all(lap.start_s == race.truth.green_s for lap in laps[:1])
        assert race.truth.green_s < seen_s[0] < race.truth.green_s + 30
        np.testing.assert_allclose(seen_s[1:], [lap.end_s for lap in laps], atol=1e-4)
        count += len(laps)
    assert count > 35


@BOTH
def test_laps_chain_without_a_hole(name, request):
    race = request.getfixturevalue(name)
    for car_idx in range(1, race.scenario.cars + 1):
        laps = [lap for lap in race.truth.laps if lap.car_idx == car_idx]
        assert [lap.lap for lap in laps] == list(range(1, len(laps) + 1))
        assert all(one.end_s == two.start_s for one, two in pairwise(laps))


@BOTH
def test_the_sim_shows_the_lap_times_of_the_truth(name, request):
    race = request.getfixturevalue(name)
    for lap in race.truth.laps:
        tick = int(np.searchsorted(race.times_s, lap.end_s))
        shown = race.slow["CarIdxLastLapTime"][tick, lap.car_idx]
        assert shown == pytest.approx(lap.end_s - lap.start_s, abs=1e-4)
        assert race.field["CarIdxLapCompleted"][tick, lap.car_idx] == lap.lap
        assert race.field["CarIdxPosition"][tick, lap.car_idx] == lap.position


@BOTH
def test_every_stop_is_in_the_rows_when_the_truth_says(name, request):
    race = request.getfixturevalue(name)
    surfaces = TrackSurface
    for stop in race.truth.stops:
        begins = surfaces.IN_PIT_STALL if stop.kind == "tow" else surfaces.APPROACHING_PITS
        seen_s = first_time_s(race, stop.car_idx, begins, stop.lane_in_s)
        assert 0 <= seen_s - stop.lane_in_s < TICK_S
        if stop.stall_in_s is not None:
            stall_s = first_time_s(race, stop.car_idx, surfaces.IN_PIT_STALL, stop.stall_in_s)
            assert 0 <= stall_s - stop.stall_in_s < TICK_S
        if stop.stall_out_s is not None:
            rolls_s = first_time_s(race, stop.car_idx, surfaces.APPROACHING_PITS, stop.stall_out_s)
            assert 0 <= rolls_s - stop.stall_out_s < TICK_S
        if stop.lane_out_s is not None:
            out_s = first_time_s(race, stop.car_idx, surfaces.ON_TRACK, stop.lane_out_s)
            assert 0 <= out_s - stop.lane_out_s < TICK_S


@BOTH
def test_no_visit_to_the_pits_is_missing_from_the_truth(name, request):
    race = request.getfixturevalue(name)
    for car_idx in range(1, race.scenario.cars + 1):
        surface = race.car_rows("CarIdxTrackSurface", car_idx)
        surface = surface[surface >= 0]
        inside = (surface == TrackSurface.IN_PIT_STALL) | (surface == TrackSurface.APPROACHING_PITS)
        visits = int((np.diff(inside.astype(int)) == 1).sum())
        assert visits == sum(stop.car_idx == car_idx for stop in race.truth.stops)


@BOTH
def test_fuel_balances(name, request):
    race = request.getfixturevalue(name)
    for car_idx in range(1, race.scenario.cars + 1):
        laps = [lap for lap in race.truth.laps if lap.car_idx == car_idx]
        left = race.truth.start_fuel_l[car_idx]
        for lap in laps:
            left += lap.fuel_added_l - lap.fuel_used_l
            assert left == pytest.approx(lap.fuel_left_l, abs=1e-6)
            assert lap.fuel_left_l >= 0
        added = sum(stop.fuel_added_l for stop in race.truth.stops if stop.car_idx == car_idx)
        assert added >= sum(lap.fuel_added_l for lap in laps) - 1e-6


@BOTH
def test_swaps_change_the_driver_and_leave_the_world_for_a_moment(name, request):
    race = request.getfixturevalue(name)
    swaps = [stop for stop in race.truth.stops if stop.away_s is not None]
    assert len(swaps) > 4
    for stop in swaps:
        away_s, back_s = stop.away_s
        inside = (race.times_s >= away_s + 1e-6) & (race.times_s < back_s - 1e-6)
        assert (race.car_rows("CarIdxTrackSurface", stop.car_idx)[inside] == -1).all()
        assert not race.car_rows("CarIdxOnPitRoad", stop.car_idx)[inside].any()
        around = (race.times_s > stop.stall_in_s) & (race.times_s < stop.stall_out_s)
        road = race.car_rows("CarIdxOnPitRoad", stop.car_idx)[around]
        assert list(road[np.flatnonzero(np.diff(road, prepend=False))]) == [True, False, True]
        told = [
            change.info.entries[stop.car_idx].user_id
            for change in race.infos
            if change.sim_time_s == pytest.approx(back_s, abs=0.25)
        ]
        assert told[-1] == stop.user_id_out != stop.user_id_in
    assert len(race.infos) - 1 <= len(swaps)


@BOTH
def test_stints_and_stops_follow_each_other(name, request):
    race = request.getfixturevalue(name)
    for car_idx in range(1, race.scenario.cars + 1):
        stints = [stint for stint in race.truth.stints if stint.car_idx == car_idx]
        stops = [stop for stop in race.truth.stops if stop.car_idx == car_idx]
        assert [stint.stint for stint in stints] == list(range(len(stints)))
        for stint, stop in zip(stints, stops, strict=False):
            assert stint.end == "stop"
            assert stint.end_s == stop.lane_in_s
        for stop, stint in zip(stops, stints[1:], strict=False):
            assert stint.start_s == stop.lane_out_s
            assert stint.user_id == stop.user_id_out
        assert stints[0].start_s == race.truth.green_s
        laps = sum(lap.car_idx == car_idx for lap in race.truth.laps)
        assert sum(stint.laps for stint in stints) == laps


@BOTH
def test_the_classification_is_the_last_order_shown(name, request):
    race = request.getfixturevalue(name)
    assert len(race.truth.classification) == race.scenario.cars
    for place in race.truth.classification:
        assert race.field["CarIdxPosition"][-1, place.car_idx] == place.position
        assert race.field["CarIdxClassPosition"][-1, place.car_idx] == place.class_position
        laps = [lap for lap in race.truth.laps if lap.car_idx == place.car_idx]
        assert place.laps == len(laps)
        if place.finish_s is not None:
            assert place.finish_s == laps[-1].end_s


def test_everything_that_can_go_wrong_went_wrong(rough):
    assert {mishap.kind for mishap in rough.truth.mishaps} >= {"off_track", "tow", "retirement", "penalty"}
    assert {stop.kind for stop in rough.truth.stops} == {"service", "tow", "drive_through"}
    assert {stint.end for stint in rough.truth.stints} >= {"stop", "finish", "lost"}
