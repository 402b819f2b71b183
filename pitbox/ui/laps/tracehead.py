"""What stands over the traces: the colour of each lap, where corners lie, and where who made a mistake."""

from functools import partial

import numpy as np
from PySide6.QtCore import QRectF

from pitbox.analysis.driven import Corner
from pitbox.ui.laps.board import LapBoard
from pitbox.ui.laps.ink import LETTERS, lap_tone
from pitbox.ui.laps.tracepaint import LEFT
from pitbox.ui.scene.lap_axis import LapAxis
from pitbox.ui.scene.lap_fault import Fault, count_of
from pitbox.ui.scene.lap_legend import Entry, Legend, legend_of
from pitbox.ui.shell.pen import NOTE, Pen, Style
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight

_LINE, _LANE, _MARK = 16, 15, 22
_ROW, _LEAST_PX = 6, 5
_ENTRY = Style(size=Type.NOTE, weight=Weight.STRONG)
"""The widest that an entry is written in."""


class TraceHead:
    """Measured for a width first; how high it is says where the traces begin."""

    def __init__(self, look: Look, board: LapBoard, width: float) -> None:
        self._look, self._board = look, board
        self._pen = Pen(look)
        self._legend: Legend | None = None
        self._corners: tuple[Corner, ...] = ()
        self._rows: dict[int, int] = {}
        laps = board.set
        if laps is None or not laps.laps:
            self.height = float(look.px(_LINE + 8))
            return
        room = width - 2 * look.px(PADDING)
        self._legend = legend_of(laps, room, look.px(_MARK), lambda text: self._pen.width(text, _ENTRY))
        self._corners = tuple(sorted(laps.corners, key=lambda one: one.apex % 1.0))
        places = dict.fromkeys(one.at for one in laps.laps)
        erred = [at for at in places if any(fault.at == at for fault in board.faults)]
        self._rows = {at: row for row, at in enumerate(erred)}
        high = look.px(GRID) + self._legend.lines * look.px(_LINE) + look.px(2)
        high += look.px(_LANE) if self._corners else look.px(GRID)
        high += len(self._rows) * look.px(_ROW) + (look.px(GRID) if self._rows else 0)
        self.height = float(high)

    def paint(self, pen: Pen, axis: LapAxis, body: QRectF) -> None:
        if self._legend is None:
            return
        top = self._paint_legend(pen, self._legend)
        top = self._paint_corners(pen, axis, body, top)
        self._paint_faults(pen, axis, body, top)

    def _paint_legend(self, pen: Pen, legend: Legend) -> float:
        px, first = pen.px, float(pen.px(PADDING))
        top, line = float(px(GRID)), px(_LINE)
        pen.write(QRectF(first, top, legend.title_width - px(GRID), line), legend.title, _ENTRY)
        for number, entry in enumerate(legend.entries):
            row, column = legend.place(number)
            left = first + legend.title_width + column * legend.column_width
            self._paint_entry(pen, entry, QRectF(left, top + row * line, legend.column_width, line))
        return top + legend.lines * line + px(2)

    def _paint_entry(self, pen: Pen, entry: Entry, box: QRectF) -> None:
        px, board = pen.px, self._board
        tone = lap_tone(self._look, entry.at) if entry.is_drawn else "faint"
        is_first = board.set is not None and bool(board.set.laps) and board.set.laps[0].at == entry.at
        is_focus = entry.at == board.focus and not is_first
        words = Style(
            "text" if is_first or is_focus else "dim",
            Type.NOTE,
            Weight.STRONG if is_focus else Weight.PLAIN,
        )
        if entry.is_drawn:
            pen.fill(QRectF(box.left(), box.center().y() - 1, px(8), px(2)), tone)
        letter = QRectF(box.left() + px(11), box.top(), px(12), box.height())
        pen.write(letter, LETTERS[entry.at], Style(tone, Type.NOTE, Weight.FIRST))
        text = box.adjusted(px(_MARK), 0, -px(GRID), 0)
        pen.write(text, entry.text, words if entry.is_drawn else Style("dim", Type.NOTE))
        can_focus = entry.is_drawn and not is_first
        pen.spot(box, entry.tip, partial(board.look_at, entry.at) if can_focus else None)

    def _paint_corners(self, pen: Pen, axis: LapAxis, body: QRectF, top: float) -> float:
        """Numbers over their apexes, as many as stand apart; a click zooms."""
        px = pen.px
        if not self._corners:
            return top + px(GRID)
        pen.write(QRectF(px(PADDING), top, px(LEFT - PADDING), px(_LANE)), "Corners", NOTE)
        behind = body.left()
        for corner in self._corners:
            x = self._x(axis, body, corner.apex % 1.0)
            words = str(corner.number)
            half = max(px(7), pen.width(words, NOTE) / 2 + px(3))
            if not body.left() <= x <= body.right() or x - half < behind:
                continue
            behind = x + half
            box = QRectF(x - half, top, 2 * half, px(_LANE))
            pen.write(box, words, Style("text", Type.NOTE, Weight.STRONG, "middle"))
            tip = f"Corner {corner.number} {corner.name or corner.side}".strip() + ". Click: zoom to it."
            pen.spot(box, tip, partial(self._board.zoom_to, corner))
        return top + px(_LANE)

    def _paint_faults(self, pen: Pen, axis: LapAxis, body: QRectF, top: float) -> None:
        if not self._rows:
            return
        px = pen.px
        high = len(self._rows) * px(_ROW)
        label = QRectF(px(PADDING), top + high / 2 - px(_LANE) / 2, px(LEFT - PADDING), px(_LANE))
        pen.spot(pen.write(label, "Mistakes", NOTE), count_of(self._board.faults))
        for fault in self._board.faults:
            row = self._rows.get(fault.at)
            left, right = self._x(axis, body, fault.begin), self._x(axis, body, fault.end)
            if row is None or right < body.left() or left > body.right():
                continue
            left, right = max(left, body.left()), min(right, body.right())
            right = max(right, left + px(_LEAST_PX))
            y = top + row * px(_ROW)
            pen.fill(QRectF(left, y + px(1), right - left, px(_ROW - 2)), lap_tone(self._look, fault.at))
            box = QRectF(left - px(2), y, right - left + px(4), px(_ROW))
            pen.spot(box, fault_tip(fault), partial(self._board.zoom_to_fault, fault))

    def _x(self, axis: LapAxis, body: QRectF, share: float) -> float:
        return body.left() + float(axis.x(np.array([axis.of_share(share)]), body.width())[0])


def fault_tip(fault: Fault) -> str:
    return f"{fault.words(LETTERS[fault.at])}\nClick: zoom to it."
