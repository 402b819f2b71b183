"""The thread that looks ahead: follows a feed by itself, and lays each forecast where views pull it from.

It is asked anew after each lap and stop of our car, when the flag turns, and every quarter of a minute. It
never takes more than a small share of a core; a slow answer is an old one, and its time says so.
"""

import logging
import threading
import time

import msgspec

from pitbox.crew.health import Health, Level
from pitbox.crew.mailbox import Mailbox
from pitbox.crew.thread import Hand
from pitbox.model.clock import Clock
from pitbox.model.standing import Standings
from pitbox.strategy.briefing import Case, Mind
from pitbox.strategy.errors import NoRaceError
from pitbox.strategy.forecast import Forecast, forecast, moment_of
from pitbox.strategy.story import Story
from pitbox.timing.wetness import wetness_of
from pitbox.wall.feed import Feed
from pitbox.wall.outlook import Batch, Outlook

_log = logging.getLogger("pitbox.wall")
LATE_S = 60.0
"""A forecast that nothing replaced for so long, while the race went on, is shown as old."""
_LOOK_S = 0.25
_REGULAR_S, _LEAST_S, _MOST_S = 15.0, 0.5, 30.0
_SHARE = 0.05
"""Of a core, at most."""
_FINE = "The race ahead is worked out again."


class Forecaster:
    """One for a window. Started, turned to another feed and stopped by whoever shows its forecasts."""

    def __init__(self, feed: Feed, clock: Clock, case: Case | None = None) -> None:
        """`case`: what people said of this event: limits, rules of service, a target."""
        self.forecasts: Mailbox[Forecast] = Mailbox()
        self._clock = clock
        self._case = case or Case()
        self._lock = threading.Lock()
        self._feed = feed
        self._hand: Hand | None = None
        self._follower = _Follower(feed, clock, self._case)

    def start(self) -> None:
        self._hand = Hand("forecaster", self._main, self._feed.health.tell)
        self._hand.start()

    def stop(self) -> bool:
        """False when the thread did not end in time."""
        hand, self._hand = self._hand, None
        return hand is None or hand.stop(timeout_s=10.0)

    def turn_to(self, feed: Feed) -> None:
        """From any thread. Nothing said before holds any more: readers look into the new mailbox."""
        with self._lock:
            self._feed, self.forecasts = feed, Mailbox()

    def look(self) -> Forecast | None:
        """Take in what is new and, if it is time, look ahead. Belongs to the thread."""
        with self._lock:
            feed, mailbox = self._feed, self.forecasts
        if feed is not self._follower.feed:
            self._follower = _Follower(feed, self._clock, self._case)
        said = self._follower.look()
        if said is not None:
            mailbox.put(said)
        return said

    def _main(self, stop: threading.Event) -> None:
        is_well = True
        while not stop.wait(_LOOK_S if is_well else _REGULAR_S):
            feed, was_well = self._feed, is_well
            try:
                self.look()
                is_well = True
            except Exception as error:  # noqa: BLE001 - the last forecast stands, with its age, and it is tried again
                _log.exception("no forecast")
                what = f"{type(error).__name__}: {error}".rstrip(": .")
                is_well = False
                self._follower = _Follower(feed, self._clock, self._case)
                words = f"The race ahead cannot be worked out now ({what}); the rest goes on."
                feed.health.tell(Health("strategy", "forecast", Level.DEGRADED, words))
            if is_well and not was_well:
                feed.health.tell(Health("strategy", "forecast", Level.OK, _FINE))


class _Follower:
    """Reads one feed from its beginning, and remembers what was asked last."""

    def __init__(self, feed: Feed, clock: Clock, case: Case) -> None:
        self.feed, self._clock, self._case = feed, clock, case
        self._outlook = Outlook(feed, clock)
        self._story, self._mind = Story(), Mind(case.rules)
        self._axis: tuple[int, int] | None = None
        self._standings: Standings | None = None
        self._asked: tuple[object, ...] = ()
        self._asked_s = self._asked_of_s = -_MOST_S
        self._cost_s = 0.0

    def look(self) -> Forecast | None:
        self._take(self._outlook.pull())
        now_s, standings, occasion = self._clock.monotonic_s(), self._standings, self._occasion()
        if standings is None or not occasion or not self._is_due(standings, occasion, now_s):
            return None
        self._asked, self._asked_s, self._asked_of_s = occasion, now_s, standings.sim_time_s
        case = msgspec.structs.replace(self._case, standings=standings, wetness=wetness_of(standings))
        began_s = time.thread_time()
        try:
            said = forecast(moment_of(self._story, standings), case, self._mind)
        except NoRaceError:
            return None
        self._cost_s = time.thread_time() - began_s
        return msgspec.structs.replace(said, made_s=now_s, cost_s=self._cost_s)

    def _take(self, batch: Batch) -> None:
        if batch.is_other_feed:
            self._story, self._mind, self._standings = Story(), Mind(self._case.rules), None
        if batch.info is not None:
            self._story.hear(batch.info)
        self._story.take_all(batch.facts)
        for fact in batch.facts:
            axis = (fact.session_num, fact.run)
            if self._axis is None or axis > self._axis:
                self._axis, self._mind = axis, Mind(self._case.rules)
        self._standings = batch.standings or self._standings

    def _occasion(self) -> tuple[object, ...]:
        """What a new answer is asked for; empty before anything is known."""
        standings, info = self._standings, self._story.info
        if standings is None or info is None or not self._story.cars:
            return ()
        own = next((car for car in standings.cars if car.car_idx == info.own.car_idx), None)
        told = self._story.cars.get(info.own.car_idx)
        place = None if own is None else (own.is_in_pits, own.stops)
        laps = 0 if told is None else told.laps_done
        return (standings.session_num, standings.run, standings.flag, laps, place)

    def _is_due(self, standings: Standings, occasion: tuple[object, ...], now_s: float) -> bool:
        since_s = now_s - self._asked_s
        if since_s < max(_LEAST_S, min(_MOST_S, self._cost_s / _SHARE)):
            return False
        return occasion != self._asked or (since_s >= _REGULAR_S and standings.sim_time_s != self._asked_of_s)
