"""Where the files lie that sessions were imported from: place, size and SHA-256, and copies if wanted.

One small JSON file a session, beside the logs. A file of the sim is never moved or changed; what is noted
here tells whether it is still the one that was read.
"""

import contextlib
import hashlib
import os
import shutil
from pathlib import Path

import msgspec

from pitbox.log.errors import ShelfError
from pitbox.log.shelf import is_session_id
from pitbox.model.ids import SessionId

_FOLDER = ".originals"
_MOST_READ = 1 << 20


class Original(msgspec.Struct, frozen=True):
    path: str
    """Where it lay when it was read."""
    size: int
    sha256: str

    @property
    def name(self) -> str:
        return Path(self.path.replace("\\", "/")).name


class Originals:
    def __init__(self, root: Path) -> None:
        """`root`: that of the shelf."""
        self.folder = root / _FOLDER

    def of(self, session: SessionId) -> list[Original]:
        """In the order in which they were imported; nothing for a note that cannot be read."""
        try:
            with self._note(session).open("rb") as file:
                return msgspec.json.decode(file.read(_MOST_READ), type=list[Original])
        except (OSError, msgspec.MsgspecError):
            return []

    def note(self, session: SessionId, original: Original) -> None:
        """Remember it; the same content again moves to where it lies now."""
        known = [one for one in self.of(session) if one.sha256 != original.sha256]
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self._note(session).with_suffix(".part")
        draft.write_bytes(msgspec.json.encode([*known, original]))
        draft.replace(self._note(session))

    def keep(self, original: Original) -> None:
        """Copy it beside the logs, so that it can be had when the sim's folder is cleared."""
        target = self._copy(original)
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_suffix(".part")
        try:
            shutil.copyfile(original.path, draft)
            if _digest(draft) != original.sha256:
                raise ShelfError(f"{original.name} changed while it was copied; import it again.")
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)

    def find(self, original: Original) -> Path | None:
        """The file, if a copy of it is kept or it still lies there as it was; every byte is looked at."""
        for path in (self._copy(original), Path(original.path)):
            with contextlib.suppress(OSError):
                if path.stat().st_size == original.size and _digest(path) == original.sha256:
                    return path
        return None

    def forget(self, session: SessionId) -> None:
        """The note, and copies that no other session needs."""
        gone = self.of(session)
        self._note(session).unlink(missing_ok=True)
        others = {one.sha256 for path in self.folder.glob("*.json") for one in self.of(SessionId(path.stem))}
        for original in gone:
            if original.sha256 not in others:
                self._copy(original).unlink(missing_ok=True)

    def kept_bytes(self) -> int:
        """Of all copies."""
        try:
            with os.scandir(self.folder / "copies") as found:
                return sum(entry.stat().st_size for entry in found if entry.is_file())
        except OSError:
            return 0

    def _note(self, session: SessionId) -> Path:
        if not is_session_id(session):
            raise ShelfError(f"{session!r} is not a session's name.")
        return self.folder / f"{session}.json"

    def _copy(self, original: Original) -> Path:
        name = original.sha256 if original.sha256.isalnum() else "none"
        return self.folder / "copies" / f"{name}.ibt"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
