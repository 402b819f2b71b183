"""The engineer's window is told everything once, and how old it is."""

import msgspec

from pitbox.crew.health import Health, Level
from pitbox.model.fact import FlagPhase
from pitbox.model.standing import Standings
from pitbox.wall.feed import Link, Spring, StillFeed
from pitbox.wall.health import HealthRegistry
from pitbox.wall.hub import Hub
from pitbox.wall.outlook import Outlook

PICTURE = Standings(0, 0, 10.0, 4, "green", None, None, ())


class HandClock:
    now_s = 100.0

    def monotonic_s(self) -> float:
        return self.now_s

    def wall_s(self) -> float:
        return self.now_s


class FakeFeed:
    spring = Spring.PEERS
    link = Link(machines=3, is_recorded=True)

    def __init__(self) -> None:
        self.hub = Hub()
        self.health = HealthRegistry(lambda: 0.0)
        self.has_ended = False


def test_each_piece_of_news_is_told_once() -> None:
    feed = FakeFeed()
    outlook = Outlook(feed, HandClock())
    feed.hub.standings.put(PICTURE)
    feed.hub.publish_facts([FlagPhase(0, 0, 1, "green", 1.0)])
    feed.health.tell(Health("sync", "peers", Level.NOTE, "Two peers."))
    first, second = outlook.pull(), outlook.pull()
    assert first.standings is PICTURE
    assert len(first.facts) == 1
    assert first.ward is not None
    assert first.is_other_feed
    assert (second.standings, second.facts, second.ward, second.is_other_feed) == (None, (), None, False)


def test_a_picture_grows_old_unless_the_feed_has_ended() -> None:
    feed, clock = FakeFeed(), HandClock()
    outlook = Outlook(feed, clock)
    assert outlook.pull().pulse.age_s is None
    feed.hub.standings.put(PICTURE)
    assert outlook.pull().pulse.age_s == 0
    clock.now_s += 12.7
    pulse = outlook.pull().pulse
    assert (pulse.age_s, pulse.is_stale, pulse.link.machines) == (12, True, 3)
    feed.has_ended = True
    assert not outlook.pull().pulse.is_stale


def test_another_feed_is_read_from_its_beginning() -> None:
    one, other = FakeFeed(), FakeFeed()
    outlook = Outlook(one, HandClock())
    one.hub.standings.put(PICTURE)
    outlook.pull()
    other.hub.standings.put(msgspec.structs.replace(PICTURE, run=1))
    outlook.turn_to(other)
    batch = outlook.pull()
    assert batch.is_other_feed
    assert batch.standings is not None
    assert batch.standings.run == 1


def test_what_was_retracted_is_gone_and_all_that_is_left_is_told_anew() -> None:
    feed, clock = FakeFeed(), HandClock()
    outlook = Outlook(feed, clock)
    feed.hub.standings.put(PICTURE)
    green, early, yellow = (
        FlagPhase(0, 0, number, flag, 5.0) for number, flag in ((1, "green"), (2, "red"), (2, "yellow"))
    )
    feed.hub.publish_facts([green, early, yellow])
    assert outlook.pull().facts == (green, early, yellow)
    clock.now_s += 1.0
    feed.hub.publish_facts([], [yellow])
    told = outlook.pull()
    assert told.is_other_feed
    assert told.facts == (green,), "older words for it go with it"
    assert told.standings is PICTURE
    assert told.pulse.age_s == 1.0, "the picture is not newer for that"
    assert not outlook.pull().is_other_feed


def test_before_anything_was_opened_nothing_comes() -> None:
    batch = Outlook(StillFeed(HealthRegistry(lambda: 0.0)), HandClock()).pull()
    assert (batch.standings, batch.pulse.spring, batch.pulse.age_s) == (None, Spring.NONE, None)
