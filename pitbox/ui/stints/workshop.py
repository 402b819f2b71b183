"""Hands beside the window: one reads plans out of the edits, one solves them, one writes files.

The newest wish counts; but every file that somebody asked for is written.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pitbox.crew.health import HealthSink, unheard
from pitbox.crew.mailbox import Mailbox
from pitbox.crew.thread import Hand
from pitbox.model.errors import PitBoxError
from pitbox.model.plan_offer import Solved
from pitbox.model.relay import Legs, Relay
from pitbox.ui.scene.plan import PlanScene, plan_scene

if TYPE_CHECKING:
    from pitbox.model.ledger import Ledger
    from pitbox.wall.planner import Planner

_PATIENCE_S = 4.0
_MOST_FILES = 16
BUDGET_S = 10.0


class Read(msgspec.Struct, frozen=True):
    """What stands in the edits now."""

    number: int
    """Of the wish that it answers."""
    scene: PlanScene | None = None
    trouble: str = ""
    """Why there is no plan to be drawn."""


class Wrote(msgspec.Struct, frozen=True):
    """A file, or why there is none."""

    path: Path
    trouble: str = ""


class Question(msgspec.Struct, frozen=True):
    """What is to be solved."""

    number: int
    relay: Relay
    fixed: Legs
    base: Legs
    budget_s: float = BUDGET_S


class Progress(msgspec.Struct, frozen=True):
    """How far a question is answered."""

    number: int
    legs: Legs = ()
    """The best so far; empty: none was found yet."""
    found: int = 0
    """Plans found so far, each better than the one before."""
    took_s: float = 0.0
    solved: Solved | None = None
    """The last word; None while it is worked on."""
    trouble: str = ""


class Workshop:
    """Any thread asks; answers lie in mailboxes. Hands begin with the first wish."""

    def __init__(self, on_health: HealthSink = unheard) -> None:
        self.read_out: Mailbox[Read] = Mailbox()
        self.progress: Mailbox[Progress] = Mailbox()
        self._on_health = on_health
        self._lock = threading.Lock()
        self._reading: Callable[[], Read] | None = None
        self._question: Question | None = None
        self._number = 0
        self._due = {name: threading.Event() for name in ("reader", "solver", "writer")}
        self._writing: deque[Callable[[], Wrote]] = deque(maxlen=_MOST_FILES)
        self.wrote: deque[Wrote] = deque(maxlen=_MOST_FILES)
        """What came of files, the oldest first; whoever tells it takes it out."""
        self._hands: dict[str, Hand] = {}
        self._is_over = False

    def read(self, planner: "Planner", team: str, variant: str) -> int:
        """Returns the number that the answer will have."""
        self._number += 1
        number = self._number

        def reading() -> Read:
            try:
                return Read(number, planner.ask(lambda ledger: plan_scene(ledger, team, variant)))
            except PitBoxError as error:
                return Read(number, trouble=str(error))

        with self._lock:
            self._reading = reading
        self._wake("reader", self._read)
        return number

    def solve(self, relay: Relay, fixed: Legs, base: Legs, budget_s: float = BUDGET_S) -> int:
        """Gives up what is being solved."""
        self._number += 1
        with self._lock:
            self._question = Question(self._number, relay, fixed, base, budget_s)
        self._wake("solver", self._solve)
        return self._number

    def give_up(self) -> None:
        """Nothing is asked any more."""
        self._number += 1
        with self._lock:
            self._question = None

    def write(self, planner: "Planner", making: Callable[["Ledger"], bytes], path: Path) -> None:
        """The answer lies in `wrote`."""

        def writing() -> Wrote:
            try:
                path.write_bytes(planner.ask(making))
            except (OSError, PitBoxError) as error:
                return Wrote(path, str(error))
            return Wrote(path)

        self._writing.append(writing)
        self._wake("writer", self._write)

    def stop(self) -> None:
        self._is_over = True
        for hand in self._hands.values():
            hand.stop(timeout_s=_PATIENCE_S)
        self._hands = {}

    def _wake(self, name: str, work: Callable[[], None]) -> None:
        if name not in self._hands:
            due = self._due[name]

            def main(stop: threading.Event) -> None:
                while not stop.is_set() and not self._is_over:
                    due.wait()
                    due.clear()
                    if not self._is_over:
                        work()

            self._hands[name] = Hand(f"plan {name}", main, self._on_health, woken=due)
            self._hands[name].start()
        self._due[name].set()

    def _read(self) -> None:
        with self._lock:
            reading, self._reading = self._reading, None
        if reading is not None:
            self.read_out.put(reading())

    def _write(self) -> None:
        while self._writing:
            self.wrote.append(self._writing.popleft()())

    def _solve(self) -> None:
        from pitbox.planning.solver import solve  # noqa: PLC0415 - only where somebody solves

        with self._lock:
            asked = self._question
        if asked is None:
            return
        began_s, found = time.monotonic(), [0]

        def is_stale() -> bool:
            return self._is_over or self._question is not asked

        def better(legs: Legs) -> None:
            found[0] += 1
            if not is_stale():
                self.progress.put(Progress(asked.number, legs, found[0], time.monotonic() - began_s))

        try:
            solved = solve(
                asked.relay,
                fixed=asked.fixed,
                base=asked.base,
                budget_s=asked.budget_s,
                stop=is_stale,
                on_better=better,
            )
        except PitBoxError as error:
            self.progress.put(Progress(asked.number, trouble=str(error)))
            return
        if not is_stale():
            self.progress.put(Progress(asked.number, solved.legs, found[0], solved.took_s, solved))
