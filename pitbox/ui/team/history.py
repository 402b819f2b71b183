"""Who changed what and when, to be taken back; and where two wrote without knowing of each other."""

import time
from collections.abc import Callable

import msgspec
from PySide6.QtCore import QRectF
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout

from pitbox.model.errors import EditError
from pitbox.planning.conflict import Conflict
from pitbox.planning.history import Line
from pitbox.ui.scene.words import age_words, count_words
from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.pen import NOTE, STRONG, Pen, Style
from pitbox.ui.shell.picture import Picture, Scroll
from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Words
from pitbox.ui.team.board import TeamBoard
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight
from pitbox.wall.planner import Planner

EMPTY = "Whatever anybody changes in the plans stands here, with the name, and can be taken back."
_MOST, _SHOWN = 40, 3
_DAY_S = 86400.0


class _Past(msgspec.Struct, frozen=True):
    lines: tuple[Line, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


class HistoryPanel(Panel):
    def __init__(self, stage: Stage, board: TeamBoard, now_utc_s: Callable[[], float]) -> None:
        super().__init__(stage)
        self.board, self._now_utc_s = board, now_utc_s
        self.past = _Past()
        self.count = Words(tone="warn")
        self.bar_parts = [self.count]
        self.picture = Picture(stage.look, "History", self.draw, is_tall=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Scroll(self.picture))
        self.setFocusProxy(self.picture)
        self._is_due = True
        board.changed.connect(self._read)

    def take_back(self, key: str) -> None:
        planner = self.board.planner
        if planner is not None:
            self.board.errands.ask(
                lambda: planner.undo(key),
                lambda words: self.board.tell(f"Taken back: {_short(words)}"),
                self.board.refused,
            )

    def settle(self, conflict: Conflict, chosen: int) -> None:
        from pitbox.planning.conflict import settle  # noqa: PLC0415 - `settle` is what this is called too

        self.board.do(f"settle {conflict.title}", lambda: [settle(conflict, chosen)])

    def draw(self, pen: Pen, box: QRectF) -> float:
        pad = pen.px(PADDING)
        room = box.adjusted(pad, pen.px(GRID), -pad, 0)
        if not self.past.lines:
            return pen.wrap(room.adjusted(pad, pad, -pad, 0), EMPTY, Style("dim"), row=20) + pad
        top = room.top()
        for conflict in self.past.conflicts:
            top = self._draw_conflict(pen, QRectF(room.left(), top, room.width(), 0), conflict)
        for line in self.past.lines:
            top = self._draw_line(pen, QRectF(room.left(), top, room.width(), 0), line)
        return top + pad

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_due:
            self._read()

    def _read(self) -> None:
        """Only while somebody looks: it goes through all that was ever done."""
        planner = self.board.planner
        self._is_due = True
        if planner is None or not self.isVisible():
            return
        if self.board.errands.ask(lambda: _past_of(planner), self._show, self.board.tell):
            self._is_due = False

    def _show(self, past: _Past) -> None:
        if past != self.past:
            self.past = past
            count = len(past.conflicts)
            self.count.tell(count_words(count, "conflict", "conflicts") if count else "")
            self.picture.renew()

    def _draw_conflict(self, pen: Pen, box: QRectF, conflict: Conflict) -> float:
        px = pen.px
        top = box.top() + px(GRID)
        pen.fill(QRectF(box.left() - px(GRID), top, px(3), px(20)), "warn")
        line = QRectF(box.left() + px(GRID), top, box.width(), px(20))
        pen.write(line, conflict.title, STRONG)
        top += px(20)
        for at, said in enumerate(conflict.said):
            words = f"{said.who}: {said.words}" + (" (shown)" if at == 0 else "")
            title = "Keep this"
            pen.write(QRectF(line.left(), top, box.width() - px(84), px(22)), words)
            left = box.right() - pen.width(title, NOTE) - 2 * px(PADDING)
            pen.button(
                left,
                top + 1,
                title,
                f"{conflict.title}: {words}",
                self._settler(conflict, at),
                is_first=False,
            )
            top += px(24)
        pen.fill(QRectF(box.left(), top + px(2), box.width(), 1), "line")
        return top + px(GRID)

    def _draw_line(self, pen: Pen, box: QRectF, line: Line) -> float:
        px = pen.px
        tone = "faint" if line.is_undone else "text"
        top = box.top() + px(3)
        mark = " · taken back" if line.is_undone else " · takes back" if line.is_undo else ""
        when = _when(line.wall_s, self._now_utc_s())
        pen.write(QRectF(box.left(), top, box.width(), px(16)), f"{line.who}, {when}{mark}", NOTE)
        title = "Take back"
        if not line.is_undone and not line.is_undo:
            left = box.right() - pen.width(title, NOTE) - 2 * px(PADDING)
            pen.button(left, top, title, f"Take back: {'; '.join(line.what[:_SHOWN])}", self._taker(line.key))
        top += px(20)
        more = len(line.what) - _SHOWN
        words = list(line.what[:_SHOWN]) + ([f"and {more} more"] if more > 0 else [])
        for one in words:
            room = QRectF(box.left(), top, box.width(), px(16))
            top = pen.wrap(room, one, Style(tone, Type.BODY, Weight.PLAIN), row=16, most=2)
        pen.fill(QRectF(box.left(), top + px(3), box.width(), 1), "raised")
        return top + px(GRID)

    def _settler(self, conflict: Conflict, at: int) -> Callable[[], None]:
        return lambda: self.settle(conflict, at)

    def _taker(self, key: str) -> Callable[[], None]:
        return lambda: self.take_back(key)


def _past_of(planner: Planner) -> _Past:
    """Beside the window."""
    try:
        return _Past(planner.history(None, _MOST), planner.conflicts())
    except EditError:
        return _Past()


def _when(wall_s: float, now_s: float) -> str:
    """How long ago; beyond a day, when."""
    ago_s = max(0.0, now_s - wall_s)
    if ago_s < _DAY_S:
        return f"{age_words(int(ago_s))} ago"
    return time.strftime("%d %b %H:%M", time.localtime(wall_s))


def _short(words: str) -> str:
    return words if len(words) <= 120 else f"{words[:119]}…"
