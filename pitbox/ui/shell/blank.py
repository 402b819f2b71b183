"""A page or a panel with nothing on it yet: one calm sentence, and at most a few things to do."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from pitbox.ui.shell.command import Command
from pitbox.ui.shell.words import IconLabel, Words
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import PADDING, Type, Weight

_ICON, _WIDTH = 32, 420


class Blank(QWidget):
    def __init__(
        self, look: Look, icon: str, title: str, words: str, actions: Sequence[Command] = ()
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        px, middle = look.px, Qt.AlignmentFlag.AlignHCenter
        self.words = Words(words.replace("`", ""), tone="dim", size=Type.STRONG)
        self.words.setWordWrap(True)
        self.words.setAlignment(middle)
        self.words.setFixedWidth(px(_WIDTH))
        self.words.ensurePolished()  # before it has its typeface it asks for the height of one line
        self.words.setMinimumHeight(self.words.heightForWidth(px(_WIDTH)))
        column = QVBoxLayout(self)
        column.setSpacing(px(PADDING))
        column.addStretch(2)
        column.addWidget(IconLabel(look, icon, "faint", _ICON), 0, middle)
        column.addWidget(Words(title, size=Type.HEAD, weight=Weight.FIRST), 0, middle)
        column.addWidget(self.words, 0, middle)
        column.addSpacing(px(PADDING))
        row = QHBoxLayout()
        row.setSpacing(px(PADDING))
        row.addStretch(1)
        for at, command in enumerate(actions):
            button = QPushButton(command.title)
            button.setProperty("is_first", at == 0)
            button.clicked.connect(lambda _=False, command=command: command.run())
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(3)
