"""What people wrote into sessions of the past: read for any of them, and added to with notes and tags."""

import secrets
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from pitbox.crew.clock import SystemClock
from pitbox.log.shelf import Shelf
from pitbox.model.clock import Clock
from pitbox.model.edit import Draft
from pitbox.model.errors import EditError
from pitbox.model.ids import SessionId
from pitbox.model.ledger import Ledger
from pitbox.model.note import note
from pitbox.model.sign import Signer
from pitbox.wall.edit_book import EditBook, RoleOf, nobody_else


class Keepsakes:
    """One session at a time; belongs to one thread. Each session that is written to gets a log of its own."""

    def __init__(
        self,
        shelf: Shelf,
        signer: Signer,
        *,
        clock: Clock | None = None,
        role_of: RoleOf = nobody_else,
        name: str = "",
    ) -> None:
        self._shelf = shelf
        self._book = EditBook(shelf, signer, clock or SystemClock(), role_of=role_of, name=name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ledger(self, session: SessionId) -> Ledger:
        """What counts of it, as it stands now; valid until another session is asked for."""
        self._enter(session)
        self._book.read()
        return self._book.ask(lambda ledger: ledger)

    def write(self, session: SessionId, drafts: Sequence[Draft]) -> None:
        """On the disk when it returns; raises EditError for a session that is not here."""
        self._enter(session)
        self._book.write(drafts)
        self._book.store()

    def add_note(self, session: SessionId, text: str) -> str:
        """A note on the session as a whole; returns its key."""
        words = text.strip()
        if not words:
            raise EditError("A note needs words.")
        key = secrets.token_hex(8)
        self.write(session, note(key, words))
        return key

    def close(self) -> None:
        self._book.close()

    def _enter(self, session: SessionId) -> None:
        """Writing into a session that is not here would make an empty one of it."""
        if session != self._book.session and not self._shelf.logs(session):
            raise EditError(f"There is no session {session!r} here.")
        self._book.enter(session)
