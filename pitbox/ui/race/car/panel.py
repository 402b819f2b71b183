"""The panel of our own car: what calls it in next, and what state it is in."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from pitbox.model.source import Ticks
from pitbox.ui.race.car.figure import Ages
from pitbox.ui.race.car.page import page
from pitbox.ui.race.car.sheet import CarSheet
from pitbox.ui.race.car.turn import TurnStrip
from pitbox.ui.scene.own_car import OwnCar, own_car, reading_of
from pitbox.ui.scene.race import RaceChange
from pitbox.ui.scene.words import age_words
from pitbox.ui.shell.panel import Panel, PanelPlan
from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Words
from pitbox.ui.theme.token import PADDING, SCROLL
from pitbox.wall.forecaster import LATE_S
from pitbox.wall.outlook import Pulse

if TYPE_CHECKING:
    from pitbox.strategy.forecast import Forecast

_PERIOD_S = 0.1
"""Between two looks at the newest row of the sim."""
_SIM_OLD_S = 2.0
EMPTY = (
    "What our car has on board, when it has to stop and what to type into the pit menu stands here "
    "as soon as a car of ours is in the race."
)


class CarPanel(Panel):
    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.sheet = CarSheet(stage.look)
        self.empty = Words(EMPTY, tone="dim")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        pad = stage.look.px(2 * PADDING)
        self.empty.setContentsMargins(pad, pad, pad, pad)
        self.age = Words(tone="warn")
        self.bar_parts = [self.age]
        self._change: RaceChange | None = None
        self._ticks: Ticks | None = None
        self._ticked_s: float | None = None
        self._forecast: Forecast | None = None
        self._is_due = False
        self._shown_s = self._now_s = 0.0
        self._pulse = Pulse()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self.sheet)
        self._scroll.verticalScrollBar().valueChanged.connect(lambda _: self.sheet.update())
        self.turn = TurnStrip(stage)
        room = QWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.turn)
        column.addWidget(room, 1)
        self._stack = QStackedLayout(room)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._scroll)
        self.setMinimumWidth(self.sheet.minimumWidth() + self.stage.look.px(SCROLL))
        self.setFocusProxy(self.sheet)
        self._connect()

    def show_change(self, change: RaceChange) -> None:
        if change.is_other_race:
            self._ticks = self._ticked_s = None
        self._change = change
        self._show()

    def show_live(self, ticks: Ticks) -> None:
        self._ticks, self._ticked_s, self._is_due = ticks, self._now_s, True

    def show_forecast(self, forecast: "Forecast | None") -> None:
        self._forecast = forecast
        self._show()

    def show_pulse(self, pulse: Pulse) -> None:
        self._pulse = pulse
        self._show()

    def beat(self, now_s: float) -> None:
        self._now_s = now_s
        if self._is_due and now_s - self._shown_s >= _PERIOD_S:
            self._show()

    def _show(self) -> None:
        self._is_due, self._shown_s = False, self._now_s
        car = self._car()
        self._stack.setCurrentWidget(self.empty if car is None else self._scroll)
        if car is None:
            self.age.tell("")
            self.sheet.show_page(None, Ages())
            return
        ages = self._ages(car)
        self.sheet.show_page(page(car, self.stage.look.taste.units), ages)
        is_late = ages.is_ahead_old and not ages.is_record_old and ages.ahead_s is not None
        self.age.tell(f"as of {age_words(ages.ahead_s or 0)} ago" if is_late else "")

    def _car(self) -> OwnCar | None:
        if self._change is None:
            return None
        reading = None if self._ticks is None else reading_of(self._ticks)
        return own_car(self._change, self.stage.bridge.story, self._forecast, reading)

    def _ages(self, car: OwnCar) -> Ages:
        """Of a moment that is looked back at nothing grows old."""
        is_still = self.stage.bridge.still is not None or self._pulse.has_ended
        forecast, ticked_s = car.forecast, self._ticked_s
        ahead_s = None if forecast is None else max(0, int(car.sim_time_s - forecast.moment_s))
        is_late = forecast is not None and bool(ahead_s) and self._now_s - forecast.made_s > LATE_S
        sim_s = None if ticked_s is None else max(0.0, self._now_s - ticked_s)
        return Ages(
            sim_s=None if sim_s is None else 0 if is_still else int(sim_s),
            record_s=0 if is_still else self._pulse.age_s,
            ahead_s=ahead_s,
            is_sim_old=not is_still and sim_s is not None and sim_s > _SIM_OLD_S,
            is_record_old=not is_still and self._pulse.is_stale,
            is_ahead_old=not is_still and is_late,
        )

    def _connect(self) -> None:
        bridge = self.stage.bridge
        bridge.raced.connect(self.show_change)
        bridge.lived.connect(self.show_live)
        bridge.foreseen.connect(self.show_forecast)
        bridge.pulsed.connect(self.show_pulse)
        bridge.beaten.connect(self.beat)
        self.stage.look.changed.connect(self._wear)
        self.sheet.reached.connect(self._reach)

    def _reach(self, box: QRectF) -> None:
        middle = box.center().toPoint()
        self._scroll.ensureVisible(middle.x(), middle.y(), 0, round(box.height()))

    def _wear(self) -> None:
        """Perhaps in other units."""
        self.setMinimumWidth(self.sheet.minimumWidth() + self.stage.look.px(SCROLL))
        self._show()


CAR = PanelPlan("car", "Our car", CarPanel, column=1, row=1, cell=1, width=3, height=4)
