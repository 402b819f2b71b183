"""Where a window finds the rows of a session: one archive for each database file, whoever asks."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pitbox.model.ids import SessionId
from pitbox.wall.folders import Folders
from pitbox.wall.hired_clerk import Archive, HiredClerk

if TYPE_CHECKING:  # a database: not before somebody asks
    from pitbox.store.clerk import Clerk

Hire = Callable[[Folders], "Clerk"]


class Archives:
    """Any thread asks. Who was hired here is stopped here; who was given is left to its owner."""

    def __init__(self, home: Folders, hire: Hire, given: Archive | None = None) -> None:
        """`given` keeps the database of `home`."""
        self._hire, self._lock = hire, threading.Lock()
        self._hired: list[HiredClerk] = []
        self._places: dict[Path, tuple[Folders, Archive]] = {}
        self.home = self._add(home, given)

    def add(self, folders: Folders) -> Archive:
        """A demo keeps its races in a place of its own; one that is known already is the same."""
        with self._lock:
            known = self._places.get(folders.database)
            return self._add(folders, None) if known is None else known[1]

    def of(self, session: SessionId) -> Archive:
        """Of the place on whose shelf it lies; of the home where it lies on none."""
        with self._lock:
            places = list(self._places.values())
        return next((archive for folders, archive in places if (folders.logs / session).exists()), self.home)

    def stop(self) -> None:
        for clerk in self._hired:
            clerk.stop()

    def _add(self, folders: Folders, given: Archive | None) -> Archive:
        archive = given
        if archive is None:
            archive = HiredClerk(lambda: self._hire(folders))
            self._hired.append(archive)
        self._places[folders.database] = folders, archive
        return archive
