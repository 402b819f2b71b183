"""Works what lies ahead on into choices and calls, piece by piece, on the thread that looks ahead.

Of all that waits, what an engineer tries comes first, then the newest moment; a moment that is worked on is
given up when a newer one is there. Views pull `answers` and `tried`; nobody waits for anybody.
"""

import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import msgspec

from pitbox.crew.health import HealthSink, unheard
from pitbox.crew.mailbox import Mailbox
from pitbox.model.advice import Reply

if TYPE_CHECKING:  # loaded by the thread, not by whoever opens a window
    from pitbox.strategy.briefing import Case, Mind
    from pitbox.strategy.decision.answer import StrategyAnswer, Tried, WhatIf
    from pitbox.strategy.decision.situation import Rules
    from pitbox.strategy.decision.strategist import Strategist
    from pitbox.strategy.forecast import Forecast
    from pitbox.strategy.montecarlo.lottery import Block
    from pitbox.strategy.montecarlo.outcome import Outcome
    from pitbox.strategy.story import Moment
    from pitbox.wall.advice_book import AdviceBook
    from pitbox.wall.edit_book import EditBook
    from pitbox.wall.race_code import RaceCode


class Ground(msgspec.Struct, frozen=True):
    """What a forecast stood on."""

    moment: "Moment"
    forecast: "Forecast"
    case: "Case"
    mind: "Mind"
    """Another one belongs to another race, or to one that is told anew."""
    rules: "Rules"
    """Of the event, beside what the sim tells."""
    is_live: bool = True
    """False while somebody looks back: what is said then goes into no log."""


class _StoppedError(Exception):
    """Thrown through what is being worked out."""


class Adviser:
    """`ask` and `reply` may come from any thread; all else belongs to the one that steps."""

    def __init__(
        self,
        now_s: Callable[[], float],
        wake: Callable[[], object] = lambda: None,
        on_health: HealthSink = unheard,
    ) -> None:
        """`wake`: called when there is something to do."""
        self.answers: Mailbox[StrategyAnswer] = Mailbox()
        self.tried: Mailbox[Tried] = Mailbox()
        self._now_s, self._wake, self._on_health = now_s, wake, on_health
        self._lock = threading.RLock()
        self._wish: WhatIf | None = None
        self._book: AdviceBook | None = None
        self._code: RaceCode | None = None
        self._strategist: Strategist | None = None
        self._ground: Ground | None = None
        self._working: Iterator[StrategyAnswer] | None = None
        self._trying: Iterator[Tried] | None = None
        self._cost_s = 0.0
        self._is_stopped = False

    def ask(self, what_if: "WhatIf") -> None:
        """The newest wish counts: while something is dragged, ask at every step."""
        with self._lock:
            self._wish = what_if
        self._wake()

    def answer_call(self, key: str, reply: Reply | None) -> bool:
        """Note what somebody said to a card, or takes back; False where no log holds it. Raises EditError."""
        book = self._live_book()
        return book is not None and book.reply(key, reply)

    def replied(self, key: str, laps: int) -> tuple[Reply, int | None] | None:
        """What the log has as said to a card that stands on this lap, and how urgent it was then."""
        book = self._live_book()
        return None if book is None else book.replied(key, laps)

    def forget(self) -> None:
        """Another race, or another moment of it: what was said holds no more. From any thread."""
        with self._lock:
            self.answers, self.tried, self._wish = Mailbox(), Mailbox(), None
            self._ground = self._working = self._trying = None

    def advise_in(self, book: "EditBook | None") -> None:
        """Where cards are written down from now on; None: nowhere."""
        if book is None:
            self._book = None
            return
        from pitbox.wall.advice_book import AdviceBook  # noqa: PLC0415 - not before there is advice

        if self._book is None or not self._book.is_of(book):
            self._book = AdviceBook(book)

    def consider(self, ground: Ground, answers: "Mailbox[StrategyAnswer] | None" = None) -> None:
        """A newer moment; what was under way for the one before is given up.

        `answers`: where its advice belongs; nothing is said when that is not what views look into any more.
        """
        with self._lock:
            if answers is not None and answers is not self.answers:
                return
            self._ground = ground
            strategist = self._strategist_of(ground)
            self._working = strategist.answers(ground.moment, ground.forecast, ground.case, self._spread)
            self._cost_s = 0.0
            if self._trying is not None and self._wish is None:
                self._trying = None

    def start(self) -> None:
        self._is_stopped = False

    def stop(self) -> None:
        """Say no more; from any thread. What is being worked out ends within a block of races."""
        self._is_stopped = True

    def close(self) -> None:
        """At the end of the thread."""
        if self._code is not None:
            self._code.close()
            self._code = None

    def give_up(self) -> None:
        """After a fault: nothing is under way, and the next moment begins anew."""
        with self._lock:
            self._strategist = self._working = self._trying = self._wish = None

    def step(self) -> bool:
        """Do a piece of the work; False when none is left."""
        self._take_wish()
        if self._code is not None:
            self._code.look()
        try:
            return self._try() or self._advise()
        except _StoppedError:
            self.give_up()
            return False

    def _spread(self, ask: "Callable[[Block], Outcome]", blocks: "list[Block]") -> "Iterator[Outcome]":
        for block in blocks:
            if self._is_stopped:
                raise _StoppedError
            yield ask(block)

    def _take_wish(self) -> None:
        with self._lock:
            wish = self._wish
            if wish is not None and self._strategist is not None and self._ground is not None:
                self._trying, self._wish = self._strategist.tries(wish), None

    def _try(self) -> bool:
        with self._lock:
            trying, mailbox = self._trying, self.tried
        found = None if trying is None else next(trying, None)
        if found is None:
            self._trying = None
            return False
        mailbox.put(found)
        return True

    def _advise(self) -> bool:
        with self._lock:
            working, ground, mailbox = self._working, self._ground, self.answers
        if working is None or ground is None:
            return False
        began_s = time.thread_time()
        answer = next(working, None)
        self._cost_s += time.thread_time() - began_s
        if answer is None:
            self._working = None
            return False
        said = msgspec.structs.replace(answer, made_s=self._now_s(), cost_s=self._cost_s)
        book = self._live_book()
        if book is not None:
            book.enter(said)  # before anybody sees its cards: what was said to them is known then
        mailbox.put(said)
        if said.is_whole and book is not None:
            book.note(said)
        return True

    def _live_book(self) -> "AdviceBook | None":
        """None while somebody looks back: cards of the past are not those of now."""
        ground = self._ground
        return self._book if ground is not None and ground.is_live else None

    def _strategist_of(self, ground: Ground) -> "Strategist":
        from pitbox.strategy.decision.strategist import Strategist  # noqa: PLC0415 - loads the simulator
        from pitbox.wall.race_code import RaceCode  # noqa: PLC0415 - the same

        self._code = self._code or RaceCode(self._on_health)
        known = self._strategist
        if known is None or known.mind is not ground.mind or known.rules != ground.rules:
            self._strategist = Strategist(ground.mind, ground.rules, engine="best")
        assert self._strategist is not None
        return self._strategist
