"""When the flag went green, on the wall clock: the race's clock and the wall's, held against each other.

What comes in late shows an older race, so a start that seems to come later is only a line that hangs or
catches up; one that seems earlier is nearer to the truth.
"""

_SAME_S = 30.0
_STEADY_S, _STEADY_FOR_S = 5.0, 120.0
"""A clock that was set differently says the same from then on; a race that stands still does not."""


class GreenFlag:
    """One race at a time. Belongs to one thread."""

    def __init__(self) -> None:
        self._race: object = None
        self._utc_s = 0.0
        self._later: tuple[float, float] | None = None
        """(a later start as it was first seen, when on the wall)."""

    def utc_s(self, race: object, now_utc_s: float, race_s: float) -> float:
        """`race_s`: since the flag, in the picture that is here now. Two clocks never run quite alike."""
        seen_s = now_utc_s - race_s
        if race != self._race or seen_s < self._utc_s - _SAME_S:
            self._race, self._utc_s, self._later = race, seen_s, None
        elif seen_s <= self._utc_s + _SAME_S:
            self._later = None
        elif self._later is None or abs(self._later[0] - seen_s) > _STEADY_S:
            self._later = (seen_s, now_utc_s)
        elif now_utc_s - self._later[1] >= _STEADY_FOR_S:
            self._utc_s, self._later = seen_s, None
        return self._utc_s
