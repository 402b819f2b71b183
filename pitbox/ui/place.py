"""Where windows stood last time. A file that is no use is no reason to talk about it."""

from pathlib import Path

import msgspec
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

_FILE = "windows.json"


class Places:
    """Corners of windows by name, in the profile's folder of settings."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / _FILE

    def restore(self, name: str, window: QWidget) -> bool:
        """False when nothing is known, or when it would lie where there is no screen now."""
        corner = self._read().get(name)
        if corner is None:
            return False
        point = QPoint(*corner)
        middle = point + QPoint(window.width() // 2, window.height() // 2)
        if QGuiApplication.screenAt(middle) is None:
            return False
        window.move(point)
        return True

    def note(self, name: str, window: QWidget) -> None:
        corners = self._read()
        corners[name] = (window.pos().x(), window.pos().y())
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file.write_bytes(msgspec.json.encode(corners))
        except OSError:
            return

    def _read(self) -> dict[str, tuple[int, int]]:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=dict[str, tuple[int, int]])
        except (OSError, msgspec.MsgspecError, RecursionError):
            return {}
