"""Cars and plates in ink: a shape for each state, a plate for each number. Plates are drawn once and kept."""

import math
from typing import NamedTuple

import msgspec
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap, QPolygonF

from pitbox.ui.theme.face import face
from pitbox.ui.theme.look import Look, class_colour
from pitbox.ui.theme.token import GRID, Type, Weight
from pitbox.ui.track.car import State, TrackCar

DOT = 5.0
"""Half the width of a car."""
_OURS = 1.35
_BAR, _PLATE_HEIGHT, _RADIUS = 3, 15, 3
_PLATES = 600
_SPRITE, _STEPS, _SPRITES = 28, 4, 2_000


class Wear(msgspec.Struct, frozen=True):
    """How one car is drawn now."""

    is_chosen: bool = False
    is_reference: bool = False
    is_stale: bool = False
    """Nothing new came for a while: all of it is faint."""


class CarFace(NamedTuple):
    rank: int
    state: State
    is_ours: bool
    fade: float
    wear: Wear


class PlateFace(NamedTuple):
    text: str
    rank: int
    """-1: no class, a ghost."""
    is_ours: bool
    is_chosen: bool
    is_faint: bool


class Ink:
    def __init__(self, look: Look) -> None:
        self._look = look
        self._plates: dict[tuple[PlateFace, float], QPixmap] = {}
        self._cars: dict[tuple[CarFace | None, tuple[int, int], float], QPixmap] = {}
        self.wear()

    def wear(self) -> None:
        self._plates.clear()
        self._cars.clear()
        self._font = face(self._look.theme, Type.NOTE, Weight.STRONG)
        self._metrics = QFontMetricsF(self._font)

    @property
    def dot(self) -> int:
        return self._look.px(DOT)

    def plate_size(self, text: str) -> QSizeF:
        px = self._look.px
        width = self._metrics.horizontalAdvance(text) + px(_BAR) + px(2 * GRID)
        return QSizeF(float(round(width)), float(px(_PLATE_HEIGHT)))

    def plate(self, wanted: PlateFace, ratio: float) -> QPixmap:
        kept = self._plates.get((wanted, ratio))
        if kept is None:
            if len(self._plates) >= _PLATES:
                self._plates.clear()
            kept = self._plates[wanted, ratio] = self._draw_plate(wanted, ratio)
        return kept

    def draw_car(self, painter: QPainter, car: TrackCar, x: float, y: float, wear: Wear) -> None:
        """The shape says the state; colour says the class."""
        self._put(painter, CarFace(car.rank, car.state, car.is_ours, round(car.fade, 1), wear), x, y)

    def _put(self, painter: QPainter, face: CarFace | None, x: float, y: float) -> None:
        """A car; None: a ghost."""
        half_side = self._look.px(_SPRITE) / 2
        left, top = math.floor(x - half_side), math.floor(y - half_side)
        steps = int((x - half_side - left) * _STEPS), int((y - half_side - top) * _STEPS)
        sprite = self._car(face, steps, painter.device().devicePixelRatio())
        painter.drawPixmap(QPointF(left, top), sprite)

    def _car(self, wanted: CarFace | None, steps: tuple[int, int], ratio: float) -> QPixmap:
        """Drawn for each fourth of a pixel, so that a slow car glides and does not hop."""
        key = wanted, steps, ratio
        kept = self._cars.get(key)
        if kept is None:
            if len(self._cars) >= _SPRITES:
                self._cars.clear()
            side = self._look.px(_SPRITE)
            kept = QPixmap(round((side + 1) * ratio), round((side + 1) * ratio))
            kept.setDevicePixelRatio(ratio)
            kept.fill(Qt.GlobalColor.transparent)
            painter = QPainter(kept)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            x, y = (side / 2 + (step + 0.5) / _STEPS for step in steps)
            if wanted is None:
                self._draw_ghost(painter, x, y)
            else:
                self._draw_car(painter, wanted, x, y)
            painter.end()
            self._cars[key] = kept
        return kept

    def _draw_car(self, painter: QPainter, wanted: CarFace, x: float, y: float) -> None:
        palette, px, wear = self._look.palette, self._look.px, wanted.wear
        half = self.dot * (_OURS if wanted.is_ours else 1.0)
        fill = QColor(palette.faint if wear.is_stale else class_colour(wanted.rank))
        painter.setOpacity(wanted.fade)
        if wear.is_chosen or wear.is_reference:
            pen = QPen(QColor(palette.accent if wear.is_chosen else palette.dim), px(2))
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(x, y), half + px(GRID), half + px(GRID))
        if wanted.is_ours:
            painter.setPen(QPen(QColor(palette.text), px(2)))
        else:
            painter.setPen(QPen(QColor(palette.panel), 1))
        painter.setBrush(fill)
        self._draw_shape(painter, wanted.state, QPointF(x, y), half, fill)

    def draw_ghost(self, painter: QPainter, x: float, y: float) -> None:
        self._put(painter, None, x, y)

    def _draw_ghost(self, painter: QPainter, x: float, y: float) -> None:
        """Hollow and dashed: it is not there yet."""
        palette, px = self._look.palette, self._look.px
        pen = QPen(QColor(palette.text), px(2))
        pen.setDashPattern([1.6, 1.2])
        painter.setPen(pen)
        painter.setBrush(QColor(palette.panel))
        painter.drawEllipse(QPointF(x, y), self.dot * _OURS, self.dot * _OURS)

    def _draw_shape(
        self, painter: QPainter, state: State, middle: QPointF, half: float, fill: QColor
    ) -> None:
        palette, px = self._look.palette, self._look.px
        square = QRectF(middle.x() - half * 0.8, middle.y() - half * 0.8, half * 1.6, half * 1.6)
        match state:
            case State.OFF:
                painter.drawPolygon(_corners(middle, half * 1.5, ((0, -1), (0.95, 0.75), (-0.95, 0.75))))
            case State.SLOW:
                painter.drawPolygon(_corners(middle, half * 1.4, ((0, -1), (1, 0), (0, 1), (-1, 0))))
            case State.LANE:
                painter.drawRect(square)
            case State.STALL:
                if painter.pen().color() == QColor(palette.panel):
                    painter.setPen(QPen(fill, px(2)))
                painter.setBrush(QColor(palette.panel))
                painter.drawRect(square)
            case State.TOW:
                painter.setPen(QPen(fill, px(2.5)))
                painter.drawLine(square.topLeft(), square.bottomRight())
                painter.drawLine(square.topRight(), square.bottomLeft())
            case State.OUT:
                painter.setPen(QPen(fill, px(1.5)))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(middle, half * 0.8, half * 0.8)
            case _:
                painter.drawEllipse(middle, half, half)

    def _draw_plate(self, wanted: PlateFace, ratio: float) -> QPixmap:
        palette, px, size = self._look.palette, self._look.px, self.plate_size(wanted.text)
        pixmap = QPixmap(round(size.width() * ratio), round(size.height() * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(0.5, 0.5, size.width() - 1, size.height() - 1)
        edge = palette.text if wanted.is_ours else palette.accent if wanted.is_chosen else palette.line
        pen = QPen(QColor(edge), 1)
        if wanted.rank < 0:
            pen.setColor(QColor(palette.dim))
            pen.setDashPattern([3, 2])
        painter.setPen(pen)
        painter.setBrush(QColor(palette.raised))
        painter.drawRoundedRect(box, px(_RADIUS), px(_RADIUS))
        if wanted.rank >= 0:
            colour = palette.accent if wanted.is_ours else class_colour(wanted.rank)
            bar = QRectF(px(2), px(3), px(_BAR), size.height() - 2 * px(3))
            painter.fillRect(bar, QColor(palette.faint if wanted.is_faint else colour))
        painter.setFont(self._font)
        painter.setPen(QColor(palette.faint if wanted.is_faint else palette.text))
        bar_room = 0.0 if wanted.rank < 0 else px(_BAR) + px(GRID) / 2
        room = QRectF(bar_room, 0, size.width() - bar_room, size.height())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), wanted.text)
        painter.end()
        return pixmap


def _corners(middle: QPointF, half: float, corners: tuple[tuple[float, float], ...]) -> QPolygonF:
    return QPolygonF([middle + QPointF(x, y) * half for x, y in corners])
