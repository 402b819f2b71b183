"""A recording opens as the race that it was: the same picture and facts as when it was folded live."""

import time
from pathlib import Path

import pytest
from short_race import SESSION, race

from pitbox.model.fact import Lap
from pitbox.wall.demo import DemoRace
from pitbox.wall.feed import Spring
from pitbox.wall.health import HealthRegistry
from pitbox.wall.profile import find_profile
from pitbox.wall.recorded import RecordedRace
from pitbox.wall.settings import Settings, Storage
from pitbox.wall.wall import Wall

SETTINGS = Settings(storage=Storage(reserve_bytes=1 << 20))
_PATIENCE_S = 60.0


def wait_for(feed: object) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not feed.has_ended:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_it_is_the_race_that_was_recorded(tmp_path: Path) -> None:
    profile = find_profile("default", {"PITBOX_HOME": str(tmp_path)})
    wall = Wall(profile, SETTINGS, race(), is_paced_by_us=True)
    wall.start()
    wait_for(wall)
    wall.stop()
    recorded = RecordedRace(wall.shelf, SESSION, HealthRegistry(time.time))
    recorded.start()
    wait_for(recorded)
    assert recorded.stop()
    assert recorded.errors() == []
    assert recorded.spring is Spring.RECORDING
    assert recorded.link.words == ""
    assert recorded.hub.standings.take()[1] == wall.hub.standings.take()[1]
    laps = [fact for fact in recorded.hub.facts_since(0)[1] if isinstance(fact, Lap)]
    assert laps == [fact for fact in wall.hub.facts_since(0)[1] if isinstance(fact, Lap)]
    assert laps


@pytest.mark.usefixtures("duel_is_quick")
def test_a_window_that_closes_early_does_not_wait_for_the_rest(tmp_path: Path) -> None:
    profile = find_profile("default", {"PITBOX_HOME": str(tmp_path)})
    demo = DemoRace(profile, SETTINGS, "duel", minutes=1, speed=1000)
    demo.start()
    wait_for(demo)
    assert demo.stop()
    assert not demo.link.is_recorded
    recorded = RecordedRace(demo.wall.shelf, demo.session, demo.health)
    recorded.start()
    assert recorded.stop()
