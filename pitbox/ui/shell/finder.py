"""The command palette: type a few letters of what shall be done. Where a name is needed, it asks for it."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, QStringListModel, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from pitbox.ui.shell.command import Command, CommandBook
from pitbox.ui.shell.keys import keys_words
from pitbox.ui.shell.overlay import Overlay
from pitbox.ui.shell.words import rule
from pitbox.ui.theme.face import face
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, PADDING, Type

_WIDTH, _ROW, _MOST = 560, 32, 12
_MOVES = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: _MOST, Qt.Key.Key_PageUp: -_MOST}


class Finder(Overlay):
    def __init__(self, look: Look, book: CommandBook, window: QWidget) -> None:
        super().__init__(look, window, _WIDTH)
        self._book = book
        self._on_text: Callable[[str], None] | None = None
        self.found: list[Command] = []
        self.line = QLineEdit()
        self.line.textChanged.connect(self._look_up)
        self.line.setAccessibleName("What shall be done")
        self.setFocusProxy(self.line)
        self.line.installEventFilter(self)
        self.list = QListView()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._titles = QStringListModel(self)
        self.list.setModel(self._titles)
        self.list.setItemDelegate(_Row(look, self))
        self.list.clicked.connect(lambda _: self.take())
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, look.px(GRID))
        column.setSpacing(0)
        column.addWidget(self.line)
        column.addWidget(rule())
        column.addWidget(self.list)

    def open_up(self) -> None:
        """For commands."""
        self._begin(None, "What shall be done?", "")

    def ask(self, question: str, text: str, on_text: Callable[[str], None]) -> None:
        """For a name; nothing happens when it is left with Escape."""
        self._begin(on_text, question, text)
        self.line.selectAll()

    def take(self) -> None:
        """What Enter does."""
        on_text, row = self._on_text, self.list.currentIndex().row()
        text = self.line.text().strip()
        if on_text is not None:
            self.close_down()
            if text:
                on_text(text)
        elif 0 <= row < len(self.found):
            self.close_down()
            self.found[row].run()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take()
        elif event.key() in _MOVES:
            self._move(_MOVES[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _begin(self, on_text: Callable[[str], None] | None, question: str, text: str) -> None:
        self._on_text = on_text
        self.line.setPlaceholderText(question)
        self.line.setText(text)
        self._look_up(text)
        super().open_up()

    def _look_up(self, query: str) -> None:
        self.found = [] if self._on_text is not None else self._book.find(query)
        self._titles.setStringList([command.title for command in self.found])
        self.list.setVisible(bool(self.found))
        self.list.setFixedHeight(self._look.px(_ROW) * min(len(self.found), _MOST))
        self._move(0)
        self._place()

    def _move(self, steps: int) -> None:
        row = max(0, min(len(self.found) - 1, max(0, self.list.currentIndex().row()) + steps))
        self.list.setCurrentIndex(self._titles.index(row, 0))


class _Row(QStyledItemDelegate):
    """What it does at the left, the group behind it, the keys at the right."""

    def __init__(self, look: Look, finder: Finder) -> None:
        super().__init__(finder)
        self._look, self._finder = look, finder

    def sizeHint(
        self,
        option: QStyleOptionViewItem,  # noqa: ARG002
        index: QModelIndex | QPersistentModelIndex,  # noqa: ARG002
    ) -> QSize:
        return QSize(0, self._look.px(_ROW))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if index.row() >= len(self._finder.found):
            return
        command, palette, px = self._finder.found[index.row()], self._look.palette, self._look.px
        box: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, QColor(palette.line))
        inner = box.adjusted(px(PADDING + GRID), 0, -px(PADDING + GRID), 0)
        painter.setFont(face(self._look.theme, Type.STRONG))
        painter.setPen(QColor(palette.text))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, int(middle | Qt.AlignmentFlag.AlignLeft), command.title)
        painter.setFont(face(self._look.theme, Type.NOTE))
        painter.setPen(QColor(palette.dim))
        note = keys_words(command.keys) or command.group
        painter.drawText(inner, int(middle | Qt.AlignmentFlag.AlignRight), note)
