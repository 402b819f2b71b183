"""60 Hz to five peers: memory stays flat and no descriptor leaks, however long."""

import time
from pathlib import Path

import pytest
from lasting_team import LEAST_HZ
from paired import wait_for
from team_net import Net, news, rest, team

pytestmark = [pytest.mark.chaos]
FULL_S = 0.1
"""Where a sleeper wakes this late, processes wait for their turn: values are old by no fault of ours."""
PEERS = ("kim", "alex", "zoe", "ben", "lea")


class Usage:
    """What each process holds, asked again and again."""

    def __init__(self, net: Net) -> None:
        self._net = net
        self.mb: dict[str, list[float]] = {machine.name: [] for machine in net.machines}
        self.descriptors: dict[str, list[int]] = {machine.name: [] for machine in net.machines}

    def look(self) -> None:
        for machine in self._net.machines:
            mb, descriptors = machine.measure()
            self.mb[machine.name].append(mb)
            self.descriptors[machine.name].append(descriptors)


# Once every car has done a lap, what the fold keeps of each is there, in one step of 5 MB: that is no leak.
# The first laps end four to four and a half minutes after the start.
@pytest.mark.parametrize(
    ("warm_s", "seconds", "most_growth"),
    [
        pytest.param(3, 9, 0.15, id="seconds", marks=pytest.mark.timeout(400)),
        pytest.param(300, 600, 0.05, id="ten minutes", marks=[pytest.mark.long, pytest.mark.timeout(1200)]),
    ],
)
def test_soak_with_five_peers(
    tmp_path: Path, warm_s: float, seconds: float, most_growth: float, record_property
) -> None:
    with team(tmp_path, PEERS) as net:
        net.start(1)
        rest(warm_s)
        usage = Usage(net)
        steps = 12
        held_up_s = 0.0
        for _ in range(steps):
            usage.look()
            lay_down_s = time.monotonic()
            rest(seconds / steps)
            held_up_s = max(held_up_s, time.monotonic() - lay_down_s - seconds / steps)
        usage.look()
        for name, mb in usage.mb.items():
            third = len(mb) // 3
            before, after = sum(mb[:third]) / third, sum(mb[-third:]) / third
            record_property(name, f"{before:.1f} -> {after:.1f} MB")
            assert after < before * (1 + most_growth), f"{name}: {mb}"
        for name, counts in usage.descriptors.items():
            assert max(counts) - min(counts) <= 4, f"{name}: {counts}"
            assert counts[-1] <= counts[0] + 2, f"{name}: {counts}"
        is_anyone_stale = any(machine.told("live", is_stale=True) for machine in net.engineers)
        assert not is_anyone_stale or held_up_s > FULL_S, f"sleepers wake {held_up_s:.2f} s late"
        for machine in net.engineers:
            wait_for(news(machine, "live", stream="own", is_stale=False))
        wait_for(lambda: len(net.driver.told("durable")) > 3 * seconds)
        net.finish()
        assert len(net.live_ms()) > (LEAST_HZ if held_up_s > FULL_S else 30) * seconds
