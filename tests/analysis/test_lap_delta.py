"""Laps resampled by distance, the delta of two, and the best that several would make."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lap_rows import FINE, LENGTH_M, circuit, lap_time, pace, rows_of, slowed, times

from pitbox.analysis.best import theoretical_best
from pitbox.analysis.delta import delta
from pitbox.analysis.even import channel_at, even
from pitbox.analysis.lap_cut import cut_laps

ROAD = circuit(11)
BASE = pace(ROAD)
SPEEDS = [slowed(BASE, 0.3, 4.0), slowed(BASE, 0.7, 6.0), slowed(slowed(BASE, 0.3, 1.0), 0.5, 5.0)]
LAPS = cut_laps(rows_of(ROAD, SPEEDS)).laps


def test_a_delta_is_known_at_every_place_and_ends_at_the_difference():
    found = delta(LAPS[0], LAPS[1])
    truth = np.interp(found.pct, FINE, times(SPEEDS[0]) - times(SPEEDS[1]))
    assert found.delta_s == pytest.approx(truth, abs=5e-4)
    assert found.delta_s[0] == 0.0
    assert found.total_s == pytest.approx(lap_time(SPEEDS[0]) - lap_time(SPEEDS[1]), abs=2e-4)


@given(
    st.permutations(range(3)),
    st.integers(0, 2**32 - 1),
    st.floats(0.0, 0.6),
    st.floats(0.5, 50.0),
)
@settings(max_examples=15, deadline=None)
def test_antisymmetric_and_exact_on_any_grid_with_any_rows_missing(order, seed, share, step_m):
    rows = rows_of(ROAD, SPEEDS)
    kept = np.random.default_rng(seed).random(len(rows)) >= share
    laps = cut_laps(rows[kept]).laps
    one, other, _ = (laps[at] for at in order)
    there = delta(one, other, step_m=step_m)
    back = delta(other, one, there.pct)
    np.testing.assert_array_equal(there.delta_s, -back.delta_s)
    assert there.total_s == one.time_s - other.time_s
    assert not delta(one, one).delta_s.any()


def test_even_places_and_what_lies_between_samples():
    found = even(LAPS[0])
    assert found.step_m == pytest.approx(LENGTH_M / (len(found.pct) - 1), rel=2e-3)
    assert 1.9 < found.step_m < 2.1
    assert set(np.unique(found.channels["Gear"])) <= set(range(1, 7))
    assert found.channels["Speed"] == pytest.approx(np.interp(found.pct, FINE, SPEEDS[0]), abs=0.05)
    heading = np.exp(1j * ROAD.signals(found.pct)[:, 5])
    assert np.abs(np.exp(1j * found.channels["Yaw"]) - heading).max() < 0.01
    assert np.abs(found.channels["Yaw"]).max() <= np.pi


def test_a_switch_stays_a_switch():
    lap = msgspec.structs.replace(
        LAPS[0],
        channels={"On": (LAPS[0].pct >= 0.5).astype(float)},
        stepped=frozenset(("On",)),
    )
    at = np.array([0.0, 0.4999, 0.5001, 1.0])
    assert channel_at(lap, "On", at).tolist() == [0, 0, 1, 1]


def test_the_theoretical_best_is_put_together_from_where_each_was_fast():
    found = theoretical_best(LAPS, [0.4, 0.6])
    assert found is not None
    assert found.time_s == pytest.approx(sum(part.time_s for part in found.parts))
    assert found.time_s <= found.fastest_s == min(lap.time_s for lap in LAPS)
    assert found.parts[0].lap == LAPS[1].name
    assert found.parts[2].lap in (LAPS[0].name, LAPS[2].name)
    best = [min(np.diff(np.interp([a, b], FINE, times(speed)))[0] for speed in SPEEDS) for a, b in
            ((0, 0.4), (0.4, 0.6), (0.6, 1.0))]  # fmt: skip
    assert found.time_s == pytest.approx(sum(best), abs=1e-3)
    assert found.is_thin
    assert "Only 3 laps" in found.words


def test_finer_parts_promise_more_and_seams_say_how_doubtful_that_is():
    coarse, fine = theoretical_best(LAPS, 3), theoretical_best(LAPS, 60)
    assert coarse is not None
    assert fine is not None
    assert fine.time_s < coarse.time_s
    for before, part in zip(fine.parts, fine.parts[1:], strict=False):
        if before.lap == part.lap:
            assert part.seam_mps == pytest.approx(0.0, abs=1e-9)
    assert any(part.seam_mps for part in fine.parts[1:])


def test_one_lap_promises_nothing_and_none_gives_none():
    found = theoretical_best(LAPS[:1])
    assert found is not None
    assert found.gain_s == pytest.approx(0.0, abs=1e-9)
    assert found.words == "One lap: its time is all that is known."
    assert theoretical_best([]) is None


def test_a_lap_with_rows_missing_is_not_what_the_best_is_made_of():
    holed = msgspec.structs.replace(
        LAPS[0], holes=((0.1, 0.2),), t_s=LAPS[0].t_s * 0.5, time_s=LAPS[0].time_s * 0.5
    )
    found = theoretical_best([holed, *LAPS[1:]])
    assert found is not None
    assert found.laps == 2
    assert holed.name not in {part.lap for part in found.parts}
