"""A chip: a small flat button of a panel's bar, down while what it says is so."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton


class Chip(QPushButton):
    def __init__(
        self, title: str, run: Callable[[], None], tip: str = "", *, is_checkable: bool = True
    ) -> None:
        super().__init__(title)
        self.setProperty("is_chip", True)
        self.setCheckable(is_checkable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys with the panel
        self.setToolTip(tip)
        self.clicked.connect(lambda _=False: run())
