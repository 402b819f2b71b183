"""One row of stint bars as a picture: class by colour, driver by tone and letter, stops by a sign."""

import msgspec
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap

from pitbox.ui.plot.tone import tone_of
from pitbox.ui.scene.span import Span
from pitbox.ui.scene.stint import Bar, Planned, StintLine, StopMark
from pitbox.ui.theme.face import face
from pitbox.ui.theme.look import Look, class_colour
from pitbox.ui.theme.token import GRID, Type, Weight

_EDGE, _SIGN, _PAD = 2, 7, 3
_SAME_S = 5.0
_PLAIN = ((0.0, 1.0),)
_STROKES = {
    "tyres": (),
    "tow": ((1.0, 1.0), (1.0, -1.0)),
    "repairs": ((1.0, 0.0), (0.0, 1.0)),
    "through": ((1.0, -1.0),),
}
"""Lines through the middle, by kind."""


class BarFrame(msgspec.Struct, frozen=True):
    """What a row shows, and how large."""

    span: Span
    now_s: float
    width: int
    height: int
    rank: int
    """Of the car's class."""
    is_stale: bool = False

    def x(self, at_s: float) -> float:
        return self.span.share(at_s) * self.width

    def has(self, start_s: float, end_s: float | None) -> bool:
        return (end_s is None or end_s >= self.span.begin_s) and start_s <= self.span.end_s


class BarPainter:
    def __init__(self, look: Look) -> None:
        self._look = look
        self.wear()

    def wear(self) -> None:
        theme = self._look.theme
        self._strong, self._plain = face(theme, Type.NOTE, Weight.STRONG), face(theme, Type.NOTE)
        self._metrics, self._plain_metrics = QFontMetricsF(self._strong), QFontMetricsF(self._plain)

    def picture(self, line: StintLine, frame: BarFrame, ratio: float) -> QPixmap:
        """The row's bars on nothing."""
        pixmap = QPixmap(max(1, round(frame.width * ratio)), max(1, round(frame.height * ratio)))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setOpacity(0.5 if frame.is_stale else 1.0)
        if line.planned is not None:
            self._draw_planned(painter, frame, line.planned)
        for bar in line.bars:
            if bar.end_s is not None and frame.has(bar.start_s, bar.end_s):
                self._draw_bar(painter, frame, bar, _stop_after(line, bar))
        for stop in line.stops:
            if stop.end_s is not None and frame.has(stop.start_s, stop.end_s):
                self._draw_stop(painter, frame, stop)
        if line.out_s is not None and frame.span.holds(line.out_s):
            self._draw_out(painter, frame, line.out_s)
        painter.end()
        return pixmap

    def draw_running(self, painter: QPainter, line: StintLine, frame: BarFrame, at: QRect) -> None:
        """What has no end yet grows with each picture of the race: it is drawn over the rest."""
        painter.save()
        painter.translate(at.left(), at.top())
        painter.setOpacity(0.5 if frame.is_stale else 1.0)
        for bar in line.bars[-1:]:
            if bar.end_s is None and frame.has(bar.start_s, bar.end_s):
                self._draw_bar(painter, frame, bar, None)
        for stop in line.stops[-1:]:
            if stop.end_s is None and frame.has(stop.start_s, stop.end_s):
                self._draw_stop(painter, frame, stop)
        painter.restore()

    def _box(self, frame: BarFrame, start_s: float, end_s: float | None) -> QRectF:
        pad = self._look.px(_PAD)
        left, right = frame.x(start_s), frame.x(frame.now_s if end_s is None else end_s)
        return QRectF(left, pad, max(1.0, right - left), frame.height - 2 * pad)

    def _base(self, box: QRectF) -> float:
        room = box.height() - self._look.px(_EDGE)
        return box.top() + (room + self._metrics.ascent() - self._metrics.descent()) / 2

    def _draw_bar(self, painter: QPainter, frame: BarFrame, bar: Bar, after: StopMark | None) -> None:
        look, px = self._look, self._look.px
        box, colour = self._box(frame, bar.start_s, bar.end_s), class_colour(frame.rank)
        painter.fillRect(box, QColor(tone_of(look.palette, colour, bar.driver.tone)))
        edge = QRectF(box.left(), box.bottom() - px(_EDGE), box.width(), px(_EDGE))
        painter.fillRect(edge, QColor(colour))
        # What is seen of it: a letter beyond the edge helps nobody.
        left, right = max(box.left() + px(_SIGN) / 2, 0.0) + px(_PAD), min(box.right(), float(frame.width))
        is_end_seen = box.right() <= frame.width
        right -= px(_PAD) + (px(_SIGN) / 2 if is_end_seen and after is not None else 0)
        lane_s = after.lane_s if is_end_seen and after is not None else None
        painter.setPen(QColor(look.palette.text))
        left = self._write(painter, bar.driver.letter, left, right, self._base(box), is_strong=True)
        left = self._write(painter, str(bar.laps), left, right, self._base(box))
        if lane_s is not None:
            words = f"{lane_s:.0f} s"
            start = right - self._plain_metrics.horizontalAdvance(words)
            if start > left + px(GRID):
                self._write(painter, words, start, right + 1, self._base(box))

    def _write(
        self,
        painter: QPainter,
        words: str,
        left: float,
        right: float,
        base: float,
        *,
        is_strong: bool = False,
    ) -> float:
        """Where the next words begin; nothing more fits where these did not."""
        metrics = self._metrics if is_strong else self._plain_metrics
        width = metrics.horizontalAdvance(words)
        if left + width > right:
            return right + 1
        painter.setFont(self._strong if is_strong else self._plain)
        painter.drawText(QPointF(left, base), words)
        return left + width + self._look.px(GRID)

    def _draw_stop(self, painter: QPainter, frame: BarFrame, stop: StopMark) -> None:
        """A gap with the sign of what was done; wide enough to be seen on any scale."""
        px, palette = self._look.px, self._look.palette
        box = self._box(frame, stop.start_s, stop.end_s)
        wide = max(float(px(_SIGN)), box.width())
        at = QPointF(box.center().x(), box.center().y())
        hole = QRectF(at.x() - wide / 2, box.top(), wide, box.height())
        painter.fillRect(hole, QColor(palette.panel))
        tone = {"tow": palette.bad, "repairs": palette.warn}.get(stop.kind, palette.text)
        painter.setPen(QPen(QColor(palette.warn if stop.end_s is None else tone), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        half = px(_SIGN) / 2 - 1
        if stop.kind == "tyres":
            painter.drawEllipse(at, half - 0.5, half - 0.5)
        for x, y in _STROKES.get(stop.kind, _PLAIN):
            painter.drawLine(at - QPointF(x * half, y * half), at + QPointF(x * half, y * half))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _draw_planned(self, painter: QPainter, frame: BarFrame, planned: Planned) -> None:
        """Between these laps it has to come in."""
        if frame.has(planned.start_s, planned.end_s):
            box = self._box(frame, planned.start_s, planned.end_s)
            painter.setPen(QPen(QColor(class_colour(frame.rank)), 1, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            left, right = round(max(box.left(), -2.0)) + 0.5, min(box.right(), frame.width + 2.0)
            painter.drawRect(QRectF(left, box.top() + 0.5, max(3.0, right - left), box.height() - 1))

    def _draw_out(self, painter: QPainter, frame: BarFrame, out_s: float) -> None:
        px, box = self._look.px, self._box(frame, out_s, out_s)
        painter.fillRect(
            QRectF(box.left() - px(1), box.top(), px(2), box.height()), QColor(self._look.palette.bad)
        )
        painter.setPen(QColor(self._look.palette.dim))
        self._write(painter, "out", box.left() + px(GRID), float(frame.width), self._base(box))


def _stop_after(line: StintLine, bar: Bar) -> StopMark | None:
    """The stop that it ended in: its seconds stand beside its sign."""
    if bar.end_s is None:
        return None
    end_s = bar.end_s
    return next((stop for stop in line.stops if abs(stop.start_s - end_s) < _SAME_S), None)
