"""What rows may show, whatever happens in the race."""

import numpy as np
import pytest

from pitbox.model.code import SessionState, TrackSurface
from pitbox.wire.block import check_layout, decode_rows, encode_rows

BOTH = pytest.mark.parametrize("name", ["duel", "rough"])


@BOTH
def test_ticks_are_gapless_and_never_at_zero(name, request):
    race = request.getfixturevalue(name)
    for rows in (race.own, race.field, race.slow):
        assert rows["SessionTime"][0] > 0
        np.testing.assert_allclose(np.diff(rows["SessionTime"]), 1 / 60, atol=1e-9)
        assert (np.diff(rows["SessionTick"]) == 1).all()
    assert len(race.own) == len(race.field) == len(race.slow)


@BOTH
def test_a_car_is_out_of_the_world_in_all_its_channels_or_in_none(name, request):
    race = request.getfixturevalue(name)
    gone = race.field["CarIdxTrackSurface"] == TrackSurface.NOT_IN_WORLD
    for channel in ("CarIdxLapDistPct", "CarIdxLap", "CarIdxLapCompleted", "CarIdxTireCompound"):
        shows_gone = race.field[channel] == -1
        if channel == "CarIdxLapDistPct":
            np.testing.assert_array_equal(shows_gone, gone)
        else:
            assert shows_gone[gone].all()
    assert not race.field["CarIdxOnPitRoad"][gone].any()
    assert (race.slow["CarIdxLastLapTime"][gone] == -1).all()
    assert gone[:, race.scenario.cars + 1 :].all(), "slots without a car"


@BOTH
def test_states_are_possible(name, request):
    race = request.getfixturevalue(name)
    surface, fraction = race.field["CarIdxTrackSurface"], race.field["CarIdxLapDistPct"]
    seen = surface != TrackSurface.NOT_IN_WORLD
    assert ((fraction[seen] >= 0) & (fraction[seen] < 1)).all()
    on_road = race.field["CarIdxOnPitRoad"]
    in_lane = (surface == TrackSurface.IN_PIT_STALL) | (surface == TrackSurface.APPROACHING_PITS)
    assert in_lane[on_road].all()
    stands = surface == TrackSurface.IN_PIT_STALL
    both = stands[1:] & stands[:-1]
    assert (fraction[1:][both] == fraction[:-1][both]).all(), "a car moves in its stall"
    in_lane[:, 0] = False
    lane = race.scenario.pit
    at = fraction[in_lane]
    assert ((at >= lane.lane_in - 1e-6) | (at <= lane.lane_out + 1e-6)).all()


@BOTH
def test_no_car_jumps_but_a_towed_one(name, request):
    race = request.getfixturevalue(name)
    for car_idx in range(1, race.scenario.cars + 1):
        fraction = race.car_rows("CarIdxLapDistPct", car_idx).astype(float)
        seen = fraction >= 0
        step = np.diff(fraction)[seen[1:] & seen[:-1]]
        step = np.where(step < -0.9, step + 1, step)
        fastest = 90.0 / race.scenario.track_length_m / 60
        jumps = int(((step < -1e-6) | (step > fastest)).sum())
        tows = sum(stop.kind == "tow" for stop in race.truth.stops if stop.car_idx == car_idx)
        assert jumps == tows


@BOTH
def test_laps_count_up_one_by_one(name, request):
    race = request.getfixturevalue(name)
    for car_idx in range(1, race.scenario.cars + 1):
        seen = race.car_rows("CarIdxTrackSurface", car_idx) >= 0
        lap = race.car_rows("CarIdxLap", car_idx)[seen]
        assert lap[0] == 0
        assert set(np.diff(lap)) <= {0, 1}
        racing = race.field["SessionState"][seen] == SessionState.RACING
        done = race.car_rows("CarIdxLapCompleted", car_idx)[seen]
        np.testing.assert_array_equal(done[racing], lap[racing] - 1)


@BOTH
def test_positions_are_a_ranking_and_move_only_at_the_line(name, request):
    race = request.getfixturevalue(name)
    cars = slice(1, race.scenario.cars + 1)
    position = race.field["CarIdxPosition"][:, cars]
    assert (np.sort(position, axis=1) == np.arange(1, race.scenario.cars + 1)).all()
    moved = np.flatnonzero((np.diff(position, axis=0) != 0).any(axis=1))
    crossed = np.diff(race.field["CarIdxLapCompleted"][:, cars], axis=0)
    assert (crossed[moved] > 0).any(axis=1).all()
    gaps = race.slow["CarIdxF2Time"][:, cars]
    changed = np.diff(gaps, axis=0) != 0
    assert (crossed[changed] > 0).all()


def test_states_of_the_session_follow_in_order(duel):
    state = duel.field["SessionState"]
    assert list(state[np.flatnonzero(np.diff(state, prepend=-1))]) == [3, 4, 5, 6]


@BOTH
def test_the_layouts_fit_the_wire(name, request):
    race = request.getfixturevalue(name)
    for layout, rows in zip(race.opened.layouts(), (race.own, race.field, race.slow), strict=True):
        check_layout(layout)
        assert layout.dtype == rows.dtype
        some = rows[5000:5015]
        back = decode_rows(layout, len(some), encode_rows(layout, some))
        for name_, (kind, _) in {
            n: (f[0], f[1]) for n, f in layout.dtype.fields.items() if n != "CarIdxLapDistPct"
        }.items():
            assert back[name_].tobytes() == some[name_].tobytes(), (name_, kind)
