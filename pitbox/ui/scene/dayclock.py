"""Which time of day a moment of the race has, as far as one who watches can tell. Loads no Qt."""

from datetime import UTC, datetime
from typing import Literal

Zone = Literal["local", "utc"]
_LEAST_S = 10.0
_LONG_S = 120.0
_TRUE = 0.02


class DayClock:
    """Compares the race's clock with the wall's. Says nothing of a race that runs at another speed."""

    def __init__(self, zero_utc_s: float | None = None) -> None:
        """`zero_utc_s`: wall clock at session time 0, where a recording says it."""
        self._said_s = zero_utc_s
        self._first: tuple[float, float] | None = None
        self._zero_s: float | None = None

    @property
    def zero_utc_s(self) -> float | None:
        """None while nobody knows."""
        return self._said_s if self._said_s is not None else self._zero_s

    def note(self, wall_s: float, sim_time_s: float) -> None:
        """A picture of the race came; the least delayed one tells best."""
        if self._first is None or sim_time_s < self._first[1] or wall_s < self._first[0]:
            self._first, self._zero_s = (wall_s, sim_time_s), None
            return
        passed_s, raced_s = wall_s - self._first[0], sim_time_s - self._first[1]
        if passed_s < _LEAST_S:
            return
        if abs(raced_s - passed_s) > max(1.0, _TRUE * passed_s):
            self._first, self._zero_s = (wall_s, sim_time_s), None
            return
        here_s = wall_s - sim_time_s
        self._zero_s = here_s if self._zero_s is None else min(self._zero_s, here_s)
        if passed_s > _LONG_S:
            self._first = (wall_s, sim_time_s)


def day_words(utc_s: float, zone: Zone, *, has_seconds: bool = False) -> str:
    """22:12, or 22:12:33."""
    at = datetime.fromtimestamp(utc_s, UTC)
    if zone == "local":
        at = at.astimezone()
    return at.strftime("%H:%M:%S" if has_seconds else "%H:%M")
