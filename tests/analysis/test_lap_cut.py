"""Laps out of rows: exact at the line, the same however the rows come, and a reason for what is no lap."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lap_rows import FINE, LENGTH_M, Wish, circuit, lap_time, pace, rows_of, times, without

from pitbox.analysis.lap_cut import cut_laps

ROAD = circuit()
SPEEDS = [pace(ROAD, share) for share in (0.97, 1.0, 0.985)]
ROWS = rows_of(ROAD, SPEEDS)
CHANNELS = ("Speed", "Gear", "Yaw", "Brake", "Lat", "Lon")


def cut(rows, **told):
    return cut_laps(rows, CHANNELS, **told)


def assert_same(one, other, within_s=0.0):
    assert len(one.laps) == len(other.laps)
    for first, second in zip(one.laps, other.laps, strict=True):
        assert first.number == second.number
        assert abs(first.time_s - second.time_s) <= within_s
        assert abs(first.start_s - second.start_s) <= within_s
        if not within_s:
            for name in first.channels:
                np.testing.assert_array_equal(first.channels[name], second.channels[name])
            np.testing.assert_array_equal(first.pct, second.pct)
            np.testing.assert_array_equal(first.path_m, second.path_m)


def test_laps_are_cut_at_the_line_to_a_fraction_of_a_millisecond():
    found = cut(ROWS)
    assert [lap.number for lap in found.laps] == [7, 8, 9]
    for lap, speed in zip(found.laps, SPEEDS, strict=True):
        assert lap.time_s == pytest.approx(lap_time(speed), abs=3e-4)
        assert (lap.t_s[0], lap.t_s[-1]) == (0.0, lap.time_s)
        assert (lap.pct[0], lap.pct[-1]) == (0.0, 1.0)
        assert (np.diff(lap.t_s) > 0).all()
        assert (np.diff(lap.pct) >= 0).all()
        assert lap.path_m[-1] == pytest.approx(LENGTH_M, rel=2e-3)
        assert np.interp(lap.pct, FINE, times(speed)) == pytest.approx(lap.t_s, abs=3e-4)
        assert {len(values) for values in lap.channels.values()} == {len(lap.t_s)}
        assert not lap.holes
    assert [round(rest.start, 2) for rest in found.rest] == [0.9, 0.0]
    assert found.rest[0].why == "begins at 90.0 % of the lap"
    assert not found.why


def test_the_lap_at_a_time():
    found = cut(ROWS)
    middle = found.laps[1]
    assert found.at(middle.start_s) is middle
    assert found.at(middle.start_s + middle.time_s - 1e-6) is middle
    assert found.at(1.0) is None


@given(st.integers(0, 2**32 - 1), st.integers(0, 40), st.integers(0, 40))
@settings(max_examples=15, deadline=None)
def test_order_doubles_and_blank_rows_change_nothing(seed, doubled, blank):
    rng = np.random.default_rng(seed)
    rows = ROWS[rng.permutation(np.concatenate((np.arange(len(ROWS)), rng.integers(0, len(ROWS), doubled))))]
    blanks = np.zeros(blank, ROWS.dtype)
    blanks["SessionTime"] = rng.uniform(ROWS["SessionTime"][0], ROWS["SessionTime"][-1], blank)
    assert_same(cut(np.concatenate((rows, blanks))), cut(ROWS))


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 0.5))
@settings(max_examples=15, deadline=None)
def test_missing_ticks_hardly_move_a_lap(seed, share):
    is_kept = np.random.default_rng(seed).random(len(ROWS)) >= share
    is_kept[[0, -1]] = True
    assert_same(cut(ROWS[is_kept]), cut(ROWS), within_s=0.01)


@given(st.lists(st.integers(1, len(ROWS) - 1), max_size=6))
@settings(max_examples=10, deadline=None)
def test_pieces_of_rows_joined_are_the_rows(cuts):
    edges = [0, *sorted(set(cuts)), len(ROWS)]
    pieces = [ROWS[a:b] for a, b in itertools.pairwise(edges)]
    by_name = {name: np.concatenate([piece[name] for piece in pieces]) for name in ROWS.dtype.names}
    assert_same(cut(by_name), cut(ROWS))


def test_a_short_hole_is_bridged_and_named():
    whole = cut(ROWS).laps[1]
    at = whole.start_s + whole.time_s / 2
    rows = ROWS[np.abs(ROWS["SessionTime"] - at) > 0.6]
    found = cut(rows).laps[1]
    assert found.time_s == pytest.approx(whole.time_s, abs=1e-9)
    (hole,) = found.holes
    assert hole == pytest.approx(
        np.interp([at - 0.6, at + 0.6], whole.start_s + whole.t_s, whole.pct), abs=2e-3
    )
    assert found.path_m[-1] == pytest.approx(whole.path_m[-1], rel=2e-3)


def test_a_long_hole_ends_the_lap():
    whole = cut(ROWS).laps[1]
    at = whole.start_s + whole.time_s / 2
    found = cut(ROWS[np.abs(ROWS["SessionTime"] - at) > 2.0])
    assert [lap.number for lap in found.laps] == [7, 9]
    assert any(rest.why.startswith("no rows for 4.0 s at ") for rest in found.rest)


def test_a_reset_ends_the_lap_and_no_false_lap_is_made():
    whole = cut(ROWS).laps[1]
    after = ROWS["SessionTime"] > whole.start_s + whole.time_s * 0.7
    rows = ROWS.copy()
    first = int(np.argmax(after))
    rows[first] = np.zeros((), ROWS.dtype)
    rows["SessionTime"][first] = ROWS["SessionTime"][first]
    rows["LapDistPct"][first + 1 :] = 0.97
    rows["Speed"][first + 1 :] = 0.0
    found = cut(rows)
    assert [lap.number for lap in found.laps] == [7]
    assert any("a reset or a tow" in rest.why for rest in found.rest)


def test_rolling_back_over_the_line_makes_no_lap():
    """The car crosses, stops, rolls back over the line, and crosses again: the first crossing counts."""
    first, last = cut(ROWS).laps[0], cut(ROWS).laps[1]
    stop = int(np.searchsorted(ROWS["SessionTime"], last.start_s + 0.5))
    count = 600
    wait = np.repeat(ROWS[stop], count)
    wait["SessionTime"] += np.arange(count) / 60
    sway = ROWS["LapDistPct"][stop] - 0.012 * np.sin(np.arange(count) * np.pi / count)
    wait["LapDistPct"] = np.mod(sway, 1.0)
    later = ROWS[stop + 1 :].copy()
    later["SessionTime"] += count / 60
    found = cut(np.concatenate((ROWS[: stop + 1], wait, later)))
    assert [lap.number for lap in found.laps][:1] == [first.number]
    assert len(found.laps) == 3
    assert found.laps[0].time_s == pytest.approx(first.time_s, abs=1e-9)
    assert found.laps[1].time_s == pytest.approx(last.time_s + count / 60, abs=0.02)
    assert (np.diff(found.laps[1].pct) >= 0).all()


def test_slightly_negative_fractions_are_before_the_line():
    rows = ROWS.copy()
    near = rows["LapDistPct"] > 0.99999
    rows["LapDistPct"][near] -= 1.0
    assert_same(cut(rows), cut(ROWS), within_s=1e-4)


def test_missing_channels_are_named():
    found = cut_laps(without(ROWS, "Gear"), ("Speed", "Gear", "Nothing"))
    assert {lap.missing for lap in found.laps} == {("Gear", "Nothing")}
    assert set(found.laps[0].channels) == {"Speed"}


def test_without_fractions_the_distance_tells_the_place():
    found = cut(without(ROWS, "LapDistPct"), track_m=LENGTH_M)
    assert_same(found, cut(ROWS), within_s=1e-6)
    guessed = cut(without(ROWS, "LapDistPct"))
    assert_same(guessed, cut(ROWS), within_s=0.02)


def test_without_any_place_the_lap_count_and_the_speed_do():
    found = cut(without(ROWS, "LapDistPct", "LapDist"))
    assert_same(found, cut(ROWS), within_s=1 / 60)
    assert found.laps[1].pct == pytest.approx(
        np.interp(found.laps[1].t_s, cut(ROWS).laps[1].t_s, cut(ROWS).laps[1].pct), abs=2e-3
    )


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (without(ROWS, "SessionTime"), "No channel says the time"),
        (without(ROWS, "LapDistPct", "LapDist", "Lap"), "No channel says where the car is"),
        (without(ROWS, "Speed", "Lat", "Lon", "LapDist"), "Neither speed nor position"),
        (ROWS[:1], "There are no rows"),
        (ROWS[:200], "begins at|ends at"),
        (np.repeat(ROWS[:1], 50), "No row|hardly moved"),
    ],
)
def test_what_gives_no_lap_says_why(rows, why):
    found = cut(rows)
    assert found.laps == ()
    assert any(part in found.why for part in why.split("|")), found.why


def test_speed_is_enough_for_the_path_and_so_is_position():
    by_speed = cut(without(ROWS, "Lat", "Lon")).laps[0]
    by_place = cut(without(ROWS, "Speed")).laps[0]
    assert by_speed.path_m[-1] == pytest.approx(by_place.path_m[-1], rel=2e-3)
    assert cut(without(ROWS, "Speed", "Lat", "Lon"), track_m=LENGTH_M).laps[0].path_m[-1] == LENGTH_M


def test_a_wider_line_is_a_longer_path():
    """The path is the car's own, not the sim's middle of the road."""
    wide = rows_of(ROAD, SPEEDS[:1], Wish(offset_m=[np.full(len(FINE), -5.0)]))
    (lap,) = cut(wide).laps
    assert lap.path_m[-1] == pytest.approx(LENGTH_M + 2 * np.pi * 5.0, rel=2e-3)
