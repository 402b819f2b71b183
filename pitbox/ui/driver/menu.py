"""What a driver can wish for; the same menu in the window and in the tray."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu


class DriverMenu(QMenu):
    show_wished = Signal()
    autostart_wished = Signal(bool)
    minimised_wished = Signal(bool)
    light_wished = Signal(bool)
    say_wished = Signal(str)
    quit_wished = Signal()

    def __init__(
        self, *, is_autostarted: bool, is_minimised: bool, is_light: bool, quick_texts: Sequence[str] = ()
    ) -> None:
        super().__init__("PitBox")
        self.addAction("Show window").triggered.connect(self.show_wished)
        self.say = self._texts(quick_texts)
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

    def _texts(self, quick_texts: Sequence[str]) -> QMenu | None:
        """What can be said to the pit wall with one click."""
        if not quick_texts:
            return None
        texts = self.addMenu("Say to the pit wall")
        for text in quick_texts:
            # A & in it is a letter, no shortcut.
            action = texts.addAction(text.replace("&", "&&"))
            action.triggered.connect(partial(self.say_wished.emit, text))
        return texts

    def _switch(self, words: str, *, is_on: bool) -> QAction:
        action = self.addAction(words)
        action.setCheckable(True)
        action.setChecked(is_on)
        return action
