"""What is learnt of a track from rows: its shape, how a lap's time lies along it, its pit lane."""

import numpy as np
import pytest
import road
from hypothesis import given, settings
from hypothesis import strategies as st

from pitbox.analysis.lane import LaneSeen
from pitbox.analysis.outline import POINTS, Source, circle
from pitbox.analysis.survey import Survey

ROAD = road.circuit()
EVEN = np.arange(POINTS) / POINTS


def learnt(rows, step: int = 15) -> Survey:
    survey = Survey(road.LENGTH_M)
    for at in range(0, len(rows), step):
        survey.take(rows[at : at + step])
    return survey


@pytest.mark.parametrize("seed", [5, 11, 40])
def test_velocity_and_yaw_give_the_shape_and_north(seed: int) -> None:
    circuit = road.circuit(seed)
    outline = learnt(road.laps(circuit, 1.3)).outline
    assert outline is not None
    assert outline.source is Source.MOTION
    miss_m, turn = road.miss_m(outline.x_m, outline.y_m, *road.truth(circuit, EVEN), is_turned=True)
    assert miss_m < 3.0
    assert turn == pytest.approx(road.TURN, abs=0.01)
    assert abs(outline.length_m / road.LENGTH_M - 1) < 0.01


def test_latitude_and_longitude_are_taken_where_they_are() -> None:
    outline = learnt(road.laps(ROAD, 1.3, earth=True)).outline
    assert outline is not None
    assert outline.source is Source.POSITION
    assert road.miss_m(outline.x_m, outline.y_m, *road.truth(ROAD, EVEN), is_turned=False)[0] < 2.0


def test_a_sim_without_north_keeps_its_own_axes() -> None:
    outline = learnt(road.laps(ROAD, 1.3, north=False)).outline
    assert outline is not None
    miss_m, turn = road.miss_m(outline.x_m, outline.y_m, *road.truth(ROAD, EVEN), is_turned=True)
    assert (miss_m < 3.0, abs(turn) < 0.01) == (True, True)


def test_time_is_spread_as_it_was_driven() -> None:
    """A ghost that is some seconds behind is near in a slow corner and far on a straight."""
    outline = learnt(road.laps(ROAD, 1.3)).outline
    assert outline is not None
    for pct in (0.02, 0.3, 0.55, 0.97):
        for late in (-0.4, -0.05, 0.2):
            expected = ROAD.fraction_at((ROAD.phase(pct) + late) % 1.0)
            assert outline.later(pct, np.array([late]))[0] == pytest.approx(expected, abs=0.002)


@pytest.mark.parametrize("damage", ["pits", "reset", "gap", "away", "zeros"])
def test_a_lap_that_was_not_driven_whole_teaches_nothing(damage: str) -> None:
    rows = road.laps(ROAD, 1.3)
    middle = slice(len(rows) // 2, len(rows) // 2 + 60)
    if damage == "pits":
        rows["OnPitRoad"][middle] = 1
    elif damage == "reset":
        rows["LapDistPct"][middle.stop :] = np.mod(rows["LapDistPct"][middle.stop :] + 0.4, 1.0)
    elif damage == "away":
        rows["IsOnTrack"][middle] = 0
    elif damage == "zeros":
        rows[middle] = np.zeros((), rows.dtype)
    else:
        rows = np.delete(rows, middle)
    assert learnt(rows).outline is None
    again = road.laps(ROAD, 2.3)
    again["OnPitRoad"][:300] = 1
    assert learnt(again).outline is not None  # the next whole lap does


def test_one_row_without_a_place_is_no_reason_to_forget_a_lap() -> None:
    rows = road.laps(ROAD, 1.3)
    time_s = rows["SessionTime"].copy()
    rows[len(rows) // 2] = np.zeros((), rows.dtype)
    rows["SessionTime"] = time_s
    assert learnt(rows).outline is not None


def test_a_sum_that_does_not_close_is_no_track() -> None:
    rows = road.laps(ROAD, 1.3)
    rows["Yaw"] += np.linspace(0, 2.5, len(rows))
    survey = learnt(rows)
    assert survey.laps == 1
    assert survey.outline is None


def test_dead_channels_teach_nothing_and_break_nothing() -> None:
    rows = road.laps(ROAD, 1.3)
    for name in ("VelocityX", "VelocityY", "Yaw"):
        rows[name] = np.nan
    assert learnt(rows).outline is None
    rows["LapDistPct"] = np.nan
    assert learnt(rows).laps == 0
    assert learnt(np.zeros(100, [("SessionTime", "<f8")])).laps == 0


@settings(max_examples=12)
@given(st.lists(st.integers(0, 5600), max_size=20), st.integers(0, 3))
def test_any_split_of_the_rows_teaches_the_same(cuts: list[int], seed: int) -> None:
    rows = road.laps(ROAD, 1.3)
    whole = Survey(road.LENGTH_M)
    whole.take(rows)
    pieces = Survey(road.LENGTH_M)
    for piece in np.split(rows, sorted(cut for cut in cuts if cut < len(rows))):
        pieces.take(piece)
    assert whole.outline is not None
    assert pieces.outline is not None
    assert np.array_equal(whole.outline.x_m, pieces.outline.x_m)
    assert np.array_equal(whole.outline.phase, pieces.outline.phase)


def test_places_go_around_the_line_without_a_step() -> None:
    outline = learnt(road.laps(ROAD, 1.3)).outline
    assert outline is not None
    x_m, y_m = outline.place(np.linspace(0.99, 1.01, 41))
    steps_m = np.hypot(np.diff(x_m), np.diff(y_m))
    assert steps_m.max() < 2.0 * steps_m.min()
    assert outline.place(-0.25)[0] == pytest.approx(outline.place(0.75)[0])
    east, north = outline.heading(np.array([0.1, 0.6]))
    assert np.hypot(east, north) == pytest.approx(1.0)


def test_a_circle_stands_in() -> None:
    outline = circle(5000.0)
    assert not outline.is_learnt
    assert outline.length_m == pytest.approx(5000.0, rel=1e-4)
    assert outline.later(0.1, np.array([-0.2, 0.0])) == pytest.approx([0.9, 0.1])


def test_the_lane_is_where_cars_were_seen_in_it() -> None:
    lane = LaneSeen()
    assert lane.span is None
    lane.take(np.arange(0.955, 1.0, 0.004))
    lane.take(np.arange(0.0, 0.043, 0.004))
    assert lane.span == pytest.approx((0.955, 1.043), abs=0.004)
    again = LaneSeen()
    again.take_span(lane.span)
    assert again.span == lane.span


def test_cars_that_are_everywhere_in_the_lane_are_misread() -> None:
    lane = LaneSeen()
    lane.take(np.arange(0.0, 1.0, 0.004))
    assert lane.span is None
    lane.take(np.array([np.nan, 7.0, -3.0]))
