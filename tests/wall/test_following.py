"""What stands in an engineer's hub: one session at a time, provisional until folded, with origins."""

import time
from pathlib import Path

import numpy as np
import pytest
from race_shelf import TWO_SEEN, ends_of

from pitbox.crew.clock import SystemClock
from pitbox.log.shelf import Shelf
from pitbox.model.fact import FlagPhase
from pitbox.model.ids import SessionId
from pitbox.sync.holders import Safe
from pitbox.sync.live import STALE_S, Row
from pitbox.wall.chronicle import Chronicle
from pitbox.wall.feed import StillFeed
from pitbox.wall.following import Following
from pitbox.wall.health import HealthRegistry
from pitbox.wall.hub import Hub
from pitbox.wall.live_board import LiveBoard
from pitbox.wall.outlook import Outlook
from pitbox.wall.radio import Picture, Team

OTHER = SessionId("sub-99")


@pytest.fixture(scope="module")
def picture(shelf: Shelf) -> Picture:
    """As a driver's machine sends it: its fold of all that there is."""
    chronicle, is_more = Chronicle(shelf.reader), True
    while is_more:
        _, is_more = chronicle.advance(ends_of(shelf), set(), 5000)
    standings = chronicle.standings()
    assert standings is not None
    assert chronicle.info is not None
    return Picture(standings, chronicle.info)


def drain(following: Following) -> None:
    while following.advance():
        pass


def test_a_team_mates_picture_stands_at_once_and_until_the_fold_is_there(
    shelf: Shelf, picture: Picture
) -> None:
    hub, ends = Hub(), ends_of(shelf)
    following = Following(shelf, hub, lambda _, __: None)
    following.hear_team(Team())
    following.show(TWO_SEEN, picture)
    assert hub.session == following.provisional == TWO_SEEN
    assert hub.standings.take()[1] == picture.standings
    log = min(ends)
    following.hear_team(Team(ends=ends, open_logs=frozenset(ends), safe=Safe(log, 3, 30.0)))
    for known, end in ends.items():
        following.hear(known, end)
    while following.provisional is not None:
        drain(following)
    assert hub.key is not None
    assert hub.key.session == TWO_SEEN
    assert following.past.reaches()
    place = following.safe_place()
    assert place is None or place.lap >= 1


def test_a_picture_that_is_older_than_the_fold_is_not_shown(shelf: Shelf, picture: Picture) -> None:
    hub = Hub()
    following = Following(shelf, hub, lambda _, __: None)
    following.hear_team(Team())
    following.hear_team(Team(ends=ends_of(shelf)))
    drain(following)
    version = hub.standings.take()[0]
    following.show(TWO_SEEN, picture)
    assert following.provisional is None
    assert hub.standings.take()[0] == version


def test_two_sessions_never_stand_in_one_view(picture: Picture) -> None:
    feed = StillFeed(HealthRegistry(time.time))
    outlook = Outlook(feed, SystemClock())
    feed.hub = hub = Hub()
    hub.enter(TWO_SEEN)
    hub.standings.put(picture.standings)
    hub.publish_facts([FlagPhase(0, 0, 1, "green", 1.0)])
    assert outlook.pull().facts
    hub.enter(OTHER)
    assert hub.standings.take()[1] is None
    hub.publish_facts([FlagPhase(0, 0, 2, "yellow", 1.0)])
    batch = outlook.pull()
    assert batch.is_other_feed
    assert batch.standings is None
    assert [fact.flag for fact in batch.facts] == ["yellow"]
    assert hub.key is None


def row(device: str, stream: str, at_s: float, session: str = TWO_SEEN, **values: float) -> Row:
    cells = {"SessionTime": at_s, **values}
    array = np.zeros(1, [(name, "<f8") for name in cells])
    for name, value in cells.items():
        array[name] = value
    return Row(session, device, stream, 1, at_s, array, at_s)


def test_live_rows_come_with_source_and_age() -> None:
    board = LiveBoard()
    assert board.ticks(TWO_SEEN, 10.0) is None
    board.put(row("ada", "own", 10.0, IsOnTrack=0))
    board.put(row("kim", "own", 9.5, IsOnTrack=1, FuelLevel=31.0))
    board.put(row("ada", "field", 9.9))
    board.put(row("eve", "own", 10.0, OTHER, IsOnTrack=1))
    ticks = board.ticks(TWO_SEEN, 10.0)
    assert ticks is not None
    assert ticks.own["FuelLevel"][0] == 31.0
    own, field = ticks.origins
    assert (own.device, own.age_s(10.0)) == ("kim", 0.5)
    assert (field.device, field.age_s(10.0)) == ("ada", pytest.approx(0.1))
    later = board.ticks(TWO_SEEN, 9.5 + STALE_S + 0.3)
    assert later is not None
    assert later.origins[0].device == "ada"


def test_a_recording_that_was_followed_just_now_is_told_to_its_end(shelf: Shelf, tmp_path: Path) -> None:
    """Killed before all was told, and nothing of it grows any more."""
    ends, first, second = ends_of(shelf), [], []
    before = Following(shelf, Hub(), lambda _, news: first.append(news), tmp_path)
    before.hear_team(Team())
    before.hear_team(Team(ends={log: end // 2 for log, end in ends.items()}))
    drain(before)
    for session in (TWO_SEEN,):
        chronicle = before.chronicle(session)
        assert chronicle is not None
        chronicle.close()
    hub = Hub()
    after = Following(shelf, hub, lambda _, news: second.append(news), tmp_path)
    after.hear_team(Team(ends=ends))
    drain(after)
    chronicle = after.chronicle(TWO_SEEN)
    assert chronicle is not None
    assert hub.facts_since(0)[1]
    numbers = [n for news in (*first, *second[1:]) for n in range(news.number, news.number + _count(news))]
    assert numbers == list(range(chronicle.annals.ledger.told_count))
    assert second[0] == first[-1]
    chronicle.close()


def _count(news: object) -> int:
    return len(news.facts) + len(news.retracted)
