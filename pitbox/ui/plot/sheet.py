"""The picture of many thin traces, drawn once and a few cars at each beat, so that nothing ever waits for it.

Lines of one device pixel cost a thirtieth of thicker ones in Qt; what is thicker is drawn several times.
"""

import time
from collections.abc import Callable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from pitbox.ui.plot.view import View
from pitbox.ui.scene.trace import Trace, columns_of

Floats = NDArray[np.float64]
BUDGET_S = 0.003
"""Of each beat."""


class Ink(msgspec.Struct, frozen=True):
    """How a car's trace looks."""

    colour: str
    alpha: float = 1.0


class TraceSheet:
    """`picture` is always whole: the one before, stretched, until the next one is ready."""

    def __init__(self) -> None:
        self.view: View | None = None
        """Of `picture`."""
        self.picture: QPixmap | None = None
        self._next: QPixmap | None = None
        self._next_view: View | None = None
        self._left: list[tuple[int, Ink]] = []
        self._drawn: dict[int, int] = {}
        """How many points of each car are on the sheet."""
        self._trace: Callable[[int], Trace] = _none

    @property
    def is_working(self) -> bool:
        return self._next is not None

    def aims_at(self, view: View) -> bool:
        """It shows this, or will when it is ready."""
        return view == (self.view if self._next_view is None else self._next_view)

    def begin(
        self, view: View, ratio: float, cars: Sequence[tuple[int, Ink]], trace: Callable[[int], Trace]
    ) -> None:
        """Another picture; whatever was being drawn is given up."""
        self._next = QPixmap(max(1, round(view.width * ratio)), max(1, round(view.height * ratio)))
        self._next.setDevicePixelRatio(ratio)
        self._next.fill(Qt.GlobalColor.transparent)
        self._next_view, self._left, self._trace = view, list(cars), trace
        self._drawn = {}

    def work(self, budget_s: float = BUDGET_S) -> bool:
        """True when another picture is ready. At least one car is drawn."""
        if self._next is None or self._next_view is None:
            return False
        end_s = time.perf_counter() + budget_s
        painter = QPainter(self._next)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        while self._left:
            car_idx, ink = self._left.pop()
            self._draw(painter, car_idx, ink, self._next_view, 0)
            if time.perf_counter() > end_s:
                break
        painter.end()
        if self._left:
            return False
        self.picture, self.view = self._next, self._next_view
        self._next = self._next_view = None
        return True

    def extend(self, cars: Sequence[tuple[int, Ink]]) -> None:
        """Draw what these cars did since, onto the picture as it is."""
        if self.picture is None or self.view is None or self.is_working:
            return
        painter = QPainter(self.picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for car_idx, ink in cars:
            self._draw(painter, car_idx, ink, self.view, max(0, self._drawn.get(car_idx, 0) - 1))
        painter.end()

    def drop(self) -> None:
        self.picture = self._next = self.view = self._next_view = None

    def draw(self, painter: QPainter, view: View, left: int, top: int) -> None:
        """At its place in a view that may be another one by now."""
        if self.picture is None or self.view is None:
            return
        if self.view == view:
            painter.drawPixmap(left, top, self.picture)
            return
        times = np.array([self.view.span.begin_s, self.view.span.end_s])
        gaps = np.array([self.view.range.top_s, self.view.range.bottom_s])
        x, y = view.x(times), view.y(gaps)
        box = QRectF(left + x[0], top + y[0], x[1] - x[0], y[1] - y[0])
        painter.drawPixmap(box, self.picture, QRectF(self.picture.rect()))

    def _draw(self, painter: QPainter, car_idx: int, ink: Ink, view: View, first: int) -> None:
        trace = self._trace(car_idx)
        self._drawn[car_idx] = len(trace.time_s)
        colour = QColor(ink.colour)
        colour.setAlphaF(ink.alpha)
        painter.setPen(QPen(colour, 0))
        painter.drawPolyline(polygon_of(trace, view, first))


def polygon_of(trace: Trace, view: View, first: int = 0) -> QPolygonF:
    """Points in the view and one at each side, no more than the columns of pixels can show."""
    time_s, gap_s = trace.time_s[first:], trace.gap_s[first:]
    begin = max(0, int(np.searchsorted(time_s, view.span.begin_s)) - 1)
    end = int(np.searchsorted(time_s, view.span.end_s, side="right")) + 1
    x, y = columns_of(view.x(time_s[begin:end]), view.y(gap_s[begin:end]))
    return QPolygonF(list(map(QPointF, x.tolist(), np.clip(y, -1e5, 1e5).tolist())))


def _none(car_idx: int) -> Trace:
    return Trace(car_idx, np.empty(0, np.int32), np.empty(0), np.empty(0))
