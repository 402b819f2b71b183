"""The team's plans for a command: read off the shelf, written by the PitBox that runs, or here."""

import sys
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self, TypeVar

from pitbox.cli.desk import Desk
from pitbox.crew.clock import SystemClock
from pitbox.identity.device import Identity
from pitbox.model.edit import Draft
from pitbox.model.errors import EditError
from pitbox.model.ledger import Ledger
from pitbox.wall.author import author_name
from pitbox.wall.edit_book import EditBook
from pitbox.wall.instance import holder
from pitbox.wall.outbox import OUTBOX, Reply, Wish, hand_over
from pitbox.wall.planner import Planner
from pitbox.wall.roles import in_plans, roles_of

_ANSWER_S = 5.0
_T = TypeVar("_T")


class PlanDesk:
    """A context: what was written in it is on the disk when it ends."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        folder = desk.profile.identity_folder
        book = EditBook(
            desk.shelf,
            Identity.load_or_create(folder),
            SystemClock(),
            role_of=in_plans(roles_of(folder)),
            name=author_name(desk.settings),
        )
        self.planner = Planner(book)

    def __enter__(self) -> Self:
        self.planner.step(None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.planner.close()

    def ask(self, question: Callable[[Ledger], _T]) -> _T:
        return self.planner.ask(question)

    def write(self, drafts: Sequence[Draft]) -> None:
        """One deed; raises EditError in plain words."""
        reply = self._handed_over(Wish("plan", drafts=tuple(drafts)))
        if reply is None:
            self.planner.write(drafts)
            self.planner.step(None)

    def undo(self, key: str = "") -> str:
        """Take back one's own last deed, or the one of this key; says what it was."""
        reply = self._handed_over(Wish("undo", key))
        if reply is not None:
            return reply.words
        words = self.planner.undo(key)
        self.planner.step(None)
        return words

    def _handed_over(self, wish: Wish) -> Reply | None:
        """None where nobody takes it, so that it is written here."""
        if holder(self._desk.profile.lock_file) is None:
            return None
        reply = hand_over(self._desk.folders.data / OUTBOX, wish, _ANSWER_S)
        if reply is None:
            print("The PitBox that runs did not answer, so this is written beside it.", file=sys.stderr)
        elif not reply.is_done:
            raise EditError(reply.words)
        else:
            self.planner.step(None)
        return reply
