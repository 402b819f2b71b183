"""The panel of free times: lanes, what dragging sets, and what the marked stretch is on each clock."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from pitbox.planning.person_clock import place
from pitbox.planning.presence import Presence
from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Clipped
from pitbox.ui.team.board import TeamBoard
from pitbox.ui.team.field import Chip
from pitbox.ui.team.lanes import FreeView
from pitbox.ui.team.words import hours, span_at

_TOOLS = ((Presence.FREE, "Free", "F"), (Presence.MAYBE, "Maybe", "M"), (Presence.NOT, "Not", "Del"))


class FreePanel(Panel):
    def __init__(self, stage: Stage, board: TeamBoard) -> None:
        super().__init__(stage)
        self.board = board
        self.view = FreeView(stage.look, board)
        self.which = Chip("All", "Whose lanes are shown", is_checkable=False)
        self.which.clicked.connect(lambda _=False: self.offer_teams())
        self.tools: dict[Presence, Chip] = {}
        tools, group = QWidget(), QButtonGroup(self)
        row = QHBoxLayout(tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for presence, title, key in _TOOLS:
            chip = self.tools[presence] = Chip(
                title, f"Dragging over a lane sets this; {key} sets it for what is marked"
            )
            chip.clicked.connect(lambda _=False, presence=presence: self.take_tool(presence))
            group.addButton(chip)
            row.addWidget(chip)
        self.words = Clipped(tone="dim")
        self.bar_parts = [tools, self.which, self.words]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self.setFocusProxy(self.view)
        self.view.marked.connect(self._tell)
        board.changed.connect(self.refresh)
        board.chosen.connect(lambda _: self._tell())
        self.take_tool(Presence.FREE)
        self.refresh()

    def take_tool(self, presence: Presence) -> None:
        self.view.tool = presence
        self.tools[presence].setChecked(True)

    def refresh(self) -> None:
        teams = self.board.scene.teams
        self.which.setVisible(bool(teams))
        keys = {team.key for team in teams}
        if self.view.team not in keys:
            self.view.team = ""
        shown = self.board.scene.team(self.view.team)
        self.which.setText(f"{'All' if shown is None else shown.name} \N{BLACK DOWN-POINTING SMALL TRIANGLE}")
        self._tell()

    def offer_teams(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key, name in [("", "All"), *((team.key, team.name) for team in self.board.scene.teams)]:
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(key == self.view.team)
            action.triggered.connect(lambda _=False, key=key: self.sift(key))
        menu.popup(self.which.mapToGlobal(self.which.rect().bottomLeft()))

    def sift(self, team: str) -> None:
        """Only the lanes of that team; empty: all."""
        self.view.team = team
        self.view.refresh()
        self.refresh()

    def _tell(self) -> None:
        """The marked stretch on the race's clock and on the person's own."""
        one, span, race = self.view.row, self.view.span, self.board.scene.span
        if one is None or span is None or race is None:
            self.words.tell("")
            return
        at = f"{hours(span.start_s - race.start_s)}-{hours(span.end_s - race.start_s)}"
        zone = one.member.zone
        self.words.tell(f"{one.member.name}, race time {at}, {span_at(span, zone)} in {place(zone)}")
