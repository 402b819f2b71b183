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

    def off_s(self, session_s: float) -> float:
        """A lap that ended then: so much slower than over the race; 0 where too few cars show it."""
        return self.by_bin.get(int(session_s // _BIN_S), 0.0)


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
            found.setdefault(int(lap.end_s // _BIN_S), []).append((car.car_idx, lap.time_s - usual_s))
    by_bin = {
        at: median(off_s for _, off_s in some)
        for at, some in found.items()
        if len(some) >= _LEAST_LAPS and len({car for car, _ in some}) >= _LEAST_CARS
    }
    return Track(by_bin, cars)
