"""Whoever works out what to do, as a window sees it: mailboxes, and wishes that never wait. Loads no Qt."""

from typing import TYPE_CHECKING, Literal, Protocol

from pitbox.crew.mailbox import Mailbox
from pitbox.wall.feed import Feed
from pitbox.wall.moment import Still

if TYPE_CHECKING:  # what makes an answer is loaded by the thread that makes it
    from pitbox.strategy.decision.answer import StrategyAnswer, Tried, WhatIf

Reply = Literal["accepted", "not now", "why"]
"""What a team says to a call."""


class Adviser(Protocol):
    """Started, turned and stopped by the bridge; all else from any thread. Mailboxes may be replaced."""

    @property
    def answers(self) -> "Mailbox[StrategyAnswer]": ...

    @property
    def tried(self) -> "Mailbox[Tried]":
        """Answers to `ask`, finer ones after the first; each carries the number of its question."""

    def start(self) -> None: ...

    def stop(self) -> bool: ...

    def turn_to(self, feed: Feed) -> None:
        """Nothing said before holds any more."""

    def look_from(self, still: Still | None) -> None:
        """From that moment of the past only; None: from the present again."""

    def ask(self, what_if: "WhatIf") -> None:
        """Only the newest question counts."""

    def answer_call(self, key: str, reply: Reply) -> None:
        """For the log: what was done about a card."""
