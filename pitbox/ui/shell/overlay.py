"""What lies over the page for a moment and goes with Escape: never a dialog, nothing waits for it."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from pitbox.ui.theme.look import Look

_TOP = 72


class Overlay(QFrame):
    """Opens in the upper middle of its window, gives the focus back where it was."""

    def __init__(self, look: Look, window: QWidget, width: int) -> None:
        super().__init__(window)
        self.setObjectName("overlay")
        self._look, self._width, self._window = look, width, window
        self._before: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        window.installEventFilter(self)
        self.hide()

    def open_up(self) -> None:
        self._before = QApplication.focusWidget()
        self._place()
        self.show()
        self.raise_()
        self.setFocus()

    def close_down(self) -> None:
        if self.isVisible():
            self.hide()
            if self._before is not None:
                self._before.setFocus()
            self._before = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_down()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() == Qt.FocusReason.MouseFocusReason:
            self.close_down()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        elif event.type() == QEvent.Type.MouseButtonPress and self.isVisible():
            self.close_down()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        window, px = self._window, self._look.px
        width = min(px(self._width), window.width() - px(32))
        self.setFixedWidth(width)
        self.adjustSize()
        height = min(self.height(), window.height() - px(_TOP) - px(16))
        self.setGeometry((window.width() - width) // 2, px(_TOP), width, height)
