"""A small card beside the cursor: what stands there, in words."""

import msgspec
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from pitbox.ui.theme.face import face
from pitbox.ui.theme.look import Look, class_colour
from pitbox.ui.theme.token import GRID, PADDING, RADIUS, Type, Weight

_LINE = 16
_BAR = 3
_GAP = 12


class CardLine(msgspec.Struct, frozen=True):
    """Columns from left to right, the first one at the left edge, the others against the right."""

    cells: tuple[str, ...]
    tone: str = "text"
    rank: int = -1
    """Of a class, for the bar in its colour."""
    is_strong: bool = False


def card_box(look: Look, lines: list[CardLine], anchor: QPointF, bounds: QRect) -> QRect:
    """Right of the anchor where there is room, else left of it, and never over an edge."""
    px = look.px
    widths = _widths(look, lines)
    width = round(sum(widths) + px(_GAP) * max(0, len(widths) - 1)) + 2 * px(PADDING)
    height = len(lines) * px(_LINE) + 2 * px(GRID)
    left = anchor.x() + px(PADDING)
    if left + width > bounds.right():
        left = anchor.x() - px(PADDING) - width
    left = max(bounds.left(), min(left, bounds.right() - width))
    top = max(bounds.top(), min(anchor.y() - height / 2, bounds.bottom() - height))
    return QRect(round(left), round(top), width, height)


def draw_card(painter: QPainter, look: Look, lines: list[CardLine], anchor: QPointF, bounds: QRect) -> None:
    if not lines:
        return
    px, palette = look.px, look.palette
    box, widths = card_box(look, lines, anchor, bounds), _widths(look, lines)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(palette.line))
    painter.setBrush(QColor(palette.raised))
    painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), px(RADIUS), px(RADIUS))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    top = box.top() + px(GRID)
    for line in lines:
        font = face(look.theme, Type.NOTE, Weight.STRONG if line.is_strong else Weight.PLAIN)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        base = top + (px(_LINE) + metrics.ascent() - metrics.descent()) / 2
        left = float(box.left() + px(PADDING))
        for at, words in enumerate(line.cells):
            if at == 0 and line.rank >= 0:
                bar = QRectF(left, top + px(2), px(_BAR), px(_LINE) - px(4))
                painter.fillRect(bar, QColor(class_colour(line.rank)))
            painter.setPen(QColor(getattr(palette, line.tone)))
            indent = px(_BAR + GRID) if at == 0 and line.rank >= 0 else 0
            room = widths[at] - metrics.horizontalAdvance(words)
            painter.drawText(QPointF(left + (indent if at == 0 else room), base), words)
            left += widths[at] + px(_GAP)
        top += px(_LINE)


def _widths(look: Look, lines: list[CardLine]) -> list[float]:
    """Of the columns. A line of one cell may reach over all of them."""
    metrics = QFontMetricsF(face(look.theme, Type.NOTE, Weight.STRONG))
    most = max(len(line.cells) for line in lines)
    widths = [0.0] * most
    for line in lines:
        for at, words in enumerate(line.cells if len(line.cells) > 1 else ()):
            indent = look.px(_BAR + GRID) if at == 0 and line.rank >= 0 else 0
            widths[at] = max(widths[at], metrics.horizontalAdvance(words) + indent)
    alone = max((metrics.horizontalAdvance(li.cells[0]) for li in lines if len(li.cells) == 1), default=0.0)
    total = sum(widths) + look.px(_GAP) * (most - 1)
    if alone > total:
        widths[0] += alone - total
    return widths
