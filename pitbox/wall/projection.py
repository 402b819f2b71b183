"""The thread that has the database brought up to the log: by a child, of low priority, between sessions.

The collector itself never loads a database. The child may be killed at any time: what it committed stays,
and the next one goes on from there.
"""

import logging
import threading
from collections.abc import Callable, Sequence

from pitbox.crew.clock import SystemClock
from pitbox.crew.health import Health, HealthSink, Level
from pitbox.model.clock import Clock
from pitbox.wall.errand import pitbox_command, start_errand

_log = logging.getLogger("pitbox.wall")
_LOOK_S = 0.2
_RETRY_S = 60.0
"""After one that failed: a full disk is emptied, a tool that has the database open is closed."""


def projection_command(profile_name: str) -> list[str]:
    return pitbox_command(profile_name, "store", "project")


class Projection:
    """`wish` asks for one; it is done when no session is open."""

    def __init__(
        self,
        command: Sequence[str],
        on_health: HealthSink,
        clock: Clock | None = None,
        then: Callable[[], Sequence[str]] = tuple,
        *,
        is_kind: bool = True,
    ) -> None:
        """`then`: the command that is due once the database is up to date; empty: none.

        `is_kind`: the next session of a sim may begin at any time, so a child stands behind everything.
        """
        self._command, self._then = list(command), then
        self._is_kind = is_kind
        self._on_health = on_health
        self._is_wished = threading.Event()
        self._is_session_open = threading.Event()
        self._is_running = threading.Event()
        self._clock = clock or SystemClock()
        self._again_s: float | None = None
        """When one that failed is tried again."""
        self.done_count = 0

    @property
    def is_due(self) -> bool:
        """Wished and not done yet."""
        return self._is_wished.is_set() or self.is_running

    @property
    def is_running(self) -> bool:
        return self._is_running.is_set()

    def wish(self) -> None:
        self._is_wished.set()

    def session_opened(self) -> None:
        """Stand back: a child that runs is ended, and begins again afterwards."""
        self._is_session_open.set()

    def session_closed(self) -> None:
        self._is_session_open.clear()
        self.wish()

    def main(self, stop: threading.Event) -> None:
        while not stop.wait(_LOOK_S):
            if self._again_s is not None and self._clock.monotonic_s() >= self._again_s:
                self.wish()
            if self._is_wished.is_set() and not self._is_session_open.is_set():
                self._is_running.set()
                self._is_wished.clear()
                self._again_s = None
                self._project(stop)
                self._is_running.clear()

    def _project(self, stop: threading.Event) -> None:
        try:
            child = start_errand(self._command, is_kind=self._is_kind)
        except OSError as error:
            self._tell(Level.DEGRADED, f"no process can be started: {error.strerror}")
            return
        with child:
            while child.poll() is None:
                if stop.wait(_LOOK_S) or self._is_session_open.is_set():
                    child.kill()
                    child.wait()
                    self._is_wished.set()
                    return
            said = child.stdout.read().strip() if child.stdout else ""
        last = said.splitlines()[-1] if said else f"it ended with {child.returncode}"
        if child.returncode == 0:
            self.done_count += 1
            _log.info("projection: %s", last)
            self._tell(Level.OK, "")
            self._follow_up(stop)
        else:
            self._tell(Level.DEGRADED, last.rstrip("."))

    def _follow_up(self, stop: threading.Event) -> None:
        """What it fails with is told in the log: nothing was lost, and it can be had by hand."""
        command = self._then()
        if not command:
            return
        try:
            child = start_errand(command, is_kind=self._is_kind)
        except OSError as error:
            _log.warning("no report: %s", error.strerror)
            return
        with child:
            while child.poll() is None:
                if stop.wait(_LOOK_S) or self._is_session_open.is_set():
                    child.kill()
                    child.wait()
                    return
            said = child.stdout.read().strip() if child.stdout else ""
        _log.log(logging.WARNING if child.returncode else logging.INFO, "report: %s", said)

    def _tell(self, level: Level, what: str) -> None:
        words = "The database is up to date."
        if level is not Level.OK:
            self._again_s = self._clock.monotonic_s() + _RETRY_S
            words = f"The database is behind, the log is not: {what}."
        self._on_health(Health("store", "projection", level, words))
