"""The fault table of the sync protocol between real processes in network namespaces.

Every run ends with the logs compared byte for byte.
"""

import json
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "sync"))

from cable import Cable, cable
from paired import Machine, pair, stopping, wait_for

from pitbox.model.role import Role
from pitbox.sync.live import STALE_S

pytestmark = [pytest.mark.chaos, pytest.mark.slow, pytest.mark.timeout(180)]
RACE = ("--demo", "duel", "--minutes", "5", "--speed")
PORT = 47300


class Net:
    """A driver and an engineer with a cable between them, both running."""

    def __init__(self, root: Path, wire: Cable) -> None:
        self.wire = wire
        self.machines: list[Machine] = []
        self.prefixes: list[list[str]] = []
        for name, role in (("driver", Role.DRIVER), ("engineer", Role.ENGINEER)):
            address, prefix = wire.plug()
            self.machines.append(Machine(root / name, role, address, PORT))
            self.prefixes.append(prefix)
        self.driver, self.engineer = self.machines
        pair(self.driver, self.engineer)

    def start(self, speed: str = "1") -> None:
        self.engineer.start("--no-store", "--trace", str(self.trace("engineer")), prefix=self.prefixes[1])
        trace = ("--trace", str(self.trace("driver")))
        self.driver.start(*RACE, speed, *trace, prefix=self.prefixes[0])
        wait_for(lambda: self.driver.told("safe", machines=2), 60.0)

    def trace(self, name: str) -> Path:
        return self.driver.home.parent / f"{name}.json"

    def finish(self) -> None:
        """The driver ends first, with a word; then both have the same."""
        self.driver.stop()
        wait_for(lambda: self.engineer.frames() == self.driver.frames(), 60.0)
        self.engineer.stop()
        assert self.driver.frames()

    def live_ms(self) -> np.ndarray:
        """From the tick at the driver to the value at the engineer."""
        sent, seen = (
            np.array(json.loads(self.trace(name).read_text())["live"]).reshape(-1, 2)
            for name in ("driver", "engineer")
        )
        at = np.minimum(np.searchsorted(sent[:, 0], seen[:, 0]), len(sent) - 1)
        late = (seen[:, 1] - sent[at, 1]) * 1000
        return late[seen[:, 1] > seen[0, 1] + 2]


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Net]:
    with cable() as wire:
        found = Net(tmp_path, wire)
        with stopping(*found.machines):
            yield found


def rest(seconds: float) -> None:
    """Let the fault last."""
    threading.Event().wait(seconds)


@pytest.mark.parametrize(("percent", "p99_ms"), [(1, 1500), (5, 1500), (15, 6000)])
def test_loss(net: Net, percent: int, p99_ms: float, request: pytest.FixtureRequest) -> None:
    net.start()
    net.wire.lose(percent)
    rest(12.0)
    net.wire.lose(0)
    net.finish()
    late = net.live_ms()
    said = f"live at {percent} % loss: p50 {np.median(late):.1f}, p99 {np.quantile(late, 0.99):.0f} ms"
    request.node.user_properties.append(("live", said))
    assert len(late) > 200
    assert np.quantile(late, 0.99) < p99_ms, said


def test_a_slow_line_of_2_megabit(net: Net) -> None:
    net.wire.slow("2mbit", 1)
    net.start()
    rest(8.0)
    net.finish()
    assert np.quantile(net.live_ms(), 0.95) < 1000


def test_a_partition_of_8_seconds(net: Net) -> None:
    net.start()
    net.wire.pull()
    wait_for(lambda: net.engineer.told("live", stream="own", is_stale=True), STALE_S + 5)
    rest(8.0 - STALE_S)
    before = len(net.engineer.told("link-up"))
    net.wire.put_back()
    back_s = time.monotonic()
    wait_for(lambda: len(net.engineer.told("link-up")) >= before + 2, 10.0)
    assert time.monotonic() - back_s < 2.5
    net.finish()
    (end,) = net.engineer.told("sync-end")
    assert end["known_records"] == 0


def test_a_flapping_line(net: Net) -> None:
    net.start("2")
    for seconds in (0.3, 2.0, 7.0, 0.5, 1.0):
        net.wire.pull()
        rest(seconds)
        net.wire.put_back()
        rest(1.0)
    wait_for(lambda: net.driver.told("safe", machines=2))
    net.finish()


def test_kill_9_of_the_engineer_on_a_bad_line(net: Net) -> None:
    net.start()
    net.wire.lose(5)
    for _ in range(3):
        rest(1.5)
        net.engineer.stop(is_killed=True)
        heard = len(net.engineer.told("have"))
        net.engineer.start("--no-store", prefix=net.prefixes[1])
        wait_for(lambda heard=heard: len(net.engineer.told("have")) > heard)
    net.wire.lose(0)
    net.finish()


def test_engineers_share_across_three_machines_after_the_driver_has_left(net: Net, tmp_path: Path) -> None:
    address, prefix = net.wire.plug()
    late = Machine(tmp_path / "late", Role.ENGINEER, address, PORT)
    for other in net.machines:
        pair(late, other)
    with stopping(late):
        net.start("20")
        net.driver.stop()
        net.wire.pull(1)
        wait_for(lambda: net.engineer.frames() == net.driver.frames(), 60.0)
        late.start("--no-store", prefix=prefix)
        wait_for(lambda: late.frames() == net.driver.frames(), 60.0)
        assert not late.told("link-up", name="driver")
    net.engineer.stop()
    assert late.frames()
