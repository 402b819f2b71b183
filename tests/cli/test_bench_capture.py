"""The bench of the collector: its arithmetic on made-up notes, and one short run of the real thing."""

import numpy as np
import pytest

from pitbox.cli.bench.capture import Shift, work


def shift(live: list[tuple[float, float]], durable: list[tuple[float, float]]) -> Shift:
    written = np.array([(tick / 60, 10.0 + tick / 60) for tick in range(1, 61)])
    return Shift(
        written=written, live=np.array(live), durable=np.array(durable), cpu_share=0.01, rss_mb=(50.0,)
    )


def rows(*ticks: int, late_s: float = 0.002) -> list[tuple[float, float]]:
    return [(tick / 60, 10.0 + tick / 60 + late_s) for tick in ticks]


def test_a_whole_run_has_lost_nothing() -> None:
    run = shift(rows(*range(1, 61)), rows(15, 30, 45, 60, late_s=0.004))
    assert (run.lost, run.behind) == (0, 0)
    assert run.live_ms() == pytest.approx(np.full(60, 2.0))
    late_ms = run.acknowledged_ms()
    assert len(late_ms) == 60
    assert late_ms.min() == pytest.approx(4.0)
    assert late_ms.max() == pytest.approx(14 / 60 * 1000 + 4.0)


def test_what_came_before_the_collector_is_not_lost_and_what_came_later_is() -> None:
    assert shift(rows(*range(11, 61)), rows(60)).lost == 0
    assert shift(rows(*range(11, 31), *range(33, 61)), rows(60)).lost == 2
    assert shift(rows(*range(1, 51)), rows(50)).behind == 10


def test_a_collector_that_took_nothing_lost_everything() -> None:
    run = shift([], rows(60))
    assert (run.lost, run.behind) == (60, 0)


@pytest.mark.slow
def test_a_collector_beside_a_sim_loses_nothing() -> None:
    for seconds in (4.0, 12.0, 24.0):  # a full machine may keep it from its first tick, or from one in time
        run = work(seconds, 1.0, ("--headless",))
        if run.taken and not run.missed:
            break
        assert not run.taken or run.lost <= run.missed, "what was missed is said"
    assert len(run.written) >= 240
    assert (run.lost, run.behind, run.missed) == (0, 0, 0)
    assert run.taken == len(run.live)
    assert run.durable[-1, 0] == run.live[-1, 0]
    assert (run.live_ms() > 0).all()
    assert min(run.rss_mb) > 5
