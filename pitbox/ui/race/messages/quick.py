"""Texts that are sent with one press, in as many rows as they need and may have."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID


class QuickBar(QWidget):
    pressed = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.buttons: list[QPushButton] = []
        self._most_rows = 0
        look.changed.connect(self._place)

    def show_texts(self, texts: Sequence[str]) -> None:
        if [button.text() for button in self.buttons] == list(texts):
            return
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        self.buttons = []
        for text in texts:
            button = QPushButton(text.replace("&", "&&"), self)
            button.clicked.connect(lambda _=False, text=text: self.pressed.emit(text))
            button.show()
            self.buttons.append(button)
        self._place()

    def limit(self, rows: int) -> None:
        """Further ones are sent by their keys and the palette only; 0 shows all."""
        if rows != self._most_rows:
            self._most_rows = rows
            self._place()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        gap, left, top, height, row = self._look.px(GRID), 0, 0, 0, 1
        for button in self.buttons:
            size = button.sizeHint()
            wide = min(size.width(), max(1, self.width()))
            if left and left + wide > self.width():
                left, row = 0, row + 1
                if not self._most_rows or row <= self._most_rows:
                    top += height + gap
            button.setVisible(not self._most_rows or row <= self._most_rows)
            button.setGeometry(left, top, wide, size.height())
            left, height = left + wide + gap, size.height()
        self.setFixedHeight(top + height if self.buttons else 0)
