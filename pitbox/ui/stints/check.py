"""What is wrong with the plan, worst first, and the solver: each fault leads to its stint."""

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QVBoxLayout

from pitbox.model.plan_offer import Solved
from pitbox.model.relay import Violation
from pitbox.ui.scene.plan import PlanScene
from pitbox.ui.scene.plan_words import fault_words
from pitbox.ui.scene.words import count_words
from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.pen import NOTE, Pen, Style
from pitbox.ui.shell.picture import Picture, Scroll
from pitbox.ui.shell.stage import Stage
from pitbox.ui.stints.board import StintBoard
from pitbox.ui.stints.solving import Solving
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight

_ROW, _LINE = 20, 16
_MOST_LINES = 4
_UNSURE = "No plan was found in this time, nor why there is none."
_EMPTY = "Every rule of the event is held against the plan here while it is edited."
_FAULT = Style("bad", Type.BODY, Weight.STRONG)
_PAST = Style("dim", Type.BODY, Weight.STRONG)


class CheckPanel(Panel):
    def __init__(self, stage: Stage, board: StintBoard, solving: Solving) -> None:
        super().__init__(stage)
        self.board, self.solving = board, solving
        self.picture = Picture(stage.look, "Rules and solver", self.draw, is_tall=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Scroll(self.picture), 1)
        self.setFocusProxy(self.picture)
        self._dragged: object = None
        for signal in (board.changed, solving.changed):
            signal.connect(self.picture.renew)
        board.dragged.connect(self._follow_drag)
        self.picture.renew()

    def _follow_drag(self) -> None:
        """Most moves of a hand change no fault."""
        scene = self.board.scene
        found = None if scene is None else scene.now.violations
        if found != self._dragged:
            self._dragged = found
            self.picture.renew()

    def next_fault(self, by: int = 1) -> None:
        """To the stint of the next one."""
        scene = self.board.scene
        legs = [] if scene is None else [one.leg for one in scene.faults if one.leg]
        if not legs:
            self.stage.notices.tell("No stint offends against a rule.")
            return
        at = legs.index(self.board.at) + by if self.board.at in legs else 0
        self.board.pick(legs[at % len(legs)])

    def draw(self, pen: Pen, box: QRectF) -> float:
        pad, scene = pen.px(PADDING), self.board.scene
        room = box.adjusted(pad + pen.px(GRID), pen.px(GRID), -pad, 0)
        if scene is None:
            return pen.wrap(room.adjusted(0, pad, 0, 0), _EMPTY, Style("dim"), row=20) + pad
        top = self._solver(pen, room, self._badge(pen, room, scene) + pen.px(GRID))
        for fault in scene.faults:
            top = self._fault(pen, room, top, scene, fault)
        return top + pad

    def _badge(self, pen: Pen, room: QRectF, scene: PlanScene) -> float:
        faults = scene.faults
        is_bad = any(not one.is_past for one in faults)
        row = QRectF(room.left(), room.top(), room.width(), pen.px(28))
        if not scene.legs:
            pen.write(row, "No plan yet", Style("dim", Type.HEAD))
            return row.bottom()
        mark = "\u25b2" if is_bad else "\u2713"
        words = f"{mark} {fault_words(faults)}"
        pen.write(row, words, Style("bad" if is_bad else "good", Type.HEAD, Weight.FIRST))
        if is_bad:
            pen.write(row, "V: to the next", Style("dim", Type.NOTE, side="right"))
        return row.bottom()

    def _fault(self, pen: Pen, room: QRectF, top: float, scene: PlanScene, fault: Violation) -> float:
        begin = top
        number = next((n for n, leg in enumerate(scene.legs, 1) if leg.key == fault.leg), 0)
        where = f"Stint {number}" if number else scene.name(fault.seat) or "Whole plan"
        head = QRectF(room.left(), top, room.width(), pen.px(_ROW))
        pen.write(head, f"{where} · {fault.rule.value}", _PAST if fault.is_past else _FAULT)
        text = QRectF(room.left(), head.bottom(), room.width(), 0)
        top = pen.wrap(text, fault.words, NOTE, row=_LINE, most=_MOST_LINES) + pen.px(GRID)
        box = QRectF(0, begin, room.right() + pen.px(PADDING), top - begin)
        if number and fault.leg == self.board.at:
            pen.fill(QRectF(0, begin, pen.px(2), top - begin), "accent")
        run = (lambda key=fault.leg: self.board.pick(key)) if number else None
        pen.spot(box, fault.words, run)
        return top

    def _solver(self, pen: Pen, room: QRectF, top: float) -> float:
        solving, progress = self.solving, self.solving.progress
        if self.board.base is not None and self.board.base.is_over:
            return top
        title = "Cancel" if solving.is_running else "Solve"
        tip = (
            "Give up; what was found stands"
            if solving.is_running
            else "Work out the best plan by all rules (S)"
        )
        right = pen.button(room.left(), top, title, tip, solving.turn, is_first=not solving.is_running)
        note = QRectF(right + pen.px(PADDING), top, room.right() - right - pen.px(PADDING), pen.px(_ROW))
        pen.write(note, self._progress_words(), NOTE)
        top += pen.px(_ROW + 2 * GRID)
        solved = None if progress is None else progress.solved
        if progress is not None and progress.trouble:
            return pen.wrap(
                QRectF(room.left(), top, room.width(), 0), progress.trouble, Style("warn"), row=_LINE
            )
        if solved is None or solved.is_feasible:
            return top
        bottom = self._outcome(pen, room, top, solved) + pen.px(PADDING)
        pen.fill(QRectF(0, bottom, room.right() + pen.px(PADDING), 1), "line")
        return bottom + pen.px(PADDING)

    def _progress_words(self) -> str:
        progress, solving = self.solving.progress, self.solving
        if not solving.is_running:
            if progress is not None and progress.solved is not None and progress.solved.is_feasible:
                return f"Found in {progress.took_s:.1f} s; it stands under New plans"
            return "" if progress is None else "Given up" if progress.solved is None else ""
        if progress is None or not progress.found:
            return "Looking for a first plan ..."
        found = count_words(progress.found, "plan", "plans")
        return f"{found} found, the first stands under New plans; looking for better ..."

    def _outcome(self, pen: Pen, room: QRectF, top: float, solved: Solved) -> float:
        line = QRectF(room.left(), top, room.width(), 0)
        if not solved.clashes:
            return pen.wrap(line, _unsure_words(solved), Style("warn"), row=_LINE)
        line.moveTop(pen.wrap(line, _clash_words(solved), _FAULT, row=_ROW))
        for words in self.solving.clash_words(solved.clashes):
            line.moveTop(pen.wrap(line, f"\u25b2 {words}", Style(), row=_LINE + 2, most=3))
        if solved.relaxation is None:
            return line.top()
        line.moveTop(line.top() + pen.px(PADDING))
        is_one = not solved.relaxation.more
        line.moveTop(
            pen.wrap(line, "What would cost least:" if is_one else "What would help:", NOTE, row=_LINE)
        )
        most = 3 if is_one else 9
        line.moveTop(
            pen.wrap(line, solved.relaxation.words, Style(weight=Weight.STRONG), row=_LINE + 2, most=most)
        )
        if not self.solving.can_relax:
            return pen.wrap(line, "That is to be settled among people.", NOTE, row=_LINE)
        top = line.top() + pen.px(GRID)
        whom = self.solving.gives_way
        tip = f"Write it down for {whom}; Ctrl Z takes it back"
        pen.button(room.left(), top, f"Give way so, for {whom}", tip, self.solving.relax, is_first=True)
        return top + pen.px(_ROW)


def _unsure_words(solved: Solved) -> str:
    helps = solved.relaxation
    return _UNSURE if helps is None else f"{_UNSURE} With this there is one: {helps.words}"


def _clash_words(solved: Solved) -> str:
    if not solved.is_minimal:
        return "No plan keeps all of these (time ran out: some may have nothing to do with it):"
    if solved.relaxation is not None and solved.relaxation.more:
        return "No plan keeps all of these together, and more stands in the way:"
    return "No plan keeps all of these together:"
