"""The map on the screen: ground, zones, ghosts, cars and plates; and what the mouse does to it."""

import time
from collections.abc import Callable

import msgspec
import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from pitbox.analysis.outline import circle
from pitbox.strategy.forecast import Ghost
from pitbox.ui.shell.selection import NOBODY
from pitbox.ui.theme.look import Look
from pitbox.ui.track.camera import MOST_ZOOM, Camera, whole
from pitbox.ui.track.ground import Scenery
from pitbox.ui.track.picture import Cast, Shot, TrackPicture
from pitbox.ui.track.road import Road

_MARGIN = 36
_WHEEL_ZOOM = 1.0015
"""For each of the wheel's units; a notch has 120."""
_FOLLOW_ZOOM = 4.0
_MOVED_PX = 0.35
"""Less is not worth painting anew."""
_DRAG_PX = 4


class TrackView(QWidget):
    car_clicked = Signal(int)
    follow_wished = Signal(int)
    """A car, or NOBODY for the whole track."""

    def __init__(self, look: Look, tell: Callable[[int, Ghost | None], str]) -> None:
        """`tell`: what a tip says of a car or a ghost."""
        super().__init__()
        self.setObjectName("track-view")
        self.setAccessibleName("Track map")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(look.px(160), look.px(120))
        self._look, self._tell = look, tell
        self.picture = TrackPicture(look)
        self._scenery = Scenery(Road(circle(5000.0), None))
        self._camera: Camera | None = None
        """As a person set it; None: the whole track."""
        self.followed = NOBODY
        self.paints_s: list[float] | None = None
        """Set by a bench: how long each paint took."""
        self._now_s = 0.0
        self._pressed: QPoint | None = None
        self._is_dragging = False
        look.changed.connect(self._wear)

    @property
    def scenery(self) -> Scenery:
        return self._scenery

    @property
    def is_whole(self) -> bool:
        return self._camera is None

    def show_scenery(self, scenery: Scenery) -> None:
        """Another road is looked at from above, as a whole."""
        if scenery.road.outline is not self._scenery.road.outline:
            self._camera = None
        self._scenery = scenery
        self.update()

    def show_cast(self, cast: Cast) -> None:
        self.picture.show_cast(cast)

    def beat(self, now_s: float) -> None:
        """Paint anew if anything has moved so far that it is seen."""
        self._now_s = now_s
        if not self.isVisible():
            return
        before = self.picture.painted
        places = self.picture.places(self._shot())
        is_like = len(places) == len(before) and self.followed == NOBODY
        with np.errstate(invalid="ignore"):
            if is_like and not (np.abs(places - before) >= _MOVED_PX).any():
                return
        self.update()

    def follow(self, car_idx: int) -> None:
        """Keep a car in the middle, near enough to see who is around it; NOBODY: stay where it was."""
        if car_idx != NOBODY and self._camera is None:
            self._camera = self.camera().zoomed(_FOLLOW_ZOOM, self.width() / 2, self.height() / 2)
        if car_idx == NOBODY and self.followed != NOBODY:
            self._camera = self.camera()
        self.followed = car_idx
        self.update()

    def show_whole(self) -> None:
        self.followed, self._camera = NOBODY, None
        self.update()

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        camera = self.camera()
        first = self._first_camera().px_per_m
        factor = min(max(factor, first / camera.px_per_m), MOST_ZOOM * first / camera.px_per_m)
        if at is None or self.followed != NOBODY:
            at = QPointF(self.width() / 2, self.height() / 2)
        zoomed = camera.zoomed(factor, at.x(), at.y())
        is_whole = zoomed.px_per_m <= first * 1.001
        self._camera = None if is_whole and self.followed == NOBODY else zoomed
        self.update()

    def camera(self) -> Camera:
        """What is looked at now."""
        if self._camera is None:
            return self._first_camera()
        camera = msgspec.structs.replace(self._camera, width=float(self.width()), height=float(self.height()))
        if self.followed == NOBODY:
            return camera
        pct = self.picture.motion.places(self._now_s, np.array([self.followed], np.intp))
        if np.isnan(pct[0]):
            return camera
        x_m, y_m = self._scenery.road.place(pct)
        return camera.at(float(x_m[0]), float(y_m[0]))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        began_s = time.thread_time()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.picture.paint(painter, self._shot())
        if self.hasFocus():
            painter.setPen(QColor(self._look.palette.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()
        if self.paints_s is not None:
            self.paints_s.append(time.thread_time() - began_s)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom(_WHEEL_ZOOM ** event.angleDelta().y(), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._is_dragging = event.position().toPoint(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._pressed is None:
            is_thing = self.picture.car_at(event.position()) != NOBODY
            self.setCursor(Qt.CursorShape.PointingHandCursor if is_thing else Qt.CursorShape.ArrowCursor)
            return
        moved = at - self._pressed
        if not self._is_dragging and moved.manhattanLength() < _DRAG_PX:
            return
        self._is_dragging, self._pressed = True, at
        if self.is_whole:
            return
        if self.followed != NOBODY:
            self.follow_wished.emit(NOBODY)
        self._camera = self.camera().moved(moved.x(), moved.y())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if (
            event.button() == Qt.MouseButton.LeftButton
            and self._pressed is not None
            and not self._is_dragging
        ):
            car_idx = self.picture.car_at(event.position())
            if car_idx != NOBODY:
                self.car_clicked.emit(car_idx)
        self._pressed, self._is_dragging = None, False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On a car: follow it. Beside all cars: the whole track."""
        self._pressed = None
        self.follow_wished.emit(self.picture.car_at(event.position()))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = QPointF(event.pos())
            words = self._tell(self.picture.car_at(at), self.picture.ghost_at(at))
            if words:
                QToolTip.showText(event.globalPos(), words, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.update()

    def _wear(self) -> None:
        self.picture.wear()
        self.update()

    def _shot(self) -> Shot:
        return Shot(self._scenery, self.camera(), self._now_s, self.devicePixelRatioF(), self.is_whole)

    def _first_camera(self) -> Camera:
        margin = self._look.px(_MARGIN)
        return whole(self._scenery.road.outline, float(self.width()), float(self.height()), margin)
