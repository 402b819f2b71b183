"""Plots and scrubber on a stage of their own: no window is needed to try them."""

import long_race
import msgspec
import scenes
from feeds import HandFeed
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from pitbox.ui.application import dress
from pitbox.ui.bridge import RaceBridge
from pitbox.ui.plot.panel import GapPanel, StintPanel
from pitbox.ui.scrub.page import ScrubPage
from pitbox.ui.shell.memory import Memory
from pitbox.ui.shell.stage import Stage
from pitbox.ui.theme.look import Look, Taste
from pitbox.ui.theme.token import Theme
from pitbox.wall.hub import Hub
from pitbox.wall.outlook import Outlook
from pitbox.wall.profile import Profile

END_S = 12_000.0


class StoodClock:
    """However slow the machine is, nothing grows old by itself."""

    now_s = 100.0

    def monotonic_s(self) -> float:
        return self.now_s

    def wall_s(self) -> float:
        return self.now_s


class PlotRoom:
    def __init__(
        self,
        profile: Profile,
        *,
        end_s: float | None = END_S,
        moments=None,
        theme: Theme | None = None,
        size: tuple[int, int] = (1600, 400),
    ) -> None:
        self.feed = HandFeed()
        self.feed.moments = moments
        self.clock = StoodClock()
        self.bridge = RaceBridge(Outlook(self.feed, self.clock))
        self.stage = Stage(Look(theme), self.bridge, Memory(profile.config))
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        dress(app, self.stage.look.theme)
        self.gap_panel, self.stint_panel = GapPanel(self.stage), StintPanel(self.stage)
        both = QWidget()
        row = QHBoxLayout(both)
        row.addWidget(self.gap_panel)
        row.addWidget(self.stint_panel)
        self.page = ScrubPage(self.stage, both)
        self.page.take_keys(())
        self.page.setFixedSize(*(self.stage.look.px(side) for side in size))
        self.page.show()
        if end_s is not None:
            self.feed.hub = Hub(fact_bound=100_000)
            self.feed.hub.publish_facts(long_race.facts(end_s))
            self.feed.give(scenes.standings(end_s))
            self._name_crews()
        self.stage.selection.select(scenes.OWN)
        self.settle()

    def _name_crews(self) -> None:
        """Everybody is named by the session text while in the car."""
        info = scenes.info()
        for user_id, name in long_race.people().items():
            first = msgspec.structs.replace(info.entries[0], user_id=user_id, driver=name)
            self.feed.hub.info.put(msgspec.structs.replace(info, entries=(first, *info.entries[1:])))
            self.bridge.pull()
        self.feed.hub.info.put(info)

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

    def stand(self, theme: Theme) -> None:
        """As it opens, in this theme: all of the race, our car chosen, nothing old and no cursor."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        dress(app, theme)
        self.stage.look.wear(theme, Taste(zone="utc"))
        self.clock.now_s = StoodClock.now_s
        self.page.show()
        self.page.activateWindow()
        QApplication.processEvents()
        self.stage.timeline.fit()
        self.stage.timeline.point_at(None)
        self.stage.selection.select(scenes.OWN)
        self.stints.focus = None
        self.stints.scroll_by(-1e6)
        self.settle()

    def let_go(self) -> None:
        """The keys are with nobody: a window that is shown a second time may not get them."""
        for plot in (self.gaps, self.stints):
            plot.clearFocus()
        self.settle()

    def run(self, name: str) -> None:
        self.stage.commands[name].run()
        QApplication.processEvents()

    def close(self) -> None:
        self.page.hide()
        self.page.deleteLater()
        self.bridge.deleteLater()
