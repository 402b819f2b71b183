"""Corners by shape, by speed and by both, on roads of which every bend is known."""

import itertools

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lap_rows import FINE, LENGTH_M, circuit, pace, rows_of, without

from pitbox.analysis.corner.bend import closed_bend
from pitbox.analysis.corner.both import corners_of
from pitbox.analysis.corner.geometry import corners_by_bend
from pitbox.analysis.corner.marked import Mark, matched
from pitbox.analysis.corner.slow import corners_by_speed
from pitbox.analysis.corner.turned import turned
from pitbox.analysis.lap_cut import cut_laps
from pitbox.analysis.outline import Outline, Source, circle

SEEDS = range(3, 11)
_BEND = 0.002
"""1/m: what the made-up roads call no straight."""
ROADS = [circuit(seed) for seed in SEEDS]


def outline_of(road, points=1024) -> Outline:
    x_m, y_m = road.outline()
    even, whole = np.arange(points) / points, np.linspace(0, 1, len(x_m))
    phase = road.phases(even)
    return Outline(Source.POSITION, np.interp(even, whole, x_m), np.interp(even, whole, y_m), phase)


def truth_of(road) -> list[Mark]:
    """Each bend to one side, from where it begins to be tighter than 500 m to where it ends to be."""
    curve = road.signals(FINE[:-1])[:, 2]
    side = np.sign(curve) * (np.abs(curve) > _BEND)
    edges = np.flatnonzero(np.diff(np.concatenate(([0.0], side, [0.0]))))
    marks = []
    for a, b in itertools.pairwise(edges):
        turn = np.degrees(abs(curve[a:b].sum()) * LENGTH_M / len(curve))
        if side[a] and turn > 20:
            marks.append(Mark(a / len(curve), b / len(curve)))
    return marks


def laps_of(road, shares=(0.98, 1.0, 0.99)):
    return cut_laps(rows_of(road, [pace(road, share) for share in shares])).laps


def tally(matches):
    found, marks = sum(m.found for m in matches), sum(m.marks for m in matches)
    right, corners = sum(m.right for m in matches), sum(m.corners for m in matches)
    return found / marks, right / corners


def test_bends_of_known_roads_are_found():
    matches = [matched(corners_by_bend(outline_of(road)), truth_of(road)) for road in ROADS]
    recall, precision = tally(matches)
    assert sum(match.marks for match in matches) > 80
    assert recall > 0.97
    assert precision > 0.97


def test_sides_angles_and_radii_are_those_of_the_road():
    road = circuit(5)
    found = corners_by_bend(outline_of(road))
    turned_deg = sum(corner.turn_deg * (1 if corner.side == "left" else -1) for corner in found)
    assert turned_deg == pytest.approx(360, abs=30)
    for corner in found:
        curve = road.signals(np.array([corner.apex]))[0, 2]
        assert corner.side == ("left" if curve > 0 else "right")
        inside = road.signals(np.linspace(corner.start, corner.end, 400))[:, 2]
        # Smoothing makes a bend that is as short as itself look wider, never tighter.
        assert corner.radius_m >= 0.95 / np.abs(inside).max()


def test_bends_of_known_roads_are_found_by_speed_alone():
    """The truth is the road's, not what the finder says of a smoother lap."""
    laps = [
        [msgspec.structs.replace(lap, channels=_speed_of(lap)) for lap in laps_of(road)] for road in ROADS
    ]
    found = [corners_by_speed(each) for each in laps]
    recall, precision = tally(
        [matched(corners, truth_of(road)) for corners, road in zip(found, ROADS, strict=True)]
    )
    assert recall > 0.97
    assert precision > 0.97
    assert {corner.side for corners in found for corner in corners} == {""}  # nobody said which way


def _speed_of(lap):
    return {"Speed": lap.channels["Speed"]}


def test_both_find_every_bend_and_put_the_apex_at_its_slowest_place():
    for seed in (5, 9):
        road = circuit(seed)
        laps = laps_of(road)
        found = corners_of(laps, outline_of(road))
        match = matched(found, truth_of(road))
        assert match.recall > 0.95
        slow = corners_by_speed(laps)
        for place in slow:
            assert any(abs(place.apex - corner.apex) < 1e-9 for corner in found) or any(
                corner.start <= place.apex <= corner.end for corner in found
            )
        assert [corner.number for corner in found] == list(range(1, len(found) + 1))
        assert [corner.apex for corner in found] == sorted(corner.apex for corner in found)


def test_a_live_session_needs_no_position():
    """No latitude: yaw rate, sideways force or steering say how the road bends."""
    road = circuit(9)
    rows = rows_of(road, [pace(road)])
    truth = truth_of(road)
    for missing in ((), ("YawRate",), ("YawRate", "LatAccel")):
        laps = cut_laps(without(rows, "Lat", "Lon", *missing)).laps
        match = matched(corners_of(laps), truth)
        assert match.recall > 0.9, missing
        assert match.precision > 0.9, missing
    blind = cut_laps(without(rows, "YawRate", "LatAccel", "SteeringWheelAngle")).laps
    assert turned(blind) is None
    assert corners_of(blind)
    assert {corner.side for corner in corners_of(blind)} == {""}


@given(st.floats(0.0, 1.0), st.sampled_from(ROADS))
@settings(max_examples=15, deadline=None)
def test_where_the_line_lies_changes_no_corner(shift, road):
    outline = outline_of(road, 2048)
    moved = int(shift * 2048)
    turned_road = msgspec.structs.replace(
        outline, x_m=np.roll(outline.x_m, -moved), y_m=np.roll(outline.y_m, -moved)
    )
    one, other = corners_by_bend(outline), corners_by_bend(turned_road)
    assert len(one) == len(other)
    places = np.sort(np.mod([corner.apex + moved / 2048 for corner in other], 1.0))
    apart = np.abs(places[:, None] - np.array([corner.apex for corner in one]))
    assert np.minimum(apart, 1 - apart).min(axis=1).max() < 2e-3
    for corner in other:
        assert corner.start < corner.apex < corner.end
        assert 0 <= corner.apex < 1


def drawn(parts, step_m=2.0):
    """A line of (metres, degrees to the left) pieces, closed by hand; with its length."""
    heading, place, points = 0.0, 0j, [0j]
    for length_m, turn_deg in parts:
        count = round(length_m / step_m)
        for _ in range(count):
            heading += np.radians(turn_deg) / count
            place += step_m * np.exp(1j * heading)
            points.append(place)
    way = np.array(points)
    return closed_bend(np.arange(len(way)) / (len(way) - 1), way.real, way.imag)


STADIUM = [(300, 0), (150, 180), (300, 0)]


def test_a_chicane_has_a_corner_for_each_turn():
    found = corners_by_bend(drawn([*STADIUM, (40, 60), (60, -120), (40, 60), (110, 180)]))
    sides = [corner.side for corner in found]
    assert sides in (["left", "left", "right", "left"], ["left", "left", "right", "left", "left"])


def test_a_hairpin_with_two_apexes_is_one_corner():
    two = [(300, 0), (50, 80), (30, 20), (50, 80), (300, 0), (150, 180)]
    assert [round(corner.turn_deg / 10) for corner in corners_by_bend(drawn(two))] == [18, 18]


def test_two_corners_to_one_side_with_a_straight_between_are_two():
    two = [(300, 0), (50, 90), (120, 0), (50, 90), (300, 0), (50, 90), (120, 0), (50, 90)]
    assert len(corners_by_bend(drawn(two))) == 4


def test_an_oval_that_bends_all_the_way_has_two_ends():
    oval = [(60, 6), (150, 168), (60, 12), (150, 168), (2, 6)]
    assert [corner.side for corner in corners_by_bend(drawn(oval))] == ["left", "left"]


def test_a_kink_is_no_corner_and_an_unknown_road_has_none():
    kinked = [(300, 0), (60, 6), (300, -6), (150, 180), (660, 0), (150, 180)]
    assert len(corners_by_bend(drawn(kinked))) == 2
    assert corners_by_bend(circle(4000)) == ()
    assert corners_by_speed([]) == ()


def test_marks_that_overlap_count_once_and_an_apex_may_lie_beside_its_mark():
    corners = [msgspec.structs.replace(c, apex=a) for c, a in zip(
        corners_by_bend(outline_of(circuit(5)))[:3], (0.111, 0.5, 0.995), strict=True)]  # fmt: skip
    marks = [Mark(0.12, 0.14, "a"), Mark(0.135, 0.15, "b"), Mark(0.6, 0.7, "c"), Mark(0.005, 0.01, "d")]
    match = matched(corners, marks)
    assert (match.marks, match.found, match.corners, match.right) == (3, 2, 3, 2)
    assert match.lost == ("c",)
    assert match.extra == (0.5,)
    assert match.recall == pytest.approx(2 / 3)
