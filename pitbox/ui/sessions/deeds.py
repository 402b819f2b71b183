"""What is done with a session as a whole: put away and had back, deleted and had back, opened."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

from PySide6.QtCore import SignalInstance

from pitbox.crew.health import Level
from pitbox.log.archive import Archived
from pitbox.model.ids import Axis, SessionId
from pitbox.ui.scene.words import size_words
from pitbox.ui.sessions.board import MakeRoom, SessionBoard
from pitbox.ui.sessions.words import name_words
from pitbox.wall.library import Recorded

if TYPE_CHECKING:  # it loads what only a reader needs
    from pitbox.wall.reading_room import ReadingRoom

T = TypeVar("T")
OPENABLE = ("here", "recording")


class Opener(Protocol):
    """Who shows recordings on the Race page."""

    changed: SignalInstance
    session: str
    """The open one; empty while there is none."""

    def open(self, session: SessionId, title: str, at: Axis | None = None) -> None: ...


ShowLaps = Callable[[SessionId, Axis | None], None]
"""On the Laps page; at the lap of that moment, where one is meant."""


class Deeds:
    def __init__(self, board: SessionBoard, opener: Opener, show_laps: ShowLaps) -> None:
        self._board, self._opener, self._show_laps = board, opener, show_laps

    def open(self, at: Axis | None = None) -> None:
        """The chosen one on the Race page, at that moment."""
        one = self._board.one
        if one is None:
            return
        if one.state in OPENABLE:
            self._opener.open(SessionId(one.session), name_words(one), at)
        elif one.state == "archived":
            self._board.tell("It is archived: restore it to open it.", Level.NOTE, "Restore", self.restore)
        elif one.state == "deleted":
            self._board.tell(
                "It is deleted: bring it back to open it.", Level.NOTE, "Bring back", self.undelete
            )
        else:
            self._board.refused("Its recording is not on this machine; only its rows are in the database.")

    def open_laps(self, at: Axis | None = None) -> None:
        """The chosen one's on the Laps page; the race that is on show stays."""
        one, fault = self._board.one, self._board.shelved.fault
        if one is None:
            return
        if one.laps:
            self._show_laps(SessionId(one.session), at)
        else:
            self._board.refused(fault or f"No lap of {name_words(one)} is in the database.")

    def archive(self) -> None:
        one = self._board.one
        if one is None or not self._is(one, "here", "Only what is here and not being recorded is archived."):
            return
        session, where = SessionId(one.session), self._where

        def told(done: Archived) -> None:
            words = f"{name_words(one)} is in {done.path.name}, {size_words(done.size)}."
            self._board.tell(words, Level.OK, "Restore", lambda: self._restore(one, where))
            self._board.refresh()

        self._long(f"Archiving {name_words(one)}", lambda room: room.library.archive(session), told, where)

    def restore(self) -> None:
        one = self._board.one
        if one is not None and self._is(one, "archived", "It is not archived."):
            self._restore(one, self._where)

    def archive_or_restore(self) -> None:
        one = self._board.one
        if one is not None and one.state == "archived":
            self.restore()
        else:
            self.archive()

    def delete(self) -> None:
        """Off this machine, one step of undo, which does not mind what list is shown by then."""
        one, board = self._board.one, self._board
        if one is None or not self._is(one, "here", _KEPT.get(one.state, "")):
            return
        session, name, where = SessionId(one.session), name_words(one), self._where

        def deleted(_: None) -> None:
            words = f"{name} is deleted here; it can be had back until PitBox ends. Team-mates keep theirs."
            board.tell(words, Level.NOTE, "Undo", lambda: self._undelete(session, name, where))
            board.refresh()

        self._board.stage.do(
            f"delete {name}",
            lambda: self._now(lambda room: room.library.delete(session), deleted, where),
            lambda: self._undelete(session, name, where),
        )

    def undelete(self) -> None:
        one = self._board.one
        if one is not None and self._is(one, "deleted", "It is not deleted."):
            self._undelete(SessionId(one.session), name_words(one), self._where)

    @property
    def _where(self) -> MakeRoom:
        """Of the list that is shown now."""
        return self._board.reader.make_room

    def _restore(self, one: Recorded, where: MakeRoom) -> None:
        def told(_: None) -> None:
            self._board.tell(f"{name_words(one)} is here again; its archive stays.")
            self._board.refresh()

        work = lambda room: room.library.restore(SessionId(one.session))  # noqa: E731 - one line says it best
        self._long(f"Restoring {name_words(one)}", work, told, where)

    def _undelete(self, session: SessionId, name: str, where: MakeRoom) -> None:
        """Nothing, where it is here again already: two buttons lead back."""

        def run(room: "ReadingRoom") -> bool:
            if session not in room.library.deleted():
                return False
            room.library.undelete(session)
            return True

        def told(is_done: bool) -> None:
            if is_done:
                self._board.tell(f"{name} is here again.")
            self._board.refresh()

        self._now(run, told, where)

    def _now(self, run: "Callable[[ReadingRoom], T]", then: Callable[[T], object], where: MakeRoom) -> None:
        self._board.reader.ask(run, then, self._board.refused, where)

    def _long(
        self, words: str, run: "Callable[[ReadingRoom], T]", then: Callable[[T], object], where: MakeRoom
    ) -> None:
        if self._board.worker.ask(run, then, self._board.refused, where):
            self._board.tell(f"{words} ...", Level.NOTE)

    def _is(self, one: Recorded, state: str, words: str) -> bool:
        if one.state != state and words:
            self._board.refused(words)
        return one.state == state


_KEPT = {
    "recording": "It is being recorded; delete it when it is over.",
    "archived": "It is archived and takes no room on the shelf; its file is yours to remove.",
    "deleted": "It is deleted already.",
    "rows only": "Only its rows in the database are here; there is no recording to delete.",
}
