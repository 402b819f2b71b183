"""One connection to the sim from its first row to its last."""

from pitbox.model.source import SourceEvent
from pitbox.sim.iracing.attendance import Attendance
from pitbox.sim.iracing.connection import Connection
from pitbox.sim.iracing.header import Header
from pitbox.sim.iracing.memory import Memory
from pitbox.sim.iracing.pulse import Pulse

_SETTLED_S = 0.01
"""A text has to read the same twice, so far apart: the sim does not say when it has written it."""
_CURRENT_S = 0.5
"""How often a silent connection is asked whether it is still the right one."""


class Line:
    """Reads rows and texts into an attendance."""

    def __init__(
        self, connection: Connection, header: Header, attendance: Attendance, now_s: float, silent_s: float
    ) -> None:
        self._connection = connection
        self._attendance = attendance
        self._memory = Memory(connection.view, header, attendance.last_tick)
        self._pulse = Pulse(header.tick_rate)
        self._silent_s = silent_s
        self._heard_s = self._asked_s = now_s
        self._text_update: int | None = None
        self._draft: bytes | None = None
        self._draft_s = 0.0
        self.has_ended = False
        """The sim said goodbye, or another one stands in its place; false while it may only be slow."""

    @property
    def newest(self) -> int:
        return self._memory.newest

    def read(self, now_s: float) -> list[SourceEvent] | None:
        """What came since the last call; None when this connection is over."""
        memory = self._memory
        is_same = memory.look()
        self.has_ended = not memory.is_connected
        if not is_same or self.has_ended:
            return None
        frames = memory.take()
        events: list[SourceEvent] = []
        if memory.text_update != self._text_update:
            events.extend(self._read_text(now_s))
        if frames:
            self._pulse.heard(now_s, len(frames))
            self._heard_s = now_s
        elif not events and self._is_over(now_s):
            return None
        events.extend(self._attendance.take(frames))
        return events

    def is_silent(self, now_s: float) -> bool:
        return now_s - self._heard_s >= self._silent_s

    def wait(self, timeout_s: float, now_s: float) -> None:
        """Until a row may be there, or for `timeout_s`."""
        self._connection.wait(min(timeout_s, self._pulse.nap_s(now_s)))

    def close(self) -> None:
        self._connection.close()

    def _is_over(self, now_s: float) -> bool:
        if self.is_silent(now_s):
            return True
        if now_s - max(self._asked_s, self._heard_s) < _CURRENT_S:
            return False
        self._asked_s = now_s
        self.has_ended = not self._connection.is_current()
        return self.has_ended

    def _read_text(self, now_s: float) -> list[SourceEvent]:
        if self._draft is not None and now_s - self._draft_s < _SETTLED_S:
            return []
        update, text = self._memory.text_update, self._memory.text()
        if text is None or text != self._draft:
            self._draft, self._draft_s = text, now_s
            return []
        self._draft, self._text_update = None, update
        return self._attendance.hear(text)
