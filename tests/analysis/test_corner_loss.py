"""What a lap lost, corner by corner: the parts add up, and they name what was put in."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lap_rows import FINE, LENGTH_M, Wish, braked_early, circuit, pace, rows_of, slowed, without

from pitbox.analysis.corner.both import corners_of
from pitbox.analysis.driven import Corner, CornerLoss
from pitbox.analysis.lap_cut import cut_laps
from pitbox.analysis.line import driven_line
from pitbox.analysis.loss.lap import lap_loss
from pitbox.analysis.loss.sentence import sentence
from pitbox.analysis.loss.steadiness import steadiness
from pitbox.analysis.outline import Source

ROAD = circuit(9)
BASE = pace(ROAD)


def laps_at(*speeds, offsets=None):
    return cut_laps(rows_of(ROAD, speeds, Wish(offset_m=offsets))).laps


(PLAIN,) = laps_at(BASE)
CORNERS = corners_of([PLAIN])
HARD = min(CORNERS, key=lambda corner: float(np.interp(corner.apex, FINE, BASE)))
"""The slowest of them."""


def assert_adds_up(loss, lap, reference):
    parts = sum(c.total_s for c in loss.corners) + sum(s.total_s for s in loss.straights)
    assert parts == pytest.approx(lap.time_s - reference.time_s, abs=1e-9)
    assert loss.total_s == pytest.approx(lap.time_s - reference.time_s, abs=1e-12)
    for corner in loss.corners:
        assert corner.braking_s + corner.middle_s + corner.exit_s == pytest.approx(corner.total_s, abs=1e-9)
        assert corner.start <= corner.end
    edges = [edge for c in loss.corners for edge in (c.start, c.end)]
    assert edges == sorted(edges)


def corner_of(loss, number) -> CornerLoss:
    return next(corner for corner in loss.corners if corner.corner == number)


@given(
    st.lists(st.tuples(st.floats(0.05, 0.95), st.floats(0.2, 8.0)), min_size=1, max_size=4),
    st.lists(st.floats(0.0, 0.999), unique=True, max_size=14),
    st.floats(0.002, 0.05),
)
@settings(max_examples=20, deadline=None)
def test_corners_and_straights_add_up_to_the_lap(dips, apexes, wide):
    """Of whatever corners somebody names, crowded ones and ones over the line too."""
    speed = BASE
    for at, by_mps in dips:
        speed = slowed(speed, at, by_mps)
    (lap,) = laps_at(speed)
    named = [
        Corner(n, at - wide, at, at + wide, "left", 50.0, 90.0) for n, at in enumerate(sorted(apexes), 1)
    ]
    for corners in (named, CORNERS):
        loss = lap_loss(lap, PLAIN, corners)
        assert_adds_up(loss, lap, PLAIN)
        back = lap_loss(PLAIN, lap, corners)
        for there, other in zip(loss.corners, back.corners, strict=True):
            assert there.total_s == pytest.approx(-other.total_s, abs=1e-9)


def test_early_braking_is_named_and_priced():
    (lap,) = laps_at(braked_early(BASE, HARD.apex, 15.0))
    loss = lap_loss(lap, PLAIN, CORNERS)
    found = corner_of(loss, HARD.number)
    assert found.brake_point_m is not None
    assert -15.0 <= found.brake_point_m < -8.0  # it was still gaining speed where it brakes now
    assert found.total_s == pytest.approx(lap.time_s - PLAIN.time_s, abs=0.02)
    assert found.braking_s > 0.5 * found.total_s > 0.05
    assert found.words.startswith("Brakes ")
    assert found.words.endswith(f"{found.total_s:.2f} s lost.")
    others = [abs(corner.total_s) for corner in loss.corners if corner.corner != HARD.number]
    assert max(others) < 0.01


def test_a_slower_middle_is_named_and_priced():
    (lap,) = laps_at(slowed(BASE, HARD.apex, 2.0, wide=0.02))
    found = corner_of(lap_loss(lap, PLAIN, CORNERS), HARD.number)
    assert found.least_speed_mps == pytest.approx(-2.0, abs=0.1)
    assert found.middle_s > 0.4 * found.total_s > 0
    assert "7 km/h slower at the slowest" in found.words
    miles = lap_loss(lap, PLAIN, CORNERS, is_metric=False)
    assert "4 mph slower at the slowest" in corner_of(miles, HARD.number).words


def test_a_late_throttle_is_named_and_priced():
    """The lap is slow behind the apex only."""
    plain = corner_of(lap_loss(PLAIN, PLAIN, CORNERS), HARD.number)
    (lap,) = laps_at(slowed(BASE, plain.end + 0.008, 5.0, wide=0.01))
    found = corner_of(lap_loss(lap, PLAIN, CORNERS), HARD.number)
    assert found.throttle_point_m is not None
    assert found.throttle_point_m > 10
    assert found.exit_s > 0.5 * found.total_s > 0
    assert "full throttle" in found.words.lower()
    assert found.throttle_s is not None
    assert found.throttle_s <= found.exit_s + 1e-9


def test_a_wider_line_is_named_and_priced():
    bell = np.exp(-0.5 * ((FINE - HARD.apex) / 0.006) ** 2)
    outward = 2.0 if HARD.side == "right" else -2.0
    (lap,) = laps_at(BASE, offsets=[outward * bell])
    found = corner_of(lap_loss(lap, PLAIN, CORNERS), HARD.number)
    assert found.offset_m == pytest.approx(2.0, abs=0.1)
    assert found.line_s is not None
    assert found.line_s > 0.005
    assert corner_of(lap_loss(PLAIN, lap, CORNERS), HARD.number).offset_m == pytest.approx(-2.0, abs=0.1)


def test_what_was_not_recorded_is_not_told():
    rows = rows_of(ROAD, [slowed(BASE, HARD.apex, 2.0)])
    bare = cut_laps(without(rows, "Brake", "Throttle", "Speed", "Lat", "Lon"), track_m=LENGTH_M).laps[0]
    loss = lap_loss(bare, PLAIN, CORNERS)
    assert_adds_up(loss, bare, PLAIN)
    found = corner_of(loss, HARD.number)
    told = (found.brake_point_m, found.least_speed_mps, found.throttle_point_m, found.offset_m, found.line_s)
    assert told == (None,) * 5
    assert found.words.endswith("s lost.")


def test_sentences():
    loss = CornerLoss(3, 0.18, 0.1, 0.06, 0.02, -12.0, -1.1, None, None)
    assert sentence(loss) == "Brakes 12 m early, 4 km/h slower at the slowest: 0.18 s lost."
    even = CornerLoss(3, 0.001, 0.0, 0.001, 0.0, 0.0, 0.0, None, None)
    assert sentence(even) == "Even."
    gained = msgspec.structs.replace(loss, total_s=-0.05, brake_point_m=10.0, least_speed_mps=None)
    assert sentence(gained, is_metric=False) == "Brakes 33 ft late: 0.05 s gained."


def test_a_driver_is_as_steady_as_he_was_made():
    rng = np.random.default_rng(3)
    miss_mps = rng.normal(0, 1.0, 15)
    laps = laps_at(*(slowed(BASE, HARD.apex, 2.0 + by, wide=0.02) for by in miss_mps))
    found = {each.corner: each for each in steadiness(laps, CORNERS)}
    unsteady = found[HARD.number]
    assert unsteady.laps == 15
    assert unsteady.least_speed_spread_mps == pytest.approx(np.std(miss_mps), rel=0.5)
    assert unsteady.left_s > 0
    assert max(found.values(), key=lambda each: each.time_spread_s) is unsteady
    assert steadiness(laps[:2], CORNERS) == ()


def test_the_line_has_the_mean_and_the_spread_that_were_driven():
    rng = np.random.default_rng(4)
    aside_m = rng.normal(0, 0.8, 12)
    laps = laps_at(*[BASE] * 12, offsets=[np.full(len(FINE), by) for by in aside_m])
    found = driven_line(laps)
    assert found is not None
    assert found.source is Source.POSITION
    expected = aside_m - np.median(aside_m)
    assert np.median(found.offset_m, axis=1) == pytest.approx(expected, abs=0.05)
    assert np.median(found.spread_m) == pytest.approx(1.4826 * np.median(np.abs(expected)), rel=0.1)
    live = driven_line(cut_laps(without(rows_of(ROAD, [BASE] * 3), "Lat", "Lon")).laps)
    assert live is not None
    assert live.source is Source.MOTION
    assert np.abs(live.offset_m).max() < 0.5
    assert driven_line(cut_laps(without(rows_of(ROAD, [BASE]), "Lat", "Lon", "Yaw")).laps) is None
