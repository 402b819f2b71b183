"""Which report is due when a session is over: one for each race that this machine recorded, if wanted."""

import threading
from pathlib import Path

from pitbox.model.ids import SessionId
from pitbox.wall.errand import pitbox_command
from pitbox.wall.settings import Report


def report_folder(wish: Report, data: Path, session: SessionId) -> Path:
    """`data`: the folder for those who named none."""
    return (Path(wish.folder).expanduser() if wish.folder else data / "reports") / session


class RaceReports:
    """Told of sessions by the thread that samples, asked by the one that projects."""

    def __init__(self, profile_name: str, wish: Report, data: Path) -> None:
        """`data`: the folder for those who named none."""
        self._profile_name, self._wish, self._data = profile_name, wish, data
        self._lock = threading.Lock()
        self._due: SessionId | None = None

    def session_over(self, session: SessionId) -> None:
        with self._lock:
            self._due = session if self._wish.at_race_end else None

    def command(self) -> list[str]:
        """The one that writes it; empty where none is due. Asked once, it is due no more."""
        with self._lock:
            session, self._due = self._due, None
        if session is None:
            return []
        out = str(report_folder(self._wish, self._data, session))
        return pitbox_command(self._profile_name, "report", session, "--out", out, "--race-only")
