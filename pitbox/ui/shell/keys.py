"""Keys: how they are told, and the window's shortcuts made from the book of commands."""

import re
from collections.abc import Iterable
from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from pitbox.ui.shell.command import Command, CommandBook
from pitbox.ui.shell.overlay import Overlay
from pitbox.ui.shell.words import Words
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, PADDING, SCROLL, Type, Weight

_WIDTH, _COLUMNS = 1080, 3
_EDGE = 32
"""Left free beside the card, in a window that is hardly wider."""


def keys_words(keys: str) -> str:
    """`Ctrl+Shift+Z` as people see it on their keyboard: Ctrl Shift Z."""
    return " ".join(re.split(r"\+(?=.)", keys)) if keys != "+" else keys


def card_lines(commands: Iterable[Command]) -> list[tuple[str, str]]:
    """What each does and its keys; what belongs together is one line: `Alt 1 to Alt 9`."""
    lines = []
    for _, some in groupby(commands, key=lambda command: command.card or command.name):
        first, *others = some
        ends = [first, *others[-1:]]
        lines.append((first.card or first.title, " to ".join(keys_words(end.keys) for end in ends)))
    return lines


def bind(commands: Iterable[Command], owner: QWidget) -> list[QShortcut]:
    """Shortcuts of the whole program, torn-off panels included; those of a panel count inside it only."""
    made = []
    for command in commands:
        if not command.keys:
            continue
        shortcut = QShortcut(QKeySequence(command.keys), owner)
        near = Qt.ShortcutContext.WidgetWithChildrenShortcut
        shortcut.setContext(near if command.scope else Qt.ShortcutContext.ApplicationShortcut)
        shortcut.activated.connect(lambda command=command: command.run() if command.is_shown() else None)
        made.append(shortcut)
    return made


class KeyCard(Overlay):
    """All keys on one card, from the book."""

    def __init__(self, look: Look, book: CommandBook, window: QWidget) -> None:
        super().__init__(look, window, _WIDTH)
        self._book = book
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self._area)

    def open_up(self) -> None:
        room = min(self._look.px(_WIDTH), self._window.width() - 2 * self._look.px(_EDGE))
        self.setFixedWidth(room)
        for columns in range(_COLUMNS, 0, -1):  # all keys are seen, however few stand side by side
            sheet = self._sheet(columns)
            self._area.setWidget(sheet)
            for part in (sheet, *sheet.findChildren(QWidget)):
                part.ensurePolished()  # before that it does not know how wide its words are
            if sheet.minimumSizeHint().width() <= room - 2 - self._look.px(SCROLL):
                break
        self._area.setFixedHeight(min(sheet.sizeHint().height(), self._window.height() * 3 // 4))
        super().open_up()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self._area.verticalScrollBar()
        page, row = bar.pageStep(), bar.singleStep()
        key = Qt.Key
        steps = {key.Key_Down: row, key.Key_Up: -row, key.Key_PageDown: page, key.Key_PageUp: -page}
        step = steps.get(key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            bar.setValue(bar.value() + step)

    def _sheet(self, count: int) -> QWidget:
        """Groups one after the other into columns, each into the shortest."""
        px, sheet = self._look.px, QWidget()
        grid = QGridLayout(sheet)
        edge = px(2 * PADDING)
        grid.setContentsMargins(edge, edge, edge, edge)
        grid.setHorizontalSpacing(px(4 * PADDING))
        columns = [QVBoxLayout() for _ in range(count)]
        heights = [0] * count
        for group, commands in self._book.groups().items():
            at = heights.index(min(heights))
            columns[at].addWidget(self._block(group, commands))
            heights[at] += len(card_lines(commands)) + 2
        for at, column in enumerate(columns):
            column.addStretch(1)
            grid.addLayout(column, 0, at)
            grid.setColumnStretch(at, 1)
        return sheet

    def _block(self, group: str, commands: list[Command]) -> QWidget:
        block, px = QWidget(), self._look.px
        grid = QGridLayout(block)
        grid.setContentsMargins(0, 0, 0, px(2 * PADDING))
        grid.setHorizontalSpacing(px(PADDING))
        grid.setVerticalSpacing(px(GRID))
        grid.addWidget(Words(group, size=Type.STRONG, weight=Weight.FIRST), 0, 0, 1, 2)
        for row, (title, words) in enumerate(card_lines(commands), 1):
            grid.addWidget(Words(title, tone="dim"), row, 0)
            keys = Words(words)
            keys.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(keys, row, 1)
        grid.setColumnStretch(0, 1)
        return block
