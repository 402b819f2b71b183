"""A drawn sheet of figures: painted once into a picture, and again only when it is another one.

Each figure tells where it is from under the pointer; the arrow keys walk from one to the next.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
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
)
from PySide6.QtWidgets import QFrame, QScrollArea, QToolTip, QWidget

from pitbox.ui.shell.pen import Pen, Spot
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID

_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1}
_PRESSES = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_WIDTH, _HEIGHT = 200, 64


class Picture(QWidget):
    """`draw` gets a pen and a width, and returns how far down it came."""

    reached = Signal(QRectF)

    def __init__(
        self,
        look: Look,
        name: str,
        draw: Callable[[Pen, QRectF], float],
        foot: Callable[[], str] = lambda: "",
        *,
        is_tall: bool = False,
        least_width: int = _WIDTH,
    ) -> None:
        """`is_tall`: as high as its content, in a `Scroll`; else it takes what room there is.

        `foot`: the last line of every tip, as it is when somebody asks.
        """
        super().__init__()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.look, self._draw, self._foot, self._is_tall = look, draw, foot, is_tall
        self.is_faint = False
        self.spots: list[Spot] = []
        self.pen: Pen | None = None
        """That drew it last: tests ask it what stands where."""
        self._pixmap: QPixmap | None = None
        self._at = -1
        self._is_walking = False
        self._least_width = least_width
        self.setMinimumSize(look.px(least_width), look.px(_HEIGHT))
        look.changed.connect(self._wear)

    @property
    def current(self) -> Spot | None:
        """The figure that the keys have reached."""
        return self.spots[self._at] if 0 <= self._at < len(self.spots) else None

    def renew(self, *, is_faint: bool = False) -> None:
        """It is another picture now."""
        self._pixmap, self.is_faint = None, is_faint
        if self._is_tall:
            self._fit()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.look.px(2 * _WIDTH), self.minimumHeight())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._painted())
        if self.hasFocus():
            painter.setPen(QColor(self.look.palette.accent))
            spot = self.current if self._is_walking else None
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1) if spot is None else spot.box.toAlignedRect())
        self.draw_over(painter, event)
        painter.end()

    def draw_over(self, painter: QPainter, event: QPaintEvent) -> None:
        """What moves faster than the picture."""

    def walk(self, steps: int) -> None:
        self._painted()
        if not self.spots:
            return
        start = self._at if self._at >= 0 else (-1 if steps > 0 else 1)
        self._at = min(max(0, start + steps), len(self.spots) - 1)
        self._is_walking = True
        spot = self.spots[self._at]
        tip = self.tip_of(spot)
        self.setAccessibleDescription(tip)
        self.reached.emit(spot.box)
        QToolTip.showText(self.mapToGlobal(spot.box.bottomLeft().toPoint()), tip, self)
        self.update()

    def spot_at(self, place: QPointF) -> Spot | None:
        """The last one drawn lies on top."""
        self._painted()
        return next((spot for spot in reversed(self.spots) if spot.box.contains(place)), None)

    def tip_of(self, spot: Spot) -> str:
        foot = "" if spot.is_button else self._foot()
        return "\n".join(line for line in (spot.tip, foot) if line)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            spot = self.spot_at(QPointF(event.pos()))
            if spot is None or not spot.tip:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self.tip_of(spot), self, spot.box.toAlignedRect())
            return True
        return super().event(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        spot = self.spot_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and spot is not None and spot.run is not None:
            self._is_walking = False
            spot.run()
        super().mouseReleaseEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        spot = self.spot_at(event.position())
        is_link = spot is not None and spot.run is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if is_link else Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        steps = {Qt.Key.Key_Home: -len(self.spots), Qt.Key.Key_End: len(self.spots), **_STEPS}.get(key)
        spot = self.current
        if steps is not None and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.walk(steps)
        elif key in _PRESSES and spot is not None and spot.run is not None:
            spot.run()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._is_walking = False
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._pixmap = None
        if self._is_tall:
            self._fit()

    def _fit(self) -> None:
        pen = Pen(self.look)
        bottom = self._draw(pen, QRectF(0, 0, self.width(), 0))
        self.setMinimumHeight(max(self.look.px(_HEIGHT), round(bottom)))

    def _painted(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        wanted = QSize(max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio)))
        if self._pixmap is None or self._pixmap.size() != wanted:
            pixmap = QPixmap(wanted)
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(QColor(self.look.palette.panel))
            painter = QPainter(pixmap)
            pen = Pen(self.look, painter, is_faint=self.is_faint)
            self._draw(pen, QRectF(self.rect()))
            painter.end()
            self._pixmap, self.pen, self.spots = pixmap, pen, pen.spots
        return self._pixmap

    def _wear(self) -> None:
        self.setMinimumSize(self.look.px(self._least_width), self.look.px(_HEIGHT))
        self.renew(is_faint=self.is_faint)


class Scroll(QScrollArea):
    """Around a tall picture: follows the keys."""

    def __init__(self, picture: Picture) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(picture)
        picture.reached.connect(self._reach)

    def _reach(self, box: QRectF) -> None:
        middle = box.center().toPoint()
        self.ensureVisible(middle.x(), middle.y(), 0, round(box.height() / 2) + GRID)
