"""Traces of the chosen laps, stacked over distance or time, with one cursor over all of them."""

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from pitbox.ui.laps.board import WHOLE, LapBoard
from pitbox.ui.laps.readout import Readout
from pitbox.ui.laps.tracehead import TraceHead
from pitbox.ui.laps.tracepaint import (
    FOOT,
    LEFT,
    Band,
    bands_of,
    paint_marks,
    paint_sides,
    paint_traces,
    picture_of,
)
from pitbox.ui.scene.lap_axis import LapAxis, axis_of
from pitbox.ui.scene.lap_fault import Fault
from pitbox.ui.scene.lap_strip import seen_range
from pitbox.ui.shell.pen import NOTE, Pen, Spot, Style
from pitbox.ui.shell.stage import Stage
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight

_ZOOM = 1.25
_DRAG_PX = 4
_EMPTY = (
    "Pick two to eight laps in the list by the space bar or a click; B takes the quickest two of our car."
)
_ONLY_TIMES = (
    "Of these laps only the times are known: nobody recorded one from inside its car, so there are no "
    "traces, lines or corners. Laps of another session (L) can be drawn."
)
_READING = "The laps are being read ..."


class TracePlot(QWidget):
    """Hover points, a drag marks a stretch, the wheel zooms, a drag of a name moves its trace."""

    def __init__(self, stage: Stage, board: LapBoard) -> None:
        super().__init__()
        self.stage, self.look, self.board = stage, stage.look, board
        self.setAccessibleName("Traces of laps")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(self.look.px(280), self.look.px(120))
        self.chosen = 0
        """The strip that keys act on."""
        self.bands: tuple[Band, ...] = ()
        self.axis: LapAxis | None = None
        self.spots: list[Spot] = []
        self._head = TraceHead(self.look, board, self.width())
        self.pen: Pen | None = None
        """That drew the sides last."""
        self._readout = Readout(self.look, board)
        self._sides: QPixmap | None = None
        self._traces: QPixmap | None = None
        self._traced: LapAxis | None = None
        """What the picture of the traces stands over."""
        self.is_draft = False
        """It is the one before, stretched: the next beat draws it anew."""
        self._slot: int | None = None
        """The gap over which a channel is dragged."""
        self._pressed: QPointF | None = None
        self._dragged: QPointF | None = None
        board.drawn.connect(self.renew)
        board.picked.connect(self.renew)
        board.zoomed.connect(self._show_span)
        board.pointed.connect(self.update)
        stage.bridge.beaten.connect(self.finish)
        self.look.changed.connect(self.renew)

    # What is shown.

    @property
    def body(self) -> QRectF:
        px = self.look.px
        top = self._head.height
        width = self.width() - px(LEFT) - self._readout.room(self.height() - top)
        return QRectF(px(LEFT), top, max(8, width), max(8, self.height() - top - px(FOOT)))

    @property
    def strip(self) -> str:
        strips = self.board.layout.strips
        return strips[min(self.chosen, len(strips) - 1)] if strips else ""

    def choose(self, by: int) -> None:
        self.chosen = min(max(0, self.chosen + by), max(0, len(self.board.layout.strips) - 1))
        self.renew()

    def renew(self) -> None:
        self._readout.renew()
        self._redraw()

    def _redraw(self) -> None:
        self._sides = self._traces = None
        self.is_draft = False
        self.update()

    def finish(self) -> None:
        """A zoom is followed at once by a draft, and drawn whole as soon as the hand lets it."""
        if self.is_draft:
            self._redraw()

    def step_cursor(self, by_m: float) -> None:
        if self.axis is not None:
            length_m = max(1.0, float(self.axis.reference.path_m[-1]))
            now = self.board.cursor if self.board.cursor is not None else self.board.span[0]
            self.board.point_at(now + by_m / length_m)
            begin, end = self.board.span
            assert self.board.cursor is not None
            if not begin <= self.board.cursor <= end:
                self.board.move((self.board.cursor - (begin + end) / 2) / (end - begin))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._painted())
        if self._traces is not None:
            self._draw_traces(painter, self._traces)
            self._readout.paint(painter, self.bands, self.axis, self.body)
            self._draw_cursor(painter)
        self._draw_drag(painter)
        if self.hasFocus():
            painter.setPen(QColor(self.look.palette.accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.renew()

    def event(self, event: QEvent) -> bool:
        """Names, corners and mistakes tell more under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            spot = self.spot_at(QPointF(event.pos()))
            if spot is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), spot.tip, self, spot.box.toAlignedRect())
            return True
        return super().event(event)

    def spot_at(self, place: QPointF) -> Spot | None:
        """The last one drawn lies on top."""
        return next((one for one in reversed(self.spots) if one.box.contains(place)), None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    # What hands do.

    def wheelEvent(self, event: QWheelEvent) -> None:
        by = event.angleDelta()
        turned = by.y() or by.x()
        is_aside = abs(by.x()) > abs(by.y()) or event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if is_aside:
            self.board.move(-turned / 1200)
        elif turned and self.axis is not None:
            self.board.zoom(_ZOOM ** (-turned / 120), self._share_at(event.position().x()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()
            if event.position().x() < self.body.left() and event.position().y() > self.body.top():
                self.chosen = self._strip_at(event.position().y())
                self.renew()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._pressed is not None:
            if self._dragged is not None or (at - self._pressed).manhattanLength() > _DRAG_PX:
                self._dragged = at
                self.update()
            return
        if self.axis is not None and self.body.contains(at):
            self.board.point_at(self._share_at(at.x()))
        self.setCursor(self._shape_at(at))

    def _shape_at(self, at: QPointF) -> Qt.CursorShape:
        if at.x() < self.body.left() and at.y() > self.body.top() and self.bands:
            return Qt.CursorShape.SizeVerCursor
        spot = self.spot_at(at)
        is_link = spot is not None and spot.run is not None
        return Qt.CursorShape.PointingHandCursor if is_link else Qt.CursorShape.ArrowCursor

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, dragged, self._pressed, self._dragged = self._pressed, self._dragged, None, None
        if event.button() != Qt.MouseButton.LeftButton or pressed is None:
            return
        if dragged is None:
            spot = self.spot_at(event.position())
            if spot is not None and spot.run is not None:
                spot.run()
        elif pressed.x() < self.body.left():
            self._drop(pressed, dragged)
        elif self.axis is not None:
            ends = sorted((self._share_at(pressed.x()), self._share_at(dragged.x())))
            self.board.show(*ends)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002
        self.board.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._pressed is not None:
            self._pressed = self._dragged = None
            self.update()
        elif event.key() == Qt.Key.Key_Escape and self.board.span != WHOLE:
            self.board.fit()
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.board.point_at(None)

    def hover(self, place: QPoint | None) -> None:
        """A channel is dragged over the screen: where it would stand is shown."""
        at = None if place is None else QPointF(self.mapFromGlobal(place))
        self._slot = None if at is None or not QRectF(self.rect()).contains(at) else self._slot_at(at.y())
        self.update()

    def drop(self, name: str, place: QPoint) -> None:
        """Anywhere else it goes back where it came from."""
        self.hover(place)
        slot, self._slot = self._slot, None
        if slot is not None:
            self.board.add(name, slot)
        self.update()

    def _drop(self, pressed: QPointF, dragged: QPointF) -> None:
        """A name that was drawn off the traces is taken out; else it goes where it was let go."""
        strips = self.board.layout.strips
        name = strips[self._strip_at(pressed.y())]
        if not QRectF(self.rect()).contains(dragged):
            self.board.remove(name)
            return
        self.board.add(name, self._slot_at(dragged.y()))
        self.chosen = self.board.layout.strips.index(name)

    def _slot_at(self, y: float) -> int:
        """The gap between two traces that is nearest."""
        return sum(y > band.top + band.height / 2 for band in self.bands)

    def _slot_y(self, slot: int) -> float:
        if not self.bands:
            return self.body.top()
        return self.bands[slot].top if slot < len(self.bands) else self.bands[-1].bottom - self.look.px(2)

    def _strip_at(self, y: float) -> int:
        below = [at for at, band in enumerate(self.bands) if y >= band.top]
        return below[-1] if below else 0

    def _share_at(self, x: float) -> float:
        assert self.axis is not None
        return self.axis.share_at(x - self.body.left(), self.body.width())

    def _show_span(self) -> None:
        self.is_draft = self._traces is not None
        self._sides = None
        self.update()

    # What is drawn.

    def _painted(self) -> QPixmap:
        if self._sides is None:
            self._sides = self._paint()
        return self._sides

    def _paint(self) -> QPixmap:
        ratio, board = self.devicePixelRatioF(), self.board
        pixmap, painter = picture_of(self.look, self.width(), self.height(), ratio)
        self.pen = pen = Pen(self.look, painter)
        self.axis = None
        self._head = TraceHead(self.look, board, self.width())
        if board.set is not None:
            self.axis = axis_of(board.set, board.span, is_by_time=board.layout.is_by_time)
        self.bands = ()
        if self.axis is None:
            self._traces = None
            self._draw_reason(pen)
        else:
            body = self.body
            strips = tuple(seen_range(strip, self.axis) for strip in board.strips)
            self.bands = bands_of(strips, body.top(), body.height())
            self._head.paint(pen, self.axis, body)
            paint_sides(pen, self.bands, body, self.strip if self.hasFocus() else "")
            if self._traces is None or not self.is_draft:
                self._traced = self.axis
                self._traces = paint_traces(
                    self.look, self.bands, self.axis, body, ratio=ratio, focus=board.focus,
                    faults=self._faults_of_focus(),
                )  # fmt: skip
        self.spots = pen.spots
        painter.end()
        return pixmap

    def _faults_of_focus(self) -> tuple[Fault, ...]:
        """Of all laps they would shade everything; the lane above the traces has them."""
        return tuple(one for one in self.board.faults if one.at == self.board.focus)

    def _draw_traces(self, painter: QPainter, picture: QPixmap) -> None:
        body, axis, traced = self.body, self.axis, self._traced
        if not self.is_draft or axis is None or traced is None:
            painter.drawPixmap(body.topLeft(), picture)
            return
        left, right = axis.x(np.array([traced.begin, traced.end]), body.width())
        painter.save()
        painter.setClipRect(body)
        box = QRectF(body.left() + left, body.top(), right - left, body.height())
        painter.drawPixmap(box, picture, QRectF(picture.rect()))
        painter.restore()

    def _draw_reason(self, pen: Pen) -> None:
        board, pad = self.board, pen.px(2 * PADDING)
        can_draw = board.list is None or not board.list.laps or any(one.is_own for one in board.list.laps)
        words = _EMPTY if can_draw else _ONLY_TIMES
        if board.picks:
            words = _READING
            if board.set is not None:
                refused = [f"Lap {lap.lap}: {why}" for lap, why in board.set.refused]
                words = board.set.trouble or " ".join(refused) or _READING
        bottom = pen.wrap(QRectF(pad, pad, self.width() - 2 * pad, 0), words, Style("dim"), row=20)
        if not board.picks and can_draw:
            tip = "The quickest two clean laps that can be drawn (B)"
            pen.button(pad, bottom + pen.px(PADDING), "Quickest two", tip, board.pick_best, is_first=True)

    def _draw_cursor(self, painter: QPainter) -> None:
        """With the place below it; round places stand beside it as far as they are whole."""
        cursor, axis, body = self.board.cursor, self.axis, self.body
        assert axis is not None
        pen, box = Pen(self.look, painter), QRectF()
        x = -1.0
        if cursor is not None:
            x = body.left() + float(axis.x(np.array([axis.of_share(cursor)]), body.width())[0])
        if cursor is not None and body.left() <= x <= body.right():
            painter.fillRect(QRectF(round(x), body.top(), 1, body.height()), QColor(self.look.palette.dim))
            words = axis.place_words(cursor, self.look.taste.units)
            corner = self.board.corner_at(cursor)
            words = f"{words} · corner {corner}" if corner is not None else words
            width = pen.width(words, NOTE) + 2 * self.look.px(GRID)
            left = min(max(x - width / 2, body.left()), body.right() - width)
            box = QRectF(left, body.bottom() + 1, width, self.look.px(FOOT - 3))
            pen.fill(box, "raised")
            pen.write(box, words, Style("text", Type.NOTE, side="middle"))
        paint_marks(pen, axis, body, box)

    def _draw_drag(self, painter: QPainter) -> None:
        """Where a name would stand, what would be taken out, which stretch would be shown."""
        pen, pressed, dragged, slot = Pen(self.look, painter), self._pressed, self._dragged, self._slot
        is_name = pressed is not None and pressed.x() < self.body.left()
        if is_name and pressed is not None and dragged is not None:
            band = self.bands[self._strip_at(pressed.y())]
            is_out = not QRectF(self.rect()).contains(dragged)
            row = QRectF(0, band.top, self.body.right(), band.height)
            pen.fill(row, "panel" if is_out else "accent", 0.7 if is_out else 0.08)
            if is_out:
                words = f"Let go: {band.strip.title} is taken out"
                pen.write(row, words, Style(weight=Weight.STRONG, side="middle"))
            slot = None if is_out else self._slot_at(dragged.y())
        elif pressed is not None and dragged is not None:
            left, right = sorted((pressed.x(), dragged.x()))
            pen.fill(QRectF(left, self.body.top(), right - left, self.body.height()), "accent", 0.18)
        if slot is not None:
            y = self._slot_y(slot)
            pen.fill(QRectF(0, y - self.look.px(1), self.body.right(), self.look.px(3)), "accent")
