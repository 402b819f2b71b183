"""Every channel there is, beside the traces: dragged to its place among them, or added by a click."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from pitbox.ui.laps.board import LapBoard
from pitbox.ui.scene.lap_channel import ChannelRow, channel_rows
from pitbox.ui.shell.pen import NOTE, Pen, Style
from pitbox.ui.shell.picture import Picture
from pitbox.ui.shell.stage import Stage
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight

WIDTH = 168
_ROW, _DRAG_PX = 22, 4
_NONE = "No channel is called so. M makes a trace by a formula."
_NOT_YET = "The channels that were recorded stand here as soon as laps are listed."


class ChannelList(Picture):
    carried = Signal(str, QPoint)
    """A name is dragged, and where it is on the screen."""
    dropped = Signal(str, QPoint)
    abandoned = Signal()

    def __init__(self, look: Look, board: LapBoard) -> None:
        super().__init__(look, "Channels", self._draw_rows, least_width=WIDTH // 2)
        self.board, self.words = board, ""
        self.at, self.first = 0, 0
        self._pressed: QPointF | None = None
        self._carries = ""
        for signal in (board.listed, board.drawn):
            signal.connect(self.renew)

    @property
    def shown(self) -> tuple[ChannelRow, ...]:
        known = self.board.list.channels if self.board.list is not None else ()
        return channel_rows(known, self.board.layout, self.look.taste.units, self.words)

    @property
    def rows(self) -> int:
        return max(1, self.height() // self.look.px(_ROW))

    def sift(self, words: str) -> None:
        self.words, self.at, self.first = words, 0, 0
        self.renew()

    def step(self, by: int) -> None:
        self.at = min(max(0, self.at + by), max(0, len(self.shown) - 1))
        self.first = min(max(self.first, self.at - self.rows + 1), self.at)
        self.renew()

    def take(self, at: int | None = None) -> None:
        """Below all others; one that stands there already is taken out."""
        shown = self.shown
        at = self.at if at is None else at
        if 0 <= at < len(shown):
            if shown[at].is_shown:
                self.board.remove(shown[at].name)
            else:
                self.board.add(shown[at].name)

    def row_at(self, y: float) -> int | None:
        at = self.first + int(y // self.look.px(_ROW))
        return at if 0 <= at < len(self.shown) else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self.row_at(event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and at is not None:
            self.at, self._pressed = at, event.position()
            self.renew()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        shown, pressed = self.shown, self._pressed
        if pressed is None or self.at >= len(shown):
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            return
        if self._carries or (event.position() - pressed).manhattanLength() > _DRAG_PX:
            self._carries = self._carries or shown[self.at].name
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.carried.emit(self._carries, event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, name = self._pressed, self._carries
        self._pressed, self._carries = None, ""
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        if event.button() != Qt.MouseButton.LeftButton or pressed is None:
            return
        if name:
            self.dropped.emit(name, event.globalPosition().toPoint())
        else:
            self.take()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        page = self.rows
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_Home: -(10**6),
            Qt.Key.Key_End: 10**6,
        }.get(key)
        if steps is not None:
            self.step(steps)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.take()
        elif key == Qt.Key.Key_Escape and self._carries:
            self._pressed, self._carries = None, ""
            self.abandoned.emit()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        most = max(0, len(self.shown) - self.rows)
        self.first = min(max(0, self.first - round(event.angleDelta().y() / 40)), most)
        self.renew()
        event.accept()

    def _draw_rows(self, pen: Pen, box: QRectF) -> float:
        shown, pad = self.shown, pen.px(PADDING)
        pen.fill(QRectF(box.right() - 1, box.top(), 1, box.height()), "line")
        if not shown:
            words = _NOT_YET if self.board.list is None else _NONE
            return pen.wrap(box.adjusted(pad, pad, -pad, 0), words, Style("dim"), row=18)
        top = box.top()
        for at in range(self.first, min(len(shown), self.first + self.rows)):
            self._row(pen, shown[at], QRectF(box.left(), top, box.width(), pen.px(_ROW)), at == self.at)
            top += pen.px(_ROW)
        return top

    def _row(self, pen: Pen, row: ChannelRow, box: QRectF, is_current: bool) -> None:
        px = pen.px
        if is_current and self.hasFocus():
            pen.fill(box, "raised")
        if row.is_shown:
            pen.fill(QRectF(box.left(), box.top() + px(3), px(2), box.height() - 2 * px(3)), "accent")
        room = box.adjusted(px(PADDING), 0, -px(PADDING), 0)
        unit = pen.width(row.unit, NOTE) if row.unit else 0.0
        weight = Weight.STRONG if row.is_shown else Weight.PLAIN
        title = pen.write(
            room.adjusted(0, 0, -unit - px(GRID), 0),
            row.title,
            Style("text" if row.is_shown or is_current else "dim", Type.NOTE, weight),
        )
        if title.right() + px(GRID) + unit <= room.right() + 1:
            pen.write(room, row.unit, Style("faint", Type.NOTE, side="right"))
        how = "Click: take it out." if row.is_shown else "Drag it to its place; click: add it below."
        pen.spot(box, f"{row.words}\n{how}")


class _Carried(QWidget):
    """The name under the pointer while it is dragged."""

    def __init__(self, look: Look, over: QWidget) -> None:
        super().__init__(over)
        self.look, self.name, self._over = look, "", over
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_at(self, name: str, place: QPoint) -> None:
        px = self.look.px
        self.name = name
        self.resize(round(Pen(self.look).width(name)) + 2 * px(PADDING), px(_ROW))
        self.move(self._over.mapFromGlobal(place) + QPoint(px(10), px(6)))
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        pen = Pen(self.look, painter)
        pen.frame(QRectF(self.rect()), "accent", "raised")
        pen.write(QRectF(self.rect()), self.name, Style(side="middle"))
        painter.end()


class ChannelDrawer(QWidget):
    """`hover` and `drop` are told of what is dragged; None: nothing is any more."""

    def __init__(
        self,
        stage: Stage,
        board: LapBoard,
        hover: Callable[[QPoint | None], None],
        drop: Callable[[str, QPoint], None],
    ) -> None:
        super().__init__()
        self._look, self._hover, self._drop = stage.look, hover, drop
        self._carried: _Carried | None = None
        self.line = QLineEdit()
        self.line.setAccessibleName("Find a channel")
        self.line.setPlaceholderText("Find a channel")
        self.names = ChannelList(stage.look, board)
        self.line.textChanged.connect(self.names.sift)
        self.line.returnPressed.connect(self.names.take)
        self.names.carried.connect(self._carry)
        self.names.dropped.connect(self._let_go)
        self.names.abandoned.connect(self._end)
        self._column = column = QVBoxLayout(self)
        column.addWidget(self.line)
        column.addWidget(self.names, 1)
        self.setFocusProxy(self.line)
        self._wear()
        stage.look.changed.connect(self._wear)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Out of the line into the list."""
        if event.key() == Qt.Key.Key_Down and self.line.hasFocus():
            self.names.setFocus()
        else:
            super().keyPressEvent(event)

    def _carry(self, name: str, place: QPoint) -> None:
        if self._carried is None:
            self._carried = _Carried(self._look, self.window())
        self._carried.show_at(name, place)
        self._hover(place)

    def _let_go(self, name: str, place: QPoint) -> None:
        self._end()
        self._drop(name, place)

    def _end(self) -> None:
        if self._carried is not None:
            self._carried.hide()
            self._carried.deleteLater()
            self._carried = None
        self._hover(None)

    def _wear(self) -> None:
        px = self._look.px
        self.setFixedWidth(px(WIDTH))
        self._column.setContentsMargins(px(PADDING), px(GRID), 0, 0)
        self._column.setSpacing(px(GRID))
