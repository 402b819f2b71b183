"""What lies under the cars: road, pit lane, line, sectors. Drawn once, and moved along after that."""

from typing import NamedTuple

import msgspec
import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from pitbox.analysis.outline import POINTS
from pitbox.ui.theme.face import face
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import FLAG_COLOURS, Type, Weight
from pitbox.ui.track.camera import Camera
from pitbox.ui.track.car import Zone
from pitbox.ui.track.road import Floats, Road

EDGE, ASPHALT, LANE, ASIDE = 9.0, 7.0, 1.5, 15.0
"""Widths of the road with its edges, without them, of the pit lane, and how far the lane lies inside."""
_LABEL_ASIDE = 20.0
_ZONE_ALPHA = 190
_ARROW = ((8.0, 0.0), (-6.0, 5.0), (-3.0, 0.0), (-6.0, -5.0))
"""Along the road and across it."""
_FAR = 0.5
"""Of the panel's size beyond each side, once it is zoomed in: so far it moves without being drawn anew."""


class Scenery(msgspec.Struct, frozen=True, eq=False):
    """What the ground shows; another one is drawn anew."""

    road: Road
    sectors: tuple[float, ...] = ()
    zones: tuple[Zone, ...] = ()
    is_caution: bool = False


class _Bar(NamedTuple):
    """Across the road."""

    width: int
    half: int
    colour: str


class Ground:
    """Keeps one picture."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._pixmap = QPixmap()
        self._scenery: Scenery | None = None
        self._camera: Camera | None = None
        self._ratio = 0.0
        self._far = 0.0
        self.label_boxes: list[QRectF] = []
        """Words on the picture, where they stand in the panel now."""
        self._boxes: list[QRectF] = []

    def wear(self) -> None:
        self._scenery = None

    def draw(
        self, painter: QPainter, scenery: Scenery, camera: Camera, ratio: float, *, is_whole: bool
    ) -> None:
        shift = self._shift(scenery, camera, ratio)
        if shift is None:
            self._far = 0.0 if is_whole else _FAR
            self._render(scenery, camera, ratio)
            shift = QPointF()
        far = QPointF(self._far * camera.width, self._far * camera.height)
        painter.drawPixmap(shift - far, self._pixmap)
        self.label_boxes = [box.translated(shift) for box in self._boxes]

    def _shift(self, scenery: Scenery, camera: Camera, ratio: float) -> QPointF | None:
        """How far the kept picture has to be moved; None when it is of no use."""
        kept = self._camera
        if kept is None or scenery is not self._scenery or ratio != self._ratio:
            return None
        if (kept.px_per_m, kept.width, kept.height) != (camera.px_per_m, camera.width, camera.height):
            return None
        right, down = (kept.x_m - camera.x_m) * kept.px_per_m, (camera.y_m - kept.y_m) * kept.px_per_m
        if abs(right) > self._far * kept.width or abs(down) > self._far * kept.height:
            return None
        return QPointF(right, down)

    def _render(self, scenery: Scenery, camera: Camera, ratio: float) -> None:
        width, height = (side * (1 + 2 * self._far) for side in (camera.width, camera.height))
        self._scenery, self._camera, self._ratio = scenery, camera, ratio
        self._pixmap = QPixmap(max(1, round(width * ratio)), max(1, round(height * ratio)))
        self._pixmap.setDevicePixelRatio(ratio)
        self._pixmap.fill(QColor(self._look.palette.panel))
        self._boxes = []
        painter = QPainter(self._pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(self._far * camera.width, self._far * camera.height)
        self._draw_road(painter, scenery, camera)
        for zone in scenery.zones:
            self._draw_zone(painter, zone, scenery.road, camera)
        self._draw_line(painter, scenery.road, camera)
        for number, start in enumerate(scenery.sectors[1:], 2):
            self._draw_sector(painter, scenery.road, camera, start, f"S{number}")
        painter.end()

    def _draw_road(self, painter: QPainter, scenery: Scenery, camera: Camera) -> None:
        palette, px, road = self._look.palette, self._look.px, scenery.road
        if road.lane is not None:
            pct = np.linspace(road.lane[0], road.lane[1], 96)
            aside_m = road.lane_share(pct) * px(ASIDE) / camera.px_per_m
            lane = line_path(road, pct, camera, aside_m)
            painter.strokePath(lane, _pen(palette.faint, px(LANE)))
        way = line_path(road, np.arange(POINTS + 1) / POINTS, camera)
        edge = FLAG_COLOURS["caution"] if scenery.is_caution else palette.faint
        if not road.outline.is_learnt:
            pen = _pen(palette.faint, px(2))
            pen.setDashPattern([4, 4])
            painter.strokePath(way, pen)
            return
        painter.strokePath(way, _pen(edge, px(EDGE)))
        painter.strokePath(way, _pen(palette.line, px(ASPHALT)))

    def _draw_zone(self, painter: QPainter, zone: Zone, road: Road, camera: Camera) -> None:
        """In the flag's colour, with edges across the road: no colour alone."""
        px, flag = self._look.px, FLAG_COLOURS["caution"]
        colour = QColor(flag)
        colour.setAlpha(_ZONE_ALPHA)
        pen = QPen(colour, px(ASPHALT))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.strokePath(line_path(road, np.linspace(zone.start, zone.end, 48), camera), pen)
        for pct in (zone.start, zone.end):
            self._draw_bar(painter, road, camera, pct, _Bar(px(2), px(EDGE), flag))

    def _draw_line(self, painter: QPainter, road: Road, camera: Camera) -> None:
        """Start and finish, and which way they drive."""
        px, text = self._look.px, self._look.palette.text
        self._boxes.append(self._draw_bar(painter, road, camera, 0.0, _Bar(px(3), px(10), text)))
        (x, y), (along_x, along_y) = _spot(road, camera, 0.0)
        aside = _aside(road, 0.0)
        # On the outside, so that the lane's entry and exit stay free.
        x, y = x - aside.x() * px(18), y - aside.y() * px(18)
        along, unit = QPointF(along_x, along_y), self._look.theme.scale
        across = QPointF(-along_y, along_x)
        middle = QPointF(x, y)
        arrow = QPolygonF([middle + (along * a + across * b) * unit for a, b in _ARROW])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(text))
        painter.drawPolygon(arrow)
        self._boxes.append(arrow.boundingRect())

    def _draw_sector(self, painter: QPainter, road: Road, camera: Camera, start: float, name: str) -> None:
        px, palette = self._look.px, self._look.palette
        self._boxes.append(self._draw_bar(painter, road, camera, start, _Bar(px(2), px(7), palette.dim)))
        font = face(self._look.theme, Type.NOTE, Weight.STRONG)
        metrics = QFontMetricsF(font)
        (x, y), _ = _spot(road, camera, start)
        aside = _aside(road, start) * px(_LABEL_ASIDE)
        box = QRectF(0, 0, metrics.horizontalAdvance(name), metrics.capHeight())
        box.moveCenter(QPointF(x, y) + aside)
        painter.setFont(font)
        painter.setPen(QColor(palette.dim))
        painter.drawText(QPointF(box.left(), box.bottom()), name)
        self._boxes.append(box.adjusted(-2, -2, 2, 2))

    def _draw_bar(self, painter: QPainter, road: Road, camera: Camera, pct: float, bar: _Bar) -> QRectF:
        """What it takes up."""
        (x, y), _ = _spot(road, camera, pct)
        aside = _aside(road, pct) * bar.half
        pen = _pen(bar.colour, bar.width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        first, last = QPointF(x, y) - aside, QPointF(x, y) + aside
        painter.drawLine(first, last)
        return QRectF(first, last).normalized().adjusted(-2, -2, 2, 2)


def line_path(road: Road, pct: Floats, camera: Camera, aside_m: Floats | float = 0.0) -> QPainterPath:
    xs, ys = camera.to_screen(*road.place(pct, aside_m))
    polygon = QPolygonF([QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)])
    path = QPainterPath()
    path.addPolygon(polygon)
    return path


def _spot(road: Road, camera: Camera, pct: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """(pixel, direction of travel on the screen)."""
    at = np.array([pct])
    xs, ys = camera.to_screen(*road.place(at))
    east, north = road.outline.heading(at)
    return (float(xs[0]), float(ys[0])), (float(east[0]), -float(north[0]))


def _aside(road: Road, pct: float) -> QPointF:
    """Towards the inside, on the screen, of length 1."""
    east, north = road.inward(np.array([pct]))
    return QPointF(float(east[0]), -float(north[0]))


def _pen(colour: str, width: float) -> QPen:
    pen = QPen(QColor(colour), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen
