"""The engineer's window: top bar, rail, pages, and what lies over them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from pitbox.crew.health import Level
from pitbox.model.ids import Axis, SessionId
from pitbox.ui.engineer.chapter import CHAPTERS, GUIDE, GUIDE_STEPS, Chapter
from pitbox.ui.engineer.loader import Loader
from pitbox.ui.engineer.recording import Recordings
from pitbox.ui.laps.keys import add_keys as add_lap_keys
from pitbox.ui.scrub.page import ScrubPage
from pitbox.ui.sessions.keys import add_keys as add_session_keys
from pitbox.ui.shell.blank import Blank
from pitbox.ui.shell.command import Command
from pitbox.ui.shell.deck import LAST, Deck
from pitbox.ui.shell.finder import Finder
from pitbox.ui.shell.keys import KeyCard, bind
from pitbox.ui.shell.notice import NoticeStack
from pitbox.ui.shell.panel import PanelPlan
from pitbox.ui.shell.preference import PreferencePage
from pitbox.ui.shell.rail import Rail, Stop
from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.topbar import TopBar
from pitbox.ui.shell.ward import WardPage
from pitbox.ui.shell.words import rule
from pitbox.ui.stints.keys import add_keys as add_stint_keys
from pitbox.ui.strategy.keys import add_keys
from pitbox.ui.team.keys import add_keys as add_team_keys
from pitbox.wall.feed import Spring
from pitbox.wall.health import Ward
from pitbox.wall.outlook import Pulse

if TYPE_CHECKING:
    from pitbox.ui.laps.landing import Landing
    from pitbox.ui.laps.page import LapsPage
    from pitbox.ui.sessions.page import SessionsPage
    from pitbox.ui.stints.page import StintsPage
    from pitbox.ui.strategy.page import StrategyPage
    from pitbox.ui.team.page import TeamPage
    from pitbox.wall.lap_desk import LapDesk
    from pitbox.wall.reading_room import ReadingRoom

WIDTH, HEIGHT = 1600, 1000
_LEAST_WIDTH, _LEAST_HEIGHT = 960, 600


class _Frame(QWidget):
    """Keeps the place of a page that nobody has visited yet."""

    def fill(self, page: QWidget) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(page)


class EngineerWindow(QMainWindow):
    """Shows what the stage's bridge brings. Wishes that reach beyond it go out as signals."""

    close_wished = Signal()
    settings_changed = Signal(object)
    """`Settings`, as the settings page stored them."""

    def __init__(
        self,
        stage: Stage,
        panels: Sequence[PanelPlan],
        settings_file: Path,
        on_demo: Callable[[], None] | None = None,
        make_models: Callable[[], QWidget] | None = None,
        *,
        make_room: "Callable[[], ReadingRoom]",
        recordings: Recordings,
        make_laps: "Callable[[], LapDesk] | None" = None,
        make_demo_room: "Callable[[], ReadingRoom] | None" = None,
    ) -> None:
        """`make_room` and `recordings`: what recorded sessions are read with, and opened by."""
        super().__init__()
        self.setObjectName("engineer")
        self.setWindowTitle("PitBox")
        self.stage = stage
        self._size()
        self._lay_out()
        self._settings_file, self._last_ward = settings_file, cast("Ward | None", None)
        self._made: dict[str, QWidget] = {}
        self._loader, self._landing = Loader(), cast("Landing | None", None)
        self._fill_race(panels)
        self.finder = Finder(stage.look, stage.commands, self)
        self.key_card = KeyCard(stage.look, stage.commands, self)
        self._on_demo, self._make_models, self._make_laps = on_demo, make_models, make_laps
        self._make_room, self._make_demo_room, self._recordings = make_room, make_demo_room, recordings
        self._add_commands()
        self.race.insertWidget(0, self._guide())
        self.notice_stack = NoticeStack(stage.look, stage.notices, self)
        self._connect()
        bind((command for command in stage.commands if not command.scope), self)
        self.deck.restore_layout(LAST)
        self.go_to("race")

    def _fill_race(self, panels: Sequence[PanelPlan]) -> None:
        """Its panels are made where they stand: whatever moves house is styled once more."""
        self._page_names = [chapter.name for chapter in CHAPTERS]
        self.race = QStackedWidget()
        self.race_page = ScrubPage(self.stage, self.race)
        for name in self._page_names:  # filled when somebody goes there: the first picture comes sooner
            self.pages.addWidget(self.race_page if name == "race" else _Frame())
        self.deck = Deck(self.stage, "race", panels, self.race)
        self.race.addWidget(self.deck)
        self.race_page.take_keys(self.deck.docks.values())

    def _size(self) -> None:
        """No larger than its screen, whatever the scale; where nobody looks there is no such bound."""
        px, is_seen = self.stage.look.px, QGuiApplication.platformName() != "offscreen"
        size, least = QSize(px(WIDTH), px(HEIGHT)), QSize(px(_LEAST_WIDTH), px(_LEAST_HEIGHT))
        room = self.screen().availableSize() if is_seen else size
        self.resize(size.boundedTo(room))
        self.setMinimumSize(least.boundedTo(room))

    @property
    def page(self) -> str:
        return self._page_names[self.pages.currentIndex()]

    @property
    def preferences(self) -> PreferencePage:
        page = self._content("settings")
        assert isinstance(page, PreferencePage)
        return page

    @property
    def ward(self) -> WardPage:
        page = self._content("health")
        assert isinstance(page, WardPage)
        return page

    @property
    def strategy(self) -> "StrategyPage":
        return cast("StrategyPage", self._content("strategy"))

    @property
    def stints(self) -> "StintsPage":
        return cast("StintsPage", self._content("stints"))

    @property
    def team(self) -> "TeamPage":
        return cast("TeamPage", self._content("team"))

    @property
    def sessions(self) -> "SessionsPage":
        return cast("SessionsPage", self._content("sessions"))

    @property
    def laps(self) -> "LapsPage":
        return cast("LapsPage", self._content("laps"))

    def go_to(self, name: str) -> None:
        is_ready = name in self._made or self._loader.is_ready(name)
        shown = self._content(name) if is_ready else self.pages
        self._awaited = "" if is_ready else name
        self.pages.setCurrentIndex(self._page_names.index(name))
        self.rail.show_chosen(name)
        if name == "race" and self.race.currentWidget() is self.deck:
            next(iter(self.deck.docks.values())).panel.setFocus()
        else:
            shown.setFocus()

    def list_laps(self, session: SessionId | None) -> None:
        """On the Laps page, where somebody has been there; None: of the race that is shown."""
        if "laps" in self._made and self._make_laps is not None:
            self.laps.board.open_session(session)

    def show_laps(self, session: SessionId, at: Axis | None = None) -> None:
        """That session's on the Laps page, at the lap of that moment; the race that is shown stays."""
        from pitbox.ui.laps.landing import Landing  # noqa: PLC0415 - loads what only that page needs

        self._landing = self._landing or Landing(self.laps)
        self._landing.aim(session, at)
        self.go_to("laps")

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.close_wished.emit()

    def refresh_settings(self) -> None:
        """They were changed elsewhere."""
        if "settings" in self._made:
            self.preferences.refresh()

    def keep_places(self) -> None:
        """What the next evening begins with."""
        for deck in self._decks():
            deck.keep_layout(LAST)

    def hide_docks(self) -> None:
        """Torn-off panels too: they are windows of their own."""
        for deck in self._decks():
            for dock in deck.docks.values():
                dock.hide()

    def toggle_full_screen(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def _look_loaded(self, _: float) -> None:
        """What somebody went to stands there as soon as it is loaded."""
        if self._awaited and self._loader.is_ready(self._awaited):
            self.go_to(self._awaited)

    def _content(self, name: str) -> QWidget:
        """What stands on a page, made when it is first asked for."""
        if name == "race":
            return self.race
        made = self._made.get(name)
        if made is None:
            at = self._page_names.index(name)
            frame = self.pages.widget(at)
            assert isinstance(frame, _Frame)
            made = self._made[name] = self._make(CHAPTERS[at], frame)
            frame.fill(made)
        return made

    def _make(self, chapter: Chapter, frame: QWidget) -> QWidget:
        look = self.stage.look
        if chapter.name in ("strategy", "stints", "laps", "team", "sessions"):
            return self._make_deck(chapter, frame)
        if chapter.name == "settings":
            page = PreferencePage(look, self._settings_file)
            page.changed.connect(self.settings_changed)
            return page
        if chapter.name == "health":
            ward = WardPage(look, self._make_models)
            if self._last_ward is not None:
                ward.show_ward(self._last_ward)
            return ward
        return Blank(look, chapter.icon, chapter.title, chapter.words)

    def _make_deck(self, chapter: Chapter, frame: QWidget) -> QWidget:
        """A page of panels; loaded here, not before the first paint."""
        if chapter.name == "strategy":
            from pitbox.ui.strategy.page import StrategyPage  # noqa: PLC0415 - as above
            from pitbox.ui.strategy.trial import Trial  # noqa: PLC0415 - as above

            return StrategyPage(self.stage, Trial(self.stage))
        if chapter.name == "stints":
            from pitbox.ui.stints.page import StintsPage  # noqa: PLC0415 - as above

            return StintsPage(self.stage, self.finder.ask)
        if chapter.name == "team":
            from pitbox.ui.team.page import TeamPage  # noqa: PLC0415 - as above

            return TeamPage(self.stage)
        if chapter.name == "laps":
            if self._make_laps is None:
                return Blank(self.stage.look, chapter.icon, chapter.title, chapter.words)
            from pitbox.ui.laps.page import LapsPage  # noqa: PLC0415 - as above

            return LapsPage(self.stage, self._make_laps(), self.finder.ask, self._find)
        from pitbox.ui.sessions.page import SessionsPage  # noqa: PLC0415 - as above

        return SessionsPage(
            self.stage,
            self._make_room,
            self._recordings,
            self.show_laps,
            frame,
            make_demo_room=self._make_demo_room,
        )

    def _decks(self) -> list[Deck]:
        """Of pages that somebody has been on."""
        pages = (getattr(page, "deck", page) for page in self._made.values())
        return [self.deck, *(page for page in pages if isinstance(page, Deck))]

    def _guide(self) -> Blank:
        names = (["demo.start"] if self._on_demo is not None else []) + ["window.keys"]
        actions = [self.stage.commands[name] for name in names]
        return Blank(self.stage.look, "flag", "No race yet", GUIDE, actions, steps=GUIDE_STEPS)

    def _lay_out(self) -> None:
        """From the window inwards, while there is little in it that would be styled again."""
        look, middle = self.stage.look, QWidget(self)
        self.setCentralWidget(middle)
        column, row = QVBoxLayout(middle), QHBoxLayout()
        for layout in (column, row):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        self.top = TopBar(look)
        self.rail = Rail([Stop(c.name, c.title, c.icon, c.is_low) for c in CHAPTERS], look)
        self.pages = QStackedWidget(middle)
        column.addWidget(self.top)
        column.addLayout(row, 1)
        row.addWidget(self.rail)
        row.addWidget(rule(is_upright=True))
        row.addWidget(self.pages, 1)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def _connect(self) -> None:
        bridge = self.stage.bridge
        bridge.raced.connect(self.top.show_change)
        bridge.lived.connect(self.top.show_live)
        bridge.pulsed.connect(self._show_pulse)
        bridge.warded.connect(self._show_ward)
        bridge.beaten.connect(self.notice_stack.beat)
        bridge.beaten.connect(self._look_loaded)
        self.stage.plans.changed.connect(lambda: self.top.show_plan(self.stage.plans.now))
        self.rail.chosen.connect(self.go_to)

    def _show_pulse(self, pulse: Pulse) -> None:
        self.top.show_pulse(pulse)
        is_bare = pulse.age_s is None and pulse.spring in (Spring.NONE, Spring.PEERS)
        wanted = self.race.widget(0) if is_bare else self.deck
        if wanted is not None and self.race.currentWidget() is not wanted:
            self.race.setCurrentWidget(wanted)
            self.go_to(self.page)

    def _show_ward(self, ward: Ward) -> None:
        self._last_ward = ward
        if "health" in self._made:
            self.ward.show_ward(ward)
        marks = {Level.DEGRADED: "warn", Level.FAILED: "bad"}
        self.rail.buttons["health"].set_mark(marks.get(ward.level, ""))

    def _add_commands(self) -> None:
        add, undo = self.stage.commands.add, self.stage.undo
        for at, chapter in enumerate(CHAPTERS, 1):
            keys = f"Ctrl+{at % 10}"
            go = self._goer(chapter.name)
            add(Command(f"page.{chapter.name}", f"Go to {chapter.title}", "Pages", go, keys))
        for name, title, keys, run in (
            ("window.find", "Find a command", "Ctrl+K", self.finder.open_up),
            ("window.keys", "Show all keys", "F1", self.key_card.open_up),
            ("window.full", "Full screen, and back", "F11", self.toggle_full_screen),
            ("window.undo", "Undo", "Ctrl+Z", undo.undo),
            ("window.redo", "Do it again", "Ctrl+Shift+Z", undo.redo),
            ("window.close", "Quit PitBox", "Ctrl+Q", self.close_wished.emit),
            ("layout.save", "Save the layout under a name", "Ctrl+S", self._ask_layout),
            ("layout.open", "Open a saved layout", "Ctrl+O", self._offer_layouts),
            ("layout.reset", "Reset the layout", "", self.deck.reset_layout),
        ):
            add(Command(name, title, "Layouts" if name.startswith("layout") else "Window", run, keys))
        add_keys(self.stage.commands, lambda: self.strategy)
        add_stint_keys(self.stage.commands, lambda: self.stints)
        add_team_keys(self.stage.commands, lambda: self.team, self._goer("team"))
        leave, is_open = self._recordings.leave, lambda: bool(self._recordings.session)
        add_session_keys(
            self.stage.commands,
            lambda: self.sessions,
            self._goer("sessions"),
            leave,
            is_open,
            has_demo=self._make_demo_room is not None,
        )
        if self._make_laps is not None:
            add_lap_keys(self.stage.commands, lambda: self.laps)
        for name in self.deck.layouts:
            self._add_layout(name)
        if self._on_demo is not None:
            add(Command("demo.start", "Start the demo race", "Window", self._on_demo, words="example try"))

    def _goer(self, name: str) -> Callable[[], None]:
        return lambda: self.go_to(name)

    def _ask_layout(self) -> None:
        self.finder.ask("Name of this layout", "My layout", self._save_layout)

    def _save_layout(self, name: str) -> None:
        is_new = name not in self.deck.layouts
        self.deck.keep_layout(name)
        if is_new:
            self._add_layout(name)
        self.stage.notices.tell(f"The layout is saved as {name}.", Level.OK)

    def _add_layout(self, name: str) -> None:
        def restore() -> None:
            if not self.deck.restore_layout(name):
                self.stage.notices.tell(f"There is no layout {name} any more.")

        book = self.stage.commands
        if f"layout.open.{name}" not in {command.name for command in book}:
            book.add(Command(f"layout.open.{name}", f"Layout: {name}", "Layouts", restore))

    def _offer_layouts(self) -> None:
        if not self.deck.layouts:
            self.stage.notices.tell("No layout is saved yet.", Level.NOTE, "Save this one", self._ask_layout)
            return
        self._find("Layout:")

    def _find(self, words: str) -> None:
        """In the palette, which opens with them."""
        self.finder.open_up()
        self.finder.line.setText(words)
