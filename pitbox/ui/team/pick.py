"""Any of a few: a field that names those chosen, and opens a list to set ticks in."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QMenu, QStyle, QStyleOptionComboBox, QWidget

from pitbox.ui.team.field import show_unset


class TickMenu(QMenu):
    """Stays open while ticks are set; Enter or a click elsewhere takes them, Escape leaves all as it was."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.is_left = False

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._flip(self.actionAt(event.position().toPoint())):
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self._flip(self.activeAction()):
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close()
            return
        self.is_left = event.key() == Qt.Key.Key_Escape
        super().keyPressEvent(event)

    def _flip(self, action: QAction | None) -> bool:
        if action is not None and action.isEnabled() and action.isCheckable():
            action.toggle()
            return True
        return False


class Pick(QComboBox):
    """`store` gets the keys of those with a tick once the list is closed, if they are others than before."""

    def __init__(self, title: str, store: Callable[[tuple[str, ...]], object], nothing: str) -> None:
        """`nothing`: what stands there if none is chosen."""
        super().__init__()
        self._title, self._store, self._nothing = title, store, nothing
        self._choices: tuple[tuple[str, str], ...] = ()
        self.keys: tuple[str, ...] = ()
        self.menu_shown: TickMenu | None = None
        self._tip = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.addItem("")

    def offer(self, choices: Sequence[tuple[str, str]], keys: Sequence[str]) -> None:
        """(key, words) of each, and which have a tick."""
        self._choices = tuple(choices)
        self.keys = tuple(key for key, _ in choices if key in set(keys))
        self.setEnabled(bool(choices))
        self._tell()

    def explain(self, tip: str) -> None:
        """What it means, below who is chosen."""
        self._tip = tip
        self._tell()

    @property
    def words(self) -> str:
        return ", ".join(words for key, words in self._choices if key in self.keys) or self._nothing

    def showPopup(self) -> None:
        menu = self.menu_shown = TickMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setMinimumWidth(self.width())
        actions = {}
        for key, words in self._choices:
            action = actions[key] = menu.addAction(words.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(key in self.keys)
        menu.aboutToHide.connect(lambda: self._take(menu, actions))
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
        if actions:
            menu.setActiveAction(next(iter(actions.values())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down, Qt.Key.Key_Space):
            self.showPopup()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell()

    def _take(self, menu: TickMenu, actions: dict[str, QAction]) -> None:
        keys = tuple(key for key, action in actions.items() if action.isChecked())
        self.menu_shown = None
        if not menu.is_left and keys != self.keys:
            self._store(keys)

    def _tell(self) -> None:
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox,
            self._option(),
            QStyle.SubControl.SC_ComboBoxEditField,
            self,
        )
        shown = self.fontMetrics().elidedText(self.words, Qt.TextElideMode.ElideRight, room.width())
        self.setItemText(0, shown)
        show_unset(self, is_unset=not self.keys)
        self.setAccessibleName(f"{self._title}: {self.words}")
        names = self.words if shown != self.words else ""
        self.setToolTip("\n".join(filter(None, (names, self._tip))))

    def _option(self) -> QStyleOptionComboBox:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        return option
