"""The Stints page: its panels, and where each stands as long as nobody moved it.

The eye goes over the plan in the race, down to its rows, and to the right for what is wrong and what is new.
"""

from typing import cast

from pitbox.model.relay import Legs
from pitbox.planning.live.wish import Extend, Missing, PitNow, Rain, Swap
from pitbox.ui.scene import plan_edit
from pitbox.ui.scene.plan import PlanScene
from pitbox.ui.shell.deck import LAST, Deck
from pitbox.ui.shell.keys import bind
from pitbox.ui.shell.panel import PanelPlan
from pitbox.ui.shell.stage import Stage
from pitbox.ui.stints import SCOPE
from pitbox.ui.stints.board import StintBoard
from pitbox.ui.stints.check import CheckPanel
from pitbox.ui.stints.gantt import Action, GanttPanel
from pitbox.ui.stints.offers import OfferPanel
from pitbox.ui.stints.past import PastPanel
from pitbox.ui.stints.plans import Ask, Plans
from pitbox.ui.stints.solving import Solving
from pitbox.ui.stints.table import TablePanel
from pitbox.ui.stints.wishes import rain_for
from pitbox.ui.stints.workshop import Workshop

_RAIN_S = 3600.0


class StintsPage(Deck):
    def __init__(self, stage: Stage, ask: Ask) -> None:
        self.workshop = Workshop(stage.bridge.feed.health.tell)
        stage.at_end.append(self.workshop.stop)
        self.board = board = StintBoard(stage, self.workshop)
        self.solving: Solving = Solving(stage, board, self.workshop)
        solving = self.solving
        self.plans: Plans = Plans(stage, board, ask, self.workshop)
        self._book = stage.commands
        super().__init__(
            stage,
            "stints",
            (
                PanelPlan(
                    "plan",
                    "Plan",
                    lambda at: GanttPanel(at, board, self._actions, self.plans.ask_file),
                    0,
                    0,
                    width=11,
                    height=9,
                ),
                PanelPlan("rows", "Stints", lambda at: TablePanel(at, board), 0, 1, width=11, height=9),
                PanelPlan(
                    "check", "Rules", lambda at: CheckPanel(at, board, solving), 1, 0, width=5, height=7
                ),
                PanelPlan(
                    "offers", "New plans", lambda at: OfferPanel(at, board, solving), 1, 1, width=5, height=7
                ),
                PanelPlan("past", "History", lambda at: PastPanel(at, board), 1, 2, width=5, height=4),
            ),
        )
        self.gantt: GanttPanel = cast("GanttPanel", self.docks["plan"].panel)
        self.table: TablePanel = cast("TablePanel", self.docks["rows"].panel)
        self.check: CheckPanel = cast("CheckPanel", self.docks["check"].panel)
        bind((command for command in stage.commands if command.scope == SCOPE), self.gantt)
        self.setFocusProxy(self.gantt)
        self.restore_layout(LAST)

    def step(self, by: int) -> None:
        self.board.step(by)
        self.gantt.follow_pick()

    def step_lane(self, by: int) -> None:
        """To the stint that is nearest in the next lane that has one."""
        scene, leg = self.board.scene, self.board.leg
        if scene is None or leg is None:
            return
        people = [one.key for one in scene.people]
        at = people.index(leg.driver) if leg.driver in people else 0
        lanes = people[at + 1 :] if by > 0 else people[:at][::-1]
        for key in lanes:
            near = [one for one in scene.legs if one.driver == key]
            if near:
                self.board.pick(min(near, key=lambda one: abs(one.start_s - leg.start_s)).key)
                break
        self.gantt.follow_pick()

    def give(self, by: int, *, is_round: bool = False) -> None:
        """The stint to the driver so many lanes on."""
        scene, leg = self.board.scene, self.board.leg
        if scene is None or leg is None:
            return
        drivers = [one.key for one in scene.people if one.can_drive]
        if not drivers:
            return
        at = drivers.index(leg.driver) + by if leg.driver in drivers else 0
        at = at % len(drivers) if is_round else min(max(0, at), len(drivers) - 1)
        key, who = leg.key, drivers[at]
        self.board.edit("driver of a stint", lambda scene: plan_edit.given(scene.now, key, who))

    def lengthen(self, laps: int) -> None:
        key = self.board.at

        def longer(scene: PlanScene) -> Legs:
            leg = scene.leg(key)
            end_s = 0.0 if leg is None else leg.end_s + laps * scene.relay.lap_s
            return plan_edit.bounded(scene.now, key, end_s)

        self.board.edit("length of a stint", longer)

    def place(self, by: int) -> None:
        key = self.board.at

        def placed(scene: PlanScene) -> Legs:
            keys = [leg.key for leg in scene.legs]
            return plan_edit.placed(scene.now, key, max(0, keys.index(key) + by) if key in keys else 0)

        self.board.edit("place of a stint", placed)

    def turn_tyres(self) -> None:
        self.table.turn_tyres(self.board.at)

    def edit_row(self) -> None:
        """On to the table, where cells are edited."""
        self.table.setFocus()
        self.table.picture.edit()

    def split(self) -> None:
        key = self.board.at
        self.board.edit("split a stint", lambda scene: plan_edit.split(scene.now, key))

    def merge(self) -> None:
        key = self.board.at
        self.board.edit("merge stints", lambda scene: plan_edit.merged(scene.now, key))

    def remove(self) -> None:
        key = self.board.at
        self.board.edit("take out a stint", lambda scene: plan_edit.removed(scene.now, key))

    def add(self) -> None:
        scene = self.board.scene
        if scene is not None:
            last = scene.legs[-1].driver if scene.legs else ""
            first = next((one.key for one in scene.people if one.can_drive), "")
            self.board.edit("one stint more", lambda scene: plan_edit.added(scene.now, last or first))

    def next_fault(self, by: int) -> None:
        self.check.next_fault(by)
        self.gantt.follow_pick()

    # What is asked of a race that runs.

    def wish_laps(self, by: int) -> None:
        self.solving.wish(Extend(by))

    def wish_pit(self) -> None:
        self.solving.wish(PitNow())

    def wish_swap(self) -> None:
        if self.board.leg is not None:
            self.solving.wish(Swap(self.board.leg.driver))

    def wish_missing(self) -> None:
        if self.board.leg is not None:
            self.solving.wish(Missing(self.board.leg.driver))

    def wish_rain(self) -> None:
        scene = self.board.base
        self.solving.wish(Rain(0.0, _RAIN_S) if scene is None else rain_for(scene, _RAIN_S))

    def _actions(self) -> list[Action]:
        """Where nothing is planned yet."""
        found: list[Action] = []
        if self.board.planner is not None and self.board.base is None:
            found.append(("New event from this race", self.plans.begin_from_race))
        known = {command.name: command for command in self._book}
        if "demo.start" in known and self.board.base is None:
            found.append(("Show me in the demo race", known["demo.start"].run))
        return found
