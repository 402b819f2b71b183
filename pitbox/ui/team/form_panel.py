"""A panel of fields, or a sentence on what will stand there; as long as it needs, in a scroll."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Words
from pitbox.ui.team.board import TeamBoard
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight


class FormPanel(Panel):
    """Children fill `column`, and say with `show_empty` whether there is something to fill in."""

    def __init__(self, stage: Stage, board: TeamBoard, empty: str) -> None:
        super().__init__(stage)
        self.board = board
        self.empty = Words(empty, tone="dim", size=Type.STRONG)
        self.empty.setWordWrap(True)
        self.start = QPushButton()
        self.start.setProperty("is_first", True)
        self.start.hide()
        blank, first = QWidget(), QVBoxLayout()
        blank.setLayout(first)
        pad = stage.look.px(2 * PADDING)
        first.setContentsMargins(pad, pad, pad, pad)
        first.addWidget(self.empty)
        row = QHBoxLayout()
        row.addWidget(self.start)
        row.addStretch(1)
        first.addLayout(row)
        first.addStretch(1)
        sheet = QWidget()
        self.column = QVBoxLayout(sheet)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(sheet)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(blank)
        self._stack.addWidget(self.area)
        stage.look.changed.connect(self._wear)
        self._wear()

    def show_empty(self, *, is_empty: bool) -> None:
        self._stack.setCurrentIndex(0 if is_empty else 1)

    def head(self, words: str) -> Words:
        made = Words(words, size=Type.STRONG, weight=Weight.STRONG)
        self.column.addSpacing(self.stage.look.px(PADDING))
        self.column.addWidget(made)
        return made

    def _wear(self) -> None:
        px = self.stage.look.px
        self.column.setContentsMargins(px(PADDING), px(PADDING), px(PADDING), px(PADDING))
        self.column.setSpacing(px(GRID))
