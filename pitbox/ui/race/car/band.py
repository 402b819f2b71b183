"""Two small pictures: the laps ahead with the pit window on them, and how wet the track was."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from pitbox.ui.race.car.layout import BAR
from pitbox.ui.race.car.line import Line
from pitbox.ui.race.car.page import Band
from pitbox.ui.theme.face import face
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, Type

_TREND_S = 3600.0
_DRY, _UNDER_WATER = 1, 7
Place = Callable[[float], float]


def paint_band(painter: QPainter, band: Band, box: QRectF, look: Look, *, is_old: bool) -> None:
    """The bar is the laps from now; filled: what the tank does; lit: the window; a line: the likely stop."""
    px, palette = look.px, look.palette
    bar = QRectF(box.left(), box.top(), box.width(), px(BAR))
    scale = bar.width() / max(1e-6, band.until - band.now)

    def at(lap: float) -> float:
        return bar.left() + min(max(0.0, lap - band.now) * scale, bar.width())

    painter.fillRect(bar, QColor(palette.raised))
    if band.tank is not None:
        full = QRectF(bar.left(), bar.top(), at(band.tank) - bar.left(), bar.height())
        painter.fillRect(full, QColor(palette.line))
    if band.first is not None and band.last is not None and band.last >= band.first:
        colour = palette.faint if is_old else palette.good if band.is_open else palette.accent
        left, right = at(max(band.first - 1, band.now)), at(band.last)
        painter.fillRect(QRectF(left, bar.top(), max(right - left, px(3)), bar.height()), QColor(colour))
    if band.likely is not None:
        painter.setPen(QPen(QColor(palette.text if not is_old else palette.faint), max(1, px(1))))
        middle = bar.center().y()
        painter.drawLine(QPointF(at(band.likely[0] - 1), middle), QPointF(at(band.likely[1]), middle))
    _laps(painter, band, box, look, at_lap=at)


def _laps(painter: QPainter, band: Band, box: QRectF, look: Look, *, at_lap: Place) -> None:
    """Numbers of laps under the bar, as many as stand apart; the flag's with its word."""
    px, palette = look.px, look.palette
    painter.setFont(face(look.theme, Type.NOTE))
    metrics = painter.fontMetrics()
    baseline = box.bottom() - px(GRID) + 1
    first = band.first if band.first is not None and band.first > band.now + 1 else None
    marks = [(band.flag, f"flag {band.flag}"), (band.last, f"{band.last}"), (first, f"{first}")]
    taken: list[tuple[float, float]] = []
    painter.setPen(QColor(palette.dim))
    for lap, words in marks:
        if lap is None:
            continue
        width = metrics.horizontalAdvance(words)
        left = min(max(box.left(), at_lap(lap) - width / 2), box.right() - width)
        if all(left > right + px(GRID) or left + width < start - px(GRID) for start, right in taken):
            painter.drawText(QPointF(left, baseline), words)
            taken.append((left, left + width))
    words = f"lap {int(band.now) + 1}"
    width = metrics.horizontalAdvance(words)
    if all(start > box.left() + width + px(GRID) for start, _ in taken):
        painter.drawText(QPointF(box.left(), baseline), words)


def paint_trend(painter: QPainter, line: Line, box: QRectF, look: Look) -> None:
    """Steps over the last hour, dry at the bottom."""
    start_s = line.until_s - _TREND_S

    def place(at_s: float, step: int) -> QPointF:
        share = min(1.0, max(0.0, (at_s - start_s) / _TREND_S))
        rise = (step - _DRY) / (_UNDER_WATER - _DRY)
        return QPointF(box.left() + share * box.width(), box.bottom() - rise * box.height())

    points: list[QPointF] = []
    for at_s, step in line.trend:
        here = place(at_s, step)
        if points:
            points.append(QPointF(here.x(), points[-1].y()))
        points.append(here)
    points.append(QPointF(box.right(), points[-1].y()))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(look.palette.accent), 1.25 * look.theme.scale))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF(points))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
