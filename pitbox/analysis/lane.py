"""Where on the lap the pit lane lies beside the track: the fractions at which cars were seen in it."""

import numpy as np
from numpy.typing import NDArray

_BINS = 512
_LONGEST = 0.4
"""Of a lap: what is longer is no lane but cars that were misread."""
_LEAST_BINS = 4

Span = tuple[float, float]
"""From entry to exit, as fractions; the exit is above 1 where the line lies between."""


class LaneSeen:
    """Grows with what is seen; the same in any order."""

    def __init__(self) -> None:
        self._is_seen: NDArray[np.bool_] = np.zeros(_BINS, np.bool_)

    def take(self, pct: NDArray[np.float64]) -> None:
        """Fractions of cars that were in the lane."""
        sound = pct[(pct > -0.5) & (pct < 1.5)]
        self._is_seen[(np.mod(sound, 1.0) * _BINS).astype(np.intp) % _BINS] = True

    def take_span(self, span: Span) -> None:
        """What was known before."""
        self.take(np.arange(span[0] + 0.5 / _BINS, span[1], 0.5 / _BINS) % 1.0)

    @property
    def span(self) -> Span | None:
        """All but the widest stretch without anybody; None while it is too little, or too much."""
        seen = np.flatnonzero(self._is_seen)
        if len(seen) < _LEAST_BINS:
            return None
        gaps = np.diff(np.append(seen, seen[0] + _BINS))
        widest = int(gaps.argmax())
        first = int(seen[(widest + 1) % len(seen)])
        length = (int(seen[widest]) - first) % _BINS + 1
        if length > _LONGEST * _BINS:
            return None
        return first / _BINS, (first + length) / _BINS
