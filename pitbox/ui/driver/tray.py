"""The sign in the system's tray, where there is one. It pops nothing up but a reminder of a stint."""

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from pitbox.ui.driver.sign import PHASE_SIGNS
from pitbox.ui.theme.icon import icon
from pitbox.ui.theme.token import Theme
from pitbox.wall.dashboard import Glance, Phase

_NOTE_MS = 15_000
_LOOK_MS = 5000
"""At log-in the tray may come after PitBox."""


class Tray(QObject):
    clicked = Signal()
    appeared = Signal()

    def __init__(self, theme: Theme, menu: QMenu, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icons = {
            phase: icon(sign.icon, sign.colour(theme.palette), is_filled=sign.is_filled)
            for phase, sign in PHASE_SIGNS.items()
        }
        self._icon = QSystemTrayIcon(self._icons[Phase.WAITING], self)
        self._icon.setToolTip("PitBox")
        self._icon.setContextMenu(menu)
        self._icon.activated.connect(self._on_activated)
        self._phase: Phase | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look_for_it)

    @property
    def is_there(self) -> bool:
        return self._icon.isVisible()

    @property
    def icon(self) -> QIcon:
        return self._icon.icon()

    @property
    def words(self) -> str:
        return self._icon.toolTip()

    def look_for_it(self) -> None:
        """Show the sign as soon as the system has a place for it."""
        if not QSystemTrayIcon.isSystemTrayAvailable():
            self._timer.start()
            return
        self._timer.stop()
        self._icon.show()
        self.appeared.emit()

    def show_glance(self, glance: Glance) -> None:
        if glance.phase != self._phase:
            self._phase = glance.phase
            self._icon.setIcon(self._icons[glance.phase])
        words = f"PitBox: {glance.words}"
        if words != self._icon.toolTip():
            self._icon.setToolTip(words)

    def remind(self, words: str) -> bool:
        """A note of the system, which takes no focus; False where there is no tray."""
        if not self.is_there:
            return False
        self._icon.showMessage("PitBox", words, QSystemTrayIcon.MessageIcon.Information, _NOTE_MS)
        return True

    def leave(self) -> None:
        self._timer.stop()
        self._icon.hide()

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason == QSystemTrayIcon.ActivationReason.Trigger:
            self.clicked.emit()
