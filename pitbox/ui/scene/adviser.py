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

    def answer_call(self, key: str, reply: Reply) -> bool:
        """For the log: what was done about a card. False where no log holds it; raises EditError."""
