"""Sessions that were deleted here on purpose: peers keep theirs, and nothing brings them back.

One empty file for each, beside the logs: written before anything is removed.
"""

from pathlib import Path

from pitbox.log.disk import Disk
from pitbox.model.ids import SessionId

_FOLDER = ".deleted"


class Tombstones:
    def __init__(self, root: Path, disk: Disk | None = None) -> None:
        self._folder = root / _FOLDER
        self._disk = disk or Disk()

    def has(self, session: SessionId) -> bool:
        return (self._folder / session).exists()

    def sessions(self) -> list[SessionId]:
        try:
            return sorted(SessionId(path.name) for path in self._folder.iterdir())
        except OSError:
            return []

    def raise_for(self, session: SessionId) -> None:
        """From now on this session is not taken from peers; again is no fault."""
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / session).touch()
        self._disk.sync_folder(self._folder)

    def lift(self, session: SessionId) -> None:
        """The user wants it after all."""
        (self._folder / session).unlink(missing_ok=True)
