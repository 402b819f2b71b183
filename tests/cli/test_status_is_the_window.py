"""The window's forecast and `pitbox status` say the same of the same race: one code, two looks at it."""

import json
import time

import msgspec

from pitbox.crew.clock import SystemClock
from pitbox.log.merge import merged
from pitbox.timing.race import RaceFold
from pitbox.wall.feed import StillFeed
from pitbox.wall.forecaster import Forecaster
from pitbox.wall.health import HealthRegistry
from pitbox.wall.hub import Hub
from pitbox.wall.profile import find_profile
from pitbox.wall.settings import Strategy
from pitbox.wall.settings_file import change
from pitbox.wire.record import InfoRecord


class HurriedClock(SystemClock):
    """No answer has to wait for its turn."""

    def monotonic_s(self) -> float:
        return 1000.0 * super().monotonic_s()


def test_the_window_says_what_status_says(pitbox, shelf, session):
    """Followed while it was recorded, picture by picture, against everything read at once."""
    feed, fold = StillFeed(HealthRegistry(time.time)), RaceFold()
    feed.hub = Hub()
    forecaster, moments = Forecaster(feed, HurriedClock()), set()
    for count, item in enumerate(merged(shelf.readers(session))):
        feed.hub.publish_facts(fold.fold(item.record, item.log))
        if isinstance(item.record, InfoRecord):
            feed.hub.info.put(item.record.info)
        if count % 50 == 0 and fold.standings() is not None:
            feed.hub.standings.put(fold.standings())
            said = forecaster.look()
            moments |= set() if said is None else {said.moment_s}
    feed.hub.standings.put(fold.standings())
    forecaster._follower.ask_again()
    last = forecaster.look()
    assert len(moments) >= 3
    assert last is not None
    assert last.said is not None
    told = json.loads(pitbox("status", session, "--json").out)
    assert told["laps"] >= 1
    assert told["rejoins"]
    assert json.loads(json.dumps(msgspec.to_builtins(last.said, enc_hook=str))) == told
    change(find_profile().settings_file, {"strategy.service": "least-time"})
    forecaster.reckon_with(Strategy(service="least-time"))
    asked = forecaster.look().said.rejoins[0].rejoin.cost
    told = json.loads(pitbox("status", session, "--json").out)["rejoins"][0]["rejoin"]["cost"]
    assert asked.source == told["source"] == "a least time in the box"
    assert asked.loss_s == told["loss_s"]
