"""The Team page: its panels, and where each stands as long as nobody moved it.

The eye goes from the people in the middle to their times below, and from there to the one who is chosen.
"""

import time
from collections.abc import Callable
from typing import cast

from pitbox.ui.shell.deck import LAST, Deck
from pitbox.ui.shell.keys import bind
from pitbox.ui.shell.panel import PanelPlan
from pitbox.ui.shell.stage import Stage
from pitbox.ui.team.board import TeamBoard
from pitbox.ui.team.cards import CardPanel
from pitbox.ui.team.events import EventPanel
from pitbox.ui.team.formation import FormationPanel
from pitbox.ui.team.forming import Forming
from pitbox.ui.team.free import FreePanel
from pitbox.ui.team.history import HistoryPanel
from pitbox.ui.team.imports import Import
from pitbox.ui.team.people import PeoplePanel
from pitbox.ui.team.person import PersonPanel
from pitbox.ui.team.scope import FREE_SCOPE, PEOPLE_SCOPE

Now = Callable[[], float]


def plans(board: TeamBoard, forming: Forming, imported: Import, now: Now) -> tuple[PanelPlan, ...]:
    return (
        PanelPlan("event", "Event", lambda stage: EventPanel(stage, board), 0, 0, width=14, height=12),
        PanelPlan(
            "history", "History", lambda stage: HistoryPanel(stage, board, now), 0, 1, width=14, height=7
        ),
        PanelPlan(
            "people", "People", lambda stage: PeoplePanel(stage, board, now), 1, 0, width=34, height=11
        ),
        PanelPlan(
            "formation",
            "Formation",
            lambda stage: FormationPanel(stage, board, forming, imported),
            1,
            0,
            width=34,
            height=11,
            tab=True,
        ),
        PanelPlan("free", "Free times", lambda stage: FreePanel(stage, board), 1, 1, width=34, height=8),
        PanelPlan(
            "person", "Person", lambda stage: PersonPanel(stage, board, now), 2, 0, width=19, height=11
        ),
        PanelPlan("card", "Hand-over", lambda stage: CardPanel(stage, board, now), 2, 1, width=18, height=8),
    )


class TeamPage(Deck):
    def __init__(self, stage: Stage, now_utc_s: Now = time.time) -> None:
        self.board = TeamBoard(stage)
        self.forming = Forming(stage, self.board)
        self.imported = Import(stage, self.board)
        super().__init__(stage, "team", plans(self.board, self.forming, self.imported, now_utc_s))
        self.people: PeoplePanel = cast("PeoplePanel", self.docks["people"].panel)
        self.free: FreePanel = cast("FreePanel", self.docks["free"].panel)
        self.formation: FormationPanel = cast("FormationPanel", self.docks["formation"].panel)
        self.person: PersonPanel = cast("PersonPanel", self.docks["person"].panel)
        self.event_panel: EventPanel = cast("EventPanel", self.docks["event"].panel)
        for scope, widget in ((FREE_SCOPE, self.free.view), (PEOPLE_SCOPE, self.people.list)):
            bind((command for command in stage.commands if command.scope == scope), widget)
        self.setFocusProxy(self.people.list)
        self.restore_layout(LAST)

    def form_teams(self) -> None:
        """To the wizard."""
        dock = self.docks["formation"]
        dock.show()
        dock.raise_()
        self.formation.go_to(1)

    def bring_in(self) -> None:
        dock = self.docks["formation"]
        dock.show()
        dock.raise_()
        self.formation.go_to(0)

    def find_person(self) -> None:
        dock = self.docks["people"]
        dock.show()
        dock.raise_()
        self.people.search.setFocus()
