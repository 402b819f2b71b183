"""Columns of a list with what each holds, to be set right; below it what could not be read, by line."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from pitbox.planning.sign_up.file import Problem
from pitbox.ui.scene.words import count_words
from pitbox.ui.shell.line import Line, LineColumn, Part, Sign
from pitbox.ui.shell.lines import LineList
from pitbox.ui.shell.words import Clipped, Words
from pitbox.ui.team.field import Choice
from pitbox.ui.team.imports import FIELD_TITLES, Import
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, PADDING, Weight

_FAULTS = 128
_COLUMNS = (LineColumn(56), LineColumn(120, gives_way=1), LineColumn(0))
_HOW = {"exact": "", "likely": "guessed", "by hand": "by hand", "": ""}
_HEADS = {"": None, "yes": True, "no": False}


class MappingSheet(QWidget):
    def __init__(self, look: Look, imported: Import) -> None:
        super().__init__()
        self._look, self.imported = look, imported
        self.words = Words()
        self.words.setWordWrap(True)
        self.take = QPushButton("Take them in")
        self.take.setProperty("is_first", True)
        self.take.clicked.connect(lambda _=False: imported.take_in())
        self.drop = QPushButton("Leave it")
        self.drop.clicked.connect(lambda _=False: imported.drop())
        self.choices: list[Choice] = []
        self._heads: tuple[tuple[str, tuple[str, ...]], ...] = ()
        self._grid_room = QWidget()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.fault_head = Words("Not read", tone="warn", weight=Weight.STRONG)
        self.faults = LineList(look, _COLUMNS, "What was not read")
        self.faults.setFixedHeight(look.px(_FAULTS))
        self.head = Choice("First row is a heading", lambda key: imported.take_head(_HEADS[key]))
        self.head.setMinimumContentsLength(14)
        self.head.setToolTip("Whether the first row of the list says what the columns hold, or is a person")
        row = QHBoxLayout()
        row.addWidget(self.words, 1)
        row.addWidget(Words("First row is a heading", tone="dim"))
        row.addWidget(self.head)
        row.addWidget(self.drop)
        row.addWidget(self.take)
        column = QVBoxLayout(self)
        column.setContentsMargins(look.px(PADDING), look.px(GRID), look.px(PADDING), 0)
        column.setSpacing(look.px(GRID))
        column.addLayout(row)
        column.addWidget(self._scroll, 1)
        column.addWidget(self.fault_head)
        column.addWidget(self.faults)
        imported.changed.connect(self.refresh)

    def refresh(self) -> None:
        found = self.imported.found
        if found is None:
            return
        people = count_words(len(found.members), "person", "people")
        lines = count_words(found.lines, "line", "lines")
        self.words.tell(f"{self.imported.file}: {people} of {lines}.")
        self.take.setText(f"Take in {people}")
        self.take.setEnabled(bool(found.members))
        self._show_head()
        heads = tuple((column.head, column.examples) for column in found.columns)
        if heads != self._heads:
            self._heads = heads
            self._build()
        for choice, column in zip(self.choices, found.columns, strict=True):
            choice.offer(list(FIELD_TITLES.items()), column.field)
        for how, column in zip(self._hows, found.columns, strict=True):
            how.tell("not read" if not column.field else _HOW[column.how])
            how.set_tone("faint" if not column.field else "warn" if column.how == "likely" else "dim")
        self._show_faults()

    def _show_head(self) -> None:
        found, told = self.imported.found, self.imported.has_head
        assert found is not None
        guess = "find it out" if told is not None else f"found in line {found.head_line}"
        words = {"": guess, "yes": "yes", "no": "no"}
        now = next(key for key, value in _HEADS.items() if value is told)
        self.head.offer(list(words.items()), now)

    def _build(self) -> None:
        found = self.imported.found
        assert found is not None
        self.choices, self._hows = [], []
        self._grid_room = QWidget()
        grid = QGridLayout(self._grid_room)
        grid.setContentsMargins(0, 0, self._look.px(PADDING), 0)
        grid.setHorizontalSpacing(self._look.px(PADDING))
        grid.setVerticalSpacing(self._look.px(2))
        for at, title in enumerate(("Column", "Holds", "", "For example")):
            grid.addWidget(Words(title, tone="dim"), 0, at)
        for at, column in enumerate(found.columns):
            choice = Choice(f"What {column.head or f'column {at + 1}'} holds", self._chooser(at))
            how = Words(tone="dim")
            head = Clipped(column.head or f"column {at + 1}", weight=Weight.STRONG)
            for number, part in enumerate(
                (head, choice, how, Clipped(" · ".join(column.examples), tone="dim"))
            ):
                grid.addWidget(part, at + 1, number)
            self.choices.append(choice)
            self._hows.append(how)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 2)
        grid.setColumnStretch(3, 3)
        grid.setRowStretch(len(found.columns) + 1, 1)
        self._scroll.setWidget(self._grid_room)

    def _chooser(self, at: int) -> Callable[[str], None]:
        return lambda field: self.imported.choose(at, field)

    def _show_faults(self) -> None:
        found = self.imported.found
        assert found is not None
        problems = sorted(found.problems, key=lambda one: (not one.is_lost, one.line))
        lines = [
            Line(str(at), (_line_part(one), Part(one.column, "dim"), Part(one.reason)), tip=one.reason)
            for at, one in enumerate(problems)
        ]
        lost = sum(one.is_lost for one in problems)
        things = count_words(len(problems), "thing", "things")
        self.fault_head.tell(f"{things} not read, {count_words(lost, 'line', 'lines')} lost")
        self.fault_head.setVisible(bool(lines))
        self.faults.setVisible(bool(lines))
        self.faults.show_lines(lines)


def _line_part(one: Problem) -> Part:
    words = f"line {one.line}"
    return Part(words, "bad", sign=Sign.ALERT) if one.is_lost else Part(words, "dim")
