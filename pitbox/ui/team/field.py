"""Fields that people fill in: each stores when it is left, and says what is wrong where it cannot."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QWidget

from pitbox.model.errors import EditError
from pitbox.ui.shell.words import Words
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, PADDING

_LABEL = 76
_TICK = "\N{CHECK MARK}"


class Entry(QLineEdit):
    """Enter or leaving it stores, Escape takes back what is typed; what is being typed is let be."""

    def __init__(self, title: str, store: Callable[[str], object], hint: str = "") -> None:
        """`store` raises EditError or ValueError for what cannot be."""
        super().__init__()
        self._store, self._shown = store, ""
        self.wrong = ""
        self.setAccessibleName(title)
        self.setPlaceholderText(hint)
        self.editingFinished.connect(self.commit)

    def tell(self, text: str) -> None:
        is_typing = self.hasFocus() and self.isModified()
        self._shown = text
        if not is_typing and text != self.text():
            self.setText(text)
            self.setCursorPosition(0)
        if not is_typing:
            self._say("")

    def commit(self) -> None:
        if not self.isModified():
            return
        text = self.text().strip()
        try:
            if text != self._shown:
                self._store(text)
        except (EditError, ValueError) as error:
            self._say(str(error))
            return
        self.setModified(False)
        self._say("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self.setModified(False)
            self.setText(self._shown)
            self._say("")
        else:
            super().keyPressEvent(event)

    def _say(self, wrong: str) -> None:
        if wrong != self.wrong:
            self.wrong = wrong
            self.setToolTip(wrong)
            self.setAccessibleDescription(wrong)
            self.setProperty("is_wrong", bool(wrong))
            self.style().unpolish(self)
            self.style().polish(self)


class Choice(QComboBox):
    """One of a few; the wheel scrolls the page and changes nothing."""

    def __init__(self, title: str, store: Callable[[str], object]) -> None:
        super().__init__()
        self._keys: tuple[str, ...] = ()
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.activated.connect(lambda at: store(self._keys[at]))

    def offer(self, choices: Sequence[tuple[str, str]], key: str) -> None:
        """(key, words) of each, and which it is."""
        keys = tuple(one for one, _ in choices)
        words = [words for _, words in choices]
        if keys != self._keys or words != [self.itemText(at) for at in range(self.count())]:
            self._keys = keys
            self.clear()
            self.addItems(words)
        at = keys.index(key) if key in keys else -1
        if at != self.currentIndex():
            self.setCurrentIndex(at)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class Chip(QPushButton):
    """A small button that may be on or off, and says so to who does not see it."""

    def __init__(
        self, title: str, tip: str = "", *, is_checkable: bool = True, is_ticked: bool = False
    ) -> None:
        """`is_ticked`: a tick says that it is on, for who does not see the ground change."""
        super().__init__(title)
        self._title = title
        self.setAccessibleName(title)
        self.setProperty("is_chip", True)
        self.setCheckable(is_checkable)
        self.setToolTip(tip)
        if is_ticked:
            self.toggled.connect(self._tick)

    def _tick(self, is_on: bool) -> None:
        self.setText(f"{_TICK} {self._title}" if is_on else self._title)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class Form(QWidget):
    """Rows of a title and what is filled in."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 1)
        self._labels: list[Words] = []
        look.changed.connect(self._wear)
        self._wear()

    def add(self, title: str, *parts: QWidget) -> QWidget:
        """Returns the first part."""
        at = self._grid.rowCount()
        label = Words(title, tone="dim")
        label.setBuddy(parts[0])
        self._labels.append(label)
        self._grid.addWidget(label, at, 0, Qt.AlignmentFlag.AlignVCenter)
        if len(parts) == 1:
            self._grid.addWidget(parts[0], at, 1)
        else:
            row = QHBoxLayout()
            row.setSpacing(self._look.px(GRID))
            for part in parts:
                row.addWidget(part, 1 if isinstance(part, Entry | Choice) else 0)
            self._grid.addLayout(row, at, 1)
        self._wear()
        return parts[0]

    def add_wide(self, part: QWidget) -> None:
        """Without a title, over all of the width."""
        self._grid.addWidget(part, self._grid.rowCount(), 0, 1, 2)

    def _wear(self) -> None:
        px = self._look.px
        self._grid.setHorizontalSpacing(px(PADDING))
        self._grid.setVerticalSpacing(px(GRID))
        for label in self._labels:
            label.setMinimumWidth(px(_LABEL))
