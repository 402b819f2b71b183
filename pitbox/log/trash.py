"""Sessions that were deleted and can still be had back: out of the shelf's sight, on the same disk.

Deleting moves a folder, which costs nothing and can be undone; emptying the trash removes the bytes. The
tombstone is raised first, so that no peer brings back in between what somebody wanted gone.
"""

import shutil
from pathlib import Path

from pitbox.log.disk import Disk
from pitbox.log.errors import ShelfError
from pitbox.log.hold import is_held
from pitbox.log.shelf import Shelf, is_session_id
from pitbox.log.tombstone import Tombstones
from pitbox.model.ids import TEAM_PLANS, SessionId

_FOLDER = ".trash"


class Trash:
    def __init__(self, shelf: Shelf, disk: Disk | None = None) -> None:
        self._shelf = shelf
        self._disk = disk or Disk()
        self._folder = shelf.root / _FOLDER
        self._tombstones = Tombstones(shelf.root, self._disk)

    def sessions(self) -> list[SessionId]:
        try:
            return sorted(SessionId(f.name) for f in self._folder.iterdir() if is_session_id(f.name))
        except OSError:
            return []

    def size_bytes(self, session: SessionId) -> int:
        return sum(path.stat().st_size for path in self._place(session).rglob("*") if path.is_file())

    def throw(self, session: SessionId) -> None:
        """Off the shelf; raises ShelfError for what may not go, and then all is as it was."""
        source, target = self._shelf.root / session, self._place(session)
        if session == TEAM_PLANS:
            raise ShelfError("Plans of the team are no session; delete what is in them on their page.")
        if not self._shelf.logs(session):
            raise ShelfError(f"There is no session {session!r} here.")
        if any(is_held(reader.folder) for reader in self._shelf.readers(session)):
            raise ShelfError(f"The session {session} is being recorded; delete it when it is over.")
        if target.exists():
            shutil.rmtree(target)  # deleted before, and here again since: the older one goes for good
        self._folder.mkdir(parents=True, exist_ok=True)
        had_tombstone = self._tombstones.has(session)
        self._tombstones.raise_for(session)
        try:
            source.rename(target)
        except OSError as error:
            if not had_tombstone:
                self._tombstones.lift(session)
            raise ShelfError(f"{session} cannot be moved: {error.strerror or error}.") from error
        self._disk.sync_folder(self._shelf.root)

    def take_back(self, session: SessionId) -> None:
        """Onto the shelf again; raises ShelfError."""
        source, target = self._place(session), self._shelf.root / session
        if not source.is_dir():
            raise ShelfError(f"{session!r} is not in the trash.")
        if target.exists():
            raise ShelfError(f"A session {session!r} has come here meanwhile; both cannot stand.")
        source.rename(target)
        self._tombstones.lift(session)

    def empty(self, session: SessionId) -> int:
        """Gone for good; returns the bytes that it took. Peers keep theirs."""
        size = self.size_bytes(session)
        shutil.rmtree(self._place(session))
        return size

    def _place(self, session: SessionId) -> Path:
        if not is_session_id(session):
            raise ShelfError(f"{session!r} is not a session's name.")
        return self._folder / session
