"""The engineer's mode with a window: makes bridge and window, and obeys what a person sets."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol

import msgspec
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from pitbox.crew.clock import SystemClock
from pitbox.crew.health import Health, Level
from pitbox.log.shelf import Shelf
from pitbox.log.trash import Trash
from pitbox.model.errors import PitBoxError
from pitbox.model.ids import SessionId
from pitbox.predict.registry import Registry
from pitbox.ui.application import dress, make_application
from pitbox.ui.bridge import RaceBridge
from pitbox.ui.engineer.recording import Recordings
from pitbox.ui.engineer.window import EngineerWindow
from pitbox.ui.place import Places
from pitbox.ui.race.page import PANELS
from pitbox.ui.shell.command import Command
from pitbox.ui.shell.memory import Memory
from pitbox.ui.shell.models import ModelsPart
from pitbox.ui.shell.panel import PanelPlan
from pitbox.ui.shell.stage import Stage
from pitbox.ui.theme.look import Look, taste_of, theme_of
from pitbox.wall.archives import Archives
from pitbox.wall.crier import crier_of
from pitbox.wall.feed import Feed
from pitbox.wall.folders import Folders, folders_of
from pitbox.wall.forecaster import Forecaster
from pitbox.wall.outline_shelf import OutlineShelf
from pitbox.wall.outlook import Outlook
from pitbox.wall.profile import Profile
from pitbox.wall.settings import Settings
from pitbox.wall.settings_file import change, read
from pitbox.wall.surveyor import Surveyor
from pitbox.wall.trainer import hire_trainer

if TYPE_CHECKING:
    from pitbox.planning.handover import RaceView
    from pitbox.store.clerk import Clerk
    from pitbox.ui.scene.adviser import Adviser
    from pitbox.ui.scene.plan_live import LivePlan
    from pitbox.wall.hired_clerk import Archive
    from pitbox.wall.lap_desk import LapDesk
    from pitbox.wall.reading_room import ReadingRoom
    from pitbox.wall.recorded import RecordedRace

_log = logging.getLogger("pitbox.ui")
_NAME = "engineer"
_ASKED_MS = 200
_SCALES = (80, 90, 100, 110, 125, 140, 160)


class LiveFeed(Feed, Protocol):
    """One that the window itself starts: a demo race."""

    def start(self) -> None: ...

    def stop(self) -> bool: ...


class EngineerDesk(QObject):
    """Made and run on the main thread. The feed is started and stopped by whoever made it."""

    def __init__(
        self,
        feed: Feed,
        profile: Profile,
        settings: Settings,
        *,
        make_demo: Callable[[], LiveFeed] | None = None,
        adviser: "Adviser | None" = None,
        plans: "LivePlan | None" = None,
        panels: Sequence[PanelPlan] = PANELS,
        make_room: "Callable[[], ReadingRoom] | None" = None,
        archive: "Archive | None" = None,
        demo_place: tuple[Profile, Settings] | None = None,
    ) -> None:
        """`archive`: who keeps the profile's database open, if somebody does; `make_room`: another reader.

        `demo_place`: where demo races that are started here lie, apart from the team's.
        """
        self._app: QApplication = make_application()
        super().__init__()
        self._profile, self._settings, self._panels = profile, settings, panels
        self._make_demo, self._adviser, self._plans = make_demo, adviser, plans
        self._demo: LiveFeed | None = None
        self._demo_place = demo_place
        self._archives = Archives(folders_of(profile, settings), self._hire_clerk, archive)
        self._laps: LapDesk | None = None
        self._told = 0
        """Version of the reminders that were shown."""
        self._places = Places(profile.config)
        self.look = Look(theme_of(settings), taste_of(settings.window))
        dress(self._app, self.look.theme)
        self._feed = self._home = feed
        self._keep_apart(feed)
        if demo_place is not None:
            self._archives.add(folders_of(*demo_place))
        self._make_room = make_room or self._room
        self.recordings = Recordings(self._make_race, self._turn_to)
        self.trainer = hire_trainer(profile.name, settings.models, self._tell_health, self._is_busy)
        self.bridge, self.window = self._make_window()

    @property
    def stage(self) -> Stage:
        return self.window.stage

    def run(
        self,
        asked: threading.Event,
        *,
        until: Callable[[], bool] = lambda: False,
        at_end: Callable[[], object] = lambda: None,
    ) -> None:
        """Until the user quits, the system ends the session, `asked` is set or `until` says so.

        `at_end` is called while the window still stands.
        """
        watch = QTimer(self)
        watch.timeout.connect(lambda: self._app.quit() if asked.is_set() or until() else None)
        watch.timeout.connect(self._tell_notes)
        watch.start(_ASKED_MS)
        try:
            self.open()
            self._app.exec()
            at_end()
        finally:
            watch.stop()
            watch.timeout.disconnect()
            self.end()

    def open(self) -> None:
        self._places.restore(_NAME, self.window)
        self.window.show()
        self.bridge.start()
        self.trainer.start()
        _log.info("engineer's window opened")

    def close(self) -> None:
        self.trainer.stop()
        self._shut()
        self._places.note(_NAME, self.window)
        if self._laps is not None:
            self._laps.stop()
        if self._demo is not None:
            self._demo.stop()
            self._demo = None
        self.recordings.close()
        self._empty_trash()
        self._archives.stop()
        self.deleteLater()

    def end(self) -> None:
        """Close where no loop runs any more that would let go of what the callbacks hold on to."""
        self.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def _empty_trash(self) -> None:
        """What was deleted and not had back goes for good."""
        places = [(folders_of(self._profile, self._settings), self._make_room)]
        if self._demo_place is not None:
            places.append((folders_of(*self._demo_place), self._demo_room))
        for folders, make_room in places:
            if Trash(Shelf(folders.logs)).sessions():
                self._empty(make_room())

    def _empty(self, room: "ReadingRoom") -> None:
        try:
            freed = room.library.close(room.forget)
            _log.info("deleted sessions are gone, %d bytes are free", freed)
        except (PitBoxError, OSError) as error:
            _log.warning("deleted sessions stay until the next end: %s", error)

    def _room(self) -> "ReadingRoom":
        from pitbox.wall.reading_room import ReadingRoom  # noqa: PLC0415 - not before the first paint

        return ReadingRoom(self._profile, self._settings, self._archives.home)

    def _demo_room(self) -> "ReadingRoom":
        from pitbox.wall.reading_room import ReadingRoom  # noqa: PLC0415 - not before the first paint

        assert self._demo_place is not None
        return ReadingRoom(*self._demo_place, self._archives.add(folders_of(*self._demo_place)))

    def _make_race(self, session: SessionId) -> "RecordedRace":
        """On the thread that opens it."""
        is_demo = self._demo_place is not None and (folders_of(*self._demo_place).logs / session).exists()
        room = self._demo_room() if is_demo else self._make_room()
        return room.race(session, self._home.health)

    def _turn_to(self, feed: Feed | None) -> None:
        """Onto the Race page; None: what the window was opened on, or the demo race since."""
        self._feed = feed or self._demo or self._home
        self.bridge.turn_to(self._feed)
        self.window.list_laps(None)
        self.window.go_to("race")

    def _tell_notes(self) -> None:
        """Who was reminded of a stint."""
        crier = crier_of(self._feed)
        if crier is None:
            return
        crier.reminders.running = lambda: self._forecaster.plans.now.take()[1]
        crier.reminders.view = self._race_view
        self._told, notes = crier.news(self._told)
        for note in notes:
            self.stage.notices.tell(note.words, Level.NOTE)

    def _race_view(self) -> "RaceView":
        """On the thread that reminds: the race as a hand-over card tells it."""
        from pitbox.planning.handover import RaceView  # noqa: PLC0415 - not before the first paint

        hub, forecast = self._feed.hub, self._forecaster.forecasts.take()[1]
        said = None if forecast is None else forecast.said
        return RaceView(hub.standings.take()[1], hub.info.take()[1], hub.facts_since(0)[1], said)

    def show_theme(self, name: Literal["dark", "light"]) -> None:
        """For this evening only."""
        window = msgspec.structs.replace(self._settings.window, theme=name)
        self._obey(msgspec.structs.replace(self._settings, window=window))

    def start_demo(self) -> None:
        """A synthetic race in this process, in place of what is shown."""
        if self._make_demo is None:
            return
        if self._demo is not None:
            self._demo.stop()
        try:
            self._demo = demo = self._make_demo()
            demo.start()
        except (PitBoxError, OSError) as error:
            self.stage.notices.tell(f"The demo race did not start: {error}", Level.FAILED)
            return
        self._keep_apart(demo)
        self._turn_to(demo)
        self.recordings.give_way()

    def _make_window(self) -> tuple[RaceBridge, EngineerWindow]:
        clock = SystemClock()
        models = folders_of(self._profile, self._settings).models
        self._forecaster = Forecaster(self._feed, clock, self._settings.strategy, models)
        adviser = self._adviser or self._forecaster.adviser
        outlook = Outlook(self._feed, clock)
        bridge = RaceBridge(outlook, self, self._forecaster, self._make_surveyor(), adviser)
        bridge.be_calm(is_calm=self.look.taste.is_still)
        stage = Stage(self.look, bridge, Memory(self._profile.config), self._plans or self._forecaster.plans)
        self._add_commands(stage)
        on_demo = None if self._make_demo is None else self.start_demo
        registry = Registry(models)
        window = EngineerWindow(
            stage,
            self._panels,
            self._profile.settings_file,
            on_demo,
            lambda: ModelsPart(self.look, registry, self.trainer),
            make_room=self._make_room,
            recordings=self.recordings,
            make_laps=self._lap_desk,
            make_demo_room=None if self._demo_place is None else self._demo_room,
        )
        self.recordings.attend(stage)
        window.settings_changed.connect(self._obey)
        window.close_wished.connect(self._app.quit)
        return bridge, window

    def _tell_health(self, health: Health) -> None:
        """Of what belongs to the window, where the feed that is shown now tells its own."""
        self._feed.health.tell(health)

    def _is_busy(self) -> bool:
        """Somebody records: what can wait does."""
        return self._home.link.is_recorded or self._feed.link.is_recorded

    def _lap_desk(self) -> "LapDesk":
        """Made when somebody first looks at laps; it outlives windows."""
        from pitbox.wall.lap_desk import LapDesk  # noqa: PLC0415 - a database: not before the first paint

        if self._laps is None:
            self._laps = LapDesk(self._archives.of, self._tell_health)
        return self._laps

    def _keep_apart(self, feed: Feed) -> None:
        """A demo keeps its races in a place of its own, which nobody else projects."""
        folders = getattr(feed, "folders", None)
        if folders is not None:
            self._archives.add(folders)

    def _hire_clerk(self, folders: Folders) -> "Clerk":
        """On the thread that asks first."""
        from pitbox.wall.clerk import hire_clerk  # noqa: PLC0415 - a database: not before somebody asks

        return hire_clerk(folders, self._settings, self._tell_health)

    def _make_surveyor(self) -> Surveyor:
        logs = Shelf(folders_of(self._profile, self._settings).logs)
        return Surveyor(logs, OutlineShelf(self._profile.data))

    def _shut(self) -> None:
        self.bridge.stop()
        for end in self.stage.at_end:
            end()
        self.window.keep_places()
        self.stage.memory.store()
        self.window.hide_docks()
        self.window.hide()
        self.window.deleteLater()
        self.bridge.deleteLater()

    def _add_commands(self, stage: Stage) -> None:
        for name, title, keys, run in (
            ("look.theme", "Dark or light colours", "Ctrl+L", self._turn_theme),
            ("look.larger", "Larger", "Ctrl+=", lambda: self._scale(1)),
            ("look.smaller", "Smaller", "Ctrl+-", lambda: self._scale(-1)),
            ("look.units", "Metric or imperial units", "", self._turn_units),
            ("look.zone", "Times of day here or in UTC", "", self._turn_zone),
            ("look.still", "Let things move and fade, or not", "", self._turn_motion),
        ):
            stage.commands.add(Command(name, title, "Look", run, keys))

    def _turn_theme(self) -> None:
        self._set("theme", "light" if self._settings.window.theme == "dark" else "dark")

    def _turn_units(self) -> None:
        self._set("units", "imperial" if self._settings.window.units == "metric" else "metric")

    def _turn_zone(self) -> None:
        self._set("time_zone", "utc" if self._settings.window.time_zone == "local" else "local")

    def _turn_motion(self) -> None:
        self._set("is_motion_reduced", not self._settings.window.is_motion_reduced)

    def _scale(self, step: int) -> None:
        now = self._settings.window.scale_percent
        larger = [scale for scale in _SCALES if scale > now]
        smaller = [scale for scale in _SCALES if scale < now]
        there = larger[:1] if step > 0 else smaller[-1:]
        if there:
            self._set("scale_percent", there[0])

    def _set(self, name: str, value: Any) -> None:
        try:
            change(self._profile.settings_file, {f"window.{name}": value})
        except PitBoxError as error:
            self.stage.notices.tell(f"It is not kept: {error}", Level.DEGRADED)
        changed = read(self._profile.settings_file).settings
        self._obey(changed)
        self.window.refresh_settings()

    def _obey(self, settings: Settings) -> None:
        """What can be followed at once is; another scale needs another window, which opens at once."""
        is_other_scale = settings.window.scale_percent != self._settings.window.scale_percent
        self._settings = settings
        theme = theme_of(settings)
        if theme != self.look.theme:
            dress(self._app, theme)
        self.look.wear(theme, taste_of(settings.window))
        self.bridge.be_calm(is_calm=self.look.taste.is_still)
        self._forecaster.reckon_with(settings.strategy)
        if is_other_scale:
            self._open_anew()

    def _open_anew(self) -> None:
        """As it was: page, place, size, the cars that were chosen, and the moment that was looked back at."""
        old, before, page = self.stage, self.window, self.window.page
        place, size, state = before.pos(), before.size(), before.windowState()
        self._shut()
        self.bridge, self.window = self._make_window()
        self.window.move(place)
        if not state & (Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen):
            self.window.resize(size)
        self.window.setWindowState(state)
        self.window.show()
        self.window.go_to(page)
        self.stage.selection.select(old.selection.car_idx)
        self.stage.selection.refer_to(old.selection.reference_idx)
        if old.look_back.wished_s is not None:
            self.stage.look_back.look_first(old.look_back.wished_s)
        self.bridge.start()
