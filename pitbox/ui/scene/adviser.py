"""Whoever works out what to do, as a window sees it: mailboxes, and wishes that never wait. Loads no Qt."""

from typing import TYPE_CHECKING, Protocol

from pitbox.crew.mailbox import Mailbox
from pitbox.model.advice import Reply

if TYPE_CHECKING:  # what makes an answer is loaded by the thread that makes it
    from pitbox.strategy.decision.answer import StrategyAnswer, Tried, WhatIf


class Adviser(Protocol):
    """Works while the forecaster does; may be asked from any thread. Mailboxes may be replaced."""

    @property
    def answers(self) -> "Mailbox[StrategyAnswer]": ...

    @property
    def tried(self) -> "Mailbox[Tried]":
        """Answers to `ask`, finer ones after the first; each carries the number of its question."""

    def ask(self, what_if: "WhatIf") -> None:
        """Only the newest question counts."""

    def answer_call(self, key: str, reply: Reply | None) -> bool:
        """For the log: what was done about a card, None to take it back. False where no log holds it.

        Raises EditError.
        """

    def replied(self, key: str, laps: int) -> tuple[Reply, int | None] | None:
        """From the log: what was said to a card that stands on this lap, and how urgent it was then."""
