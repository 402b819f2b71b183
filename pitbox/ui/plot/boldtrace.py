"""The few traces that are drawn bold over all others, with rings where the car stopped."""

from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from pitbox.strategy.story import CarStory
from pitbox.ui.plot.sheet import polygon_of
from pitbox.ui.plot.view import View
from pitbox.ui.scene.trace import Trace
from pitbox.ui.theme.look import Look

_RING = 3.0
_STROKES = ((0.0, 0.0), (0.6, 0.6), (-0.6, -0.6), (0.6, -0.6), (-0.6, 0.6))
_STROKES_OF_OTHERS = 3


class Bold(NamedTuple):
    trace: Trace
    told: CarStory | None
    colour: str


class _Kept(NamedTuple):
    """A trace as it was drawn last, and of what."""

    view: View
    version: int
    polygon: QPolygonF
    stops: list[QPointF]


class BoldTraces:
    def __init__(self, look: Look) -> None:
        self._look = look
        self._kept: dict[int, _Kept] = {}

    def drop(self) -> None:
        self._kept.clear()

    def draw(self, painter: QPainter, view: View, shown: Bold, *, is_ours: bool) -> None:
        kept, colour = self._parts(shown, view), QColor(shown.colour)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 0))
        for x, y in _STROKES if is_ours else _STROKES[:_STROKES_OF_OTHERS]:
            painter.translate(x, y)
            painter.drawPolyline(kept.polygon)
            painter.translate(-x, -y)
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(QColor(self._look.palette.panel))
        ring = self._look.px(_RING)
        for point in kept.stops:
            painter.drawEllipse(point, ring, ring)

    def _parts(self, shown: Bold, view: View) -> _Kept:
        trace, told = shown.trace, shown.told
        version = 0 if told is None else told.changes
        kept = self._kept.get(trace.car_idx)
        if kept is not None and kept.view == view and kept.version == version:
            return kept
        times = np.array([stop.lane_in_s for stop in told.stops]) if told is not None else np.empty(0)
        stops = []
        for time_s in times[(times >= view.span.begin_s) & (times <= view.span.end_s)]:
            gap_s = trace.gap_at(float(time_s))
            if np.isfinite(gap_s):
                stops.append(QPointF(float(view.x(time_s)), float(view.y(np.array(gap_s)))))
        kept = self._kept[trace.car_idx] = _Kept(view, version, polygon_of(trace, view), stops)
        return kept
