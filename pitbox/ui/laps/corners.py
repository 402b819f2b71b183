"""Corner by corner: what each lap lost or gained there against the reference, and by what, in words."""

from functools import partial
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QVBoxLayout

from pitbox.analysis.driven import Corner, CornerLoss
from pitbox.ui.laps.board import LapBoard
from pitbox.ui.laps.ink import LETTERS, lap_tone
from pitbox.ui.scene.lap_fault import fault_words
from pitbox.ui.scene.lap_unit import rounded
from pitbox.ui.scene.words import NONE, count_words, lap_words
from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.pen import NOTE, Pen, Style
from pitbox.ui.shell.picture import Picture, Scroll
from pitbox.ui.shell.stage import Stage
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight

if TYPE_CHECKING:
    from pitbox.wall.lap_set import SetLap

_ROW, _LINE = 20, 16
_NUMBER, _FIGURE = 34, 52
_EVEN_S = 0.005
_EMPTY = "What each corner cost or gave, and why, stands here as soon as two laps are chosen."
_NO_CORNER = (
    "No corner is known: neither the outline of the track nor speed, yaw or steering of these laps tells one."
)


class CornerPanel(Panel):
    def __init__(self, stage: Stage, board: LapBoard) -> None:
        super().__init__(stage)
        self.board = board
        self.picture = Picture(stage.look, "Corners", self.draw, is_tall=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Scroll(self.picture), 1)
        self.setFocusProxy(self.picture)
        for signal in (board.drawn, board.picked, board.zoomed):
            signal.connect(self.picture.renew)
        self.picture.renew()

    def draw(self, pen: Pen, box: QRectF) -> float:
        pad, laps = pen.px(PADDING), self.board.set
        room = box.adjusted(pad, pen.px(GRID), -pad, 0)
        if laps is None or not laps.laps:
            return pen.wrap(box.adjusted(2 * pad, 2 * pad, -2 * pad, 0), _EMPTY, Style("dim"), row=20) + pad
        top = self._best(pen, room)
        if not laps.corners:
            return (
                pen.wrap(QRectF(room.left(), top, room.width(), 0), _NO_CORNER, Style("dim"), row=_LINE) + pad
            )
        others = [one for one in laps.laps if one.loss is not None]
        if not others:
            return self._steady(pen, room, top) + pad
        shown = self._shown(others, pen, room)
        top = self._heads(pen, room, top, shown)
        for corner in laps.corners:
            top = self._corner(pen, room, top, corner, shown)
        return self._straights(pen, room, top, shown) + pad

    def _best(self, pen: Pen, room: QRectF) -> float:
        """Of the chosen laps, or of all that the driver did."""
        laps, habit = self.board.set, self.board.habit
        best = None if laps is None else laps.best
        if habit is not None and habit.best is not None and habit.laps > 1:
            best = habit.best
        if best is None or best.laps < 2:
            return room.top()
        row = QRectF(room.left(), room.top(), room.width(), pen.px(_ROW))
        pen.write(row, "Theoretical best", NOTE)
        pen.write(row, lap_words(best.time_s), Style("best", Type.STRONG, Weight.FIRST, "right"))
        pen.spot(row, f"The best of {24} parts of the lap put together. {best.words}")
        top = pen.wrap(
            QRectF(room.left(), row.bottom(), room.width(), 0), best.words, NOTE, row=_LINE, most=2
        )
        pen.fill(QRectF(room.left(), top + pen.px(GRID), room.width(), 1), "line")
        return top + pen.px(2 * GRID)

    def _shown(self, others: "list[SetLap]", pen: Pen, room: QRectF) -> "list[SetLap]":
        """The one that is spoken of, and as many others as there is room for."""
        most = max(1, int((room.width() - pen.px(_NUMBER)) // pen.px(_FIGURE)))
        first = next((one for one in others if one.at == self.board.focus), others[0])
        kept = {first.at} | {one.at for one in others[: most - 1]}
        return [one for one in others if one.at in kept][:most] if len(others) > most else others

    def _heads(self, pen: Pen, room: QRectF, top: float, shown: "list[SetLap]") -> float:
        row = QRectF(room.left(), top, room.width(), pen.px(_ROW))
        pen.write(row, "Corner", NOTE)
        for at, one in enumerate(reversed(shown)):
            box = self._cell(pen, row, at)
            style = Style(lap_tone(self.board.stage.look, one.at), Type.NOTE, Weight.FIRST, "right")
            pen.write(box, LETTERS[one.at], style)
            tip = f"Lap {one.listed.lap}: click, and the words are about it."
            pen.spot(box, tip, partial(self.board.look_at, one.at))
        pen.fill(QRectF(room.left(), row.bottom() - 1, room.width(), 1), "line")
        return row.bottom() + pen.px(2)

    def _cell(self, pen: Pen, row: QRectF, at: int) -> QRectF:
        """From the right."""
        wide = pen.px(_FIGURE)
        return QRectF(row.right() - (at + 1) * wide, row.top(), wide, row.height())

    def _corner(self, pen: Pen, room: QRectF, top: float, corner: Corner, shown: "list[SetLap]") -> float:
        row, losses = QRectF(room.left(), top, room.width(), pen.px(_ROW)), self._losses(corner, shown)
        begin, end = self.board.span
        is_here = begin <= corner.apex % 1.0 <= end and end - begin < 0.3
        if is_here:
            pen.fill(QRectF(0, top, pen.px(2), pen.px(_ROW)), "accent")
        pen.write(row, f"{corner.number} {corner.name or corner.side}".strip(), Style(weight=Weight.STRONG))
        words = ""
        for at, (one, loss) in enumerate(reversed(list(zip(shown, losses, strict=True)))):
            lost_s = None if loss is None else loss.total_s
            is_focus = one.at == self._focus(shown)
            self._figure(pen, self._cell(pen, row, at), lost_s, is_strong=is_focus)
            words = loss.words if loss is not None and is_focus else words
        text = QRectF(room.left(), row.bottom() - pen.px(2), room.width(), 0)
        bottom = pen.wrap(text, words, NOTE, row=_LINE, most=3)
        bottom = self._faults(pen, text, bottom, corner.number) + pen.px(GRID)
        tip = f"{words}\nClick: zoom to it." if words else "Click: zoom to it."
        box = QRectF(0, top, room.right() + pen.px(PADDING), bottom - top)
        pen.spot(box, tip, lambda: self.board.zoom_to(corner))
        pen.fill(QRectF(room.left(), bottom - pen.px(2), room.width(), 1), "raised")
        return bottom

    def _faults(self, pen: Pen, room: QRectF, top: float, corner: int | None) -> float:
        """Who erred there, in a line of its own."""
        words = fault_words(self.board.faults, corner, LETTERS.__getitem__)
        if not words:
            return top
        pen.fill(QRectF(room.left(), top + pen.px(6), pen.px(5), pen.px(5)), "bad")
        beside = room.adjusted(pen.px(9), 0, 0, 0)
        return pen.wrap(beside.translated(0, top - room.top()), words, NOTE, row=_LINE, most=3)

    def _focus(self, shown: "list[SetLap]") -> int:
        places = [one.at for one in shown]
        return self.board.focus if self.board.focus in places else places[0]

    def _losses(self, corner: Corner, shown: "list[SetLap]") -> list[CornerLoss | None]:
        return [
            next(
                (loss for loss in (one.loss.corners if one.loss else ()) if loss.corner == corner.number),
                None,
            )
            for one in shown
        ]

    def _figure(self, pen: Pen, box: QRectF, lost_s: float | None, *, is_strong: bool) -> None:
        if lost_s is None:
            words, tone = NONE, "dim"
        else:
            words = rounded(lost_s, 2, plus="+")
            tone = "dim" if abs(lost_s) < _EVEN_S else "bad" if lost_s > 0 else "good"
        weight = Weight.FIRST if is_strong else Weight.PLAIN
        pen.write(box, words, Style(tone, Type.BODY, weight, "right"))

    def _straights(self, pen: Pen, room: QRectF, top: float, shown: "list[SetLap]") -> float:
        """So that the column adds up to the difference of the laps."""
        for title, kind in (("Straights", "straights"), ("In all", "total")):
            row = QRectF(room.left(), top, room.width(), pen.px(_ROW))
            pen.write(row, title, Style("dim"))
            for at, one in enumerate(reversed(shown)):
                assert one.loss is not None
                straights_s = sum(part.total_s for part in one.loss.straights)
                lost_s = straights_s if kind == "straights" else one.loss.total_s
                self._figure(pen, self._cell(pen, row, at), lost_s, is_strong=kind == "total")
            top = row.bottom()
            if kind == "straights":
                top = self._faults(pen, row, top, None)
        return top

    def _steady(self, pen: Pen, room: QRectF, top: float) -> float:
        """Of one lap alone: how steady its driver is in each corner."""
        habit = self.board.habit
        if habit is None or not habit.steadiness:
            words = "Choose a second lap, and each corner says what was lost there."
            return pen.wrap(QRectF(room.left(), top, room.width(), 0), words, Style("dim"), row=_LINE)
        laps = count_words(habit.laps, "lap", "laps")
        note = f"Each corner over {laps} of this driver: spread of its time, and what the best passage gives."
        top = pen.wrap(QRectF(room.left(), top, room.width(), 0), note, NOTE, row=_LINE, most=3) + pen.px(
            GRID
        )
        right = msgspec.structs.replace(Style(), side="right")
        for one in habit.steadiness:
            row = QRectF(room.left(), top, room.width(), pen.px(_ROW))
            pen.write(row, str(one.corner), Style(weight=Weight.STRONG))
            pen.write(self._cell(pen, row, 1), f"\u00b1{one.time_spread_s:.2f}", right)
            pen.write(self._cell(pen, row, 0), rounded(-one.left_s, 2, plus="+"), right)
            top = self._faults(pen, row, row.bottom(), one.corner)
        return top
