"""Shows a file or a folder by what the system shows it with."""

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices


def open_outside(path: Path) -> bool:
    """False where the system has nothing for it."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
