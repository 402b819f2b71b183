"""The thread that looks ahead: follows a feed by itself, and lays each forecast where views pull it from.

It is asked anew after each lap and stop of our car, when the flag turns, and every quarter of a minute. It
never takes more than a small share of a core; a slow answer is an old one, and its time says so. What it
needs of strategy is loaded on its thread: a window opens without.
"""

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from pitbox.crew.health import Health, Level
from pitbox.crew.mailbox import Mailbox
from pitbox.crew.thread import Hand
from pitbox.model.clock import Clock
from pitbox.wall.adviser import Adviser
from pitbox.wall.feed import Feed
from pitbox.wall.moment import Still
from pitbox.wall.plan_follower import PlanFollower
from pitbox.wall.settings import Strategy
from pitbox.wall.staff import staff_of

if TYPE_CHECKING:
    from pitbox.strategy.forecast import Forecast
    from pitbox.wall.follower import Follower

_log = logging.getLogger("pitbox.wall")
LATE_S = 60.0
"""A forecast that nothing replaced for so long, while the race went on, is shown as old."""
_LOOK_S, _PAUSE_S = 0.25, 15.0
_FINE = "The race ahead is worked out again."
_ADVISED = "What to do is worked out again."


class Forecaster:
    """One for a window. Started, turned to another feed and stopped by whoever shows its forecasts."""

    def __init__(
        self, feed: Feed, clock: Clock, terms: Strategy | None = None, models: Path | None = None
    ) -> None:
        """`terms`: what people said of this event; `models`: where learned ones lie, if they shall speak."""
        self.forecasts: Mailbox[Forecast] = Mailbox()
        self._due = threading.Event()
        self.adviser = Adviser(clock.monotonic_s, self._due.set, self._tell)
        """What to do about it: works on the same thread, whenever that has nothing to foresee."""
        self.plans = PlanFollower(clock, self._tell)
        """Our plan of who drives when, laid over the same race."""
        self._clock, self._terms, self._models = clock, terms or Strategy(), models
        self._lock = threading.Lock()
        self._feed = feed
        self._hand: Hand | None = None
        self._still: Still | None = None
        self._is_still_due = self._was_still = False
        self._follower: Follower | None = None
        self._is_advised = True

    def start(self) -> None:
        self.adviser.start()
        self.plans.start()
        self._hand = Hand("forecaster", self._main, self._feed.health.tell, woken=self._due)
        self._hand.start()

    def stop(self) -> bool:
        """False when the thread did not end in time."""
        hand, self._hand = self._hand, None
        self.adviser.stop()
        has_ended = self.plans.stop()
        return (hand is None or hand.stop(timeout_s=10.0)) and has_ended

    def turn_to(self, feed: Feed) -> None:
        """From any thread. Nothing said before holds any more: readers look into the new mailbox."""
        with self._lock:
            self._feed, self.forecasts, self._still = feed, Mailbox(), None
            self.adviser.forget()
            self.plans.forget()

    def reckon_with(self, terms: Strategy) -> None:
        """From any thread: other words about the event; what was said stands until it is said anew."""
        with self._lock:
            self._terms, self._is_still_due = terms, self._still is not None

    def look_from(self, still: Still | None) -> None:
        """From any thread: look ahead from that moment of the past only; None: from the present again."""
        with self._lock:
            self._still, self._is_still_due, self.forecasts = still, still is not None, Mailbox()
            self.adviser.forget()

    def look(self) -> "Forecast | None":
        """Take in what is new and, if it is time, look ahead. Belongs to the thread."""
        with self._lock:
            feed, mailbox, still, terms = self._feed, self.forecasts, self._still, self._terms
            answers = self.adviser.answers
            is_due, self._is_still_due = self._is_still_due, False
            is_back, self._was_still = self._was_still and still is None, still is not None
        follower = self._follow(feed, terms)
        if is_back:
            follower.ask_again()
        said: Forecast | None
        if still is None:
            said = follower.look()
        else:
            follower.hear()
            said = follower.look_from(still) if is_due else None
        self.plans.look(feed, follower.story, follower.standings)  # who drives next is told in the present
        if said is not None:
            mailbox.put(said)
            if follower.ground is not None:
                staff = staff_of(feed)
                self.adviser.advise_in(None if staff is None else staff.book)
                self.adviser.consider(follower.ground, answers)
        return said

    def _follow(self, feed: Feed, terms: Strategy) -> "Follower":
        known = self._follower
        if known is None or known.feed is not feed or known.terms != terms:
            from pitbox.predict.registry import Registry  # noqa: PLC0415 - not before the first paint
            from pitbox.wall.follower import Follower  # noqa: PLC0415 - the same

            registry = None if self._models is None else Registry(self._models)
            known = self._follower = Follower(feed, self._clock, terms, registry)
        return known

    def _tell(self, health: Health) -> None:
        self._feed.health.tell(health)

    def _main(self, stop: threading.Event) -> None:
        try:
            self._work(stop)
        finally:
            self.adviser.close()

    def _work(self, stop: threading.Event) -> None:
        is_well = True
        while not stop.is_set():
            is_well = self._look_well(was_well=is_well)
            until_s = self._clock.monotonic_s() + _LOOK_S
            while (is_more := is_well and self._advise_well()) and not stop.is_set():
                if self._clock.monotonic_s() >= until_s:
                    break
            if not is_more:
                self._due.wait(_LOOK_S if is_well else _PAUSE_S)
                self._due.clear()

    def _look_well(self, *, was_well: bool) -> bool:
        feed = self._feed
        try:
            self.look()
        except Exception as error:  # noqa: BLE001 - what was said last stands, with its age
            _log.exception("no forecast")
            self._follower = None
            words = f"The race ahead cannot be worked out now ({_what(error)}); the rest goes on."
            feed.health.tell(Health("strategy", "forecast", Level.DEGRADED, words))
            return False
        if not was_well:
            feed.health.tell(Health("strategy", "forecast", Level.OK, _FINE))
        return True

    def _advise_well(self) -> bool:
        """A piece of advice; False when there is nothing more to say, or no way to say it."""
        feed, was_well = self._feed, self._is_advised
        try:
            is_more, self._is_advised = self.adviser.step(), True
        except Exception as error:  # noqa: BLE001 - forecasts go on without
            _log.exception("no advice")
            self.adviser.give_up()
            self._is_advised = False
            words = f"What to do cannot be worked out now ({_what(error)}); forecasts go on."
            feed.health.tell(Health("strategy", "advice", Level.DEGRADED, words))
            return False
        if is_more and not was_well:
            feed.health.tell(Health("strategy", "advice", Level.OK, _ADVISED))
        return is_more


def _what(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": .")
