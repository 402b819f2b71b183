"""Who edited what and when, to be taken back; and where two people said different things, to be settled."""

from datetime import UTC, datetime

from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QVBoxLayout

from pitbox.crew.health import Level
from pitbox.model.errors import EditError
from pitbox.planning.conflict import Conflict
from pitbox.planning.history import Line
from pitbox.ui.scene.dayclock import Zone, day_words
from pitbox.ui.scene.words import count_words
from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.pen import NOTE, STRONG, Pen, Style
from pitbox.ui.shell.picture import Picture, Scroll
from pitbox.ui.shell.stage import Stage
from pitbox.ui.stints.board import StintBoard
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight

_ROW, _LINE = 20, 16
_EMPTY = "Who edited what, and when, stands here."
_BACK = "Take back"
_LONGEST = 240
_MOST_DETAILS = 12
_DAY_S = 86400.0


class PastPanel(Panel):
    def __init__(self, stage: Stage, board: StintBoard) -> None:
        super().__init__(stage)
        self.board = board
        self.picture = Picture(stage.look, "History and conflicts", self.draw, is_tall=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Scroll(self.picture), 1)
        self.setFocusProxy(self.picture)
        self._shown: object = None
        board.changed.connect(self.refresh)
        self.picture.renew()

    def refresh(self) -> None:
        scene = self.board.base
        shown = None if scene is None else (scene.history, scene.conflicts)
        if shown != self._shown:
            self._shown = shown
            self.picture.renew()

    def settle(self, conflict: Conflict, chosen: int) -> None:
        from pitbox.planning.conflict import settle  # noqa: PLC0415 - as what it stands beside

        self.board.write("settle a conflict", lambda _: [settle(conflict, chosen)])

    def take_back(self, line: Line) -> None:
        """A deed of anybody's, while nobody edited the same since."""
        planner = self.board.planner
        if planner is None:
            return
        try:
            words = planner.undo(line.key)
        except EditError as error:
            self.stage.notices.tell(str(error), Level.DEGRADED)
            return
        self.stage.notices.tell(f"Taken back: {words}", Level.OK)
        self.board.read()

    def draw(self, pen: Pen, box: QRectF) -> float:
        pad, scene = pen.px(PADDING), self.board.base
        room = box.adjusted(pad + pen.px(GRID), pen.px(GRID), -pad, 0)
        if scene is None or not (scene.history or scene.conflicts):
            return pen.wrap(room.adjusted(0, pad, 0, 0), _EMPTY, Style("dim"), row=20) + pad
        top = room.top()
        if scene.conflicts:
            head = QRectF(room.left(), top, room.width(), pen.px(_ROW))
            words = count_words(len(scene.conflicts), "conflict", "conflicts")
            pen.write(head, f"\u25b2 {words}", Style("warn", Type.STRONG, Weight.FIRST))
            top = head.bottom()
        for conflict in scene.conflicts:
            top = self._conflict(pen, room, top, conflict)
        for line in scene.history:
            top = self._line(pen, room, top, line)
        return top + pad

    def _conflict(self, pen: Pen, room: QRectF, top: float, conflict: Conflict) -> float:
        top = pen.wrap(QRectF(room.left(), top, room.width(), 0), conflict.title, STRONG, row=_ROW)
        for at, said in enumerate(conflict.said):
            words = f"{said.who}: {said.words}"
            wide = room.width() - 2 * pen.px(PADDING)
            if pen.width(words, NOTE) > wide:
                words = pen.metrics(NOTE).elidedText(words, Qt.TextElideMode.ElideRight, wide)
            tip = f"{said.who} said {said.words}: let that stand"
            pen.button(room.left(), top, words, tip, lambda at=at: self.settle(conflict, at))  # type: ignore[misc]
            top += pen.px(_ROW + GRID)
        pen.fill(QRectF(0, top, room.right() + pen.px(PADDING), 1), "line")
        return top + pen.px(GRID)

    def _line(self, pen: Pen, room: QRectF, top: float, line: Line) -> float:
        tone = "faint" if line.is_undone else "text"
        head = QRectF(room.left(), top, room.width(), pen.px(_ROW))
        state = " · taken back" if line.is_undone else " · takes back" if line.is_undo else ""
        when = when_words(line.wall_s, pen.look.taste.zone)
        pen.write(head, f"{when} · {line.who or 'somebody'}{state}", Style("dim", Type.NOTE, Weight.STRONG))
        if not line.is_undone:
            wide = pen.width(_BACK, NOTE) + 2 * pen.px(PADDING)
            words = "Undo all of this deed, whoever did it"
            pen.button(room.right() - wide, top, _BACK, words, lambda: self.take_back(line))
        text = QRectF(room.left(), head.bottom(), room.width(), 0)
        bottom = pen.wrap(text, _short(line), Style(tone), row=_LINE, most=3) + pen.px(GRID)
        box = QRectF(0, head.bottom(), room.right(), bottom - head.bottom())
        pen.spot(box, _details(line))
        pen.fill(QRectF(room.left(), bottom - 1, room.width(), 1), "raised")
        return bottom + pen.px(GRID)


def _details(line: Line) -> str:
    """A row for each thing, as far as a tip has room for them."""
    told = line.details or line.what
    more = len(told) - _MOST_DETAILS
    rows = [one if len(one) <= _LONGEST else f"{one[:_LONGEST]} ..." for one in told[:_MOST_DETAILS]]
    return "\n".join([*rows, *([f"and {more} more"] if more > 0 else [])])


def _short(line: Line) -> str:
    """As much as three lines hold; its tip has more."""
    words = "; ".join(line.what[:8])
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]} ..."


def when_words(wall_s: float, zone: Zone) -> str:
    """`18:12`; with the day where it is long ago."""
    at = datetime.fromtimestamp(wall_s, UTC)
    at = at if zone == "utc" else at.astimezone()
    clock = day_words(wall_s, zone)
    return clock if abs(datetime.now(UTC).timestamp() - wall_s) < _DAY_S else f"{at.day} {at:%b} {clock}"
