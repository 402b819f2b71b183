"""Plots and scrubber on a stage of their own: no window is needed to try them."""

import long_race
import scenes
from feeds import HandFeed
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from pitbox.crew.clock import SystemClock
from pitbox.ui.bridge import RaceBridge
from pitbox.ui.plot.panel import GapPanel, StintPanel
from pitbox.ui.scrub.page import ScrubPage
from pitbox.ui.shell.memory import Memory
from pitbox.ui.shell.stage import Stage
from pitbox.ui.theme.look import Look
from pitbox.wall.outlook import Outlook
from pitbox.wall.profile import Profile

END_S = 12_000.0


class PlotRoom:
    def __init__(self, profile: Profile, *, end_s: float | None = END_S, moments=None) -> None:
        self.feed = HandFeed()
        self.feed.moments = moments
        self.bridge = RaceBridge(Outlook(self.feed, SystemClock()))
        self.stage = Stage(Look(), self.bridge, Memory(profile.config))
        self.gap_panel, self.stint_panel = GapPanel(self.stage), StintPanel(self.stage)
        both = QWidget()
        row = QHBoxLayout(both)
        row.addWidget(self.gap_panel)
        row.addWidget(self.stint_panel)
        self.page = ScrubPage(self.stage, both)
        self.page.resize(1600, 400)
        self.page.show()
        if end_s is not None:
            self.feed.hub.publish_facts(long_race.facts(end_s))
            self.feed.give(scenes.standings(end_s))
        self.stage.selection.select(scenes.OWN)
        self.settle()

    @property
    def gaps(self):
        return self.gap_panel.plot

    @property
    def stints(self):
        return self.stint_panel.plot

    def pull(self) -> None:
        self.bridge.pull()
        QApplication.processEvents()

    def settle(self) -> None:
        """Until nothing is left to be drawn."""
        self.pull()
        for _ in range(100):
            if not self.gaps.sheet.is_working and self.stints._is_whole:
                return
            self.pull()
        raise AssertionError("It is never drawn.")

    def run(self, name: str) -> None:
        self.stage.commands[name].run()
        QApplication.processEvents()

    def close(self) -> None:
        self.page.hide()
        self.page.deleteLater()
        self.bridge.deleteLater()
