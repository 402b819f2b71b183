"""What panels of figures draw with: words, lines and fills by token, measured first and drawn then.

Without a painter it only measures: so a sheet learns its height by the code that draws it. It notes what it
wrote and where, and which figures tell more under the pointer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from pitbox.ui.theme.face import face
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import RADIUS, Theme, Type, Weight

_GROUNDS = frozenset({"ground", "panel", "raised", "line"})


@dataclass(frozen=True)
class Spot:
    """A figure's room: what it tells under the pointer or the keys, and what a click on it does."""

    box: QRectF
    tip: str
    run: Callable[[], None] | None = None
    is_button: bool = False


@dataclass(frozen=True)
class Ink:
    """Words as they were written."""

    box: QRectF
    text: str
    is_cut: bool


@lru_cache(maxsize=64)
def _metrics(theme: Theme, size: Type, weight: Weight) -> QFontMetricsF:
    """One for all pens: making it costs more than what is asked of it."""
    return QFontMetricsF(face(theme, size, weight))


@lru_cache(maxsize=8192)
def _width(theme: Theme, size: Type, weight: Weight, text: str) -> float:
    """The same few words are measured at each frame of a drag."""
    return _metrics(theme, size, weight).horizontalAdvance(text)


class Style(msgspec.Struct, frozen=True):
    tone: str = "text"
    size: Type = Type.BODY
    weight: Weight = Weight.PLAIN
    side: str = "left"
    """Or `right`, or `middle`."""


PLAIN = Style()
DIM, NOTE, FAINT = Style("dim"), Style("dim", Type.NOTE), Style("faint", Type.NOTE)
STRONG, FIRST = Style(weight=Weight.STRONG), Style(weight=Weight.FIRST)


class Pen:
    def __init__(self, look: Look, painter: QPainter | None = None, *, is_faint: bool = False) -> None:
        """`is_faint`: all of it is old."""
        self.look, self.px = look, look.px
        self.painter = painter
        self.is_faint = is_faint
        self.spots: list[Spot] = []
        self.inks: list[Ink] = []

    def colour(self, tone: str, alpha: float = 1.0) -> QColor:
        """A token's name, or a colour as `#rrggbb`."""
        is_plain = tone.startswith("#")
        if self.is_faint and tone not in _GROUNDS:
            tone, is_plain = "faint", False
        colour = QColor(tone if is_plain else getattr(self.look.palette, tone))
        colour.setAlphaF(alpha)
        return colour

    def metrics(self, style: Style = PLAIN) -> QFontMetricsF:
        return _metrics(self.look.theme, style.size, style.weight)

    def width(self, text: str, style: Style = PLAIN) -> float:
        return _width(self.look.theme, style.size, style.weight, text)

    def write(self, box: QRectF, text: str, style: Style = PLAIN) -> QRectF:
        """One line in the middle of the box's height, with dots where it is cut; returns its ink."""
        metrics = self.metrics(style)
        wanted = self.width(text, style)
        is_cut = wanted > box.width() + 0.5
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width()) if is_cut else text
        wide = min(wanted, box.width())
        room = box.width() - wide
        left = box.left() + {"left": 0.0, "right": room, "middle": room / 2}[style.side]
        base = box.top() + (box.height() + metrics.ascent() - metrics.descent()) / 2
        ink = QRectF(left, base - metrics.ascent(), wide, metrics.ascent() + metrics.descent())
        if text:
            self.inks.append(Ink(ink, text, is_cut))
        if self.painter is not None:
            self.painter.setFont(face(self.look.theme, style.size, style.weight))
            self.painter.setPen(self.colour(style.tone))
            self.painter.drawText(QPointF(left, base), shown)
        return ink

    def wrap(self, box: QRectF, text: str, style: Style = PLAIN, row: int = 16, most: int = 9) -> float:
        """Below each other as many lines as it takes, the last one cut; returns where they end."""
        lines, top = self.lines(text, box.width(), style), box.top()
        if len(lines) > most:
            lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
        for line in lines:
            self.write(QRectF(box.left(), top, box.width(), self.px(row)), line, style)
            top += self.px(row)
        return top

    def lines(self, text: str, width: float, style: Style = PLAIN) -> list[str]:
        """Broken at spaces."""
        metrics, lines, line = self.metrics(style), [], ""
        for word in text.split():
            longer = f"{line} {word}" if line else word
            if line and metrics.horizontalAdvance(longer) > width:
                lines.append(line)
                line = word
            else:
                line = longer
        return [*lines, line] if line else lines

    def fill(self, box: QRectF, tone: str, alpha: float = 1.0) -> None:
        if self.painter is not None:
            self.painter.fillRect(box, self.colour(tone, alpha))

    def stroke(
        self, points: Sequence[QPointF], tone: str, width: float = 1.25, *, is_dashed: bool = False
    ) -> None:
        if self.painter is None or len(points) < 2:
            return
        pen = QPen(self.colour(tone), width * self.look.theme.scale)
        if is_dashed:
            pen.setDashPattern([3.0, 3.0])
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.setPen(pen)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawPolyline(QPolygonF(list(points)))
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def area(self, points: Sequence[QPointF], tone: str, alpha: float) -> None:
        if self.painter is None or len(points) < 3:
            return
        self._shape(tone, alpha)
        self.painter.drawPolygon(QPolygonF(list(points)))
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def dot(self, at: QPointF, radius: float, tone: str, *, is_hollow: bool = False) -> None:
        if self.painter is None:
            return
        self._shape(tone, 1.0)
        if is_hollow:
            self.painter.setPen(QPen(self.colour(tone), 1.25 * self.look.theme.scale))
            self.painter.setBrush(QBrush(self.colour("panel")))
        self.painter.drawEllipse(at, radius, radius)
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def frame(self, box: QRectF, tone: str, ground: str = "", *, is_dashed: bool = False) -> None:
        """With round corners, as controls have."""
        if self.painter is None:
            return
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = QPen(self.colour(tone), 1)
        if is_dashed:
            line.setDashPattern([3.0, 3.0])
        self.painter.setPen(line)
        self.painter.setBrush(QBrush(self.colour(ground)) if ground else Qt.BrushStyle.NoBrush)
        radius = self.px(RADIUS)
        self.painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def spot(self, box: QRectF, tip: str, run: Callable[[], None] | None = None) -> None:
        self.spots.append(Spot(box, tip, run))

    def button(
        self,
        left: float,
        top: float,
        title: str,
        tip: str,
        run: Callable[[], None],
        *,
        is_first: bool = False,
    ) -> float:
        """A small one; returns its right edge."""
        style = Style(
            "ground" if is_first else "text", Type.NOTE, Weight.STRONG if is_first else Weight.PLAIN
        )
        box = QRectF(left, top, self.width(title, style) + 2 * self.px(8), self.px(20))
        self.frame(box, "accent" if is_first else "line", "accent" if is_first else "raised")
        self.write(box, title, msgspec.structs.replace(style, side="middle"))
        self.spots.append(Spot(box, tip, run, is_button=True))
        return box.right()

    def _shape(self, tone: str, alpha: float) -> None:
        assert self.painter is not None
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(QBrush(self.colour(tone, alpha)))
