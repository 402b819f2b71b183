"""The incident feed: newest on top, a click goes there."""

import msgspec
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout

from pitbox.ui.race.classes import ClassChips
from pitbox.ui.race.incidents.words import COLUMNS, line_of, points_words
from pitbox.ui.scene.incident import Happening, IncidentFeed, Sieve
from pitbox.ui.scene.landmark import start_of
from pitbox.ui.scene.race import RaceChange, RaceScene
from pitbox.ui.shell.chip import Chip
from pitbox.ui.shell.command import Command
from pitbox.ui.shell.keys import bind
from pitbox.ui.shell.lines import LineList
from pitbox.ui.shell.panel import Panel, PanelPlan
from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Words
from pitbox.wall.outlook import Pulse

_NOTHING = (
    "No incident yet. Who leaves the road, spins, crawls, touches or is towed stands here, newest on top."
)
_NONE_WANTED = "None of these cars had an incident; 0 shows all."
_FEW_LEFT = 4
_ROOM_FOR_CLASSES = 400
"""In a narrower panel classes are chosen by their keys."""


class IncidentPanel(Panel):
    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.list = LineList(stage.look, COLUMNS, "Incidents")
        self.sieve = Sieve()
        self.happenings: list[Happening] = []
        self._feed = IncidentFeed()
        self._sectors: tuple[float, ...] = ()
        self.classes = ClassChips(stage)
        self._battle = Chip("Battle", self.toggle_battle, "Our car and those it races for place; key B")
        self.classes.add(self._battle)
        self.points = Words(tone="dim")
        self.points.setToolTip("Our incident points against the limit that disqualifies")
        self.bar_parts = [self.classes, self.points]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list)
        self.setFocusProxy(self.list)
        self._add_commands()
        stage.bridge.raced.connect(self.show_change)
        stage.bridge.pulsed.connect(self.show_pulse)
        self.classes.chosen_changed.connect(lambda chosen: self._sift(classes=chosen))
        self.list.chosen.connect(self._select)
        self.list.opened.connect(self._look_at)
        self._draw(RaceScene())

    def show_change(self, change: RaceChange) -> None:
        is_news = change.is_other_race
        if change.is_other_race:
            self._feed.begin()
        is_news = self._feed.hear(change.facts) or is_news
        if change.info is not None:
            self._sectors = tuple(change.info.track.sector_starts)
            own = change.info.own.car_idx
            points, left = change.info.incident_points(own), change.info.incidents_left(own)
            self.points.tell(points_words(points, left))
            self.points.set_tone("warn" if left is not None and left <= _FEW_LEFT else "dim")
        self.classes.show_classes(change.scene.classes)
        if is_news or change.is_reordered:
            self._draw(change.scene)

    def show_pulse(self, pulse: Pulse) -> None:
        self.list.set_stale(is_stale=pulse.is_stale)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.classes.give_room(has_room=self.width() >= self.stage.look.px(_ROOM_FOR_CLASSES))

    def toggle_battle(self) -> None:
        self._sift(is_battle=not self.sieve.is_battle)

    def show_all(self) -> None:
        self._sift(is_battle=False)
        self.classes.choose()

    def _sift(self, **changes: object) -> None:
        self.sieve = msgspec.structs.replace(self.sieve, **changes)
        self._battle.setChecked(self.sieve.is_battle)
        self._draw(self.stage.bridge.scene)

    def _draw(self, scene: RaceScene) -> None:
        self.happenings = self._feed.happenings(scene, self.sieve, self._sectors)
        self.list.empty = _NOTHING if self.sieve == Sieve() else _NONE_WANTED
        start_s = start_of(self.stage.bridge.newest_story)
        self.list.show_lines([line_of(one, scene, start_s) for one in self.happenings])

    def _one(self, key: str) -> Happening | None:
        return next((one for one in self.happenings if one.key == key), None)

    def _select(self, key: str) -> None:
        one = self._one(key)
        if one is not None:
            self.stage.selection.select(one.fact.car_idx)

    def _look_at(self, key: str) -> None:
        one = self._one(key)
        if one is not None:
            self.stage.selection.look_at(one.fact.start_s)

    def _add_commands(self) -> None:
        scope, group = "incidents", "Incidents"
        plans = [
            ("battle", "Incidents of our battle only, or of all", "B", self.toggle_battle),
            ("all", "Show all incidents", "0", self.show_all),
        ]
        commands = [
            Command(f"{scope}.{name}", title, group, run, keys, scope=scope)
            for name, title, keys, run in plans
        ]
        commands += self.classes.commands(
            scope, group, "Incidents of class {} only, by pace", "Incidents of that class only, by pace"
        )
        bind([self.stage.commands.add(command) for command in commands], self)


INCIDENTS = PanelPlan("incidents", "Incidents", IncidentPanel, column=1, row=2, width=3, height=3)
