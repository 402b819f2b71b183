"""Lock-ups and wheelspin of a synthetic practice, from the wheels that disk knows to the truth told apart."""

import hashlib
from pathlib import Path

import pytest
from slip_world import KINDS, as_live, driven, tally

from pitbox.analysis.driven import MistakeKind
from pitbox.model.source import Closed
from pitbox.sim.synthetic.scenario import scenario_of
from pitbox.sim.synthetic.source import SyntheticSource

CHAOS = "c167cd379a9acf94"


@pytest.mark.slow
def test_slips_are_found_by_the_wheels_and_live_those_of_driven_ones(tmp_path: Path) -> None:
    """Among braking that changes gear all the time, and stops at the stall."""
    laps, slips = driven(4, 12.0, tmp_path / "practice.ibt")
    counts = tally(laps, slips)
    assert set(counts) == set(KINDS.values())
    for kind, count in counts.items():
        assert count.happened >= 2, kind
        assert count.found == count.happened, kind
        assert count.told <= count.happened + 1, kind
    rear = tuple(slip for slip in slips if slip.kind == "lock_up" and set(slip.wheels) == {"LR", "RR"})
    live = tally(as_live(laps), rear)[MistakeKind.LOCK_UP]
    assert live.happened >= 2
    assert live.found == live.told == live.happened


def test_a_world_without_slips_is_what_it_was() -> None:
    """Told in whole milliseconds and millilitres: the same on every machine."""
    source, is_over = SyntheticSource(scenario_of("chaos", 3.0)), False
    while not is_over:
        is_over = any(isinstance(event, Closed) for event in source.poll(0.0))
    truth = source.truth
    assert not truth.slips
    told = [
        (lap.car_idx, lap.lap, round(1e3 * lap.end_s), round(1e3 * lap.fuel_left_l)) for lap in truth.laps
    ]
    told += [(one.car_idx, one.kind, round(1e3 * one.start_s)) for one in truth.mishaps]
    assert hashlib.sha256(repr(told).encode()).hexdigest()[:16] == CHAOS
