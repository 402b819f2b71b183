"""kill -9 of the recorder with a team-mate attached: nothing acknowledged is lost, here or there."""

import random
from pathlib import Path

import pytest
from paired import wait_for
from same_race import assert_same, assert_told
from team_net import is_told, news, rest, team

from pitbox.log.reader import LogReader
from pitbox.log.verify import verify_log

pytestmark = [pytest.mark.chaos]
BACK_S = 2.0
"""Of a processor's time: a machine that does much else besides is no fault of the recorder."""


@pytest.mark.parametrize(
    "kills",
    [
        pytest.param(5, marks=pytest.mark.timeout(400)),
        pytest.param(60, marks=[pytest.mark.long, pytest.mark.timeout(900)]),
    ],
)
def test_kill_9_of_the_recorder_with_a_peer_attached(tmp_path: Path, kills: int) -> None:
    chance = random.Random(kills)
    back_s = []
    with team(tmp_path) as net:
        net.engineer.start()
        for _ in range(kills):
            durable = news(net.driver, "durable")
            net.driver.run_demo(2)
            wait_for(durable)
            back_s.append(net.driver.cpu_s())
            rest(chance.uniform(0.0, 0.6))
            net.driver.stop(is_killed=True)
            said = durable()
            (log,) = {line["log"] for line in said}
            (reader,) = [found for found in readers(net.driver) if str(found.log) == log]
            assert reader.next_seq >= said[-1]["seq"]
            assert all(damage.is_unfinished for damage in verify_log(reader).damages)
        net.driver.run_demo(2)
        wait_for(lambda: len(net.engineer.frames()) == len(net.driver.frames()) == kills + 1, 60.0)
        net.catch_up()
        net.driver.stop()
        wait_for(lambda: net.engineer.frames() == net.driver.frames())
        wait_for(lambda: is_told(net.engineer, net.driver))
        net.engineer.stop()
        frames = net.driver.frames()
        assert len({log.epoch for log in frames}) == kills + 1, "every start has its own epoch"
        assert net.engineer.frames() == frames
        assert_same(*net.machines)
        assert_told(net.engineer, net.driver)
        (end,) = net.engineer.told("sync-end")
        assert end["known_records"] == 0, "none comes twice"
        assert end["received_records"] == end["applied_records"]
    assert sorted(back_s)[kills // 2] < BACK_S, back_s


def readers(machine) -> list[LogReader]:
    return [reader for session in machine.shelf.sessions() for reader in machine.shelf.readers(session)]
