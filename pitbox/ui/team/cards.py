"""Hand-over cards: what the next driver has to know, to be read in one glance and read out aloud."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QVBoxLayout

from pitbox.crew.health import Level
from pitbox.model.errors import EditError
from pitbox.model.ledger import Ledger
from pitbox.model.plan_offer import PlanNow
from pitbox.model.team import teams
from pitbox.ui.scene.race import RaceChange
from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.pen import FAINT, NOTE, Pen, Style
from pitbox.ui.shell.picture import Picture, Scroll
from pitbox.ui.shell.stage import Stage
from pitbox.ui.team.board import TeamBoard
from pitbox.ui.team.field import Chip
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight

if TYPE_CHECKING:
    from pitbox.model.relay import Leg
    from pitbox.planning.handover import CardItem, HandOver, RaceView
    from pitbox.strategy.forecast import Forecast

EMPTY = "What the next driver has to know stands here, as soon as a team of this event has a plan of stints."
_LABEL, _LINE = 60, 17
_LOOK_S = 5.0
_FIRST = ("When", "Stint", "Fuel", "Tyres")
"""Read first, and so larger."""


class CardPanel(Panel):
    def __init__(self, stage: Stage, board: TeamBoard, now_utc_s: Callable[[], float]) -> None:
        super().__init__(stage)
        self.board, self._now_utc_s = board, now_utc_s
        self.card: HandOver | None = None
        self.at = 0
        """Stints after the next one."""
        self._change: RaceChange | None = None
        self._forecast: Forecast | None = None
        self._edited: PlanNow | None = None
        self._written: dict[str, str] = {}
        """What the engineer has to say, by stint."""
        self._due_s = self._now_s = 0.0
        self.before = Chip("Earlier", "The stint before", is_checkable=False)
        self.after = Chip("Later", "The stint after", is_checkable=False)
        self.copy = Chip("Copy", "As text, for a chat", is_checkable=False)
        for chip, run in (
            (self.before, lambda: self.step(-1)),
            (self.after, lambda: self.step(1)),
            (self.copy, self.copy_text),
        ):
            chip.clicked.connect(lambda _=False, run=run: run())
        self.bar_parts = [self.before, self.after, self.copy]
        self.picture = Picture(stage.look, "Hand-over card", self.draw, is_tall=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Scroll(self.picture))
        self.setFocusProxy(self.picture)
        stage.bridge.raced.connect(self._take_change)
        stage.bridge.foreseen.connect(self._take_forecast)
        stage.bridge.beaten.connect(self._beat)
        stage.plans.changed.connect(self._be_due)
        board.changed.connect(self._read)
        self._read()

    @property
    def plan(self) -> PlanNow | None:
        """The one that is followed in the race, if it is of this event; else as it is edited."""
        now, event = self.stage.plans.now, self.board.scene.event
        if now is not None and (event is None or now.event == event.key or self._edited is None):
            return now
        return self._edited

    @property
    def legs(self) -> "tuple[Leg, ...]":
        """Stints of another driver than the one before, still to come: each is handed over to."""
        plan = self.plan
        if plan is None:
            return ()
        to_come = [leg for leg in plan.legs if not leg.is_done and not leg.is_driving and leg.driver]
        before = {leg.key: plan.legs[at - 1].driver if at else "" for at, leg in enumerate(plan.legs)}
        return tuple(leg for leg in to_come if before[leg.key] != leg.driver)

    def step(self, by: int) -> None:
        self.at = min(max(0, self.at + by), max(0, len(self.legs) - 1))
        self.refresh()

    def copy_text(self) -> None:
        from pitbox.planning.handover import card_text  # noqa: PLC0415 - it comes with strategy

        if self.card is not None:
            QGuiApplication.clipboard().setText(card_text(self.card))
            self.board.tell(f"The card of {self.card.name} is copied.", Level.OK)

    def refresh(self) -> None:
        from pitbox.planning.handover import hand_over  # noqa: PLC0415 - it comes with strategy

        plan, legs = self.plan, self.legs
        self.at = min(self.at, max(0, len(legs) - 1))
        card = None
        if plan is not None and legs:
            leg = legs[self.at]
            one = self.board.scene.attendant(leg.driver)
            zone = "UTC" if one is None else one.member.zone
            card = hand_over(
                plan,
                leg.key,
                self._view(),
                now_utc_s=self._race_now_utc_s(plan),
                zone=zone,
                notes=self._written.get(leg.key, ""),
            )
        self.before.setEnabled(self.at > 0)
        self.after.setEnabled(self.at + 1 < len(legs))
        self.copy.setEnabled(card is not None)
        if card != self.card or card is None:
            self.card = card
            self.picture.renew()

    def draw(self, pen: Pen, box: QRectF) -> float:
        pad, px, card = pen.px(PADDING), pen.px, self.card
        room = box.adjusted(pad, pen.px(GRID), -pad, 0)
        if card is None:
            return pen.wrap(room.adjusted(pad, pad, -pad, 0), EMPTY, Style("dim"), row=20) + pad
        pen.write(
            QRectF(room.left(), room.top(), room.width(), px(26)),
            card.name,
            Style("text", Type.FIGURE, Weight.FIRST),
        )
        top = room.top() + px(30)
        for item in card.items:
            if item.name == "Car":
                pen.fill(QRectF(room.left(), top + px(2), room.width(), 1), "line")
                top += px(GRID + 2)
            label = QRectF(room.left(), top, px(_LABEL), px(_LINE))
            pen.write(label, item.name, NOTE)
            is_first = item.name in _FIRST and item.is_known
            style = (
                Style("text", Type.STRONG, Weight.STRONG) if is_first else Style() if item.is_known else FAINT
            )
            words = item.words if item.is_known else _silence(item)
            start = top
            wide = QRectF(room.left() + px(_LABEL), top, room.width() - px(_LABEL), px(_LINE))
            top = pen.wrap(wide, words, style, row=_LINE, most=4) + px(3)
            pen.spot(QRectF(room.left(), start, room.width(), top - start), f"{item.name}: {words}")
        return top + pad

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._be_due()

    def _race_now_utc_s(self, plan: PlanNow) -> float:
        """By the race as it is told, as wherever else the next driver is counted down to."""
        if plan.race_s is None or plan.green_utc_s is None:
            return self._now_utc_s()
        return plan.green_utc_s + plan.race_s

    def _view(self) -> "RaceView":
        """What is known of the race now; nothing where another event is planned."""
        from pitbox.planning.handover import RaceView  # noqa: PLC0415 - it comes with strategy

        change, plan = self._change, self.plan
        if change is None or change.info is None or plan is None or plan.race_s is None:
            return RaceView()
        story = self.stage.bridge.story
        own = story.cars.get(change.info.own.car_idx)
        facts = () if own is None else (*own.incidents, *own.stops)
        said = None if self._forecast is None else self._forecast.said
        return RaceView(change.standings, change.info, facts, said)

    def _take_change(self, change: RaceChange) -> None:
        self._change = change

    def _take_forecast(self, forecast: "Forecast | None") -> None:
        self._forecast = forecast

    def _read(self) -> None:
        """The plan as it is edited, worked out beside."""
        planner, event = self.board.planner, self.board.scene.event
        if planner is None or event is None:
            self._edited = None
            self.refresh()
            return
        key = event.key
        self.board.errands.ask(
            lambda: planner.ask(lambda ledger: _planned(ledger, key)), self._take_plan, self.board.tell
        )

    def _take_plan(self, found: tuple[PlanNow | None, dict[str, str]]) -> None:
        self._edited, self._written = found
        self.refresh()

    def _be_due(self) -> None:
        self._due_s = 0.0

    def _beat(self, now_s: float) -> None:
        if now_s >= self._due_s and self.isVisible():
            self._due_s = now_s + _LOOK_S
            self.refresh()


def _silence(item: "CardItem") -> str:
    return item.words if item.name == "Notes" else f"not known: {item.words}"


def _planned(ledger: Ledger, event: str) -> tuple[PlanNow | None, dict[str, str]]:
    """Of the first team of the event that has a plan, as it is edited; and what is written to its stints."""
    from pitbox.planning.live.held import held  # noqa: PLC0415 - not before somebody looks

    for team in teams(ledger, event):
        try:
            found = held(ledger, team)
        except EditError:
            continue
        if found is not None and found.rows:
            plan = found.plan
            legs = tuple(leg for leg in plan.legs if leg.start_s < plan.relay.length_s)
            now = PlanNow(plan.event, plan.team, plan.variant, plan.relay, legs, (), (), (), base=plan.base)
            return now, {row.key: row.instructions or "" for row in found.rows}
    return None, {}
