"""What plots over race time share: the axis with its two lines, zoom, cursor, cautions, the moment shown."""

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from pitbox.ui.scene.dayclock import day_words
from pitbox.ui.scene.landmark import Shade
from pitbox.ui.scene.span import marks, race_words, step_s
from pitbox.ui.shell.stage import Stage
from pitbox.ui.theme.face import face
from pitbox.ui.theme.token import FLAG_COLOURS, GRID, Type, Weight

LEFT, RIGHT = 76, 44
"""The same in all of them, so that one below the other shows the same time at the same place."""
_AXIS_LINE = 14
_MARK_ROOM = 88
_ZOOM = 1.25
_DRAG_PX = 4
_SHADE = 0.13
_VEIL = 0.55


class TimePlot(QWidget):
    """Children paint their body and say what the cursor snaps to."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.stage, self.look, self.timeline = stage, stage.look, stage.timeline
        self.shades: tuple[Shade, ...] = ()
        self.is_stale = False
        self._pressed: QPointF | None = None
        self._dragged: QPointF | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.wear_face()
        self.look.changed.connect(self.wear)
        for signal in (self.timeline.moved, self.timeline.grew):
            signal.connect(self.renew)
        self.timeline.cursor_moved.connect(self.update)
        stage.look_back.changed.connect(self.update)

    # What children say.

    def renew(self) -> None:
        """Time went on, or another stretch is shown."""
        self.update()

    def draw_body(self, painter: QPainter, body: QRect) -> None:
        """Between the cautions below and the cursor above; clipped to the body."""
        raise NotImplementedError

    def draw_sides(self, painter: QPainter, body: QRect) -> None:
        """Left and right of the body."""

    def draw_over(self, painter: QPainter, body: QRect) -> None:
        """Above all: read-outs."""

    def snapped(self, at_s: float, y: float) -> float | None:  # noqa: ARG002
        """Where the cursor stands when the pointer is there; None for nowhere."""
        return at_s

    def clicked(self, at: QPointF) -> None:
        """Pressed and let go at one place."""

    def dragged(self, by: QPointF) -> None:
        self.timeline.move(-by.x() * self.timeline.span.length_s / max(1, self.body.width()))

    def wear(self) -> None:
        self.wear_face()
        self.renew()
        self.update()

    # What all have.

    @property
    def body(self) -> QRect:
        px = self.look.px
        return self.rect().adjusted(px(LEFT), px(GRID), -px(RIGHT), -2 * px(_AXIS_LINE) - px(GRID))

    def wear_face(self) -> None:
        self.note: QFont = face(self.look.theme, Type.NOTE)
        self.note_strong = face(self.look.theme, Type.NOTE, Weight.STRONG)
        self.note_metrics = QFontMetricsF(self.note)
        self.strong_metrics = QFontMetricsF(self.note_strong)

    def x_of(self, at_s: float) -> float:
        body = self.body
        return body.left() + self.timeline.span.share(at_s) * body.width()

    def time_at(self, x: float) -> float:
        body = self.body
        return self.timeline.span.at((x - body.left()) / max(1, body.width()))

    def colour(self, token: str) -> QColor:
        return QColor(getattr(self.look.palette, token))

    def zoom_in(self) -> None:
        self._zoom(1 / _ZOOM)

    def zoom_out(self) -> None:
        self._zoom(_ZOOM)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, body = QPainter(self), self.body
        painter.fillRect(event.rect(), self.colour("panel"))
        if body.width() > 0 and body.height() > 0:
            if self.timeline.now_s is not None:
                self._draw_grid(painter, body)
            painter.save()
            painter.setClipRect(body)
            self._draw_shades(painter, body)
            self.draw_body(painter, body)
            self._draw_moment(painter, body)
            self._draw_cursor(painter, body)
            painter.restore()
            self.draw_sides(painter, body)
            self._draw_focus(painter)
            self.draw_over(painter, body)
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        by = event.angleDelta()
        if abs(by.x()) > abs(by.y()):
            self.timeline.move(-by.x() / 1200 * self.timeline.span.length_s)
        elif by.y():
            self.timeline.zoom(_ZOOM ** (-by.y() / 120), self.time_at(event.position().x()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._pressed is not None:
            is_far = (at - self._pressed).manhattanLength() > _DRAG_PX
            before = self._dragged or (self._pressed if is_far else None)
            if before is not None:
                self.dragged(at - before)
                self._dragged = at
            return
        is_inside = self.body.contains(at.toPoint())
        self.timeline.point_at(self.snapped(self.time_at(at.x()), at.y()) if is_inside else None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._pressed is not None and self._dragged is None:
            self.clicked(event.position())
        self._pressed = self._dragged = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """That moment, on the whole page."""
        if self.body.contains(event.position().toPoint()):
            self.stage.look_back.look_at(self.time_at(event.position().x()))

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.timeline.point_at(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def _zoom(self, factor: float) -> None:
        cursor_s, span = self.timeline.cursor_s, self.timeline.span
        around_s = cursor_s if cursor_s is not None and span.holds(cursor_s) else span.end_s
        self.timeline.zoom(factor, around_s)

    def _draw_grid(self, painter: QPainter, body: QRect) -> None:
        """Upright lines at round race times; race time below, time of day where it is known."""
        span, line = self.timeline.span, self.look.px(_AXIS_LINE)
        most = max(1, body.width() // self.look.px(_MARK_ROOM))
        step = step_s(span, most)
        painter.setFont(self.note)
        faint, dim, grid = self.colour("faint"), self.colour("dim"), self.colour("raised")
        for at_s in marks(span, most, self.timeline.start_s):
            x = self.x_of(at_s)
            painter.fillRect(QRectF(round(x), body.top(), 1, body.height()), grid)
            utc_s = self.timeline.utc_s(at_s)
            below = "" if utc_s is None else day_words(utc_s, self.look.taste.zone, has_seconds=step < 60)
            for row, (words, tone) in enumerate(
                ((race_words(self.timeline.race_s(at_s), step), dim), (below, faint))
            ):
                painter.setPen(tone)
                width = self.note_metrics.horizontalAdvance(words)
                left = min(max(x - width / 2, body.left() - self.look.px(LEFT)), self.width() - width)
                base = body.bottom() + self.look.px(GRID) + row * line + self.note_metrics.ascent()
                painter.drawText(QPointF(left, base), words)
        painter.fillRect(body.left(), body.bottom() + 1, body.width(), 1, self.colour("line"))

    def _draw_shades(self, painter: QPainter, body: QRect) -> None:
        now_s = self.timeline.now_s or 0.0
        for shade in self.shades:
            left, right = self.x_of(shade.start_s), self.x_of(now_s if shade.end_s is None else shade.end_s)
            if right < body.left() or left > body.right():
                continue
            colour = QColor(FLAG_COLOURS.get(shade.flag, FLAG_COLOURS["caution"]))
            wide = max(1.0, right - left)
            painter.fillRect(QRectF(left, body.top(), wide, self.look.px(2)), colour)
            colour.setAlphaF(_SHADE)
            painter.fillRect(QRectF(left, body.top(), wide, body.height()), colour)

    def _draw_moment(self, painter: QPainter, body: QRect) -> None:
        """What came after the moment that the page shows lies behind a veil."""
        shown_s = self.stage.look_back.wished_s
        if shown_s is None:
            return
        x = max(self.x_of(shown_s), float(body.left()))
        veil = self.colour("panel")
        veil.setAlphaF(_VEIL)
        painter.fillRect(QRectF(x, body.top(), body.right() + 1 - x, body.height()), veil)
        painter.fillRect(
            QRectF(round(x) - 1, body.top(), self.look.px(2), body.height()), self.colour("accent")
        )

    def _draw_cursor(self, painter: QPainter, body: QRect) -> None:
        at_s = self.timeline.cursor_s
        if at_s is not None and self.timeline.span.holds(at_s):
            painter.fillRect(QRectF(round(self.x_of(at_s)), body.top(), 1, body.height()), self.colour("dim"))

    def _draw_focus(self, painter: QPainter) -> None:
        if self.hasFocus():
            painter.setPen(self.colour("accent"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
