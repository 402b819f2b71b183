"""The running sim as a spring of the river: found, followed through its sessions, lost and found again."""

import threading
from collections.abc import Sequence

import msgspec

from pitbox.crew.clock import SystemClock
from pitbox.crew.health import Health, HealthSink, Level, unheard
from pitbox.model.clock import Clock
from pitbox.model.ids import SessionId
from pitbox.model.source import SourceEvent
from pitbox.sim.iracing.attendance import Attendance
from pitbox.sim.iracing.connection import Connection, Opener, open_sim
from pitbox.sim.iracing.errors import ImageError
from pitbox.sim.iracing.header import parse_header
from pitbox.sim.iracing.lector import Lector, TextReader
from pitbox.sim.iracing.line import Line

_WAITING = "The sim is not running; PitBox waits for it."


class LiveLimits(msgspec.Struct, frozen=True):
    retry_s: float = 0.5
    """First pause after an attempt that found no sim; each further one is twice as long."""
    longest_retry_s: float = 4.0
    silent_s: float = 15.0
    """Without a row for so long the sim is gone, whatever its memory says."""
    grace_s: float = 5.0
    """A sim that comes back this soon into the same session was never away."""


class IracingSource:
    """A `TickSource` that goes on for ever: `Closed` ends a session, not the source."""

    def __init__(
        self,
        read_text: TextReader,
        opener: Opener = open_sim,
        *,
        on_health: HealthSink = unheard,
        clock: Clock | None = None,
        limits: LiveLimits | None = None,
    ) -> None:
        self._opener = opener
        self._on_health = on_health
        self._clock = clock or SystemClock()
        self._limits = limits or LiveLimits()
        self._lector = Lector(read_text, on_health)
        self._lector.start()
        self._attendance = Attendance(self._lector)
        self._line: Line | None = None
        self._next_try_s = 0.0
        self._pause_s = self._limits.retry_s
        self._lost_s = 0.0
        self._stale_tick: int | None = None
        self._told: Health | None = None
        self._closing = threading.Event()
        self._lock = threading.Lock()

    @property
    def session(self) -> SessionId | None:
        """The one that is open."""
        return self._attendance.session

    def poll(self, timeout_s: float) -> Sequence[SourceEvent]:
        until_s = self._clock.monotonic_s() + timeout_s
        while not self._closing.is_set():
            with self._lock:
                events = self._step(self._clock.monotonic_s())
                left_s = until_s - self._clock.monotonic_s()
                if events or left_s <= 0:
                    return events
                line = self._line
                if line is not None:
                    line.wait(left_s, self._clock.monotonic_s())
            if line is None:
                self._closing.wait(min(left_s, max(0.0, self._next_try_s - self._clock.monotonic_s())))
        return ()

    def close(self) -> None:
        """May be called from any thread; a poll that waits returns at once."""
        self._closing.set()
        with self._lock:
            self._let_go()
        self._lector.stop()

    def _step(self, now_s: float) -> list[SourceEvent]:
        """Whatever can be had without waiting."""
        if self._closing.is_set():
            return []
        if self._line is None and now_s >= self._next_try_s:
            self._connect(now_s)
        if self._line is None:
            is_over = self._attendance.session is not None and now_s - self._lost_s >= self._limits.grace_s
            return self._attendance.leave("The sim is gone.") if is_over else []
        events = self._line.read(now_s)
        if events is not None:
            self._stale_tick = None if events else self._stale_tick
            return events
        self._lose(now_s)
        return []

    def _connect(self, now_s: float) -> None:
        self._next_try_s = now_s + self._pause_s
        self._pause_s = min(2 * self._pause_s, self._limits.longest_retry_s)
        connection: Connection | None = None
        try:
            connection = self._opener()
            if connection is not None:
                self._enter(connection, now_s)
            if self._line is None:
                self._say(Level.NOTE, _WAITING)
        except (OSError, ImageError) as error:
            self._say(Level.DEGRADED, f"The sim cannot be read: {error}")
        if self._line is None and connection is not None:
            connection.close()

    def _enter(self, connection: Connection, now_s: float) -> None:
        if not any(connection.view[:4]):
            return  # the sim has made its memory and has yet to fill it
        header = parse_header(connection.view)
        newest = max(buffer.tick for buffer in header.buffers)
        if not header.is_connected or newest == self._stale_tick:
            return
        self._attendance.arrive(header, newest)
        self._line = Line(connection, header, self._attendance, now_s, self._limits.silent_s)
        self._pause_s = self._limits.retry_s
        self._say(Level.OK, "The sim is connected.")

    def _lose(self, now_s: float) -> None:
        assert self._line is not None
        self._stale_tick = self._line.newest if self._line.is_silent(now_s) else None
        if self._line.has_ended:
            self._attendance.forget()
        self._lost_s = self._next_try_s = now_s
        self._let_go()
        self._say(Level.NOTE, _WAITING)

    def _let_go(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()

    def _say(self, level: Level, words: str) -> None:
        health = Health("sim", "iRacing", level, words)
        if health != self._told:
            self._told = health
            self._on_health(health)
