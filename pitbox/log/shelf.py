"""All logs under one folder: `<root>/<session>/<device>/<epoch>/<number>.seg`."""

import re
from pathlib import Path

from pitbox.log.errors import ShelfError
from pitbox.log.reader import LogReader, log_folder, log_of_folder
from pitbox.log.segment import segment_paths
from pitbox.model.ids import LogId, SessionId

_SESSION = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_DEVICE = re.compile(r"[0-9a-f]{64}")
_EPOCH = re.compile(r"[0-9a-f]{16}")


def is_session_id(text: str) -> bool:
    """True for what may name a session's folder on any system."""
    return _SESSION.fullmatch(text) is not None


class Shelf:
    def __init__(self, root: Path) -> None:
        self.root = root

    def sessions(self) -> list[SessionId]:
        """The sessions with at least one log, by name."""
        return [SessionId(folder.name) for folder in _folders(self.root, _SESSION) if _logs(folder)]

    def logs(self, session: SessionId) -> list[LogId]:
        """A session's logs, by device and epoch."""
        if not is_session_id(session):
            raise ShelfError(f"{session!r} is not a session's name.")
        return [log_of_folder(folder) for folder in _logs(self.root / session)]

    def reader(self, log: LogId) -> LogReader:
        folder = log_folder(self.root, log)
        if not folder.is_dir():
            raise ShelfError(f"There is no log {log} here.")
        return LogReader(folder)

    def readers(self, session: SessionId) -> list[LogReader]:
        """One for each log; a folder that another hand removes this moment reads as empty."""
        return [LogReader(log_folder(self.root, log)) for log in self.logs(session)]

    def size_bytes(self, session: SessionId) -> int:
        folder = self.root / session
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _folders(parent: Path, name: re.Pattern[str]) -> list[Path]:
    try:
        return sorted(f for f in parent.iterdir() if name.fullmatch(f.name) and f.is_dir())
    except OSError:
        return []


def _logs(session: Path) -> list[Path]:
    return [
        epoch
        for device in _folders(session, _DEVICE)
        for epoch in _folders(device, _EPOCH)
        if segment_paths(epoch)
    ]
