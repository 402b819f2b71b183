"""An engineer's window in the hands of a test."""

from pathlib import Path

from feeds import HandFeed
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from pitbox.ui.engineer.desk import EngineerDesk
from pitbox.ui.race.timing.panel import TimingPanel
from pitbox.wall.feed import Spring
from pitbox.wall.profile import HOME_VARIABLE, Profile, find_profile
from pitbox.wall.settings import Settings, Window


class Room:
    """A window that shows a race by hand."""

    def __init__(self, feed: HandFeed, desk: EngineerDesk, app: QApplication) -> None:
        self.feed, self.desk, self._app = feed, desk, app
        self._size = desk.window.size()

    @property
    def window(self):
        return self.desk.window

    @property
    def timing(self) -> TimingPanel:
        return self.window.deck.docks["timing"].panel

    def begin(self) -> None:
        """As large as it opened, on its first page, with a picture of the race that is new."""
        self.window.resize(self._size)
        self.feed.give()
        self.run("page.race")
        self.pull()

    def pull(self) -> None:
        self.desk.bridge.pull()
        self._app.processEvents()

    def run(self, name: str) -> None:
        self.desk.stage.commands[name].run()
        self._app.processEvents()


class Opener:
    """Opens windows of one profile, and closes them again."""

    def __init__(self, app: QApplication, profile: Profile) -> None:
        self._app, self.profile = app, profile
        self._desks: list[EngineerDesk] = []

    def __call__(
        self,
        *,
        spring: Spring = Spring.PEERS,
        is_filled: bool = True,
        is_long: bool = False,
        window: Window | None = None,
        **more,
    ) -> Room:
        feed = HandFeed(spring)
        if is_filled:
            feed.give(is_long=is_long)
        desk = EngineerDesk(feed, self.profile, Settings(window=window or Window()), **more)
        self._desks.append(desk)
        desk.open()
        self._app.processEvents()
        return Room(feed, desk, self._app)

    def close(self) -> None:
        for desk in self._desks:
            desk.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def profile_in(folder: Path) -> Profile:
    """For a window that several tests look at: it stands longer than a test's own home."""
    return find_profile("engineer", {HOME_VARIABLE: str(folder)})
