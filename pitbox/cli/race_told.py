"""The race that a command is about: a recording on the shelf or a timing sheet, and what people set right."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pitbox.cli.desk import Desk, pick_sessions

if TYPE_CHECKING:  # loaded by the command that needs it
    from pitbox.model.amendment import Amendment
    from pitbox.model.ids import LogId, SessionId
    from pitbox.sim.sheet.record import Sheet
    from pitbox.strategy.story import Story
    from pitbox.wire.record import AnyRecord


class RaceTold:
    """Raises typer.BadParameter where there is no such race."""

    def __init__(self, desk: Desk, session: str | None) -> None:
        """`session`: a name or a sheet's path; None: what was recorded last."""
        self._desk = desk
        self._sheet: Sheet | None = None
        if session is not None and Path(session).suffix.lower() == ".csv":
            self._sheet = _sheet(session)
            self.name = self._sheet.session
        else:
            self.name = _newest(desk) if session is None else pick_sessions(desk, session)[0]

    def records(self) -> "Iterator[tuple[AnyRecord, LogId | int]]":
        """In the order of the race; a sheet belongs to no log."""
        if self._sheet is not None:
            return ((record, 0) for record in self._sheet.records())
        from pitbox.log.merge import merged

        return ((item.record, item.log) for item in merged(self._desk.shelf.readers(self.name)))

    def set_right(self, story: "Story") -> "Mapping[int, Amendment]":
        """Lay over the race what people of this team said of it, and say what, by car."""
        from pitbox.log.edits import edit_readers

        desk = self._desk
        if self._sheet is not None or not edit_readers(desk.shelf, self.name):
            return {}
        from pitbox.crew.clock import SystemClock
        from pitbox.identity.device import Identity
        from pitbox.wall.amender import amend_story
        from pitbox.wall.edit_book import EditBook
        from pitbox.wall.roles import roles_of

        folder = desk.profile.identity_folder
        book = EditBook(desk.shelf, Identity.load_or_create(folder), SystemClock(), role_of=roles_of(folder))
        book.enter(self.name)
        try:
            return book.ask(lambda ledger: amend_story(story, ledger))
        finally:
            book.close()


def _sheet(session: str) -> "Sheet":
    from pitbox.sim.sheet.record import Sheet

    path = Path(session).expanduser()
    if not path.is_file():
        raise typer.BadParameter(f"There is no file {session!r}.")
    return Sheet(path)


def _newest(desk: Desk) -> "SessionId":
    from pitbox.log.edits import races

    known = races(desk.shelf)
    if not known:
        raise typer.BadParameter("Nothing is recorded here yet; `pitbox demo` records a synthetic race.")
    return max(known, key=lambda name: max(reader.log.epoch for reader in desk.shelf.readers(name)))
