"""What every room said last about itself, for whoever asks. Pulled, never pushed."""

import logging
import threading
from collections import deque
from collections.abc import Callable

import msgspec

from pitbox.crew.health import Health, Level

_HISTORY = 500
_JOURNAL_LEVELS = {
    Level.OK: logging.INFO,
    Level.NOTE: logging.INFO,
    Level.DEGRADED: logging.WARNING,
    Level.FAILED: logging.ERROR,
}


class Told(msgspec.Struct, frozen=True):
    """One state and when it was told."""

    health: Health
    wall_s: float
    """For people to read."""


class Ward(msgspec.Struct, frozen=True):
    """All matters at one moment, the worst first."""

    version: int
    states: tuple[Told, ...]
    history: tuple[Told, ...]
    """Changes, the oldest first; bounded."""

    @property
    def level(self) -> Level:
        """The worst of all matters."""
        return self.states[0].health.level if self.states else Level.OK


class HealthRegistry:
    """The latest state of each (room, subject). `tell` is a `crew.health.HealthSink` for any thread."""

    def __init__(self, wall_s: Callable[[], float], history: int = _HISTORY) -> None:
        self._wall_s = wall_s
        self._lock = threading.Lock()
        self._states: dict[tuple[str, str], Told] = {}
        self._history: deque[Told] = deque(maxlen=history)
        self._version = 0

    @property
    def version(self) -> int:
        """Rises with every change; the same number means the same snapshot."""
        return self._version

    def tell(self, health: Health) -> None:
        """Take a state; the same state again changes nothing, not even its time."""
        key = (health.room, health.subject)
        with self._lock:
            before = self._states.get(key)
            if before is not None and before.health == health:
                return
            told = Told(health, self._wall_s())
            self._states[key] = told
            self._history.append(told)
            self._version += 1
        level = _JOURNAL_LEVELS[health.level]
        logging.getLogger(f"pitbox.{health.room}").log(level, "%s: %s", health.subject, health.words)

    def snapshot(self) -> Ward:
        with self._lock:
            states = sorted(
                self._states.values(),
                key=lambda told: (-told.health.level, told.health.room, told.health.subject),
            )
            return Ward(self._version, tuple(states), tuple(self._history))
