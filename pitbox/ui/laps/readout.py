"""The figures at the right of the traces: what each lap has where the cursor stands."""

from collections.abc import Iterator
from math import ceil

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPixmap

from pitbox.ui.laps.board import LapBoard
from pitbox.ui.laps.ink import LETTERS, lap_tone
from pitbox.ui.laps.tracepaint import DELTA_SHARE, FOOT, Band, picture_of
from pitbox.ui.scene.lap_axis import LapAxis
from pitbox.ui.scene.lap_layout import DELTA
from pitbox.ui.scene.lap_strip import StripLap
from pitbox.ui.shell.pen import NOTE, Pen, Style
from pitbox.ui.theme.face import face
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight

_ROW, _LEAST, _WIDTH = 13, 11, 64


class Readout:
    """Letters are painted once, since they are the same at any zoom; figures follow the cursor."""

    def __init__(self, look: Look, board: LapBoard) -> None:
        self._look, self._board = look, board
        self._high = 0.0
        """From the top of the traces to the lower edge."""
        self._letters: QPixmap | None = None

    def renew(self) -> None:
        self._letters = None

    def room(self, high: float) -> float:
        """How wide it is beside traces that are so high, their axis included."""
        self._high = high
        return self._columns * self._look.px(_WIDTH) + self._look.px(PADDING)

    def paint(self, painter: QPainter, bands: tuple[Band, ...], axis: LapAxis | None, body: QRectF) -> None:
        """Of each lap where the cursor stands; without one the delta at the end of the lap."""
        assert axis is not None
        cursor = self._board.cursor
        place = None if cursor is None else axis.of_share(cursor)
        told = [band for band in bands if place is not None or band.strip.name == DELTA]
        ratio = painter.device().devicePixelRatioF()
        letters = self._painted_letters(bands, body, ratio)
        for band in told:
            part = QRectF(0, (band.top - body.top()) * ratio, letters.width(), (band.height - 1) * ratio)
            painter.drawPixmap(QPointF(body.right(), band.top), letters, part)
        painter.setFont(face(self._look.theme, Type.NOTE))
        painter.setPen(QColor(self._look.palette.text))
        metrics = Pen(self._look).metrics(NOTE)
        base = (metrics.ascent() - metrics.descent()) / 2
        for band, lap, cell in self._cells(bands, body):
            if band not in told:
                continue
            at = place if place is not None else (lap.t_s[-1] if axis.is_by_time else 1.0)
            value = lap.value_at(at, is_by_time=axis.is_by_time)
            words = ("+" if band.strip.name == DELTA and value > 0 else "") + band.strip.scale.words(value)
            x = cell.right() - metrics.horizontalAdvance(words)
            painter.drawText(QPointF(x, cell.center().y() + base), words)

    def _painted_letters(self, bands: tuple[Band, ...], body: QRectF, ratio: float) -> QPixmap:
        """From the upper right corner of the body on."""
        if self._letters is None:
            wide, high = round(self.room(self._high)), round(self._high)
            self._letters, painter = picture_of(self._look, wide, high, ratio)
            painter.translate(-body.topRight())
            pen = Pen(self._look, painter)
            for _, lap, cell in self._cells(bands, body):
                tone = lap_tone(self._look, lap.at)
                pen.write(cell, LETTERS[lap.at], Style(tone, Type.NOTE, Weight.FIRST))
            painter.end()
        return self._letters

    def _cells(self, bands: tuple[Band, ...], body: QRectF) -> Iterator[tuple[Band, StripLap, QRectF]]:
        """Where each lap's figure of each trace stands."""
        px, columns = self._look.px, self._columns
        left, high = body.right() + px(GRID), self._row
        for band in bands:
            rows = int(max(1, (band.height - 2) // high))
            rows = min(rows, ceil(len(band.strip.laps) / columns)) if columns > 1 else rows
            for number, lap in enumerate(band.strip.laps[: rows * columns]):
                x = left + number // rows * px(_WIDTH)
                y = band.top + 1 + number % rows * high
                yield band, lap, QRectF(x, y, px(_WIDTH - GRID), high)

    @property
    def _columns(self) -> int:
        return 2 if self._row * self._count > self._least_band else 1

    @property
    def _row(self) -> float:
        """As much as there is, within what can be read."""
        least, most = self._look.px(_LEAST), self._look.px(_ROW)
        return min(most, max(least, self._least_band / self._count))

    @property
    def _count(self) -> int:
        return 1 if self._board.set is None else max(1, len(self._board.set.laps))

    @property
    def _least_band(self) -> float:
        """How high the lowest trace is."""
        strips = self._board.layout.strips
        shares = len(strips) + (DELTA_SHARE - 1 if DELTA in strips else 0)
        return (self._high - self._look.px(FOOT)) / max(1.0, shares) - 3
