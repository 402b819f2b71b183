"""The table's head: titles stand over their figures, to the pixel."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPolygon
from PySide6.QtWidgets import QHeaderView

from pitbox.ui.race.timing.column import COLUMNS
from pitbox.ui.theme.face import face
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, MARK, Type, Weight


class TimingHead(QHeaderView):
    def __init__(self, look: Look) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._look = look
        self.setSectionsMovable(True)
        self.setFirstSectionMovable(True)
        self.setStretchLastSection(False)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803
        look, column = self._look, COLUMNS[logicalIndex]
        px, palette = look.px, look.palette
        painter.fillRect(rect, QColor(palette.panel))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(palette.line))
        is_sorted = self.isSortIndicatorShown() and self.sortIndicatorSection() == logicalIndex
        painter.setFont(face(look.theme, Type.NOTE, Weight.STRONG if is_sorted else Weight.PLAIN))
        painter.setPen(QColor(palette.text if is_sorted else palette.dim))
        room = px(MARK + 2) if column.has_mark else 0
        box = rect.adjusted(px(GRID), 0, -px(GRID) - room, -1)
        side = Qt.AlignmentFlag.AlignLeft if column.is_left else Qt.AlignmentFlag.AlignRight
        painter.drawText(box, int(side | Qt.AlignmentFlag.AlignVCenter), column.title)
        if is_sorted:
            self._draw_arrow(painter, rect)

    def _draw_arrow(self, painter: QPainter, rect: QRect) -> None:
        """Along the upper edge: the title keeps its place."""
        half, top = self._look.px(3), rect.top() + self._look.px(1)
        middle = rect.center().x()
        is_down = self.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
        foot, tip = (top, top + half) if is_down else (top + half, top)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._look.palette.accent))
        arrow = QPolygon()
        for x, y in ((middle - half, foot), (middle + half, foot), (middle, tip)):
            arrow.append(QRect(x, y, 1, 1).topLeft())
        painter.drawPolygon(arrow)
