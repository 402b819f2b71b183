"""Laps of our car from left to right: which stretch is shown, and where a lap stands in it. Loads no Qt."""

import msgspec

_LEAST = 8.0
_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500)


class LapScale(msgspec.Struct, frozen=True):
    """`first` to `last` lie between `left` and `right`."""

    first: float
    last: float
    left: float
    right: float

    @property
    def per_lap(self) -> float:
        return (self.right - self.left) / max(1e-9, self.last - self.first)

    def x(self, lap: float) -> float:
        return self.left + (lap - self.first) * self.per_lap

    def lap(self, x: float) -> float:
        return self.first + (x - self.left) / max(1e-9, self.per_lap)

    def zoomed(self, factor: float, around: float, whole: "LapScale") -> "LapScale":
        """Fewer laps for a factor below 1; the lap at `around` stays where it is."""
        length = min(max((self.last - self.first) * factor, _LEAST), whole.last - whole.first)
        share = (around - self.first) / max(1e-9, self.last - self.first)
        first = min(max(whole.first, around - share * length), whole.last - length)
        return msgspec.structs.replace(self, first=first, last=first + length)

    def moved(self, laps: float, whole: "LapScale") -> "LapScale":
        """So many laps on, as far as there are any."""
        return whole.near(self.first + laps, self.last + laps)

    def near(self, first: float, last: float) -> "LapScale":
        """That stretch, or where it reaches beyond this one as long a stretch inside."""
        length = min(last - first, self.last - self.first)
        first = min(max(first, self.first), self.last - length)
        return msgspec.structs.replace(self, first=first, last=first + length)

    def marks(self, room: float) -> list[int]:
        """Round laps, so far apart at least."""
        step = next((one for one in _STEPS if one * self.per_lap >= room), _STEPS[-1])
        start = -(-int(self.first) // step) * step
        return [lap for lap in range(start, int(self.last) + 1, step) if lap >= self.first]
