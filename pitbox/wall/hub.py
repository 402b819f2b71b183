"""Where views pull from: the newest picture of the race, and the facts in the order they came."""

import threading
from collections import deque
from collections.abc import Sequence

import msgspec

from pitbox.crew.mailbox import Mailbox
from pitbox.model.fact import Fact
from pitbox.model.ids import LogId
from pitbox.model.session import SessionInfo
from pitbox.model.source import Ticks
from pitbox.model.standing import Standings
from pitbox.wall.ledger import fact_key


class Durable(msgspec.Struct, frozen=True):
    """How far this machine's recording is safe."""

    log: LogId
    seq: int
    sync_s: float
    bytes: int
    """Payload made durable since the log was opened."""
    sim_time_s: float = 0.0
    """Of the last row that is durable."""
    at_s: float = 0.0
    """Monotonic clock when it was acknowledged."""


class Hub:
    """Written by the scribe's, the timekeeper's and the sampler's thread, read by any."""

    def __init__(self, fact_bound: int = 20_000) -> None:
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
        """How often facts were retracted: a cursor of another edition is of no use."""

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
            return self._fact_count, list(self._facts)[len(self._facts) - fresh :] if fresh > 0 else []
