"""Real processes over TLS on loopback: one records, others follow, come late and are killed."""

import threading
import time
from pathlib import Path

import pytest
from paired import Machine, pair, stopping, wait_for
from same_race import assert_same, fold

from pitbox.model.fact import Lap
from pitbox.model.role import Role

RACE = ("--demo", "duel", "--minutes", "1", "--speed")


@pytest.fixture
def team(tmp_path: Path) -> tuple[Machine, Machine, Machine]:
    driver = Machine(tmp_path / "driver", Role.DRIVER)
    first, second = (Machine(tmp_path / name, Role.ENGINEER) for name in ("kim", "alex"))
    for one, other in ((driver, first), (driver, second), (first, second)):
        pair(one, other)
    return driver, first, second


def test_an_engineer_follows_a_race_and_tells_each_lap_once(team: tuple[Machine, ...]) -> None:
    driver, engineer, _ = team
    with stopping(driver, engineer):
        engineer.start("--no-store")
        driver.start(*RACE, "30")
        wait_for(lambda: driver.told("state", state="ended"), 60.0)
        _, facts = fold(driver.shelf)
        laps = [fact for fact in facts.values() if isinstance(fact, Lap)]
        wait_for(lambda: len(engineer.told("lap")) >= len(laps))
        wait_for(lambda: engineer.told("safe", machines=2) or driver.told("safe", machines=2))
    told = [
        (line["car_idx"], line["lap"], line["session_num"], line["run"], line["end_s"])
        for line in engineer.told("lap")
    ]
    assert len(set(told)) == len({key[:4] for key in told}) == len(laps)
    assert engineer.told("live", stream="own")
    assert engineer.told("race")
    (end,) = engineer.told("sync-end")
    assert end["received_records"] == end["applied_records"]
    assert end["known_records"] == 0
    assert_same(driver, engineer)


@pytest.mark.long  # the short set has it between namespaces
@pytest.mark.chaos
def test_engineers_share_what_the_driver_recorded_after_the_driver_has_gone(
    team: tuple[Machine, ...],
) -> None:
    driver, first, second = team
    with stopping(driver, first, second):
        first.start("--no-store")
        driver.start(*RACE, "30")
        wait_for(lambda: driver.told("state", state="ended"), 60.0)
        wait_for(lambda: first.frames() == driver.frames())
        driver.stop()
        wait_for(lambda: first.told("link-down", name="driver"))
        second.start("--no-store")
        wait_for(lambda: second.told("have") and second.told("lag", peer="kim", records=0))
        wait_for(lambda: second.frames() == first.frames())
    assert_same(driver, first, second)


@pytest.mark.long  # the short set has it between namespaces
@pytest.mark.chaos
def test_kill_9_of_the_engineer_loses_and_doubles_nothing(team: tuple[Machine, ...]) -> None:
    driver, engineer, _ = team
    with stopping(driver, engineer):
        driver.start(*RACE, "15")
        for number in range(4):
            engineer.start("--no-store")
            heard = len(engineer.told("have"))
            wait_for(lambda heard=heard: len(engineer.told("have")) > heard)
            threading.Event().wait(0.2 + 0.3 * number)
            engineer.stop(is_killed=True)
        engineer.start("--no-store")
        wait_for(lambda: driver.told("state", state="ended"), 60.0)
        wait_for(lambda: engineer.frames() == driver.frames())
    (end,) = engineer.told("sync-end")
    assert end["known_records"] == 0
    assert end["received_records"] == end["applied_records"]
    assert_same(driver, engineer)


@pytest.mark.slow
@pytest.mark.chaos
def test_kill_9_of_the_driver_leaves_all_that_was_acknowledged_here_and_there(
    team: tuple[Machine, ...],
) -> None:
    driver, engineer, _ = team
    with stopping(driver, engineer):
        engineer.start("--no-store")
        driver.start("--demo", "duel", "--minutes", "2", "--speed", "2")
        wait_for(lambda: driver.told("safe", machines=2))
        wait_for(lambda: len(driver.told("durable")) > 10)
        driver.stop(is_killed=True)
        acknowledged = driver.told("durable")[-1]["seq"]
        killed_s = time.monotonic()
        driver.start(*RACE, "40")
        wait_for(lambda: [line for line in driver.told("durable") if line["_at_s"] > killed_s])
        wait_for(lambda: driver.told("state", state="ended"), 60.0)
        wait_for(lambda: engineer.frames() == driver.frames())
    frames = driver.frames()
    assert len(frames) == 2
    (log,) = [log for log in frames if str(log) == driver.told("durable")[0]["log"]]
    assert driver.shelf.reader(log).next_seq >= acknowledged
    assert_same(driver, engineer)


@pytest.mark.slow
@pytest.mark.chaos
def test_a_recording_never_waits_for_the_radio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The radio's loop hangs for as long as the race lasts: no tick is lost, no commit comes late."""
    from short_recording import record_beside_a_hanging_radio

    outcome = record_beside_a_hanging_radio(tmp_path, monkeypatch)
    assert outcome.hung_s >= 10.0
    assert outcome.ticks_lost == 0
    assert outcome.worst_commit_gap_s < 1.5
