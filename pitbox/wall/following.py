"""The thread that folds for an engineer: all sessions that grow, each by itself; one goes to the hub."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from pitbox.log.shelf import Shelf
from pitbox.model.ids import TEAM_PLANS, Axis, LogId, SessionId
from pitbox.sync.live import STALE_S
from pitbox.wall.annals import Annals, annals_path
from pitbox.wall.chronicle import Chronicle
from pitbox.wall.hub import Hub
from pitbox.wall.ledger import News
from pitbox.wall.past import FoldedPast
from pitbox.wall.radio import Picture, Team
from pitbox.wall.safe_place import SafePlace, Trail
from pitbox.wall.tide import Tide

_WAIT_S = 0.5
_MOST_RECORDS = 2_000
"""Folded between two looks at what else there is to do."""
_FLOOD_S = 0.05
"""Between two looks whether a flood of copies has passed."""
_REGULAR_S = 0.6
"""A log that is being recorded speaks four times a second; one that does not is not waited for."""
_ARRIVING_S = 2.0
_PICTURE_S = 0.2
_RECENT_S = 3600.0
"""A race that was followed so shortly before this start is followed to its end, though it may not grow."""

FactSink = Callable[[SessionId, News], None]


class Following:
    """`main` is the thread; what others call returns at once."""

    def __init__(self, shelf: Shelf, hub: Hub, on_facts: FactSink, annals: Path | None = None) -> None:
        """In the folder `annals` lies what was folded and told, so that a restart takes it up."""
        self._shelf = shelf
        self._hub = hub
        self._on_facts = on_facts
        self._annals = annals
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._team = Team()
        self._ends: dict[LogId, int] = {}
        self._known: dict[LogId, int] | None = None
        """What lay here at the start: sessions that never grow from there on are for the database to tell."""
        self._left: set[SessionId] = set()
        """Except those that were being told when the process before ended."""
        self._moved_s: dict[LogId, float] = {}
        self._chronicles: dict[SessionId, Chronicle] = {}
        self._shown: SessionId | None = None
        self._picture_s = 0.0
        self._pictured: tuple[SessionId, int, int] | None = None
        """Of what the last picture is, and how many records are in it."""
        self._trail = Trail()
        self._tide = Tide()
        self.past = FoldedPast(shelf.reader)
        """Of the session in the hub."""
        self.provisional: SessionId | None = None
        """The session of which another machine's picture stands in the hub, until our own fold is there."""

    @property
    def session(self) -> SessionId | None:
        """The one in the hub."""
        return self._shown

    def chronicle(self, session: SessionId) -> Chronicle | None:
        return self._chronicles.get(session)

    def safe_place(self) -> SafePlace | None:
        """Up to where the shown race is recorded on as many machines as the team says."""
        safe = self._team.safe
        if safe is None or safe.log.session != self._hub.session:
            return None
        return self._trail.at(safe.until_s)

    def hear_team(self, team: Team) -> None:
        """From the radio: all that is safe here, and what is still to come."""
        with self._lock:
            self._team = team
            if self._known is None:
                self._known = dict(team.ends)
                self._left = {
                    session for session in {log.session for log in team.ends} if self._is_left(session)
                }
        for log, end_seq in team.ends.items():
            self.hear(log, end_seq)

    def hear(self, log: LogId, end_seq: int) -> None:
        """From any thread: a log has grown."""
        if log.session == TEAM_PLANS:  # nothing is driven in it, so there is nothing to fold
            return
        now_s = time.monotonic()
        with self._lock:
            came = end_seq - self._ends.get(log, 0)
            if came > 0:
                self._tide.note(came, now_s)
                self._ends[log] = end_seq
                self._moved_s[log] = now_s
        self._woken.set()

    def show(self, session: SessionId, picture: Picture) -> None:
        """What a team-mate's fold sees, only while our own has nothing to say of that session."""
        chronicle = self._chronicles.get(session)
        theirs = picture.standings
        there = Axis(theirs.session_num, theirs.run, theirs.sim_time_s - STALE_S)
        if chronicle is not None and chronicle.axis >= there:  # the fold itself is another thread's
            return
        if self._shown not in (None, session) and self._is_open(self._shown):
            return
        self.provisional = session
        self._enter(session)
        self._hub.info.put(picture.info)
        self._hub.standings.put(picture.standings)

    def main(self, stop: threading.Event) -> None:
        try:
            while not stop.is_set():
                self._woken.wait(_WAIT_S)
                self._woken.clear()
                while not stop.is_set() and (self._stands_back(stop) or self.advance()):
                    pass
        finally:
            for chronicle in self._chronicles.values():
                chronicle.close()

    def advance(self) -> bool:
        """Fold a little of each session; True when there is more at once."""
        with self._lock:
            ends, team, moved_s = dict(self._ends), self._team, dict(self._moved_s)
        is_more = False
        for session in self._growing(ends, team):
            chronicle = self._chronicles.get(session) or self._begin(session)
            own = {log: end for log, end in ends.items() if log.session == session}
            news, has_more = chronicle.advance(own, self._awaited(session, team, moved_s), _MOST_RECORDS)
            is_more |= has_more
            if news.facts or news.retracted:
                self._on_facts(session, news)
            self._put(session, chronicle, news)
        return is_more

    def _stands_back(self, stop: threading.Event) -> bool:
        is_flood = self._tide.is_high(time.monotonic())
        if is_flood:
            stop.wait(_FLOOD_S)
        return is_flood

    def _begin(self, session: SessionId) -> Chronicle:
        """Where it was left, if it was followed before: the last telling is repeated under its numbers."""
        path = None if self._annals is None else annals_path(self._annals, session)
        annals = Annals(session, path)
        chronicle = self._chronicles[session] = Chronicle(self._shelf.reader, annals)
        if annals.again.facts or annals.again.retracted:
            self._on_facts(session, annals.again)
        return chronicle

    def _growing(self, ends: dict[LogId, int], team: Team) -> set[SessionId]:
        known = self._known or {}
        grown = {log.session for log, end_seq in ends.items() if end_seq > known.get(log, 0)}
        alive = {log.session for log in (*team.open_logs, *team.promised)}
        here = {log.session for log in ends}
        return (
            (grown | alive | self._left | self._chronicles.keys()) & here
            if self._known is not None
            else set()
        )

    def _is_left(self, session: SessionId) -> bool:
        if self._annals is None:
            return False
        try:
            written_s = annals_path(self._annals, session).stat().st_mtime
        except OSError:
            return False
        return abs(time.time() - written_s) < _RECENT_S

    def _awaited(self, session: SessionId, team: Team, moved_s: dict[LogId, float]) -> set[LogId]:
        now_s = time.monotonic()
        arriving = {log for log in team.promised if now_s - moved_s.get(log, now_s) < _ARRIVING_S}
        regular = {log for log in team.open_logs if now_s - moved_s.get(log, 0.0) < _REGULAR_S}
        return {log for log in arriving | regular if log.session == session}

    def _put(self, session: SessionId, chronicle: Chronicle, news: News) -> None:
        if self._shown == session:
            self._hub.publish_facts(news.facts, news.retracted)
        elif self._shown is None or (self._is_open(session) and not self._is_open(self._shown)):
            self._shown = session
            self._enter(session)
            self._hub.publish_facts(chronicle.told())
            self.past.turn_to(chronicle.annals)
        else:
            return
        standings, info = chronicle.standings(), chronicle.info
        if standings is None or info is None:
            return
        is_behind = self.provisional == session and any(log.session == session for log in self._team.promised)
        now_s = time.monotonic()
        drawn = session, chronicle.turns, chronicle.folded_records
        if is_behind or drawn == self._pictured or now_s - self._picture_s < _PICTURE_S:
            return
        self._picture_s, self._pictured = now_s, drawn
        self.provisional = None
        self._trail.note(standings, info)
        self._hub.standings.put(standings)
        self._hub.info.put(info)

    def _enter(self, session: SessionId) -> None:
        if session != self._hub.session:
            self._trail.clear()
            self._hub.enter(session)

    def _is_open(self, session: SessionId | None) -> bool:
        return any(log.session == session for log in self._team.open_logs)
