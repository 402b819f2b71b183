"""Fields that people fill in: each stores when it is left, and says what is wrong where it cannot."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QWidget

from pitbox.model.errors import EditError
from pitbox.ui.shell.words import Words
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, PADDING

_LABEL = 84
_TICK = "\N{CHECK MARK}"


class Entry(QLineEdit):
    """Enter or leaving it stores, Escape takes back what is typed; what is being typed is let be."""

    went_wrong = Signal(str)
    """Why what is typed cannot be; empty: it can again."""

    def __init__(self, title: str, store: Callable[[str], object], hint: str = "") -> None:
        """`store` raises EditError or ValueError for what cannot be."""
        super().__init__()
        self._store, self._shown, self._tip = store, "", ""
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

    def explain(self, tip: str) -> None:
        """What the field means, as long as nothing is wrong with it."""
        self._tip = tip
        self.setToolTip(self.wrong or tip)

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
            self.setToolTip(wrong or self._tip)
            self.setAccessibleDescription(wrong)
            self.setProperty("is_wrong", bool(wrong))
            self.style().unpolish(self)
            self.style().polish(self)
            self.went_wrong.emit(wrong)


class Choice(QComboBox):
    """One of a few; the wheel scrolls the page and changes nothing."""

    def __init__(self, title: str, store: Callable[[str], object]) -> None:
        super().__init__()
        self._keys: tuple[str, ...] = ()
        self.has_nothing = False
        """The first choice is none at all, and dim as what is not filled in."""
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
        show_unset(self, is_unset=self.has_nothing and at == 0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def show_unset(box: QComboBox, *, is_unset: bool) -> None:
    """Dim, as the hint of an empty field is."""
    if bool(box.property("is_unset")) != is_unset:
        box.setProperty("is_unset", is_unset)
        box.style().unpolish(box)
        box.style().polish(box)


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


class Fault(Words):
    """What is wrong with a field, in words below it: what cannot be, else what can hardly be meant."""

    def __init__(self) -> None:
        super().__init__(tone="bad")
        self._wrong = self._doubt = ""
        self.setWordWrap(True)
        self.hide()

    def wrong(self, words: str) -> None:
        self._wrong = words
        self._show()

    def doubt(self, words: str) -> None:
        """It stands all the same."""
        self._doubt = words
        self._show()

    def _show(self) -> None:
        self.set_tone("bad" if self._wrong else "warn")
        self.tell(self._wrong or self._doubt)
        self.setVisible(bool(self.text()))


class Form(QWidget):
    """Rows of a title and what is filled in, with what is wrong about it."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 1)
        self._labels: list[Words] = []
        self._faults: dict[QWidget, Fault] = {}
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
        fault = self._faults[parts[0]] = Fault()
        self._grid.addWidget(fault, at + 1, 1)
        for part in parts:
            if isinstance(part, Entry):
                part.went_wrong.connect(fault.wrong)
        self._wear()
        return parts[0]

    def fault(self, part: QWidget) -> Fault:
        """Of the row that begins with this."""
        return self._faults[part]

    def add_wide(self, part: QWidget) -> None:
        """Without a title, over all of the width."""
        self._grid.addWidget(part, self._grid.rowCount(), 0, 1, 2)

    def _wear(self) -> None:
        px = self._look.px
        self._grid.setHorizontalSpacing(px(PADDING))
        self._grid.setVerticalSpacing(px(GRID))
        for label in self._labels:
            label.setMinimumWidth(px(_LABEL))
