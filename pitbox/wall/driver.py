"""Driver mode without a window: the collector beside the sim. Loads no Qt and no database.

source → (watched here) → wall: sampler, scribe, timekeeper → hub → dashboard; between sessions a child
brings the database up to the log.
"""

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from pitbox.crew.clock import SystemClock
from pitbox.crew.health import Health, HealthSink, Level, unheard
from pitbox.crew.thread import Hand
from pitbox.identity.device import Identity
from pitbox.model.ids import SessionId
from pitbox.model.message import Receipt
from pitbox.model.source import Closed, Missed, Opened, SourceEvent, Ticks, TickSource
from pitbox.sim.iracing.command import CommandSink
from pitbox.wall.audience import Mate
from pitbox.wall.crier import Crier
from pitbox.wall.dashboard import Dashboard, Glance
from pitbox.wall.edit_book import RoleOf, nobody_else
from pitbox.wall.errand import pitbox_command
from pitbox.wall.health import HealthRegistry
from pitbox.wall.hub import Hub
from pitbox.wall.muster import MusterCall
from pitbox.wall.office import Office
from pitbox.wall.outbox import OUTBOX
from pitbox.wall.profile import Profile
from pitbox.wall.projection import Projection, projection_command
from pitbox.wall.race_report import RaceReports
from pitbox.wall.settings import Settings
from pitbox.wall.telemetry_folder import TelemetryFolder, ledger_of, telemetry_folder
from pitbox.wall.wall import Wall, folders_of

if TYPE_CHECKING:
    from pitbox.wall.share import Sharing

_SETTLE_LOOK_S = 0.1


class WatchedSource:
    """A `TickSource` that counts what passes and tells the projection when it may run."""

    def __init__(
        self,
        inner: TickSource,
        projection: Projection,
        on_health: HealthSink = unheard,
        on_over: Callable[[SessionId], None] = lambda _: None,
    ) -> None:
        """`on_over`: told the session that closed, before the projection may run."""
        self._inner, self._on_over = inner, on_over
        self._muster = MusterCall(on_health)
        self._projection = projection
        self.session: SessionId | None = None
        """The one that is open."""
        self.tick_count = 0
        self.missed_count = 0

    def poll(self, timeout_s: float) -> Sequence[SourceEvent]:
        events = self._inner.poll(timeout_s)
        for event in events:
            self._muster.take(event)
            if isinstance(event, Ticks):
                self.tick_count += len(event)
            elif isinstance(event, Missed):
                self.missed_count += event.count
            elif isinstance(event, Opened):
                self.session = event.session
                self._projection.session_opened()
            elif isinstance(event, Closed):
                self._close()
        return events

    def close(self) -> None:
        self._inner.close()
        if self.session is not None:
            self._close()

    def _close(self) -> None:
        session, self.session = self.session, None
        if session is not None:
            self._on_over(session)
        self._projection.session_closed()


class Collector:
    """Records whatever the source gives until it is stopped. Belongs to the thread that made it."""

    sharing: "Sharing | None" = None
    """Set before the start by whoever wants this machine to be part of a team."""

    def __init__(
        self,
        profile: Profile,
        settings: Settings,
        source: TickSource,
        health: HealthRegistry,
        *,
        is_paced_by_us: bool = False,
        is_lasting: bool = True,
        waits_for: str = "iRacing",
        role_of: RoleOf = nobody_else,
        sink: CommandSink | None = None,
    ) -> None:
        """`is_paced_by_us` and `is_lasting`: what they are for a `Wall`; the last two, for an `Office`."""
        self._is_lasting, self._is_stopped = is_lasting, False
        self.health = health
        reports = RaceReports(profile.name, settings.report, folders_of(profile, settings).data)
        project = projection_command(profile.name)
        self.projection = Projection(project, health.tell, then=reports.command, is_kind=is_lasting)
        self.source = WatchedSource(source, self.projection, health.tell, reports.session_over)
        self._wall = Wall(
            profile,
            settings,
            self.source,
            health=health,
            is_paced_by_us=is_paced_by_us,
            is_lasting=is_lasting,
            is_calm=True,
        )
        self.office = self._open_office(profile, settings, role_of, sink)
        self.crier = self._open_crier(profile, settings)
        self._talking = Hand("office", self.office.main, health.tell)
        self._projecting = Hand("projection", self.projection.main, health.tell)
        self._watching = self._watch(profile, settings) if settings.sim.watch_folder else None
        self._dashboard = Dashboard(self.hub, health, SystemClock(), waits_for)

    @property
    def hub(self) -> Hub:
        return self._wall.hub

    @property
    def has_ended(self) -> bool:
        """Nothing will be recorded any more."""
        return self._wall.has_ended

    @property
    def is_busy(self) -> bool:
        """Recording now: no time for anything that can wait."""
        return self.source.session is not None

    def start(self) -> None:
        if self._wall.shelf.sessions():
            self.projection.wish()
        self._projecting.start()
        self._wall.start()
        self._talking.start()
        self.crier.start()
        if self.sharing is not None:
            self.sharing.start()
        if self._watching is not None:
            self._watching.start()

    def settle(self, asked: threading.Event) -> None:
        """Seal, and have the database brought up to it, unless somebody asks to end at once."""
        self._wall.stop()
        while self.projection.is_due and self._projecting.is_alive and not asked.wait(_SETTLE_LOOK_S):
            pass

    def stop(self) -> bool:
        """Seal what is open and end all threads; False when one did not end in time."""
        self._is_stopped = True
        is_done = self.crier.stop()
        is_done = self._talking.stop(timeout_s=10.0) and is_done
        is_done = self._wall.stop() and is_done
        if self.sharing is not None:
            is_done = self.sharing.stop() and is_done
        if self._watching is not None:
            is_done = self._watching.stop(timeout_s=10.0) and is_done
        return self._projecting.stop(timeout_s=10.0) and is_done

    def look(self) -> Glance:
        # A source that lasts ends when it is asked to: if it ended by itself, something broke.
        is_odd = self._is_lasting and not self._is_stopped
        is_broken = self.has_ended and (is_odd or bool(self._wall.errors()))
        glance = self._dashboard.look(has_ended=self.has_ended, is_broken=is_broken)
        team = None if self.sharing is None else self.sharing.radio.team.take()[1]
        return msgspec.structs.replace(
            glance,
            message=self.office.messenger.shown(),
            note=self.crier.mine(),
            stint=self.crier.next_stint(),
            team=() if team is None else tuple(sorted(peer.name for peer in team.peers)),
            safe=None if team is None or team.safe is None else self._dashboard.safety(team.safe),
        )

    def say(self, text: str) -> None:
        """To everybody in the session; raises EditError where there is none."""
        self.office.messenger.say(text)

    def acknowledge(self) -> None:
        """The person here has read what is new."""
        self.office.messenger.acknowledge()

    def note_shown(self, key: str) -> None:
        """A message stands on the screen here: whoever said it wants to know."""
        self.office.messenger.note(Receipt.SHOWN, key)

    def tell_trouble(self, subject: str, words: str) -> None:
        """What went wrong above this room is told where everything is."""
        self.health.tell(Health("wall", subject, Level.DEGRADED, words))

    def errors(self) -> list[Exception]:
        """What ended threads that should have gone on."""
        hands = [self._projecting, self._talking]
        if self.sharing is not None:
            hands.append(self.sharing.hand)
        hands += [] if self._watching is None else [self._watching]
        return [
            *self._wall.errors(),
            *self.crier.errors(),
            *(hand.error for hand in hands if hand.error is not None),
        ]

    def _open_office(
        self, profile: Profile, settings: Settings, role_of: RoleOf, sink: CommandSink | None
    ) -> Office:
        return Office(
            self._wall.shelf,
            Identity.load_or_create(profile.identity_folder),
            settings,
            self.hub,
            self.health.tell,
            outbox=self._wall.folders.data / OUTBOX,
            session=lambda: self.source.session,
            role_of=role_of,
            sink=sink,
            mates=self._mates,
        )

    def _open_crier(self, profile: Profile, settings: Settings) -> Crier:
        return Crier(
            self.office.planner,
            settings,
            device=Identity.load_or_create(profile.identity_folder).device,
            data=self._wall.folders.data,
            config=profile.config,
            on_health=self.health.tell,
        )

    def _mates(self) -> tuple[Mate, ...]:
        team = None if self.sharing is None else self.sharing.radio.team.take()[1]
        return () if team is None else team.mates

    def _watch(self, profile: Profile, settings: Settings) -> Hand:
        folder = TelemetryFolder(
            telemetry_folder(settings),
            ledger_of(profile),
            pitbox_command(profile.name, "import", "--no-store"),
            is_free=lambda: not self.is_busy,
            on_import=self.projection.wish,
            on_health=self.health.tell,
        )
        return Hand("telemetry-folder", folder.main, self.health.tell)
