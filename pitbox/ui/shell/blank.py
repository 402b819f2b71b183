"""A page or a panel with nothing on it yet: one calm sentence, and at most a few things to do."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from pitbox.ui.shell.command import Command
from pitbox.ui.shell.words import IconLabel, Words
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight

_ICON, _WIDTH, _NUMBER = 32, 420, 24


class Blank(QWidget):
    def __init__(
        self,
        look: Look,
        icon: str,
        title: str,
        words: str,
        actions: Sequence[Command] = (),
        *,
        steps: Sequence[str] = (),
    ) -> None:
        """`steps`: one below the other, for what takes more than a sentence to begin with."""
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        px, middle = look.px, Qt.AlignmentFlag.AlignHCenter
        self.words = Words(words.replace("`", ""), tone="dim", size=Type.STRONG)
        self.words.setWordWrap(True)
        self.words.setAlignment(middle)
        self.words.ensurePolished()  # before it has its typeface it asks for the height of one line
        wide = _even(self.words, px(_WIDTH), px(GRID))
        self.words.setFixedWidth(wide)
        self.words.setMinimumHeight(self.words.heightForWidth(wide))
        column = QVBoxLayout(self)
        column.setSpacing(px(PADDING))
        column.addStretch(2)
        column.addWidget(IconLabel(look, icon, "faint", _ICON), 0, middle)
        column.addWidget(Words(title, size=Type.HEAD, weight=Weight.FIRST), 0, middle)
        column.addWidget(self.words, 0, middle)
        self.steps = [_Step(look, number, step) for number, step in enumerate(steps, 1)]
        for step in self.steps:
            column.addWidget(step, 0, middle)
        column.addSpacing(px(PADDING))
        column.addLayout(_buttons(px(PADDING), actions))
        column.addStretch(3)


def _even(words: Words, widest: int, step: int) -> int:
    """As narrow as takes no line more: no word stands alone below the others."""
    height, width = words.heightForWidth(widest), widest
    while width > 2 * step and words.heightForWidth(width - step) == height:
        width -= step
    return width


def _buttons(gap: int, actions: Sequence[Command]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(gap)
    row.addStretch(1)
    for at, command in enumerate(actions):
        button = QPushButton(command.title)
        button.setProperty("is_first", at == 0)
        button.clicked.connect(lambda _=False, command=command: command.run())
        row.addWidget(button)
    row.addStretch(1)
    return row


class _Step(QWidget):
    def __init__(self, look: Look, number: int, text: str) -> None:
        super().__init__()
        px, wide = look.px, look.px(_WIDTH - _NUMBER)
        count = Words(str(number), tone="accent", size=Type.STRONG, weight=Weight.STRONG)
        count.setFixedWidth(px(_NUMBER))
        self.words = Words(text, size=Type.STRONG)
        self.words.setWordWrap(True)
        self.words.setFixedWidth(wide)
        self.words.ensurePolished()
        self.words.setMinimumHeight(self.words.heightForWidth(wide))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(count, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 0, Qt.AlignmentFlag.AlignTop)
