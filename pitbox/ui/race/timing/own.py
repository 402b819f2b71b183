"""Our line of the table, always in sight: over the edge behind which its own place is."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget


class DrawLine(Protocol):
    def __call__(self, painter: QPainter, row: int, box: QRect, *, is_chosen: bool) -> None: ...


class OwnLine(QWidget):
    """Hidden while our row itself is seen. Drawn by the table, so that both look the same."""

    def __init__(self, view: QAbstractItemView, own_row: Callable[[], int], draw: DrawLine) -> None:
        """`own_row`: where we stand in the table now; less than 0 while we do not."""
        super().__init__(view)
        self._view = view
        self._row = own_row
        self._draw = draw
        self.is_above = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Our car; a click goes to its place")
        self.hide()

    @property
    def foot_of_rows(self) -> int:
        """Where the rows of the table end, in its viewport: what would reach beyond is not seen whole."""
        height = self._view.viewport().height()
        return height if self.isHidden() or self.is_above else height - self.height()

    def place(self) -> None:
        """Where it belongs, as the table is scrolled now."""
        view, row = self._view, self._row()
        if row < 0:
            self.hide()
            return
        port, box = view.viewport().geometry(), view.visualRect(view.model().index(row, 0))
        self.is_above = box.top() < 0
        is_out = self.is_above or box.bottom() >= port.height()
        height = box.height()
        top = port.top() if self.is_above else port.bottom() + 1 - height
        self.setGeometry(port.left(), top, port.width(), height)
        self.setVisible(is_out and port.height() > 2 * height)
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        row = self._row()
        if row < 0:
            return
        painter = QPainter(self)
        is_chosen = self._view.currentIndex().row() == row
        self._draw(painter, row, QRect(0, 0, self.width(), self.height()), is_chosen=is_chosen)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002
        row = self._row()
        if row >= 0:
            self._view.setCurrentIndex(self._view.model().index(row, 0))
