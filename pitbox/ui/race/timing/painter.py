"""One row of the table, painted. Text is drawn once into a picture and only moved or lit after that."""

from dataclasses import dataclass

import msgspec
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap, QPolygonF

from pitbox.ui.race.timing.cell import Cell, Mark
from pitbox.ui.race.timing.column import COLUMNS
from pitbox.ui.scene.words import short_name
from pitbox.ui.theme.face import face
from pitbox.ui.theme.look import Look, class_colour
from pitbox.ui.theme.token import GRID, MARK, Type, Weight

_BAR = 3
_RANGE = 60
"""Room for a window, `188-192`, and air before it."""
_SHARE, _LEAST_REST = 0.56, 20
"""Of a team's name where a driver's stands beside it; and what a name needs to say anything."""
_WIDTHS = 4_000
"""Texts whose width is remembered."""


class Slot(msgspec.Struct, frozen=True):
    """Where a column stands in the row."""

    column: int
    left: int
    width: int


class RowState(msgspec.Struct, frozen=True):
    is_stale: bool = False
    """Nothing new came for a while: all of it is faint."""
    is_head: bool = False
    is_ours: bool = False


@dataclass
class _Picture:
    cells: tuple[Cell, ...]
    slots: tuple[Slot, ...]
    state: RowState
    pixmap: QPixmap


class RowPainter:
    """Keeps pictures of rows; `wear` throws them away."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._pictures: dict[int, _Picture] = {}
        self._widths: dict[tuple[str, bool, bool], float] = {}
        self.wear()

    def wear(self) -> None:
        theme = self._look.theme
        self._pictures.clear()
        self._widths.clear()
        self._plain, self._strong = face(theme, Type.BODY), face(theme, Type.BODY, Weight.STRONG)
        self._height, self._pad = self._look.row_height, self._look.px(GRID)
        self._slanted = QFont(self._plain)
        self._slanted.setItalic(True)
        self._metrics = QFontMetricsF(self._plain)
        self._strong_metrics = QFontMetricsF(self._strong)
        self._baseline = (self._height + self._metrics.ascent() - self._metrics.descent()) / 2
        self._mark_room = self._look.px(MARK + 2)
        self._colours = {
            token: QColor(getattr(theme.palette, token))
            for token in ("text", "dim", "faint", "accent", "good", "warn", "bad", "best", "raised")
        }

    def picture(
        self, key: int, cells: tuple[Cell, ...], slots: tuple[Slot, ...], state: RowState, ratio: float
    ) -> QPixmap:
        """The row's text on nothing, as wide as its slots reach."""
        kept = self._pictures.get(key)
        if kept is not None and kept.slots is slots and kept.state == state:
            if kept.cells is not cells:
                self._redraw(kept, cells)
            return kept.pixmap
        width = max((slot.left + slot.width for slot in slots), default=1)
        pixmap = QPixmap(max(1, round(width * ratio)), max(1, round(self._height * ratio)))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        for slot in slots:
            self._draw(painter, cells[slot.column], slot, state)
        painter.end()
        self._pictures[key] = _Picture(cells, slots, state, pixmap)
        return pixmap

    def _redraw(self, kept: "_Picture", cells: tuple[Cell, ...]) -> None:
        """Only what is another text now: of sixteen cells it is mostly two."""
        painter = QPainter(kept.pixmap)
        for slot in kept.slots:
            cell, before = cells[slot.column], kept.cells[slot.column]
            if cell is not before and cell != before:
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
                painter.fillRect(slot.left, 0, slot.width, self._height, Qt.GlobalColor.transparent)
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
                self._draw(painter, cell, slot, kept.state)
        painter.end()
        kept.cells = cells

    def forget_others(self, keys: set[int]) -> None:
        for key in self._pictures.keys() - keys:
            del self._pictures[key]

    def _draw(self, painter: QPainter, cell: Cell, slot: Slot, state: RowState) -> None:
        column = COLUMNS[slot.column]
        if cell.rank >= 0 and (state.is_head or column.name == "number"):
            bar = QRect(slot.left, self._pad, self._look.px(_BAR), self._height - 2 * self._pad)
            painter.fillRect(bar, QColor(class_colour(cell.rank)))
        if cell.corner:
            self._draw_corner(painter, cell.corner, slot)
        if cell.window is not None:
            self._draw_window(painter, cell, slot, state)
        if not cell.text:
            return
        is_strong = cell.is_strong or (state.is_ours and column.name in ("team", "gap", "interval"))
        colour = self._colours["faint" if state.is_stale else cell.tone]
        painter.setPen(colour)
        painter.setFont(self._slanted if cell.is_slanted else self._strong if is_strong else self._plain)
        baseline = self._baseline
        if column.is_left:
            self._draw_words(painter, cell, slot, baseline, is_strong=is_strong)
            return
        right = float(slot.left + slot.width - self._pad - (self._mark_room if column.has_mark else 0))
        if cell.window is not None:
            self._draw_likely(painter, cell, right, baseline, state)
            painter.setPen(colour)
        width = self._width(cell.text, is_strong=is_strong, is_slanted=cell.is_slanted)
        painter.drawText(QPointF(right - width, baseline), cell.text)
        if cell.mark and not state.is_stale:
            self._draw_mark(painter, cell.mark, right + self._look.px(3), colour)

    def _draw_words(
        self, painter: QPainter, cell: Cell, slot: Slot, baseline: float, *, is_strong: bool
    ) -> None:
        """The first words have the room first; both end in dots where there is too little."""
        px = self._look.px
        left = slot.left + px(GRID) + (px(_BAR + GRID) if cell.rank >= 0 else 0)
        room = slot.left + slot.width - px(GRID) - left
        metrics = self._strong_metrics if is_strong else self._metrics
        rest, gap = cell.rest, px(2 * GRID)
        wanted = metrics.horizontalAdvance(cell.text)
        if rest and wanted + gap + self._metrics.horizontalAdvance(rest) > room:
            rest = short_name(rest)
        beside = gap + self._metrics.horizontalAdvance(rest) if rest else 0.0
        # Half a team's name and half a driver's say more than all of one.
        words = metrics.elidedText(cell.text, Qt.TextElideMode.ElideRight, max(room * _SHARE, room - beside))
        painter.drawText(QPointF(left, baseline), words)
        after = metrics.horizontalAdvance(words) + gap
        if rest and room - after >= px(_LEAST_REST):
            painter.setFont(self._plain)
            painter.setPen(
                self._colours["faint" if painter.pen().color() == self._colours["faint"] else "dim"]
            )
            rest = self._metrics.elidedText(rest, Qt.TextElideMode.ElideRight, room - after)
            painter.drawText(QPointF(left + after, baseline), rest)

    def _draw_window(self, painter: QPainter, cell: Cell, slot: Slot, state: RowState) -> None:
        """From now at the left; little is sure of a dim one."""
        if cell.window is None:
            return
        first, last, scale = cell.window
        left, room = slot.left + self._pad, slot.width - 2 * self._pad
        height = max(2, self._look.px(2))
        top = self._height - height - 1
        painter.fillRect(QRectF(left, top, room, height), self._colours["raised"])
        begin, end = (left + min(1.0, laps / max(1, scale)) * room for laps in (first, last))
        tone = "faint" if state.is_stale or cell.tone == "dim" else "good" if first == 0 else "accent"
        painter.fillRect(QRectF(begin, top, max(end - begin, height), height), self._colours[tone])

        if cell.likely is not None and not state.is_stale:
            at = left + min(1.0, cell.likely / max(1, scale)) * (room - height)
            painter.fillRect(QRectF(at, top - height, height, 2 * height), self._colours["text"])

    def _draw_likely(
        self, painter: QPainter, cell: Cell, right: float, baseline: float, state: RowState
    ) -> None:
        """Left of the window, which stands where those of cars stand of which nobody says more."""
        if cell.rest:
            left = right - self._look.px(_RANGE) - self._width(cell.rest, is_strong=False, is_slanted=False)
            painter.setPen(self._colours["faint" if state.is_stale else "text"])
            painter.drawText(QPointF(left, baseline), cell.rest)

    def _draw_corner(self, painter: QPainter, tone: str, slot: Slot) -> None:
        """A person set it right; two corners where people do not agree."""
        side, right, foot = self._look.px(MARK), slot.left + slot.width - 1, self._height - 1
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colours[tone])
        corners = [(1, 1 + side), (foot, foot - side)] if tone == "warn" else [(1, 1 + side)]
        for from_y, to_y in corners:
            points = [QPointF(right - side, from_y), QPointF(right, from_y), QPointF(right, to_y)]
            painter.drawPolygon(QPolygonF(points))

    def _draw_mark(self, painter: QPainter, mark: Mark, left: float, colour: QColor) -> None:
        side = self._look.px(MARK)
        box = QRectF(left, (self._look.row_height - side) / 2, side, side)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle = box.center()
        if mark in (Mark.UP, Mark.DOWN):
            painter.setBrush(self._colours["good" if mark is Mark.UP else "bad"])
            tip, foot = (box.top(), box.bottom()) if mark is Mark.UP else (box.bottom(), box.top())
            points = [QPointF(middle.x(), tip), QPointF(box.right(), foot), QPointF(box.left(), foot)]
            painter.drawPolygon(QPolygonF(points))
        elif mark is Mark.CLASS_BEST:
            painter.setBrush(colour)
            points = [
                QPointF(middle.x(), box.top()),
                QPointF(box.right(), middle.y()),
                QPointF(middle.x(), box.bottom()),
                QPointF(box.left(), middle.y()),
            ]
            painter.drawPolygon(QPolygonF(points))
        else:
            painter.setBrush(colour)
            painter.drawEllipse(box.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _width(self, text: str, *, is_strong: bool, is_slanted: bool) -> float:
        known = self._widths.get((text, is_strong, is_slanted))
        if known is None:
            if len(self._widths) > _WIDTHS:
                self._widths.clear()
            metrics = self._strong_metrics if is_strong else self._metrics
            known = self._widths[text, is_strong, is_slanted] = metrics.horizontalAdvance(text)
        return known
