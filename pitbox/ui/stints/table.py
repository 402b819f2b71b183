"""The rows of the plan, to be read and edited in place: what is typed here is an edit like any other."""

from collections.abc import Callable

import msgspec
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QVBoxLayout

from pitbox.model.errors import EditError
from pitbox.model.relay import Leg, Legs
from pitbox.model.stint_plan import fill
from pitbox.ui.scene import plan_edit
from pitbox.ui.scene.plan import PlanScene, is_standing
from pitbox.ui.scene.plan_cell import CELLS, Cell, length_of, litres_of, whole_of
from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.pen import NOTE, Pen, Spot, Style
from pitbox.ui.shell.picture import Picture, Scroll
from pitbox.ui.shell.stage import Stage
from pitbox.ui.stints.board import StintBoard
from pitbox.ui.theme.look import class_colour
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight

_HEAD, _BAR = 22, 3
_EMPTY = "The stints stand here one below the other, and every cell can be edited."
_MOVES = {Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0), Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1)}


class TablePanel(Panel):
    def __init__(self, stage: Stage, board: StintBoard) -> None:
        super().__init__(stage)
        self.board = board
        self.column = 2
        """Of the cell that keys act on."""
        self.cells: dict[tuple[str, int], QRectF] = {}
        self.picture = TablePicture(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Scroll(self.picture), 1)
        self.setFocusProxy(self.picture)
        board.changed.connect(self.refresh)  # not while a hand is at it: the picture above tells all of that
        self.refresh()

    def refresh(self) -> None:
        self.picture.renew()

    def draw(self, pen: Pen, box: QRectF) -> float:
        scene, pad = self.board.scene, pen.px(PADDING)
        self.cells = {}
        if scene is None or not scene.legs:
            words = _EMPTY if scene is None else "No stint is planned yet: press S, and a plan is worked out."
            room = box.adjusted(2 * pad, 2 * pad, -2 * pad, 0)
            return pen.wrap(room, words, Style("dim"), row=20) + pad
        widths = self._widths(pen, box.width() - 2 * pad)
        top = self._heads(pen, box.left() + pad, box.top(), widths)
        faulty = {one.leg for one in scene.now.violations if not one.is_past}
        for number, leg in enumerate(scene.legs, 1):
            row = QRectF(box.left(), top, box.width(), pen.look.row_height)
            self._place(pen, leg, row, widths)
            if self.picture.is_seen(row):
                self._row(pen, scene, number, row, widths, is_faulty=leg.key in faulty)
            top = row.bottom()
        return top + pen.px(GRID)

    def _widths(self, pen: Pen, room: float) -> list[float]:
        """What is left goes to the words for the driver; narrow tables leave the last columns out."""
        shown = list(CELLS)
        while len(shown) > 4 and sum(pen.px(one.width) for one in shown) > room:
            shown.remove(max(shown, key=lambda one: one.gives_way))
        widths = [float(pen.px(one.width)) if one in shown else 0.0 for one in CELLS]
        last = max(at for at, width in enumerate(widths) if width)
        widths[last] += max(0.0, room - sum(widths))
        return widths

    def _heads(self, pen: Pen, left: float, top: float, widths: list[float]) -> float:
        for cell, width in zip(CELLS, widths, strict=True):
            if width:
                side = "right" if cell.is_figure else "left"
                gap = pen.px(0 if cell.is_figure else PADDING)
                box = QRectF(left + gap, top, width - pen.px(PADDING) - gap, pen.px(_HEAD))
                pen.write(box, cell.title, msgspec.structs.replace(NOTE, side=side))
            left += width
        pen.fill(QRectF(0, top + pen.px(_HEAD) - 1, left + pen.px(PADDING), 1), "line")
        return top + pen.px(_HEAD)

    def _place(self, pen: Pen, leg: Leg, row: QRectF, widths: list[float]) -> None:
        """Where the cells are, of rows out of sight too."""
        left, gap = row.left() + pen.px(PADDING), pen.px(GRID)
        for at, width in enumerate(widths):
            if width:
                self.cells[leg.key, at] = QRectF(left - gap, row.top(), width, row.height())
            left += width

    def _row(
        self,
        pen: Pen,
        scene: PlanScene,
        number: int,
        row: QRectF,
        widths: list[float],
        *,
        is_faulty: bool,
    ) -> None:
        leg = scene.legs[number - 1]
        is_picked = leg.key == self.board.at
        if is_picked:
            pen.fill(row, "raised")
        people = [one.key for one in scene.people]
        if leg.driver in people:
            bar = QRectF(row.left(), row.top() + 2, pen.px(_BAR), row.height() - 4)
            pen.fill(bar, class_colour(people.index(leg.driver)), 0.5 if leg.is_done else 1.0)
        left = row.left() + pen.px(PADDING)
        for at, (cell, width) in enumerate(zip(CELLS, widths, strict=True)):
            if not width:
                continue
            gap = pen.px(0 if cell.is_figure else PADDING)
            box = QRectF(left + gap, row.top(), width - pen.px(PADDING) - gap, row.height())
            words, tone = cell.words(scene, leg, number, pen.look.taste.units), "text"
            if leg.is_done or not cell.field:
                tone = "dim"
            if is_faulty and at == 0:
                words, tone = f"\u25b2 {number}", "bad"
            weight = Weight.STRONG if cell.field == "driver" and not leg.is_done else Weight.PLAIN
            pen.write(box, words, Style(tone, Type.BODY, weight, "right" if cell.is_figure else "left"))
            if is_picked and at == self.column and self.picture.hasFocus():
                pen.frame(self.cells[leg.key, at], "accent")
            left += width
        pen.fill(QRectF(row.left(), row.bottom() - 1, row.width(), 1), "raised")

    def tip_at(self, key: str, at: int) -> str:
        """Worked out when somebody points there."""
        scene = self.board.scene
        leg = None if scene is None else scene.leg(key)
        return "" if scene is None or leg is None else self._tip(scene, leg, CELLS[at])

    def _tip(self, scene: PlanScene, leg: Leg, cell: Cell) -> str:
        words = self.text_of(scene, leg, cell)
        if leg.is_done:
            return f"{words}\nIt was driven: it is as it is."
        faults = "\n".join(one.words for one in scene.now.violations if one.leg == leg.key)
        how = f"{cell.title}: click, or press Enter, to edit." if cell.field else ""
        return "\n".join(part for part in (words if len(words) > 20 else "", how, faults) if part)

    # What is typed.

    def text_of(self, scene: PlanScene, leg: Leg, cell: Cell) -> str:
        return cell.words(scene, leg, scene.legs.index(leg) + 1, self.stage.look.taste.units)

    def take(self, key: str, field: str, text: str) -> None:
        """What was typed into a cell; what makes no sense is said."""
        try:
            self._take(key, field, text.strip())
        except (ValueError, EditError) as error:
            self.stage.notices.tell(str(error))

    def turn_tyres(self, key: str) -> None:
        def turned(scene: PlanScene) -> Legs:
            leg = scene.leg(key)
            return plan_edit.serviced(scene.now, key, is_new_tyres=leg is None or not leg.is_new_tyres)

        self.board.edit("tyres of a stint", turned)

    def _take(self, key: str, field: str, text: str) -> None:
        scene, edit = self.board.scene, self.board.edit
        leg = None if scene is None else scene.leg(key)
        if scene is None or leg is None:
            return
        start_s, lap_s, units = leg.start_s, scene.relay.lap_s, self.stage.look.taste.units
        if field in ("driver", "spotter"):
            who = named(scene, text.removesuffix("?"), is_spotter=field == "spotter")
            if field == "driver":
                edit("driver of a stint", lambda scene: plan_edit.given(scene.now, key, who))
            else:
                edit("spotter of a stint", lambda scene: plan_edit.serviced(scene.now, key, spotter=who))
        elif field == "length":
            end_s = start_s + length_of(text)
            edit("length of a stint", lambda scene: plan_edit.bounded(scene.now, key, end_s))
        elif field == "laps":
            end_s = start_s + whole_of(text) * lap_s
            edit("laps of a stint", lambda scene: plan_edit.bounded(scene.now, key, end_s))
        elif field == "fuel":
            fuel_l = litres_of(text, units)
            edit("fuel of a stint", lambda scene: plan_edit.serviced(scene.now, key, fuel_l=fuel_l))
        elif field == "words":
            row = scene.row(key)
            if row is None:
                raise EditError("That stint is in no plan yet: accept a new plan first.")
            self.board.write("words for a driver", lambda _: [fill(row.key, "instructions", text or None)])


class TablePicture(Picture):
    """Arrow keys go from cell to cell, Enter edits; so does a click on the cell that is picked."""

    def __init__(self, panel: TablePanel) -> None:
        super().__init__(panel.stage.look, "Stints as a table", panel.draw, is_tall=True)
        self._panel, self._board = panel, panel.board
        self._seen: QRectF | None = None
        """What of it is drawn: rows out of sight cost nothing."""
        self.editor = CellEditor(self, self._done)
        self._editing: tuple[str, int] | None = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if key in _MOVES and plain:
            self.go(*_MOVES[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2, Qt.Key.Key_Space) and plain:
            self.edit()
        else:
            super().keyPressEvent(event)

    def is_seen(self, row: QRectF) -> bool:
        return self._seen is None or self._seen.intersects(row)

    def paintEvent(self, event: QPaintEvent) -> None:
        wanted = QRectF(event.rect().united(self.visibleRegion().boundingRect()))
        if self._seen is None or not self._seen.contains(wanted):
            self._seen = wanted
            self._pixmap = None
        super().paintEvent(event)

    def renew(self, *, is_faint: bool = False) -> None:
        self._seen = QRectF(self.visibleRegion().boundingRect())
        super().renew(is_faint=is_faint)

    def go(self, rows: int, columns: int) -> None:
        """So many rows and columns on; columns without room are passed over."""
        self._painted()
        if rows:
            self._board.step(rows)
        seen = sorted(at for key, at in self._panel.cells if key == self._board.at)
        if columns and seen:
            at = seen.index(self._panel.column) if self._panel.column in seen else 0
            self._panel.column = seen[min(max(0, at + columns), len(seen) - 1)]
        self.renew()
        box = self._panel.cells.get((self._board.at, self._panel.column))
        self._painted()
        box = self._panel.cells.get((self._board.at, self._panel.column), box)
        if box is not None:
            self.reached.emit(box)

    def edit(self) -> None:
        """The cell that keys act on."""
        self._painted()
        scene, leg, at = self._board.scene, self._board.leg, self._panel.column
        box = self._panel.cells.get((self._board.at, at))
        if scene is None or leg is None or box is None or not CELLS[at].field:
            return
        if is_standing(leg) and CELLS[at].field != "length":
            self._panel.stage.notices.tell("That stint was driven, or is: it is as it is.")
        elif CELLS[at].field == "tyres":
            self._panel.turn_tyres(leg.key)
        else:
            self._editing = leg.key, at
            names = [one.name for one in scene.people]
            is_name = CELLS[at].field in ("driver", "spotter")
            self.editor.open_at(box, self._panel.text_of(scene, leg, CELLS[at]), names if is_name else [])

    def spot_at(self, place: QPointF) -> Spot | None:
        self._painted()
        found = next(((cell, box) for cell, box in self._panel.cells.items() if box.contains(place)), None)
        return None if found is None else Spot(found[1], self._panel.tip_at(*found[0]))

    def _fit(self) -> None:
        """Known without drawing it."""
        scene, px = self._board.scene, self.look.px
        rows = 0 if scene is None else len(scene.legs)
        self.setMinimumHeight(px(_HEAD + GRID) + max(2, rows) * self.look.row_height)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._painted()
        found = [place for place, box in self._panel.cells.items() if box.contains(event.position())]
        if found:
            (key, at), was = found[0], (self._board.at, self._panel.column)
            self._panel.column = at
            self._board.pick(key)
            self.renew()
            if was == (key, at) or CELLS[at].field == "tyres":
                self.edit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002 - its second press
        self.edit()

    def _done(self, text: str | None, step: int) -> None:
        """None: given up."""
        editing, self._editing = self._editing, None
        self.setFocus()
        if editing is None:
            return
        if text is not None:
            self._panel.take(editing[0], CELLS[editing[1]].field, text)
        if step:
            self.go(0, step)


class CellEditor(QLineEdit):
    """Lies over the cell while somebody types. Enter and Tab take it, Escape does not."""

    def __init__(self, parent: Picture, done: Callable[[str | None, int], None]) -> None:
        super().__init__(parent)
        self._finish, self._before = done, ""
        self.setAccessibleName("Cell")
        self.hide()

    def open_at(self, box: QRectF, text: str, names: list[str]) -> None:
        completer = QCompleter(names, self)
        completer.setCompletionMode(QCompleter.CompletionMode.InlineCompletion)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(completer if names else None)  # type: ignore[arg-type]
        self._before = text
        self.setText(text)
        self.setGeometry(box.toAlignedRect().adjusted(0, 0, 0, 0))
        self.setStyleSheet(f"min-height: 0; padding: 0 {round(box.height() / 6)}px; border-radius: 0;")
        self.show()
        self.raise_()
        self.setFocus()
        self.selectAll()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # letters are typed, they are no commands here
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                self._end(self.text(), 1 if key is Qt.Key.Key_Tab else -1)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._end(self.text(), 0)
        elif key == Qt.Key.Key_Escape:
            self._end(None, 0)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.isVisible():
            self._end(self.text(), 0)

    def _end(self, text: str | None, step: int) -> None:
        if not self.isVisible():
            return
        self.hide()
        self._finish(None if text == self._before else text, step)


def named(scene: PlanScene, text: str, *, is_spotter: bool = False) -> str:
    """Key of whom the words mean: a name, or how it begins. Raises ValueError."""
    if not text:
        return ""
    wanted = text.casefold()
    people = [one for one in scene.people if is_spotter or one.can_drive]
    same = [one.key for one in people if one.name.casefold() == wanted]
    begin = [
        one.key
        for one in people
        if any(word.startswith(wanted) for word in (one.name.casefold(), *one.name.casefold().split()))
    ]
    found = same or begin
    if len(found) != 1:
        what = "Nobody" if not found else "More than one"
        names = ", ".join(one.name for one in people)
        raise ValueError(f"{what} of {names} is meant by {text!r:.40}.")
    return found[0]
