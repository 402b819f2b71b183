"""The pit wall without a window: puts the rooms together for a mode, starts them upward, stops them down.

sampler → (log queue) → scribe → (commits) → timekeeper → hub; beside them the caretaker and, where there is
a database, the clerk. Nothing here knows who looks at the hub.
"""

import logging
from pathlib import Path

from pitbox.crew.clock import SystemClock
from pitbox.crew.queue import BoundedQueue, Full
from pitbox.crew.thread import Hand
from pitbox.identity.device import Identity
from pitbox.log.scribe import Scribe, ScribeLimits
from pitbox.log.shelf import Shelf
from pitbox.log.writer import Committed
from pitbox.model.ids import LogId
from pitbox.model.source import SourceEvent, TickSource
from pitbox.wall.caretaker import Care, Caretaker
from pitbox.wall.folders import Folders, folders_of
from pitbox.wall.health import HealthRegistry
from pitbox.wall.hub import Durable, Hub
from pitbox.wall.profile import Profile
from pitbox.wall.sampler import Sampler
from pitbox.wall.settings import Settings
from pitbox.wall.timekeeper import Timekeeper

__all__ = ("Folders", "Wall", "archive_folder", "care_of", "folders_of", "scribe_limits")

_log = logging.getLogger("pitbox.wall")
_LOG_LANE = 40_000
"""Source events: ten minutes of a live sim, one event a tick."""
_RECORDERS = ("sampler", "scribe")
_FEW_FACTS = 1_000
"""Kept where nobody scrolls back: the log has them all."""
_COMMIT_LANE = 2_400
"""Commits waiting for the timekeeper: ten minutes; when it is full, it reads the log instead."""


class Wall:
    """A recording pit wall: one source, one log, one race."""

    def __init__(
        self,
        profile: Profile,
        settings: Settings,
        source: TickSource,
        *,
        health: HealthRegistry | None = None,
        is_paced_by_us: bool = False,
        is_lasting: bool = False,
        is_calm: bool = False,
    ) -> None:
        """`is_paced_by_us`: the source can wait, so a full lane slows it instead of losing ticks.

        `is_lasting`: after a session it opens the next one. `is_calm`: a picture a second will do, few facts.
        """
        self.folders = folders_of(profile, settings)
        self.hub = Hub(fact_bound=_FEW_FACTS) if is_calm else Hub()
        self._clock = SystemClock()
        self.health = health or HealthRegistry(self._clock.wall_s)
        self.shelf = Shelf(self.folders.logs)
        self._stored_bytes = 0
        self._stored_log: LogId | None = None
        self._ticks: BoundedQueue[SourceEvent] = BoundedQueue(
            _LOG_LANE, Full.WAIT if is_paced_by_us else Full.REFUSE
        )
        self._commits: BoundedQueue[Committed] = BoundedQueue(_COMMIT_LANE, Full.REFUSE)
        self._sampler = Sampler(source, self._ticks, self.hub, is_lasting=is_lasting)
        self._hands = self._crew(Identity.load_or_create(profile.identity_folder), settings, is_calm=is_calm)

    @property
    def has_ended(self) -> bool:
        """The source came to its end, or one of the two threads that record is gone.

        Without the timekeeper or the caretaker something is not shown; recording goes on.
        """
        return self._sampler.ended.is_set() or any(
            hand.error for hand in self._hands if hand.name in _RECORDERS
        )

    def start(self) -> None:
        """From the folds to the spring, so that nothing comes before somebody takes it."""
        for hand in self._hands:
            hand.start()

    def stop(self) -> bool:
        """From the spring to the folds: what was sampled is written, what was written is folded."""
        ends = {hand.name: hand for hand in self._hands}
        order = ("caretaker", "sampler", "scribe", "timekeeper")
        all_ended = True
        for name in order:
            if name == "scribe":
                self._ticks.close()
            if not ends[name].stop(timeout_s=30.0):
                all_ended = False
                _log.error("the %s thread did not end in time", name)
        return all_ended

    def errors(self) -> list[Exception]:
        return [hand.error for hand in self._hands if hand.error is not None]

    def _crew(self, identity: Identity, settings: Settings, *, is_calm: bool) -> list[Hand]:
        """In the order in which they start."""
        tell = self.health.tell
        scribe = Scribe(
            self.folders.logs,
            identity,
            on_commit=self._on_commit,
            on_health=tell,
            limits=scribe_limits(settings),
        )
        timekeeper = Timekeeper(self.shelf, self.hub, self.folders.checkpoints, is_calm=is_calm)
        care = care_of(self.folders, settings)
        caretaker = Caretaker(self.shelf, care, self._clock, tell, self.hub.damaged.put)
        return [
            Hand("timekeeper", lambda stop: timekeeper.main(self._commits, stop), tell),
            Hand("scribe", lambda stop: scribe.main(self._ticks, stop), tell),
            Hand("sampler", self._sampler.main, tell),
            Hand("caretaker", caretaker.main, tell),
        ]

    def _on_commit(self, committed: Committed) -> None:
        """On the scribe's thread, which must never wait for anybody."""
        self._commits.put(committed)
        if committed.log != self._stored_log:
            self._stored_log, self._stored_bytes = committed.log, 0
        self._stored_bytes += sum(len(payload) for _, payload in committed.entries)
        self.hub.durable.put(
            Durable(
                committed.log,
                committed.durable_seq,
                committed.sync_s,
                self._stored_bytes,
                committed.sim_time_s,
                self._clock.monotonic_s(),
            )
        )


def archive_folder(folders: Folders, settings: Settings) -> Path:
    chosen = settings.storage.archive_folder
    return Path(chosen).expanduser() if chosen else folders.data / "archive"


def care_of(folders: Folders, settings: Settings) -> Care:
    return Care(archive_folder(folders, settings), settings.storage.keep_days)


def scribe_limits(settings: Settings) -> ScribeLimits:
    return ScribeLimits(
        commit_s=settings.log.commit_interval_ms / 1000,
        reserve_bytes=settings.storage.reserve_bytes,
        warn_free_bytes=settings.storage.warn_free_bytes,
    )
