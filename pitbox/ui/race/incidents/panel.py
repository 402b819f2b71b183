"""The incident feed: newest on top, a click goes there."""

from collections.abc import Callable

import msgspec
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from pitbox.ui.race.incidents.words import COLUMNS, line_of, points_words
from pitbox.ui.scene.incident import Happening, IncidentFeed, Sieve
from pitbox.ui.scene.race import RaceChange, RaceScene
from pitbox.ui.shell.command import Command
from pitbox.ui.shell.keys import bind
from pitbox.ui.shell.lines import LineList
from pitbox.ui.shell.panel import Panel, PanelPlan
from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Words
from pitbox.ui.theme.token import GRID
from pitbox.wall.outlook import Pulse

_CLASS_KEYS = 6
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
        self._class_ids: tuple[int, ...] = ()
        self._class_chips: list[QPushButton] = []
        self._chips = QWidget()
        self._chip_row = QHBoxLayout(self._chips)
        self._chip_row.setContentsMargins(0, 0, 0, 0)
        self._chip_row.setSpacing(stage.look.px(GRID))
        self._battle = self._chip("Battle", "Our car and those it races for place; key B", self.toggle_battle)
        self._chip_row.addWidget(self._battle)
        self.points = Words(tone="dim")
        self.points.setToolTip("Our incident points against the limit that disqualifies")
        self.bar_parts = [self._chips, self.points]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list)
        self.setFocusProxy(self.list)
        self._add_commands()
        stage.bridge.raced.connect(self.show_change)
        stage.bridge.pulsed.connect(self.show_pulse)
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
        self._show_classes(change.scene)
        if is_news or change.is_reordered:
            self._draw(change.scene)

    def show_pulse(self, pulse: Pulse) -> None:
        self.list.set_stale(is_stale=pulse.is_stale)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def toggle_battle(self) -> None:
        self._sift(is_battle=not self.sieve.is_battle)

    def toggle_class(self, class_id: int) -> None:
        chosen = self.sieve.classes ^ {class_id}
        self._sift(classes=frozenset() if len(chosen) == len(self._class_ids) else chosen)

    def show_all(self) -> None:
        self._sift(classes=frozenset(), is_battle=False)

    def _sift(self, **changes: object) -> None:
        self.sieve = msgspec.structs.replace(self.sieve, **changes)
        self._battle.setChecked(self.sieve.is_battle)
        for class_id, chip in zip(self._class_ids, self._class_chips, strict=False):
            chip.setChecked(class_id in self.sieve.classes)
        self._draw(self.stage.bridge.scene)

    def _draw(self, scene: RaceScene) -> None:
        self.happenings = self._feed.happenings(scene, self.sieve, self._sectors)
        self.list.empty = _NOTHING if self.sieve == Sieve() else _NONE_WANTED
        self.list.show_lines([line_of(one, scene) for one in self.happenings])

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

    def _show_classes(self, scene: RaceScene) -> None:
        heads = tuple(head.class_id for head in scene.classes)
        if heads == self._class_ids:
            return
        self._class_ids = heads
        for chip in self._class_chips:
            self._chip_row.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._class_chips = []
        for head in scene.classes if len(heads) > 1 else ():
            chip = self._chip(head.name, f"Only {head.name}; key {head.rank + 1}", self._toggler(head.rank))
            self._chip_row.addWidget(chip)
            self._class_chips.append(chip)
        self._sift(classes=self.sieve.classes & set(heads))
        self._fit()

    def _fit(self) -> None:
        has_room = self.width() >= self.stage.look.px(_ROOM_FOR_CLASSES)
        for chip in self._class_chips:
            chip.setVisible(has_room)

    def _chip(self, title: str, tip: str, run: Callable[[], None]) -> QPushButton:
        chip = QPushButton(title)
        chip.setProperty("is_chip", True)
        chip.setCheckable(True)
        chip.setToolTip(tip)
        chip.clicked.connect(run)
        return chip

    def _toggler(self, rank: int) -> Callable[[], None]:
        return lambda: self.toggle_class(self._class_ids[rank]) if rank < len(self._class_ids) else None

    def _add_commands(self) -> None:
        plans = [
            ("battle", "Incidents of our battle only, or of all", "B", self.toggle_battle),
            ("all", "Show all incidents", "0", self.show_all),
        ]
        plans += [
            (f"class_{at + 1}", f"Incidents of class {at + 1} only, by pace", str(at + 1), self._toggler(at))
            for at in range(_CLASS_KEYS)
        ]
        add = self.stage.commands.add
        bind(
            [
                add(Command(f"incidents.{name}", title, "Incidents", run, keys, scope="incidents"))
                for name, title, keys, run in plans
            ],
            self,
        )


INCIDENTS = PanelPlan("incidents", "Incidents", IncidentPanel, column=1, row=2, width=3, height=3)
