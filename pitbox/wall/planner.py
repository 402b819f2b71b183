"""What the team plans, on this machine: events, people, teams, strategies and stints, with undo and history.

An edit book on a session that is no race, stepped by whoever keeps the edits of what is shown (the office,
the secretary). Its logs travel like any other. `planning` says what edits mean, this writes them.
"""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from pitbox.log.writer import Committed
from pitbox.model.edit import Draft, Edit, Entity
from pitbox.model.errors import EditError
from pitbox.model.ids import TEAM_PLANS, SessionId
from pitbox.model.ledger import Ledger
from pitbox.planning.conflict import Conflict, conflicts, settle
from pitbox.planning.history import Line, deed_of, history_lines, key_of, last_of, sentences, undo_drafts
from pitbox.wall.audience import Mates, refusal
from pitbox.wall.edit_book import EditBook

_T = TypeVar("_T")
_MOST_SHARE = 0.01
"""Of a core, for looking whether others wrote."""


class Planner:
    """Everything but `step` and `close` from any thread; those two from one."""

    def __init__(
        self,
        book: EditBook,
        mates: Mates | None = None,
        *,
        first: Callable[[], Sequence[Draft]] | None = None,
        is_shared: bool = True,
    ) -> None:
        """`mates`: who is connected; None: nobody can be. `first`: what a plan that is empty begins with.

        `is_shared`: the logs lie where those lie that go to team-mates.
        """
        self.book = book
        self._mates = mates
        self._first = first
        self._is_shared = is_shared
        self._next_read_s = 0.0

    @property
    def revision(self) -> tuple[SessionId | None, int]:
        """Another one with every edit that counts; the same one means the same answers."""
        return self.book.revision

    @property
    def has_mates(self) -> bool:
        """Somebody is connected who may write here too."""
        return self._mates is not None and bool(self._mates())

    def ask(self, question: Callable[[Ledger], _T]) -> _T:
        """Whatever can be worked out of the plans, while nobody changes them."""
        return self.book.ask(question)

    def write(self, drafts: Sequence[Draft], base: int | None = None) -> list[Edit]:
        """One deed: together it is undone. Raises EditError where it cannot be written.

        `base`: the count of edits that it was worked out of; nothing is written if somebody edited since.
        """
        words = refusal(self._mates()) if self._mates else ""
        if self.book.session is None:
            raise EditError("The plans are just being opened: try again in a moment.")
        if words:
            raise EditError(words.replace("says is not heard", "plans does not count"))
        return self.book.write(_last_of_each(drafts), base)

    def do(self, drafts: Sequence[Draft], base: int | None = None) -> str:
        """As `write`, and the key by which the deed is taken back."""
        return key_of(self.write(drafts, base))

    def take_back(self, key: str) -> str:
        """Undo the deed of this key; the key of that, by which it is done again. Raises EditError."""

        def back(ledger: Ledger) -> tuple[int, list[Draft]]:
            return ledger.count, undo_drafts(ledger, deed_of(ledger, key))

        base, drafts = self.ask(back)
        return self.do(drafts, base)

    def undo(self, key: str = "") -> str:
        """Take back the deed of this key, or one's own last that stands; its sentences. Raises EditError."""
        deed = self.ask(lambda ledger: deed_of(ledger, key) if key else last_of(ledger, self.book.device))
        words = self.ask(lambda ledger: sentences(ledger, deed))
        self.take_back(deed.key)
        return words

    def history(self, about: Entity | str | None = None, most: int = 200) -> tuple[Line, ...]:
        """The newest first: of one thing, of a team by its key, or of everything."""
        return self.ask(lambda ledger: history_lines(ledger, about, most))

    def conflicts(self, team: str | None = None) -> tuple[Conflict, ...]:
        return self.ask(lambda ledger: conflicts(ledger, team))

    def settle(self, conflict: Conflict, chosen: int) -> None:
        """With the value of this number; raises EditError."""
        self.write([settle(conflict, chosen)])

    def step(self, heard: Callable[[Committed], None] | None, *, is_reading: bool = True) -> None:
        """Make durable what was written, take in what others wrote; `heard` is told of the former."""
        self.book.heard = heard if self._is_shared else None
        self.book.enter(TEAM_PLANS)
        first, self._first = self._first, None
        if first is not None and not self.revision[1]:
            drafts = _last_of_each(first())
            if drafts:
                self.book.write(drafts)
        self.book.store()
        if is_reading:
            spent_s = time.thread_time()
            self.book.read()
            spent_s = time.thread_time() - spent_s
            self._next_read_s = time.monotonic() + spent_s / _MOST_SHARE

    @property
    def is_read_due(self) -> bool:
        """Looking for what others wrote costs little of a core by now: logs of plans pile up for years."""
        return time.monotonic() >= self._next_read_s

    def close(self) -> None:
        self.book.close()


def _last_of_each(drafts: Sequence[Draft]) -> list[Draft]:
    """Of several wishes for one field only the last: else it could not be undone in one step."""
    last = {(draft.entity, draft.field): number for number, draft in enumerate(drafts)}
    return [draft for number, draft in enumerate(drafts) if last[(draft.entity, draft.field)] == number]
