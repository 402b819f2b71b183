"""What a driver can wish for; the same menu in the window and in the tray."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu


class DriverMenu(QMenu):
    show_wished = Signal()
    autostart_wished = Signal(bool)
    minimised_wished = Signal(bool)
    light_wished = Signal(bool)
    quit_wished = Signal()

    def __init__(self, *, is_autostarted: bool, is_minimised: bool, is_light: bool) -> None:
        super().__init__("PitBox")
        self.addAction("Show window").triggered.connect(self.show_wished)
        self.addSeparator()
        self.autostart = self._switch("Start when I log in", is_on=is_autostarted)
        self.minimised = self._switch("Start minimised", is_on=is_minimised)
        self.light = self._switch("Light colours", is_on=is_light)
        self.autostart.toggled.connect(self.autostart_wished)
        self.minimised.toggled.connect(self.minimised_wished)
        self.light.toggled.connect(self.light_wished)
        self.addSeparator()
        self.leave = self.addAction("Quit PitBox")
        self.leave.setShortcut(QKeySequence("Ctrl+Q"))
        self.leave.triggered.connect(self.quit_wished)

    def show_autostart(self, *, is_on: bool) -> None:
        """How it is, without wishing for it."""
        self.autostart.blockSignals(True)
        self.autostart.setChecked(is_on)
        self.autostart.blockSignals(False)

    def _switch(self, words: str, *, is_on: bool) -> QAction:
        action = self.addAction(words)
        action.setCheckable(True)
        action.setChecked(is_on)
        return action
