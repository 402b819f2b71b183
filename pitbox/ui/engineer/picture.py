"""Pictures of the window, for the README and for whoever wants to see what it looked like."""

from pathlib import Path
from typing import Literal

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from pitbox.ui.engineer.desk import EngineerDesk

_THEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")
_PAGES = ("race", "strategy", "settings", "health")


def take_pictures(desk: EngineerDesk, folder: Path) -> list[Path]:
    """The pages that are built, in both themes, as they stand now. Nothing that the user set is changed."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    for theme in _THEMES:
        desk.show_theme(theme)
        for page in _PAGES:
            desk.window.go_to(page)
            QApplication.processEvents()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)  # of what was told just now
            file = folder / f"{page}-{theme}.png"
            if not desk.window.grab().save(str(file)):
                raise OSError(f"The picture {file} cannot be written.")
            taken.append(file)
    return taken
