"""Rogues on the cable of a race that is recorded and followed: nothing for them, and nobody is disturbed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from paired import wait_for
from team_net import PORT, Plugged, news, team

from pitbox.identity.certificate import check_certificate
from pitbox.model.role import Role
from pitbox.sync.errors import Closing, Refusal
from pitbox.sync.trust import PeerBook

pytestmark = [pytest.mark.chaos]
ROGUE = Path(__file__).with_name("rogue.py")


@pytest.mark.parametrize(
    "count",
    [
        pytest.param(1_000, marks=pytest.mark.timeout(400)),
        pytest.param(10_000, marks=[pytest.mark.long, pytest.mark.timeout(300)]),
    ],
)
def test_rogues_get_nothing_and_disturb_nobody(tmp_path: Path, count: int) -> None:
    with team(tmp_path) as net:
        mallory = Plugged(tmp_path, "mallory", Role.ENGINEER, net.wire)
        zoe = Plugged(tmp_path, "zoe", Role.ENGINEER, net.wire)
        PeerBook(net.driver.folder).add(zoe.as_peer())  # paired, and what sits there is no PitBox
        PeerBook(zoe.folder).add(net.driver.as_peer())
        net.start(1)
        downs = [news(machine, "link-down", name=other.name) for machine, other in ends(net)]
        durable, live = news(net.driver, "durable"), news(net.engineer, "live", stream="own")
        before_mb, before_fds = net.driver.measure()
        report = attack(mallory, zoe, net.driver, check_certificate(net.engineer.identity.certificate), count)
        after_mb, _ = net.driver.measure()

        assert all(got <= 7 for got in report["strangers"].values()), "a TLS alert at most"
        (refused, end) = report["major"]
        assert (refused.split(":")[0], end) == (f"refuse {Refusal.PROTOCOL.value}", "end")
        for heard in report["paired"].values():
            welcome, bye, end = heard
            assert (welcome, bye.split(":")[0], end) == ("welcome", f"bye {Closing.DAMAGED.value}", "end")
        assert report["loitering"] == report["flood"] == 0

        assert net.driver.told("stranger-turned-away"), "a note to the user"
        assert any(line["subject"] == "peer zoe" for line in net.driver.told("health"))
        assert not any(down() for down in downs), "those who are paired notice nothing"
        wait_for(lambda: len(live()) >= 3)
        assert not any(line["is_stale"] for line in live())
        assert durable()
        assert after_mb - before_mb < 24
        wait_for(lambda: net.driver.measure()[1] <= before_fds + 2)
        net.finish()
        assert not zoe.frames()


def ends(net):
    return (net.driver, net.engineer), (net.engineer, net.driver)


def attack(mallory: Plugged, zoe: Plugged, driver: Plugged, name: str, count: int) -> dict:
    words = [driver.host, str(PORT), str(mallory.folder), str(zoe.folder), name, str(count)]
    rig = Path(__file__).parents[1] / "sync"
    environment = mallory.environment()
    environment["PYTHONPATH"] += os.pathsep + str(rig)
    done = subprocess.run(
        [*mallory.inside, sys.executable, str(ROGUE), *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report: dict = json.loads(done.stdout)
    return report
