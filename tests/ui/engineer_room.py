"""An engineer's window in the hands of a test."""

from feeds import HandFeed
from PySide6.QtWidgets import QApplication

from pitbox.ui.engineer.desk import EngineerDesk
from pitbox.ui.race.timing.panel import TimingPanel


class Room:
    """A window that shows a race by hand."""

    def __init__(self, feed: HandFeed, desk: EngineerDesk, app: QApplication) -> None:
        self.feed, self.desk, self._app = feed, desk, app

    @property
    def window(self):
        return self.desk.window

    @property
    def timing(self) -> TimingPanel:
        return self.window.deck.docks["timing"].panel

    def pull(self) -> None:
        self.desk.bridge.pull()
        self._app.processEvents()

    def run(self, name: str) -> None:
        self.desk.stage.commands[name].run()
        self._app.processEvents()
