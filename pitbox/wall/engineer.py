"""Engineer mode without a window: follows every paired machine, keeps what they record, folds it as one race.

peers → radio (copies, on disk first) → timekeeper (one fold a session) → hub; beside them the clerk, who
projects the copies into the database. Implements `wall.feed.Feed`.
"""

import time

import msgspec

from pitbox.crew.clock import SystemClock
from pitbox.crew.health import Health, Level
from pitbox.crew.thread import Hand
from pitbox.identity.device import Identity
from pitbox.log.replica import Stored
from pitbox.log.shelf import Shelf
from pitbox.model.ids import SessionId
from pitbox.sync.live import Row
from pitbox.sync.message import Snapshot
from pitbox.wall.audience import Mate
from pitbox.wall.caretaker import Care, Caretaker
from pitbox.wall.crier import Crier
from pitbox.wall.feed import Link, Spring
from pitbox.wall.following import FactSink, Following
from pitbox.wall.health import HealthRegistry
from pitbox.wall.hub import Hub
from pitbox.wall.live_board import LiveBoard
from pitbox.wall.moment import Moments
from pitbox.wall.office import Office
from pitbox.wall.outbox import OUTBOX
from pitbox.wall.planner import Planner
from pitbox.wall.radio import Picture, Radio, RadioPlan
from pitbox.wall.roles import roles_of
from pitbox.wall.settings import Settings
from pitbox.wall.wall import Folders

_SCRUB_PAUSE_S = 10.0
"""Copies are re-read at a fifth of a collector's pace: each has its original and other copies."""
_PROVISIONAL = "A team-mate's picture, until the recording is here"


class Engineer:
    """Belongs to the thread that made it."""

    spring = Spring.PEERS
    has_ended = False
    crier: Crier | None = None
    """Who reminds people of their stints; as the office, only where there are settings."""

    def __init__(
        self,
        plan: RadioPlan,
        folders: Folders,
        health: HealthRegistry,
        on_facts: FactSink | None = None,
        settings: Settings | None = None,
        *,
        planner: Planner | None = None,
    ) -> None:
        """`on_facts` hears of every session's facts; the hub has those of the one that is shown.

        With `settings` there is an office: messages, edits, plans, and wishes for the pit menu. `planner`:
        instead of the one of these folders.
        """
        self._planner = planner
        self.hub = Hub()
        self.health = health
        self.shelf = Shelf(folders.logs)
        self.live = LiveBoard()
        self.radio = Radio(plan, self.hub, health.tell)
        self.following = Following(
            self.shelf, self.hub, on_facts or (lambda _, __: None), folders.checkpoints
        )
        self.moments = Moments(self.following.past)
        self._listen()
        care = Care(folders.data / "archive", pause_s=_SCRUB_PAUSE_S)
        caretaker = Caretaker(self.shelf, care, SystemClock(), health.tell, self.radio.mend)
        self._hands = [
            Hand("caretaker", caretaker.main, health.tell),
            Hand("timekeeper", self.following.main, health.tell),
            Hand("looking back", self.moments.main, health.tell),
            Hand("radio", self.radio.main, health.tell),
        ]
        self.office = None if settings is None else self._open_office(plan, folders, settings)
        if self.office is not None and settings is not None:
            self._hands.append(Hand("office", self.office.main, health.tell))
            self.crier = self._open_crier(self.office, plan, folders, settings)

    @property
    def link(self) -> Link:
        team = self.radio.team.take()[1]
        if team is None:
            return Link()
        is_ours = team.safe is not None and team.safe.log.session == self.hub.session
        place = self.following.safe_place()
        is_provisional = self.following.provisional is not None
        return Link(
            machines=team.safe.machines if team.safe is not None and is_ours else 0,
            is_recorded=any(log.session == self.hub.session for log in team.open_logs),
            words=team.trouble or (_PROVISIONAL if is_provisional else ""),
            until="" if place is None else place.words(),
            is_provisional=is_provisional,
        )

    def start(self) -> None:
        for hand in self._hands:
            hand.start()
        if self.crier is not None:
            self.crier.start()

    def stop(self) -> bool:
        """From the spring to the folds; False when a thread did not end in time."""
        are_done = [] if self.crier is None else [self.crier.stop()]
        are_done += [hand.stop(timeout_s=15.0) for hand in reversed(self._hands)]
        return all(are_done)

    def errors(self) -> list[Exception]:
        errors = [hand.error for hand in self._hands if hand.error is not None]
        return errors + ([] if self.crier is None else self.crier.errors())

    def _open_office(self, plan: RadioPlan, folders: Folders, settings: Settings) -> Office:
        quiet = msgspec.structs.replace(settings.messages, is_spoken=False)  # at the wall they are read
        office = Office(
            self.shelf,
            Identity.load_or_create(plan.identity_folder),
            msgspec.structs.replace(settings, messages=quiet),
            self.hub,
            self.health.tell,
            outbox=folders.data / OUTBOX,
            session=lambda: self.following.provisional or self.following.session,
            role_of=roles_of(plan.identity_folder),
            mates=self._mates,
            planner=self._planner,
        )
        office.book.heard = lambda done: self.radio.wrote(done.log, done.durable_seq, done.sim_time_s)
        return office

    def _listen(self) -> None:
        self.radio.rows.heard = self._hear_row
        self.radio.stored.heard = self._hear_stored
        self.radio.team.heard = self.following.hear_team
        self.radio.snapshot.heard = self._hear_snapshot

    def _open_crier(self, office: Office, plan: RadioPlan, folders: Folders, settings: Settings) -> Crier:
        return Crier(
            office.planner,
            settings,
            device=Identity.load_or_create(plan.identity_folder).device,
            data=folders.data,
            config=plan.identity_folder.parent,
            on_health=self.health.tell,
        )

    def _mates(self) -> tuple[Mate, ...]:
        team = self.radio.team.take()[1]
        return () if team is None else team.mates

    def _hear_row(self, row: Row) -> None:
        """On the radio's loop."""
        self.live.put(row)
        session = self.hub.session
        if row.stream == "own" and session == row.session:
            ticks = self.live.ticks(session, time.monotonic())
            if ticks is not None:
                self.hub.live.put(ticks)

    def _hear_stored(self, stored: Stored) -> None:
        self.following.hear(stored.log, stored.durable_seq)
        if self.office is not None:
            self.office.look_now()

    def _hear_snapshot(self, snapshot: Snapshot) -> None:
        try:
            picture = msgspec.msgpack.decode(snapshot.state, type=Picture)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            words = (
                "A team-mate's picture of the race cannot be read; the recording itself comes all the same."
            )
            self.health.tell(Health("sync", "picture", Level.NOTE, words))
            return
        self.following.show(SessionId(snapshot.session), picture)
