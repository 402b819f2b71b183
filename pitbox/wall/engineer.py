"""Engineer mode without a window: follows every paired machine, keeps what they record, folds it as one race.

peers → radio (copies, on disk first) → timekeeper (one fold a session) → hub; beside them the clerk, who
projects the copies into the database. Implements `wall.feed.Feed`.
"""

import threading
import time
from collections.abc import Callable

import msgspec

from pitbox.crew.clock import SystemClock
from pitbox.crew.health import Health, Level
from pitbox.crew.mailbox import Mailbox
from pitbox.crew.thread import Hand
from pitbox.identity.device import Identity
from pitbox.log.replica import Stored
from pitbox.log.shelf import Shelf
from pitbox.model.ids import LogId, SessionId
from pitbox.sync.live import STALE_S, Row, speaker
from pitbox.sync.message import Snapshot
from pitbox.wall.caretaker import Care, Caretaker
from pitbox.wall.chronicle import Chronicle
from pitbox.wall.feed import Link, Spring
from pitbox.wall.health import HealthRegistry
from pitbox.wall.hub import Hub
from pitbox.wall.ledger import News
from pitbox.wall.office import Office
from pitbox.wall.outbox import OUTBOX
from pitbox.wall.radio import Picture, Radio, RadioPlan, Team
from pitbox.wall.roles import roles_of
from pitbox.wall.settings import Settings
from pitbox.wall.wall import Folders

_WAIT_S = 0.5
_MOST_RECORDS = 2_000
"""Folded between two looks at what else there is to do."""
_REGULAR_S = 0.6
"""A log that is being recorded speaks four times a second; one that does not is not waited for."""
_ARRIVING_S = 2.0
_PICTURE_S = 0.2
_SCRUB_PAUSE_S = 10.0
"""Copies are re-read at a fifth of a collector's pace: each has its original and other copies."""

FactSink = Callable[[SessionId, News], None]


class Following:
    """The thread that folds: all sessions that grow, each by itself; the newest one goes to the hub."""

    def __init__(self, shelf: Shelf, hub: Hub, on_facts: FactSink) -> None:
        self._shelf = shelf
        self._hub = hub
        self._on_facts = on_facts
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._team = Team()
        self._ends: dict[LogId, int] = {}
        self._known: dict[LogId, int] | None = None
        """What lay here at the start: sessions that never grow from there on are for the database to tell."""
        self._moved_s: dict[LogId, float] = {}
        self._chronicles: dict[SessionId, Chronicle] = {}
        self._shown: SessionId | None = None
        self._picture_s = 0.0
        self.provisional: SessionId | None = None
        """The session of which another machine's picture stands in the hub, until our own fold is there."""

    @property
    def session(self) -> SessionId | None:
        """The one in the hub."""
        return self._shown

    def chronicle(self, session: SessionId) -> Chronicle | None:
        return self._chronicles.get(session)

    def hear_team(self, team: Team) -> None:
        """From the radio: all that is safe here, and what is still to come."""
        with self._lock:
            self._team = team
            if self._known is None:
                self._known = dict(team.ends)
        for log, end_seq in team.ends.items():
            self.hear(log, end_seq)

    def hear(self, log: LogId, end_seq: int) -> None:
        """From any thread: a log has grown."""
        with self._lock:
            if end_seq > self._ends.get(log, 0):
                self._ends[log] = end_seq
                self._moved_s[log] = time.monotonic()
        self._woken.set()

    def show(self, session: SessionId, picture: Picture) -> None:
        """What a team-mate's fold sees, only while our own has nothing to say of that session."""
        chronicle = self._chronicles.get(session)
        own = None if chronicle is None else chronicle.standings()
        if own is not None and own.sim_time_s >= picture.standings.sim_time_s - STALE_S:
            return
        if self._shown not in (None, session) and self._is_open(self._shown):
            return
        self.provisional = session
        self._hub.standings.put(picture.standings)
        self._hub.info.put(picture.info)

    def main(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self._woken.wait(_WAIT_S)
            self._woken.clear()
            while not stop.is_set() and self.advance():
                pass

    def advance(self) -> bool:
        """Fold a little of each session; True when there is more at once."""
        with self._lock:
            ends, team, moved_s = dict(self._ends), self._team, dict(self._moved_s)
        is_more = False
        for session in self._growing(ends, team):
            chronicle = self._chronicles.get(session)
            if chronicle is None:
                chronicle = self._chronicles[session] = Chronicle(self._shelf.reader)
            own = {log: end for log, end in ends.items() if log.session == session}
            news, has_more = chronicle.advance(own, self._awaited(session, team, moved_s), _MOST_RECORDS)
            is_more |= has_more
            if news.facts or news.retracted:
                self._on_facts(session, news)
            self._put(session, chronicle, news)
        return is_more

    def _growing(self, ends: dict[LogId, int], team: Team) -> set[SessionId]:
        known = self._known or {}
        grown = {log.session for log, end_seq in ends.items() if end_seq > known.get(log, 0)}
        alive = {log.session for log in (*team.open_logs, *team.promised)}
        here = {log.session for log in ends}
        return (grown | alive | self._chronicles.keys()) & here if self._known is not None else set()

    def _awaited(self, session: SessionId, team: Team, moved_s: dict[LogId, float]) -> set[LogId]:
        now_s = time.monotonic()
        arriving = {log for log in team.promised if now_s - moved_s.get(log, now_s) < _ARRIVING_S}
        regular = {log for log in team.open_logs if now_s - moved_s.get(log, 0.0) < _REGULAR_S}
        return {log for log in arriving | regular if log.session == session}

    def _put(self, session: SessionId, chronicle: Chronicle, news: News) -> None:
        if self._shown != session:
            if self._shown is not None and not (self._is_open(session) and not self._is_open(self._shown)):
                return
            self._shown = session
        self._hub.publish_facts(news.facts, news.retracted)
        standings, info = chronicle.standings(), chronicle.info
        if standings is None or info is None:
            return
        is_behind = self.provisional == session and any(log.session == session for log in self._team.promised)
        now_s = time.monotonic()
        if is_behind or now_s - self._picture_s < _PICTURE_S:
            return
        self._picture_s = now_s
        self.provisional = None
        self._hub.standings.put(standings)
        self._hub.info.put(info)

    def _is_open(self, session: SessionId | None) -> bool:
        return any(log.session == session for log in self._team.open_logs)


class LiveRate(msgspec.Struct, frozen=True):
    """How one peer's live values come."""

    device: str
    stream: str
    count: int
    """Since the start."""
    age_s: float
    is_stale: bool


class LiveBoard:
    """The newest row of each collector and stream; who speaks for the car is judged by what they say."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], Row] = {}
        self._counts: dict[tuple[str, str], int] = {}
        self._speaker: str | None = None
        self.changed: Mailbox[Row] = Mailbox()

    def put(self, row: Row) -> None:
        key = row.device, row.stream
        self._rows[key] = row
        self._counts[key] = self._counts.get(key, 0) + 1
        self.changed.put(row)

    def row(self, stream: str, now_s: float) -> Row | None:
        """Of the collector that speaks for the car; stale rows know that they are."""
        own = [row for (_, of), row in list(self._rows.items()) if of == "own"]
        self._speaker = speaker(own, now_s, self._speaker)
        return self._rows.get((self._speaker or "", stream))

    def rates(self, now_s: float) -> list[LiveRate]:
        return [
            LiveRate(*key, self._counts[key], row.age_s(now_s), row.is_stale(now_s))
            for key, row in sorted(self._rows.items())
        ]


class Engineer:
    """Belongs to the thread that made it."""

    spring = Spring.PEERS
    has_ended = False
    moments = None

    def __init__(
        self,
        plan: RadioPlan,
        folders: Folders,
        health: HealthRegistry,
        on_facts: FactSink | None = None,
        settings: Settings | None = None,
    ) -> None:
        """`on_facts` hears of every session's facts; the hub has those of the one that is shown.

        With `settings` there is an office: messages, edits, and wishes for the pit menu.
        """
        self.hub = Hub()
        self.health = health
        self.shelf = Shelf(folders.logs)
        self.live = LiveBoard()
        self.radio = Radio(plan, self.hub, health.tell)
        self.following = Following(self.shelf, self.hub, on_facts or (lambda _, __: None))
        self.radio.rows.heard = self.live.put
        self.radio.stored.heard = self._hear_stored
        self.radio.team.heard = self.following.hear_team
        self.radio.snapshot.heard = self._hear_snapshot
        care = Care(folders.data / "archive", pause_s=_SCRUB_PAUSE_S)
        caretaker = Caretaker(self.shelf, care, SystemClock(), health.tell, self.radio.mend)
        self._hands = [
            Hand("caretaker", caretaker.main, health.tell),
            Hand("timekeeper", self.following.main, health.tell),
            Hand("radio", self.radio.main, health.tell),
        ]
        self.office = None if settings is None else self._open_office(plan, folders, settings)
        if self.office is not None:
            self._hands.append(Hand("office", self.office.main, health.tell))

    @property
    def link(self) -> Link:
        team = self.radio.team.take()[1]
        if team is None:
            return Link()
        machines = 0 if team.safe is None else team.safe.machines
        return Link(machines, is_recorded=bool(team.open_logs), words=team.trouble)

    def start(self) -> None:
        for hand in self._hands:
            hand.start()

    def stop(self) -> bool:
        """From the spring to the folds; False when a thread did not end in time."""
        are_done = [hand.stop(timeout_s=15.0) for hand in reversed(self._hands)]
        return all(are_done)

    def errors(self) -> list[Exception]:
        return [hand.error for hand in self._hands if hand.error is not None]

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
        )
        office.book.heard = lambda done: self.radio.wrote(done.log, done.durable_seq, done.sim_time_s)
        return office

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
