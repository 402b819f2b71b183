"""Driver mode with a window: puts bridge, window, tray and menu together and keeps what the user chose."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from pitbox.model.errors import PitBoxError
from pitbox.ui.application import dress, make_application
from pitbox.ui.bridge import DriverBridge
from pitbox.ui.driver.menu import DriverMenu
from pitbox.ui.driver.message import MessageOverlay
from pitbox.ui.driver.tray import Tray
from pitbox.ui.driver.window import DriverWindow
from pitbox.ui.place import Places
from pitbox.ui.theme.token import Theme
from pitbox.wall.autostart import Autostart, find_autostart
from pitbox.wall.dashboard import Glance
from pitbox.wall.driver import Collector
from pitbox.wall.messenger import quick_texts
from pitbox.wall.profile import Profile
from pitbox.wall.reminders import ShownNote
from pitbox.wall.settings import Settings
from pitbox.wall.settings_file import change

_log = logging.getLogger("pitbox.ui")
_NAME = "driver"
_ASKED_MS = 200


class DriverDesk(QObject):
    """Made and run on the main thread, after the collector was started and before it is stopped."""

    def __init__(
        self,
        collector: Collector,
        profile: Profile,
        settings: Settings,
        autostart: Autostart | None = None,
    ) -> None:
        self._app: QApplication = make_application()
        super().__init__()
        self._collector = collector
        self._profile = profile
        self._settings = settings
        self._autostart = autostart or find_autostart(profile)
        self._places = Places(profile.config)
        self._theme = Theme(settings.window.theme, settings.window.scale_percent / 100)
        dress(self._app, self._theme)
        self._note: ShownNote | None = None
        self.bridge = DriverBridge(collector.look, self)
        self.menu = self._make_menu()
        self.tray = Tray(self._theme, self.menu, self)
        self.window = DriverWindow(self._theme, self.menu)
        self.overlay = MessageOverlay(self._theme) if settings.messages.is_overlaid else None
        self._connect()

    def run(self, asked: threading.Event) -> None:
        """Until the user quits, the system ends the session, or `asked` is set."""
        watch = QTimer(self)
        watch.timeout.connect(lambda: self._leave() if asked.is_set() else None)
        watch.start(_ASKED_MS)
        try:
            self.open()
            self._app.exec()
        finally:
            watch.stop()
            self.close()

    def open(self) -> None:
        self._keep_autostart(is_on=self._settings.driver.is_autostarted)
        self.bridge.start()
        self.tray.look_for_it()
        self._places.restore(_NAME, self.window)
        if not self._settings.driver.is_minimised:
            self.window.show()
        elif not self.tray.is_there:
            self.window.showMinimized()
        _log.info("driver window opened, %s a tray", "with" if self.tray.is_there else "without")

    def close(self) -> None:
        self.bridge.stop()
        self.tray.leave()
        self._places.note(_NAME, self.window)
        self.window.hide()
        if self.overlay is not None:
            self.overlay.hide()
            self.overlay.deleteLater()
        for left in (self.window, self.menu, self):
            left.deleteLater()

    def _make_menu(self) -> DriverMenu:
        return DriverMenu(
            is_autostarted=self._settings.driver.is_autostarted,
            is_minimised=self._settings.driver.is_minimised,
            is_light=self._theme.name == "light",
            quick_texts=quick_texts(self._settings.messages.quick_texts),
        )

    def _connect(self) -> None:
        self.bridge.glanced.connect(self.window.show_glance)
        self.bridge.glanced.connect(self.tray.show_glance)
        self.bridge.glanced.connect(self._on_glance)
        self.window.close_wished.connect(self._on_close)
        self.window.acknowledge_wished.connect(self._on_acknowledge)
        self.tray.clicked.connect(self._on_tray)
        self.tray.appeared.connect(self._on_tray_appeared)
        self.menu.show_wished.connect(self._show)
        self.menu.autostart_wished.connect(self._on_autostart)
        self.menu.minimised_wished.connect(lambda is_on: self._store("driver.is_minimised", is_on))
        self.menu.light_wished.connect(self._on_light)
        self.menu.say_wished.connect(lambda text: self._tried(lambda: self._collector.say(text)))
        self.menu.quit_wished.connect(self._leave)
        self._app.commitDataRequest.connect(self._leave)

    def _on_glance(self, glance: Glance) -> None:
        if self.overlay is not None:
            self.overlay.show_message(glance.message)
        if glance.note is not None and glance.note != self._note:
            self._note = glance.note
            self._remind(glance.note.words)
        message, window = glance.message, self.window
        is_seen = self.overlay is not None or (window.isVisible() and not window.isMinimized())
        if message is not None and message.is_new and is_seen:
            self._tried(lambda: self._collector.note_shown(message.key))

    def _remind(self, words: str) -> None:
        """Where there is no tray the window's title says it, and the task bar draws attention to it."""
        if not self.tray.remind(words):
            self.window.setWindowTitle(f"PitBox: {words}")
            self._app.alert(self.window)

    def _on_acknowledge(self) -> None:
        self._tried(self._collector.acknowledge)
        self.bridge.pull()

    def _show(self) -> None:
        """On the user's own wish, and still without taking the focus from the sim."""
        if self.window.isMinimized():
            self.window.showNormal()
        self.window.show()
        self.window.raise_()

    def _on_tray(self) -> None:
        if self.window.isVisible() and not self.window.isMinimized():
            self.window.hide()
        else:
            self._show()

    def _on_tray_appeared(self) -> None:
        if self.window.isMinimized():
            self.window.hide()

    def _on_close(self) -> None:
        """Closing the window does not end a recording; without a tray and a recording it ends PitBox."""
        if self.tray.is_there:
            self.window.hide()
        elif self._collector.is_busy:
            self.window.showMinimized()
        else:
            self._leave()

    def _on_autostart(self, is_on: bool) -> None:
        if self._keep_autostart(is_on=is_on):
            self._store("driver.is_autostarted", is_on)
        else:
            self.menu.show_autostart(is_on=self._autostart.is_on())

    def _keep_autostart(self, *, is_on: bool) -> bool:
        return self._tried(lambda: self._autostart.switch(is_on=is_on))

    def _on_light(self, is_light: bool) -> None:
        """A new window in the other colours, where the old one stood."""
        self._store("window.theme", "light" if is_light else "dark")
        self._theme = Theme("light" if is_light else "dark", self._theme.scale)
        dress(self._app, self._theme)
        before, self.window = self.window, DriverWindow(self._theme, self.menu)
        self.window.move(before.pos())
        self.window.close_wished.connect(self._on_close)
        self.window.acknowledge_wished.connect(self._on_acknowledge)
        self.bridge.glanced.connect(self.window.show_glance)
        self.window.show_glance(self._collector.look())
        if before.isVisible():
            self.window.show()
        before.hide()
        before.deleteLater()
        if self.overlay is not None:
            self.overlay.hide()
            self.overlay.deleteLater()
            self.overlay = MessageOverlay(self._theme)
            self.overlay.show_message(self._collector.look().message)

    def _store(self, key: str, value: Any) -> None:
        self._tried(lambda: change(self._profile.settings_file, {key: value}))

    def _tried(self, action: Callable[[], object]) -> bool:
        """No dialog while somebody drives: what cannot be done is told where health is told."""
        try:
            action()
        except PitBoxError as error:
            _log.warning("%s", error)
            self._collector.tell_trouble("the menu", str(error))
            return False
        return True

    def _leave(self) -> None:
        """Not Qt's `quit`: that asks the windows first, and ours answers that it stays during a session."""
        self._app.exit(0)
