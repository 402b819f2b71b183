"""From whole rows and texts to events: which session is open, what came, what is missing.

Rows wait until their session has a name and, for a moment, until its text is read, so that a log starts
with what it is about.
"""

from collections import deque
from collections.abc import Iterable

import msgspec

from pitbox.model.ids import SessionId
from pitbox.model.source import Closed, InfoChanged, Missed, Opened, SourceEvent
from pitbox.sim.iracing.header import Header
from pitbox.sim.iracing.layout import Sieve
from pitbox.sim.iracing.lector import Lector, Reading
from pitbox.sim.iracing.memory import Frame
from pitbox.sim.iracing.visit import Visit, unnamed_visit, visit_of

_WAIT_FOR_INFO = 120
"""Rows: two seconds. Then the session is opened without its text's content."""
_WAIT_FOR_NAME = 600
"""Rows: ten seconds. Then what has no name is recorded as a session of its own."""


class _Place(msgspec.Struct, frozen=True):
    """Where the last row stood."""

    tick: int
    session_num: int
    sim_time_s: float


class Attendance:
    """One stay in a session after another; the caller tells what it sees, events come back."""

    def __init__(self, lector: Lector) -> None:
        self._lector = lector
        self._sieve: Sieve | None = None
        self._visit: Visit | None = None
        self._is_named = False
        """The text of this connection was heard: its rows belong to the visit."""
        self._open: SessionId | None = None
        self._is_layout_told = False
        self._reading: Reading | None = None
        self._is_info_told = True
        self._unread: bytes | None = None
        self._held: deque[Frame] = deque()
        self._place: _Place | None = None
        self._sim_time_s = 0.0
        self._blank = 0

    @property
    def session(self) -> SessionId | None:
        """The one that is open."""
        return self._open

    @property
    def last_tick(self) -> int | None:
        """The sim's count of the last row given, as long as it can go on from there."""
        return None if self._place is None else self._place.tick

    def arrive(self, header: Header, newest_tick: int) -> None:
        """A connection was made, or its header is another one; raises GarbageError for unusable rows."""
        self._sieve = Sieve(header)
        self._is_layout_told = self._is_named = False
        self._held.clear()
        if self._place is not None and newest_tick < self._place.tick:
            self.forget()

    def hear(self, text: bytes) -> list[SourceEvent]:
        """The session text is this now."""
        visit = visit_of(text, self._visit)
        if visit is None:
            return []
        out: list[SourceEvent] = []
        if self._open not in (None, visit.session):
            out = self.leave("The sim went to another session.")
        if self._visit is not None and visit.session != self._visit.session:
            self._place = None
        self._visit, self._unread, self._is_named = visit, text, True
        return out

    def take(self, frames: Iterable[Frame]) -> list[SourceEvent]:
        """These rows came. Also to be called when none came, for what was read meanwhile."""
        assert self._sieve is not None
        self._listen()
        self._held.extend(frames)
        out: list[SourceEvent] = []
        while self._held:
            frame = self._held.popleft()
            session_num, sim_time_s = self._sieve.moment(frame.row)
            if sim_time_s <= 0:  # a buffer that was never filled: every car would stand in the world at 0 %
                self._blank += 1
                continue
            place = _Place(frame.tick, session_num, sim_time_s)
            if not self._is_layout_told and not self._may_open(1 + len(self._held)):
                self._held.appendleft(frame)
                break
            self._tell_session(place, out)
            self._tell_gap(place, out)
            out.append(self._sieve.ticks(frame.row, frame.tick))
            self._place, self._sim_time_s, self._blank = place, sim_time_s, 0
        if self._is_layout_told and self._place is not None:
            self._tell_info(self._place, out)
        return out

    def forget(self) -> None:
        """Whatever comes next is no continuation: the sim's count begins anew."""
        self._place = self._visit = None

    def leave(self, reason: str) -> list[SourceEvent]:
        """The session is over for us."""
        if self._open is None:
            return []
        self._open, self._reading, self._is_layout_told = None, None, False
        return [Closed(self._sim_time_s, reason)]

    def _listen(self) -> None:
        """Give the lector what waits for it, take what it read of this session."""
        if self._unread is not None and self._visit is not None:
            is_taken = self._lector.put(self._visit.session, self._unread)
            self._unread = None if is_taken else self._unread
        reading = self._lector.take()
        if reading is None or self._visit is None or reading.session != self._visit.session:
            return
        if self._reading is None or reading.info != self._reading.info:
            self._reading, self._is_info_told = reading, False

    def _may_open(self, waiting: int) -> bool:
        if not self._is_named:
            if waiting < _WAIT_FOR_NAME:
                return False
            self._visit = self._visit or unnamed_visit()
            self._is_named = True
        return self._reading is not None or waiting >= _WAIT_FOR_INFO

    def _tell_session(self, place: _Place, out: list[SourceEvent]) -> None:
        if self._is_layout_told:
            return
        assert self._sieve is not None
        assert self._visit is not None
        self._open, self._is_layout_told = self._visit.session, True
        self._is_info_told = False
        sieve = self._sieve
        out.append(Opened(self._visit.session, sieve.own, sieve.field, sieve.slow))
        self._tell_info(place, out)

    def _tell_info(self, place: _Place, out: list[SourceEvent]) -> None:
        if self._reading is not None and not self._is_info_told:
            self._is_info_told = True
            reading = self._reading
            out.append(InfoChanged(place.session_num, place.sim_time_s, reading.info, reading.text))

    def _tell_gap(self, place: _Place, out: list[SourceEvent]) -> None:
        """Rows between the last one given and this one."""
        last = self._place
        count = 0 if last is None else place.tick - last.tick - 1
        if last is None or count <= 0:
            return
        is_blank = count == self._blank
        has_gone_on = place.session_num == last.session_num and place.sim_time_s > last.sim_time_s
        if is_blank and not has_gone_on:
            return  # between two sessions the sim has nothing to say
        reason = "the sim left them blank" if is_blank else "they were overwritten before they were whole"
        from_s = last.sim_time_s if has_gone_on else place.sim_time_s
        out.append(Missed(count, from_s, place.sim_time_s, reason))
