"""What the track did to everybody: the class's clean laps against each car's own, over the race.

Rain, night and rubber show there; a driver is not to be blamed for them, nor praised.
"""

from collections.abc import Iterable
from statistics import median

import msgspec

from pitbox.strategy.story import CarStory

_BIN_S = 600.0
_LEAST_LAPS, _LEAST_CARS = 5, 3
_LEAST_OWN = 10
"""Clean laps of a car before its middle lap says anything."""


class Track(msgspec.Struct, frozen=True):
    by_bin: dict[int, float] = {}
    cars: int = 0

    def off_s(self, start_s: float, end_s: float) -> float:
        """A lap driven then: so much slower than over the race; 0 where too few cars show it.

        A lap that lies in two stretches takes of each its share, so a moment more or less changes little.
        """
        first, last = int(start_s // _BIN_S), int(end_s // _BIN_S)
        known = [at for at in range(first, last + 1) if at in self.by_bin]
        shares = [min(end_s, (at + 1) * _BIN_S) - max(start_s, at * _BIN_S) for at in known]
        if sum(shares) <= 0.0:
            return 0.0
        return sum(s * self.by_bin[at] for at, s in zip(known, shares, strict=True)) / sum(shares)


def track_of(mates: Iterable[CarStory]) -> Track:
    """Of the class without our own car."""
    found: dict[int, list[tuple[int, float]]] = {}
    cars = 0
    for car in mates:
        laps = car.clean_laps()
        if len(laps) < _LEAST_OWN:
            continue
        cars += 1
        usual_s = median(lap.time_s for lap in laps)
        for lap in laps:
            middle_s = (lap.start_s + lap.end_s) / 2
            found.setdefault(int(middle_s // _BIN_S), []).append((car.car_idx, lap.time_s - usual_s))
    by_bin = {
        at: median(off_s for _, off_s in some)
        for at, some in found.items()
        if len(some) >= _LEAST_LAPS and len({car for car, _ in some}) >= _LEAST_CARS
    }
    return Track(by_bin, cars)
