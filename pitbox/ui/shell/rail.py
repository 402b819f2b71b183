"""The rail on the left: one button for each page, the same everywhere."""

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QVBoxLayout, QWidget

from pitbox.ui.theme.face import face
from pitbox.ui.theme.icon import icon_pixmap
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, RAIL, Type, Weight

_HEIGHT, _ICON, _BAR = 52, 20, 2


class Stop(msgspec.Struct, frozen=True):
    """A page's place on the rail."""

    name: str
    title: str
    icon: str
    is_low: bool = False
    """Stands at the lower end: settings and the like."""


class RailButton(QAbstractButton):
    def __init__(self, stop: Stop, look: Look) -> None:
        super().__init__()
        self._stop, self._look = stop, look
        self.setText(stop.title)
        self.setAccessibleName(stop.title)
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.mark = ""
        """A token's name: a dot in its colour says that something is to be seen there."""

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(RAIL), self._look.px(_HEIGHT))

    def set_mark(self, token: str) -> None:
        if token != self.mark:
            self.mark = token
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        palette, px, box = self._look.palette, self._look.px, self.rect()
        is_lit = self.isChecked() or self.underMouse() or self.hasFocus()
        painter = QPainter(self)
        if is_lit:
            painter.fillRect(box, QColor(palette.raised))
        if self.isChecked():
            painter.fillRect(0, 0, px(_BAR), box.height(), QColor(palette.accent))
        if self.hasFocus():
            painter.setPen(QColor(palette.accent))
            painter.drawRect(box.adjusted(0, 0, -1, -1))
        colour = palette.text if self.isChecked() else palette.dim
        side = px(_ICON)
        drawn = icon_pixmap(self._stop.icon, colour, side, self.devicePixelRatioF())
        left, top = (box.width() - side) // 2, px(2 * GRID)
        painter.drawPixmap(left, top, drawn)
        if self.mark:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(QColor(getattr(palette, self.mark)))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawEllipse(left + side, top - px(2), px(6), px(6))
        painter.setFont(
            face(self._look.theme, Type.NOTE, Weight.STRONG if self.isChecked() else Weight.PLAIN)
        )
        painter.setPen(QColor(colour))
        words = QRect(0, top + side + px(2), box.width(), px(16))
        painter.drawText(words, int(Qt.AlignmentFlag.AlignCenter), self._stop.title)
        painter.end()


class Rail(QWidget):
    chosen = Signal(str)

    def __init__(self, stops: Sequence[Stop], look: Look) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.buttons = {stop.name: RailButton(stop, look) for stop in stops}
        group = QButtonGroup(self)
        group.setExclusive(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        is_low = False
        for stop in stops:
            if stop.is_low and not is_low:
                column.addStretch(1)
                is_low = True
            button = self.buttons[stop.name]
            group.addButton(button)
            button.clicked.connect(lambda _=False, name=stop.name: self.chosen.emit(name))
            column.addWidget(button)
        look.changed.connect(self._wear)

    def show_chosen(self, name: str) -> None:
        self.buttons[name].setChecked(True)

    def _wear(self) -> None:
        for button in self.buttons.values():
            button.updateGeometry()
            button.update()
