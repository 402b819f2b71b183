"""The time machine: any moment of a session, live or recorded, as the fold saw it. Loads no Qt.

    moments = feed.moments                     # None where a feed has no past
    moments.reaches()                          # what a scrubber's bar spans, run by run
    moments.ask(Axis(2, 0, 49_327.0))          # returns at once; while dragging, at every step
    version, still = moments.answered.take(version)    # from the timer of the view: the newest answer

In the window all of that is `RaceBridge.look_back(at)` and `look_live()`: every panel is handed the moment as
it is handed the present, and `bridge.looked` says which it is.

A thread of its own works the answer out. Of wishes that wait only the newest is granted; one that is being
worked on is given up for it only if there was an answer just now, so that a drag is seen to move. `at` is
the same for whoever can wait: tests, reports.
"""

import threading
import time
from collections.abc import Callable
from typing import Protocol

import msgspec

from pitbox.crew.mailbox import Mailbox
from pitbox.model.fact import Fact
from pitbox.model.ids import Axis
from pitbox.model.session import SessionInfo
from pitbox.model.source import Ticks
from pitbox.model.standing import Standings
from pitbox.strategy.story import Story

_STEADY_S = 0.25
"""While somebody drags, an answer comes at least about so often."""


class Reach(msgspec.Struct, frozen=True):
    """One run that can be looked back at, from its first to its newest moment."""

    session_num: int
    run: int
    start_s: float
    end_s: float


class Still(msgspec.Struct, frozen=True):
    """The race as it stood: equal to the fold of every record up to that place, and of none behind it."""

    asked: Axis
    at: Axis
    """Of the last record folded; `standings.sim_time_s` says what time it is there, to the row."""
    standings: Standings | None
    """None before the first row of a run."""
    info: SessionInfo | None
    facts: tuple[Fact, ...]
    """Each as it was known then, in the order in which it was said; of all runs so far."""
    story: Story
    """Of these facts, told on the thread that made this: main never has to. Read only."""
    live: Ticks | None
    """The last row of our car and of the field, of the collector that spoke for the car."""
    took_s: float
    """What it cost to work out."""

    @property
    def moment(self) -> Axis:
        """Up to where it is told, to the row."""
        shown = self.standings
        return self.at if shown is None else Axis(shown.session_num, shown.run, shown.sim_time_s)


class Past(Protocol):
    """A session's fold that can say how things stood. Asked from any thread."""

    def reaches(self) -> tuple[Reach, ...]: ...

    def still(self, at: Axis, is_cancelled: Callable[[], bool]) -> Still | None:
        """None when it was cancelled, or when nothing of the session is known."""


class Moments:
    """`main` is the thread; everything else may be called from any and waits for nobody, `at` excepted."""

    def __init__(self, past: Past) -> None:
        self._past = past
        self._changed = threading.Condition()
        self._wish: Axis | None = None
        self._taken_back = 0
        """How often: an answer to a wish of before is worth nothing."""
        self._answered_s = float("-inf")
        self.answered: Mailbox[Still] = Mailbox()

    def reaches(self) -> tuple[Reach, ...]:
        """In their order; empty before the first row. Cheap enough for a timer."""
        return self._past.reaches()

    def ask(self, at: Axis) -> None:
        """In place of whatever was asked before. A place behind the end is answered with the end."""
        with self._changed:
            self._wish = at
            self._changed.notify()

    def cancel(self) -> None:
        """Nobody wants to know any more; no answer comes after this returns."""
        with self._changed:
            self._wish = None
            self._taken_back += 1

    def at(self, at: Axis) -> Still | None:
        """Waits for it; None when nothing of the session is known."""
        return self._past.still(at, lambda: False)

    def main(self, stop: threading.Event) -> None:
        while not stop.is_set():
            with self._changed:
                if self._wish is None:
                    self._changed.wait(0.25)
                wish, self._wish, taken_back = self._wish, None, self._taken_back
            if wish is not None:
                self._grant(wish, taken_back, stop)

    def _grant(self, wish: Axis, taken_back: int, stop: threading.Event) -> None:
        def is_cancelled() -> bool:
            is_newer = self._wish is not None and time.monotonic() - self._answered_s < _STEADY_S
            return is_newer or self._taken_back != taken_back or stop.is_set()

        still = self._past.still(wish, is_cancelled)
        with self._changed:
            if still is not None and self._taken_back == taken_back:
                self._answered_s = time.monotonic()
                self.answered.put(still)
