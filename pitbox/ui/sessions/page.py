"""The Sessions page: its panels, and where each stands as long as nobody moved it.

The eye goes from the list to the chosen session beside it, and from there to how it compares, below.
"""

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from pitbox.ui.sessions.board import MakeRoom, SessionBoard
from pitbox.ui.sessions.compare_panel import ComparePanel
from pitbox.ui.sessions.comparing import Comparing
from pitbox.ui.sessions.deeds import Deeds, Opener, ShowLaps
from pitbox.ui.sessions.detail import DetailPanel
from pitbox.ui.sessions.export_panel import ExportPanel
from pitbox.ui.sessions.leaving import Leaving
from pitbox.ui.sessions.report_panel import ReportPanel
from pitbox.ui.sessions.reporting import Reporting
from pitbox.ui.sessions.scope import SCOPE
from pitbox.ui.sessions.storage_panel import StoragePanel
from pitbox.ui.sessions.table import TablePanel
from pitbox.ui.sessions.trend_panel import TrendPanel
from pitbox.ui.shell.blank import Blank
from pitbox.ui.shell.deck import LAST, Deck
from pitbox.ui.shell.keys import bind
from pitbox.ui.shell.panel import Panel, PanelPlan
from pitbox.ui.shell.stage import Stage
from pitbox.wall.feed import Spring

BARE = (
    "Whatever you record or import will stand here, with its laps, notes and tags, and can leave again. "
    "A demo race is kept apart."
)
_FIRST_DEEDS = ("demo.start", "sessions.demo")


class SessionsPage(QWidget):
    """A deck of panels; as long as nothing is recorded, one sentence and one thing to do."""

    def __init__(
        self,
        stage: Stage,
        make_room: MakeRoom,
        opener: Opener,
        show_laps: ShowLaps,
        parent: QWidget | None = None,
        *,
        make_demo_room: MakeRoom | None = None,
    ) -> None:
        """Made from the outside in: what is put into its place as a whole is styled as a whole once more."""
        super().__init__(parent)
        self.stack = QStackedWidget(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stack)
        self.board = board = SessionBoard(stage, make_room, make_demo_room)
        self.deeds = Deeds(board, opener, show_laps)
        self.leaving, self.reporting = Leaving(board), Reporting(board)
        self.comparing = Comparing(board)
        self.deck = Deck(stage, "sessions", self._plans(), self.stack)
        self.table = cast("TablePanel", self.deck.docks["list"].panel)
        self.detail = cast("DetailPanel", self.deck.docks["session"].panel)
        self.comparing.is_shown = self._is_compared
        actions = [command for command in stage.commands if command.name in _FIRST_DEEDS]
        self.bare = Blank(stage.look, "folder-clock", "Nothing is recorded yet", BARE, actions)
        self.stack.addWidget(self.deck)
        self.stack.addWidget(self.bare)
        bind((command for command in stage.commands if command.scope == SCOPE), self.table.list)
        self.table.list.entered.connect(lambda _: self.deeds.open(self.detail.moment.axis))
        board.changed.connect(self._show_bare)
        self._opener = opener
        self._feed: object = None
        """That was on show when somebody last came here."""
        opener.changed.connect(self._show_open)
        self._show_open()
        self.setFocusProxy(self.table.list)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.deck.restore_layout(LAST)

    def show_panel(self, name: str) -> QWidget:
        """Before the others of its place."""
        dock = self.deck.docks[name]
        dock.show()
        dock.raise_()
        return dock.panel

    def write_report(self) -> None:
        """Of the chosen session, where one sees how far it is."""
        self.show_panel("report")
        self.reporting.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.board.is_watched = True
        self._follow_demo()
        self.board.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.board.is_watched = False

    def _follow_demo(self) -> None:
        """Who comes from a demo race looks for it; who opened a recording finds the list as it was."""
        feed = self.board.stage.bridge.feed
        if feed is not self._feed and not self._opener.session:
            self._feed = feed
            self.board.show_demo(is_demo=feed.spring is Spring.DEMO)

    def _show_bare(self) -> None:
        is_bare = (
            self.board.is_read
            and not self.board.is_demo
            and not self.board.shelved.found
            and not self.board.shelved.fault
        )
        self.stack.setCurrentWidget(self.bare if is_bare else self.deck)

    def _show_open(self) -> None:
        self.table.show_open(self._opener.session)

    def _is_compared(self) -> bool:
        return any(self.deck.docks[name].panel.isVisible() for name in ("compare", "trend"))

    def _plans(self) -> tuple[PanelPlan, ...]:
        """The list with what compares below it; beside it the chosen session with what leaves below it."""
        board, comparing = self.board, self.comparing
        return (
            _plan("list", lambda stage: TablePanel(stage, board), 0, 0, title="Sessions"),
            _plan("trend", lambda stage: TrendPanel(stage, comparing), 0, 1),
            _plan("compare", lambda stage: ComparePanel(stage, comparing), 0, 1, is_tab=True),
            _plan("session", lambda stage: DetailPanel(stage, board, self.deeds), 1, 0),
            _plan("export", lambda stage: ExportPanel(stage, board, self.leaving), 1, 1),
            _plan("report", lambda stage: ReportPanel(stage, board, self.reporting), 1, 1, is_tab=True),
            _plan("storage", lambda stage: StoragePanel(stage, board), 1, 1, is_tab=True),
        )


def _plan(
    name: str, make: Callable[[Stage], Panel], column: int, row: int, *, title: str = "", is_tab: bool = False
) -> PanelPlan:
    width, height = (46, 17)[column], (13, 6)[row]
    title = title or name.capitalize()
    return PanelPlan(name, title, make, column, row, width=width, height=height, tab=is_tab)
