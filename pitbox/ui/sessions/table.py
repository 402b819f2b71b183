"""The list of sessions: search above, heads that sort, lines that are chosen, marked and opened."""

import msgspec
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from pitbox.ui.scene.words import count_words, size_words
from pitbox.ui.sessions.board import SessionBoard
from pitbox.ui.sessions.columns import COLUMNS, TITLES, line_of
from pitbox.ui.sessions.filters import FilterRow
from pitbox.ui.shell.line import Line, Part, Sign
from pitbox.ui.shell.lines import LineList
from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Words
from pitbox.ui.team.field import Chip
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, PADDING, SCROLL

LOADING = "Looking through the shelf ..."
NOTHING = "No session is like that. Escape in the search field takes back the words, Clear the filters."
NO_DEMO = "No demo race is kept here yet."
_STATES = (
    ("here", "Here", ("here", "recording")),
    ("archived", "Archived", ("archived",)),
    ("deleted", "Deleted", ("deleted",)),
)


class Heads(LineList):
    """Over the list: a click on one sorts by it."""

    picked = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__(look, COLUMNS, "Sort by")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportMargins(0, 0, look.px(SCROLL), 0)  # the list below has a bar there

    def show_order(self, column: str, *, is_falling: bool) -> None:
        sign = Sign.DOWN if is_falling else Sign.UP
        parts = [
            Part(title, "text" if key == column else "dim", sign=sign if key == column else Sign.NONE)
            for key, title in TITLES
        ]
        self.show_lines([Line("head", tuple(parts))])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        x = event.position().toPoint().x()
        for (key, title), slot in zip(TITLES, self.slots(), strict=True):
            if title and slot.left() <= x <= slot.right():
                self.picked.emit(key)


class SessionList(LineList):
    """A click chooses; with Ctrl it marks; twice it opens, and so does Enter."""

    marked = Signal(str)
    entered = Signal(str)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if self.key and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.marked.emit(self.key)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.key and event.button() is Qt.MouseButton.LeftButton:
            self.entered.emit(self.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.key:
            self.entered.emit(self.key)
        else:
            super().keyPressEvent(event)


class TablePanel(Panel):
    def __init__(self, stage: Stage, board: SessionBoard) -> None:
        super().__init__(stage)
        self.board = board
        self.open_key = ""
        self.count = Words(tone="dim")
        self.chips = {key: Chip(title, f"Only {title.lower()}") for key, title, _ in _STATES}
        self.demo = Chip("Demo", "Races of the demo, which are kept apart from the team's")
        self.demo.setVisible(board.has_demo)
        self.demo.clicked.connect(lambda is_on: board.show_demo(is_demo=is_on))
        self.bar_parts = [*self.chips.values(), self.demo, self.count]
        self.search = QLineEdit()
        self.search.setPlaceholderText('Search: spa gt3 -practice #wet #"six hours"')
        self.search.setAccessibleName("Search sessions")
        self.search.setClearButtonEnabled(False)
        self.search.installEventFilter(self)
        self.fault = Words(tone="warn")
        self.fault.setWordWrap(True)
        self.again = QPushButton("Try again")
        self.again.clicked.connect(board.refresh)
        self._strip = QWidget()
        self.filters = FilterRow(stage, board)
        self.heads = Heads(stage.look)
        self.list = SessionList(stage.look, COLUMNS, "Sessions")
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # the heads keep in line
        bar = self.list.verticalScrollBar()
        bar.setEnabled(False)
        bar.rangeChanged.connect(lambda _, most: bar.setEnabled(most > 0))
        self._lay_out()
        self.setFocusProxy(self.list)
        self._connect()
        self._wear()
        self.refresh()

    def refresh(self) -> None:
        board = self.board
        zone = self.stage.look.taste.zone
        marks = {key: at for at, key in enumerate(board.marked, 1)}
        self.heads.show_order(board.order.column, is_falling=board.order.is_falling)
        self.demo.setChecked(board.is_demo)
        nothing = NO_DEMO if board.is_demo and not board.shelved.found else NOTHING
        self.list.empty = nothing if board.is_read else LOADING
        names = [one.session for one in board.shown]
        lines = zip(board.shown, names, strict=True)
        self.list.show_lines([line_of(o, zone, marks.get(n, 0), n == self.open_key) for o, n in lines])
        self.list.choose(board.key)
        whole = len(board.shelved.found)
        shown = sum(one.bytes for one in board.shown)
        part = f"{len(board.shown):,} of " if len(board.shown) < whole else ""
        self.count.tell(
            f"{part}{count_words(whole, 'session', 'sessions')}, {size_words(shown)}" if whole else ""
        )
        fault = board.shelved.fault
        self._strip.setVisible(bool(fault))
        self.fault.tell(f"Without laps and best laps, since the database tells nothing: {fault}")

    def go_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def show_open(self, key: str) -> None:
        """That recording stands on the Race page; none for an empty one."""
        if key != self.open_key:
            self.open_key = key
            self.refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down and Enter go from what is typed into the list, Escape takes the words back."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.list.setFocus()
                if self.board.shown and self.board.one not in self.board.shown:
                    self.board.choose(self.board.shown[0].session)
                return True
            if key == Qt.Key.Key_Escape:
                self.search.clear()
                return True
        return super().eventFilter(watched, event)

    def _pick(self, chosen: str, *, is_on: bool) -> None:
        """One of them at most."""
        for key, chip in self.chips.items():
            if key != chosen and chip.isChecked():
                chip.blockSignals(True)
                chip.setChecked(False)
                chip.blockSignals(False)
        states = next(states for key, _, states in _STATES if key == chosen)
        self.board.sift(msgspec.structs.replace(self.board.wanted, states=states if is_on else ()))

    def _lay_out(self) -> None:
        row = QHBoxLayout(self._strip)
        row.addWidget(self.fault, 1)
        row.addWidget(self.again)
        self._row = row
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        self._column.setContentsMargins(0, 0, 0, 0)
        for part in (self.search, self.filters, self._strip, self.heads):
            self._column.addWidget(part)
        self._column.addWidget(self.list, 1)

    def _connect(self) -> None:
        board, stage = self.board, self.stage
        self.search.textChanged.connect(board.search)
        for key, chip in self.chips.items():
            chip.toggled.connect(lambda is_on, key=key: self._pick(key, is_on=is_on))
        self.heads.picked.connect(board.sort)
        self.list.chosen.connect(board.choose)
        self.list.marked.connect(board.mark)
        board.changed.connect(self.refresh)
        board.marked_changed.connect(self.refresh)
        board.chosen.connect(lambda: self.list.choose(board.key))
        stage.look.changed.connect(self._wear)

    def _wear(self) -> None:
        px = self.stage.look.px
        self.heads.setFixedHeight(self.stage.look.row_height)
        self.search.setStyleSheet(f"margin: {px(GRID)}px {px(PADDING)}px;")
        self._row.setContentsMargins(px(PADDING), 0, px(PADDING), px(GRID))
        self.refresh()
