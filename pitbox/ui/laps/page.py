"""The Laps page: its panels, and where each stands as long as nobody moved it.

The eye goes from the list at the left over the traces to the map, and below them for corners and figures.
"""

from collections.abc import Callable
from typing import cast

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QMenu

from pitbox.crew.health import Level
from pitbox.model.ids import SessionId
from pitbox.ui.laps import SCOPE, TABLE_SCOPE
from pitbox.ui.laps.board import Ask, LapBoard
from pitbox.ui.laps.corners import CornerPanel
from pitbox.ui.laps.figures import FigurePanel
from pitbox.ui.laps.listing import ListPanel
from pitbox.ui.laps.map import MapPanel
from pitbox.ui.laps.tracepanel import TracePanel
from pitbox.ui.scene.lap_layout import DELTA, LapLayout, split_formula
from pitbox.ui.scene.lap_unit import friendly
from pitbox.ui.shell.command import Command
from pitbox.ui.shell.deck import LAST, Deck
from pitbox.ui.shell.keys import bind
from pitbox.ui.shell.panel import PanelPlan
from pitbox.ui.shell.stage import Stage
from pitbox.wall.lap_desk import LapDesk

_TRACE, _KEPT = "Trace: ", "Traces: open "


class LapsPage(Deck):
    def __init__(self, stage: Stage, desk: LapDesk, ask: Ask, find: Callable[[str], None]) -> None:
        """`find` opens the palette with these words in it."""
        self.board = board = LapBoard(stage, desk)
        self._ask, self._find, self._book = ask, find, stage.commands
        super().__init__(
            stage,
            "laps",
            (
                PanelPlan("list", "List", lambda at: ListPanel(at, board), 0, 0, width=6, height=10),
                PanelPlan("traces", "Traces", lambda at: TracePanel(at, board), 1, 0, width=12, height=18),
                PanelPlan("lines", "Lines", lambda at: MapPanel(at, board), 2, 0, width=5, height=9),
                PanelPlan("corners", "Corners", lambda at: CornerPanel(at, board), 0, 1, width=6, height=8),
                PanelPlan(
                    "figure", "Figure", lambda at: FigurePanel(at, board, ask), 2, 1, width=5, height=7
                ),
            ),
        )
        listing = cast("ListPanel", self.docks["list"].panel)
        self.table, self.chips, self.line = listing.table, listing.chips, listing.line
        self.traces = cast("TracePanel", self.docks["traces"].panel)
        self.plot = self.traces.plot
        self.map = cast("MapPanel", self.docks["lines"].panel).picture
        self.figure = cast("FigurePanel", self.docks["figure"].panel).picture
        self.corners = cast("CornerPanel", self.docks["corners"].panel).picture
        for scope, owner in ((SCOPE, self.plot), (TABLE_SCOPE, self.table)):
            bind((command for command in stage.commands if command.scope == scope), owner)
        self.line.returnPressed.connect(self.table.setFocus)
        self.chips.wished.connect(self.offer_sessions)
        board.listed.connect(self._add_channels)
        for name in board.layouts:
            self._add_layout(name)
        self.setFocusProxy(self.table)
        self.restore_layout(LAST)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.board.is_watched = True
        self.board.ask_list()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.board.is_watched = False

    def pick(self) -> None:
        if self.table.lap is not None:
            self.board.pick(self.table.lap)

    def refer(self) -> None:
        if self.table.lap is not None:
            self.board.refer_to(self.table.lap)

    def type_filter(self) -> None:
        self.line.setFocus()
        self.line.selectAll()

    def turn_axis(self) -> None:
        layout = self.board.layout
        self.board.arrange(LapLayout(layout.strips, layout.formulas, not layout.is_by_time))

    def turn_focus(self) -> None:
        places = [one.at for one in (self.board.set.laps if self.board.set else ()) if one.loss is not None]
        if places:
            at = places.index(self.board.focus) + 1 if self.board.focus in places else 0
            self.board.look_at(places[at % len(places)])

    def move_strip(self, by: int) -> None:
        name = self.plot.strip
        at = self.board.layout.strips.index(name) + by if name else -1
        if 0 <= at < len(self.board.layout.strips):
            self.plot.chosen = at
            self.board.arrange(self.board.layout.moved(name, at))

    def remove_strip(self) -> None:
        if self.plot.strip:
            self.board.remove(self.plot.strip)

    def reset_traces(self) -> None:
        before = self.board.layout
        first = LapLayout(formulas=before.formulas)
        self.stage.do("reset traces", lambda: self.board.arrange(first), lambda: self.board.arrange(before))

    def offer_channels(self) -> None:
        self.traces.open_drawer()

    def ask_formula(self) -> None:
        self._ask("Name = formula of channels", "Speed km/h = Speed * 3.6", self.take_formula)

    def take_formula(self, text: str) -> None:
        self.board.add_formula(*split_formula(text))

    def ask_layout(self) -> None:
        self._ask("Name of these traces", "My traces", self.save_traces)

    def save_traces(self, name: str) -> None:
        self.board.keep_layout(name)
        self._add_layout(name)
        self.stage.notices.tell(f"The traces are saved as {name}.", Level.OK)

    def offer_layouts(self) -> None:
        if self.board.layouts:
            self._find(_KEPT)
        else:
            self.stage.notices.tell("No traces are saved yet.", Level.NOTE, "Save these", self.ask_layout)

    def offer_sessions(self) -> None:
        """Those that have laps, the latest first; chosen laps stay, so that two can be compared."""
        menu = QMenu(self)
        known = () if self.board.list is None else self.board.list.sessions
        for one in [one for one in known if one.lap_count][:30]:
            where = one.track or one.title or one.session_id
            title = f"{where} · {', '.join(one.parts)} · {one.lap_count:,} laps"
            session = SessionId(one.session_id)
            menu.addAction(title).triggered.connect(lambda _=False, at=session: self.board.open_session(at))
        if menu.isEmpty():
            self.stage.notices.tell("No other session has laps yet.")
        else:
            menu.addSeparator()
            menu.addAction("The race on show").triggered.connect(lambda: self.board.open_session(None))
            menu.popup(self.table.mapToGlobal(self.table.rect().topLeft()))

    @property
    def stage(self) -> Stage:
        return self._stage

    def _add_channels(self) -> None:
        """To the palette: any of them by a few letters of its name."""
        known = {command.name for command in self._book}
        names = [one.name for one in (self.board.list.channels if self.board.list else ())]
        words = {one.name: one.words for one in (self.board.list.channels if self.board.list else ())}
        for name in (DELTA, *names):
            if f"laps.add.{name}" not in known:
                self._add_channel(name, words.get(name, ""))

    def _add_channel(self, name: str, words: str) -> None:
        title = friendly(name)
        called = name if title == name else f"{title} ({name})"
        self._book.add(
            Command(
                f"laps.add.{name}",
                f"{_TRACE}{called}",
                words or "Traces of laps",
                lambda: self.board.add(name),
                is_shown=self.isVisible,
            )
        )

    def _add_layout(self, name: str) -> None:
        def restore() -> None:
            kept = self.board.layouts.get(name)
            if kept is None:
                self.stage.notices.tell(f"There are no traces {name} any more.")
            else:
                self.board.arrange(kept)

        if f"laps.open.{name}" not in {command.name for command in self._book}:
            self._book.add(Command(f"laps.open.{name}", f"{_KEPT}{name}", "Traces of laps", restore))
