"""Where views pull from: the newest picture of the race, and the facts in the order they came."""

import threading
from collections import deque
from collections.abc import Sequence
from itertools import islice

import msgspec

from pitbox.crew.mailbox import Mailbox
from pitbox.model.fact import Fact
from pitbox.model.ids import LogId, SessionId
from pitbox.model.session import SessionInfo
from pitbox.model.source import Ticks
from pitbox.model.standing import Standings
from pitbox.wall.ledger import fact_key

RACE_FACTS = 400_000
"""Of 24 hours with sixty cars, three times over: who looks late hears all of it."""


class Durable(msgspec.Struct, frozen=True):
    """How far this machine's recording is safe."""

    log: LogId
    end_seq: int
    """One past the last durable record."""
    sync_s: float
    bytes: int
    """Payload made durable since the log was opened."""
    sim_time_s: float = 0.0
    """Of the last row that is durable."""
    at_s: float = 0.0
    """Monotonic clock when it was acknowledged."""


class RaceKey(msgspec.Struct, frozen=True):
    """Which race what lies in a hub is of."""

    session: SessionId
    session_num: int
    run: int


class Hub:
    """Of one session at a time. Written by scribe, timekeeper, sampler and radio, read by any thread."""

    def __init__(self, fact_bound: int = RACE_FACTS) -> None:
        self.standings: Mailbox[Standings] = Mailbox()
        self.info: Mailbox[SessionInfo] = Mailbox()
        self.durable: Mailbox[Durable] = Mailbox()
        self.live: Mailbox[Ticks] = Mailbox()
        """The newest ticks before they are logged: for the eye, never for a fold."""
        self.damaged: Mailbox[tuple[LogId, int]] = Mailbox()
        """A log in which the caretaker found a hole, and the first record that is gone."""
        self._lock = threading.Lock()
        self._facts: deque[Fact] = deque(maxlen=fact_bound)
        self._fact_count = 0
        self.edition = 0
        """How often facts were retracted, or all of them went: a cursor of another edition is of no use."""
        self._session: SessionId | None = None

    @property
    def session(self) -> SessionId | None:
        return self._session

    @property
    def key(self) -> RaceKey | None:
        """None before the first picture of a race."""
        standings = self.standings.take()[1]
        if self._session is None or standings is None:
            return None
        return RaceKey(self._session, standings.session_num, standings.run)

    def enter(self, session: SessionId) -> None:
        """From now on all is of this session; what lay here of another one is gone."""
        with self._lock:
            if session == self._session:
                return
            is_first, self._session = self._session is None, session
            if is_first:
                return
            self.standings.clear()
            self.info.clear()
            self.live.clear()
            self._facts.clear()
            self.edition += 1

    def publish_facts(self, facts: Sequence[Fact], retracted: Sequence[Fact] = ()) -> None:
        """What is retracted goes first; whoever read it sees another edition and reads from the start."""
        gone = {fact_key(fact) for fact in retracted}
        with self._lock:
            if gone:
                kept = [fact for fact in self._facts if fact_key(fact) not in gone]
                self._facts = deque(kept, self._facts.maxlen)
                self.edition += 1
            self._facts.extend(facts)
            self._fact_count += len(facts)

    def facts_since(self, cursor: int) -> tuple[int, list[Fact]]:
        """(new cursor, facts published after the old one); the oldest go when nobody came for long."""
        with self._lock:
            fresh = min(self._fact_count - cursor, len(self._facts))
            newest = islice(reversed(self._facts), max(0, fresh))
            return self._fact_count, list(newest)[::-1]
