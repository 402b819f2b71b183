"""The one crossing from threads to Qt: a timer pulls, a signal gives a frozen struct to views on main."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from pitbox.wall.dashboard import Glance

DRIVER_PERIOD_MS = 200


class DriverBridge(QObject):
    """Asks for a glance five times a second, and says when it is another one."""

    glanced = Signal(object)
    """A `Glance`."""

    def __init__(self, look: Callable[[], Glance], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._last: Glance | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(DRIVER_PERIOD_MS)
        self._timer.timeout.connect(self.pull)

    def start(self) -> None:
        self.pull()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def pull(self) -> None:
        glance = self._look()
        if glance != self._last:
            self._last = glance
            self.glanced.emit(glance)
