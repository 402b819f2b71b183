"""The relative: gaps as they are now, ten times a second."""

import msgspec
import numpy as np
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout

from pitbox.model.source import Ticks
from pitbox.ui.race.relative.words import COLUMNS, line_of
from pitbox.ui.scene.race import RaceChange, RaceScene
from pitbox.ui.scene.relative import LapShape, Neighbour, Terms, Trends, around, nearest
from pitbox.ui.shell.command import Command
from pitbox.ui.shell.keys import bind
from pitbox.ui.shell.lines import LineList
from pitbox.ui.shell.panel import Panel, PanelPlan
from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Clipped
from pitbox.wall.outlook import Pulse

_PERIOD_S = 0.1
_PLACES = "CarIdxLapDistPct"
_NOBODY = "Who is around our car on the track stands here while it is out there."


class RelativePanel(Panel):
    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.list = LineList(stage.look, COLUMNS, "Relative")
        self.list.empty = _NOBODY
        self.neighbours: list[Neighbour] = []
        self._basis = Clipped(tone="dim")
        self.bar_parts = [self._basis]
        self._shape, self._trends = LapShape(), Trends()
        self._places: dict[int, float] = {}
        self._is_due, self._drawn_s = False, 0.0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list)
        self.setFocusProxy(self.list)
        ours = Command("relative.ours", "Go to our car", "Relative", self._go_to_ours, "O", scope="relative")
        bind([stage.commands.add(ours)], self)
        bridge = stage.bridge
        bridge.raced.connect(self.show_change)
        bridge.lived.connect(self.show_live)
        bridge.pulsed.connect(self.show_pulse)
        bridge.beaten.connect(self.beat)
        self.list.chosen.connect(lambda key: stage.selection.select(int(key)))
        stage.selection.car_changed.connect(lambda car_idx: self.list.choose(str(car_idx)))

    def show_change(self, change: RaceChange) -> None:
        if change.is_other_race:
            self._shape, self._trends = LapShape(), Trends()
        self._places = {}  # the picture is of one moment: older places of single cars do not belong to it
        own = change.scene.row(change.scene.own_car_idx)
        if own is not None and own.status == "track":
            self._shape.hear(own.laps, own.lap_pct, change.scene.head.sim_time_s)
        self._is_due = True

    def show_live(self, ticks: Ticks) -> None:
        """Where each car is now, before it is logged and folded."""
        if len(ticks.field) and _PLACES in (ticks.field.dtype.names or ()):
            row = np.atleast_1d(ticks.field[_PLACES][-1])
            self._places = {int(at): float(row[at]) for at in np.flatnonzero(row >= 0)}
            self._is_due = True

    def show_pulse(self, pulse: Pulse) -> None:
        self.list.set_stale(is_stale=pulse.is_stale)

    def beat(self, now_s: float) -> None:
        if self._is_due and now_s - self._drawn_s >= _PERIOD_S:
            self._is_due, self._drawn_s = False, now_s
            self.draw()

    def draw(self) -> None:
        bridge = self.stage.bridge
        scene, forecast = bridge.scene, bridge.forecast
        closings = None if forecast is None else forecast.closings
        found = around(scene, self._lap_times_s(scene), self._shape, self._places, closings)
        self._trends.keep({one.row.car_idx for one in found})
        shown = nearest(found, self.list.room)
        now_s = scene.head.sim_time_s
        self.neighbours = [
            one if one.terms is Terms.OURS else _with_trend(one, self._trends, now_s) for one in shown
        ]
        heads = {head.class_id: head for head in scene.classes}
        self.list.show_lines([line_of(one, heads.get(one.row.class_id)) for one in self.neighbours])
        self._basis.tell("" if self._shape.is_known or not shown else "at even speed, until a lap is seen")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._is_due = True

    def _lap_times_s(self, scene: RaceScene) -> dict[int, float]:
        """Of late where laps are known; else the best one."""
        cars, found = self.stage.bridge.story.cars, {}
        for row in scene.rows:
            car = cars.get(row.car_idx)
            typical_s = None if car is None else car.typical_lap_s()
            lap_s = typical_s or row.best_lap_s or row.last.time_s
            if lap_s is not None:
                found[row.car_idx] = lap_s
        return found

    def _go_to_ours(self) -> None:
        self.stage.selection.select(self.stage.bridge.scene.own_car_idx)


def _with_trend(one: Neighbour, trends: Trends, now_s: float) -> Neighbour:
    return msgspec.structs.replace(one, trend=trends.note(one.row.car_idx, now_s, one.gap_s))


RELATIVE = PanelPlan("relative", "Relative", RelativePanel, column=1, row=1, width=3, height=3)
