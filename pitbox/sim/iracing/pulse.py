"""When the next row is due, for those who cannot wait for an event: sleep until then, not all the time."""

_EARLY = 0.98
"""Share of a tick to sleep through: just too early, so that looks drift to when rows come, one a tick."""
_LOOKS = 8
"""So often is looked within one tick."""
_SMOOTH = 0.2


class Pulse:
    """Learns how far apart rows come; at first, and when none come, it believes `tick_rate`."""

    def __init__(self, tick_rate: int) -> None:
        self._longest_s = 1.0 / tick_rate
        self._period_s = self._longest_s
        self._heard_s: float | None = None

    def heard(self, now_s: float, count: int) -> None:
        """So many rows were found at this moment."""
        if self._heard_s is not None:
            spacing_s = min(self._longest_s, (now_s - self._heard_s) / count)
            self._period_s += _SMOOTH * (spacing_s - self._period_s)
        self._heard_s = now_s

    def nap_s(self, now_s: float) -> float:
        """How long to look away; longer and longer, up to a tick, while nothing comes."""
        look_s = self._period_s / _LOOKS
        if self._heard_s is None:
            return look_s
        due_s = self._heard_s + _EARLY * self._period_s
        late_s = now_s - due_s
        return max(look_s, -late_s, min(self._longest_s, late_s / _LOOKS))
