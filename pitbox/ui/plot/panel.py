"""The two panels over race time, with what a person can do to them."""

from collections.abc import Callable

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout

from pitbox.model.fact import Lap
from pitbox.ui.plot.gap import GapPlot, Sight
from pitbox.ui.plot.stint import StintPlot
from pitbox.ui.scene.race import RaceChange
from pitbox.ui.scene.trace import Against
from pitbox.ui.scene.words import lap_words
from pitbox.ui.shell.chip import Chip
from pitbox.ui.shell.command import Command
from pitbox.ui.shell.keys import bind
from pitbox.ui.shell.panel import Panel, PanelPlan
from pitbox.ui.shell.selection import NOBODY
from pitbox.ui.shell.stage import Stage
from pitbox.wall.outlook import Pulse

_KEY = "gaps"
_PACE_STEP_S = 0.1
_MOVE = 0.2
_CARS = {"class": "Class", "all": "All cars", "chosen": "Chosen"}


class _Kept(msgspec.Struct, frozen=True):
    cars: str = "class"


class GapPanel(Panel):
    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.plot = GapPlot(stage)
        self._pace_s: float | None = None
        self._leader = Chip("Leader", self.against_leader, "Against the leader of the class; key V")
        self._other = Chip("Reference", self.against_reference, "Against the pinned car, else ours; key B")
        self._pace = Chip(
            "Pace", self.against_pace, "Against a steady pace; key P, quicker with [, slower with ]"
        )
        self._cars = Chip(_CARS["class"], self.turn_cars, "Which cars are drawn; key A")
        self._fit = Chip("Fit", self.plot.fit, "All of the race; key F", is_checkable=False)
        self.bar_parts = [self._leader, self._other, self._pace, self._cars, self._fit]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.plot)
        self.setFocusProxy(self.plot)
        self.plot.keyPressEvent = self._press  # type: ignore[method-assign]
        kept = stage.memory.recall(_KEY, _Kept)
        if kept is not None and kept.cars in _CARS:
            self.plot.sight = Sight(cars=kept.cars)
        self._add_commands()
        bridge = stage.bridge
        bridge.newest.connect(self.show_change)
        bridge.pulsed.connect(self.show_pulse)
        bridge.beaten.connect(lambda _: self.plot.beat())
        stage.selection.reference_changed.connect(self._refer)
        self._show_sight()

    def show_change(self, change: RaceChange) -> None:
        plot, story = self.plot, self.stage.bridge.newest_story
        if change.is_other_race:
            plot.book = type(plot.book)()
        plot.book.join({row.car_idx: row.class_id for row in change.scene.rows})
        before = plot.book.version
        # What was told of a race before it began anew is no lap of this one.
        part = None if change.standings is None else (change.standings.session_num, change.standings.run)
        laps = [f for f in change.facts if isinstance(f, Lap) and (f.session_num, f.run) == part]
        cars = plot.book.take(laps)
        is_other = change.is_other_race or plot.book.version != before
        plot.show_race(change.scene, story, cars, is_other=is_other)

    def show_pulse(self, pulse: Pulse) -> None:
        if pulse.is_stale != self.plot.is_stale:
            self.plot.is_stale = pulse.is_stale
            self.plot.update()

    def against_leader(self) -> None:
        self._see(against=Against())

    def against_reference(self) -> None:
        """The pinned car, else ours."""
        pinned = self.stage.selection.reference_idx
        self._see(against=Against(car_idx=self.plot.scene.own_car_idx if pinned == NOBODY else pinned))

    def against_pace(self) -> None:
        """At first the average of the car that is pinned, else of ours, with its stops and all."""
        if self._pace_s is None:
            pinned = self.stage.selection.reference_idx
            car = pinned if pinned != NOBODY else self.plot.focus_class_idx()
            mean_s = self.plot.book.mean_lap_s(car)
            if mean_s is None:
                self.stage.notices.tell("There is no pace yet: nobody has done a lap.")
                self._show_sight()
                return
            self._pace_s = round(mean_s, 1)
        self._see(against=Against(pace_s=self._pace_s))

    def change_pace(self, by_s: float) -> None:
        if self.plot.sight.against.pace_s is None:
            self.against_pace()
        if self._pace_s is not None:
            self._pace_s = max(10.0, round(self._pace_s + by_s, 1))
            self._see(against=Against(pace_s=self._pace_s))

    def turn_cars(self) -> None:
        """The class, all cars, those that were chosen, the class again."""
        order = list(_CARS)
        at = order.index(self.plot.sight.cars) + 1
        if at < len(order) and order[at] == "chosen" and not self.plot.sight.chosen:
            at += 1
        self._see(cars=order[at % len(order)])
        self.stage.memory.keep(_KEY, _Kept(self.plot.sight.cars))

    def choose(self) -> None:
        """Take the selected car among the chosen ones, or out of them."""
        car = self.stage.selection.car_idx
        if car == NOBODY:
            return
        chosen = self.plot.sight.chosen ^ {car}
        self._see(chosen=chosen, cars="chosen" if chosen else "class")

    def step(self, laps: int) -> None:
        """The cursor to the lap before or after, of the car whose laps it snaps to."""
        plot, timeline = self.plot, self.stage.timeline
        trace = plot.trace(plot.focus_idx)
        if not len(trace.time_s):
            return
        here = len(trace.time_s) if timeline.cursor_s is None else trace.index_at(timeline.cursor_s)
        at_s = float(trace.time_s[max(0, min(len(trace.time_s) - 1, here + laps))])
        timeline.show(at_s)
        timeline.point_at(at_s)

    def look_at_cursor(self) -> None:
        if self.stage.timeline.cursor_s is not None:
            self.stage.look_back.look_at(self.stage.timeline.cursor_s)

    def select(self, step: int) -> None:
        """The car above or below, by gap at the end."""
        plot = self.plot
        places = plot.labels(plot.body)
        order = sorted(places, key=lambda car: places[car])
        if order:
            here = order.index(plot.focus_idx) if plot.focus_idx in order else 0
            self.stage.selection.select(order[max(0, min(len(order) - 1, here + step))])

    def _press(self, event: QKeyEvent) -> None:
        key, timeline = event.key(), self.stage.timeline
        is_far = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        sides = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if key in sides and is_far:
            timeline.move(sides[Qt.Key(key)] * _MOVE * timeline.span.length_s)
        elif key in sides:
            self.step(sides[Qt.Key(key)])
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.select(-1 if key == Qt.Key.Key_Up else 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.look_at_cursor()
        else:
            event.ignore()

    def _refer(self, car_idx: int) -> None:
        if self.plot.sight.against.car_idx is not None or car_idx != NOBODY:
            self.against_leader() if car_idx == NOBODY else self.against_reference()

    def _see(self, **changes: object) -> None:
        sight: Sight = msgspec.structs.replace(self.plot.sight, **changes)
        self.plot.see(sight)
        self._show_sight()

    def _show_sight(self) -> None:
        sight = self.plot.sight
        self._leader.setChecked(sight.against == Against())
        self._other.setChecked(sight.against.car_idx is not None)
        self._pace.setChecked(sight.against.pace_s is not None)
        self._pace.setText("Pace" if self._pace_s is None else f"Pace {lap_words(self._pace_s, 1)}")
        self._cars.setText(_CARS[sight.cars])
        self._cars.setChecked(sight.cars != "class")

    def _add_commands(self) -> None:
        plot = self.plot
        added = [
            self._add("leader", "Gaps to the leader of the class", "V", self.against_leader),
            self._add("reference", "Gaps to the pinned car, else to ours", "B", self.against_reference),
            self._add("pace", "Gaps to a steady pace", "P", self.against_pace),
            self._add("quicker", "A quicker pace, by 0.1 s", "[", lambda: self.change_pace(-_PACE_STEP_S)),
            self._add("slower", "A slower pace, by 0.1 s", "]", lambda: self.change_pace(_PACE_STEP_S)),
            self._add("cars", "Draw our class, all cars, or the chosen ones", "A", self.turn_cars),
            self._add("choose", "Choose the selected car, or leave it out", "Space", self.choose),
            self._add("fit", "All of the race on the axis of time", "F", plot.fit),
            self._add("closer", "Closer in time", "+", plot.zoom_in),
            self._add("farther", "Farther in time", "-", plot.zoom_out),
        ]
        bind(added, self)

    def _add(self, name: str, title: str, keys: str, run: Callable[[], None]) -> Command:
        return self.stage.commands.add(Command(f"gaps.{name}", title, "Gap plot", run, keys, scope="gaps"))


class StintPanel(Panel):
    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.plot = StintPlot(stage)
        self._class = Chip("Our class", self.turn_class, "Our class only, or all cars; key A")
        self._fit = Chip("Fit", self.plot.fit, "All of the race; key F", is_checkable=False)
        self.bar_parts = [self._class, self._fit]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.plot)
        self.setFocusProxy(self.plot)
        bridge = stage.bridge
        bridge.newest.connect(self.show_change)
        bridge.pulsed.connect(self.show_pulse)
        bridge.beaten.connect(lambda _: self.plot.beat())
        added = [
            self._add("class", "Bars of our class only, or of all cars", "A", self.turn_class),
            self._add("fit", "All of the race on the axis of time", "F", self.plot.fit),
            self._add("closer", "Closer in time", "+", self.plot.zoom_in),
            self._add("farther", "Farther in time", "-", self.plot.zoom_out),
        ]
        bind(added, self)

    def show_change(self, change: RaceChange) -> None:
        story = self.stage.bridge.newest_story
        self.plot.show_race(change.scene, story, is_other=change.is_other_race)
        own = change.scene.row(change.scene.own_car_idx)
        line = None if own is None else self.plot.line(own)
        planned = None if line is None else line.planned
        self.stage.timeline.see_ahead(None if planned is None else planned.end_s)

    def show_pulse(self, pulse: Pulse) -> None:
        if pulse.is_stale != self.plot.is_stale:
            self.plot.is_stale = pulse.is_stale
            self.plot.update()

    def turn_class(self) -> None:
        own = self.plot.scene.row(self.plot.scene.own_car_idx)
        is_all = bool(self.plot.classes) or own is None
        self.plot.see_classes(frozenset() if is_all or own is None else frozenset({own.class_id}))
        self._class.setChecked(bool(self.plot.classes))

    def _add(self, name: str, title: str, keys: str, run: Callable[[], None]) -> Command:
        add = self.stage.commands.add
        return add(Command(f"stint_bars.{name}", title, "Stint bars", run, keys, scope="stint_bars"))


STINT_BARS = PanelPlan("stint_bars", "Stints", StintPanel, column=0, row=1, width=6, height=4)
GAPS = PanelPlan("gaps", "Gaps", GapPanel, column=0, row=1, width=6, height=4, tab=True)
