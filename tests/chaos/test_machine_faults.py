"""An engineer's machine that dies, loses its line in death, or has no room: the driver never waits for it."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lasting_team import Lasting, lasting
from paired import wait_for
from team_net import Net, fill, news, rest, small_disk, team

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(400)]


@contextmanager
def team_with_a_small_disk(root: Path) -> Iterator[Net]:
    with small_disk(root / "engineer", 64), team(root) as net:
        net.engineer.set(storage__warn_free_bytes=0)
        yield net


@pytest.fixture(scope="module")
def shared_team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lasting]:
    root = tmp_path_factory.mktemp("machine")
    with lasting(lambda: team_with_a_small_disk(root), speed=2) as found:
        yield found


@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=[pytest.mark.long, pytest.mark.timeout(600)])])
def test_kill_9_of_the_engineer_on_a_bad_line(net: Net, kills: int) -> None:
    chance = random.Random(kills)
    net.wire.lose(5)
    for _ in range(kills):
        rest(chance.uniform(0.0, 1.5))
        net.engineer.stop(is_killed=True)
        net.restart_engineer()
    net.wire.lose(0)


def test_a_half_open_connection_is_replaced_at_once(net: Net) -> None:
    """The engineer's machine dies with its plug out, so nobody tells the driver; it comes back in time."""
    downs = news(net.driver, "link-down")
    net.wire.pull(net.engineer.number)
    net.engineer.stop(is_killed=True)
    assert not downs(), "the driver cannot know yet"
    net.wire.put_back(net.engineer.number)
    net.restart_engineer()
    wait_for(lambda: {line["lane"] for line in downs()} == {"log", "live"})


def test_the_receivers_disk_is_full(net: Net) -> None:
    """It is said, live values go on, the link stays; with room again the copy goes on by itself."""
    home = net.engineer.home
    downs, durable = news(net.engineer, "link-down"), news(net.driver, "durable")
    told = news(net.engineer, "health", subject="copies")
    stuff = fill(home)
    (full,) = wait_for(lambda: [line for line in told() if line["level"] == "degraded"])
    assert "No space left" in full["words"]
    live, recorded = news(net.engineer, "live", stream="own", is_stale=False), len(durable())
    wait_for(lambda: len(live()) >= 2 and len(durable()) > recorded)
    stuff.unlink()
    wait_for(lambda: told()[-1]["level"] == "ok")
    net.catch_up()
    assert not downs()


def test_copies_leave_room_for_a_recording(net: Net) -> None:
    net.engineer.stop()
    net.engineer.set(storage__warn_free_bytes=1 << 40)
    try:
        told = news(net.engineer, "health", subject="copies")
        net.restart_engineer()
        (full,) = wait_for(lambda: [line for line in told() if line["level"] == "degraded"])
        assert "wait for disk space" in full["words"]
        live = news(net.engineer, "live", stream="own", is_stale=False)
        wait_for(live)
    finally:
        net.engineer.stop()
        net.engineer.set(storage__warn_free_bytes=0)
    net.restart_engineer()
