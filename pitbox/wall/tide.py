"""Whether copies come faster than they can be folded.

Folding shares one interpreter with the threads that read, prove and sync what comes: done at the same time,
each hand-over between them waits for the other. So folding waits for the flood: the copies are safe in a
quarter of the time, and the fold is ready no later. Neighbour: `following`, which asks.
"""

import threading
from collections import deque

_SPAN_S = 0.5
_HIGH_PER_S = 2_000
"""Records; one core folds about twice as many, a good network brings ten times."""
_MOST_S = 10.0
"""A flood longer than this is folded while it comes: a screen does not wait for a whole day's race."""


class Tide:
    """Any thread may note, and ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._came: deque[tuple[float, int]] = deque()
        self._since_s: float | None = None

    def note(self, records: int, now_s: float) -> None:
        """So many have come."""
        with self._lock:
            self._came.append((now_s, records))
            self._forget(now_s)

    def is_high(self, now_s: float) -> bool:
        """True while folding should wait."""
        with self._lock:
            self._forget(now_s)
            if sum(records for _, records in self._came) < _HIGH_PER_S * _SPAN_S:
                self._since_s = None
                return False
            if self._since_s is None:
                self._since_s = now_s
            return now_s - self._since_s < _MOST_S

    def _forget(self, now_s: float) -> None:
        while self._came and self._came[0][0] < now_s - _SPAN_S:
            self._came.popleft()
