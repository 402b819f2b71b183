"""What the next stop is for, as far as others can see it: whether somebody else gets in.

Teams have habits: so many stints for each driver. How often a driver got out after one, two or three stints,
in this car and in its class, is the chance that it happens again.
"""

from collections.abc import Sequence

import msgspec

from pitbox.model.fact import Stop
from pitbox.strategy.story import CarNow, CarStory, Moment

_PRIOR = (0.3, 0.6, 0.8)
"""Of a change after one, two, three and more stints, before anybody has shown it."""
_PRIOR_WEIGHT = 3.0
_OWN_WEIGHT = 3.0
"""A stop of this car counts as much as so many of its class."""


class StopKind(msgspec.Struct, frozen=True):
    swap_chance: float
    """That another driver gets in."""
    stints: int
    """Driven in a row by whoever is in the car now, this one included."""
    stops: int
    """Of the class after as many stints: what the chance stands on."""
    words: str

    @property
    def is_swap(self) -> bool:
        return self.swap_chance >= 0.5


Habits = Sequence[tuple[int, bool]]
"""Of one car, of each stop that is over: stints of its driver until then, whether another one got in."""


def stop_kind(moment: Moment, car: CarNow, known: dict[int, Habits] | None = None) -> StopKind:
    """Of this car's next stop. `known`: of one moment, filled here for whoever asks about many cars of it."""
    read = {} if known is None else known
    stints = _in_a_row(car.story)
    level = min(stints, len(_PRIOR))
    swaps, stops = _PRIOR[level - 1] * _PRIOR_WEIGHT, _PRIOR_WEIGHT
    seen = 0
    for mate in moment.of_class(car.class_id):
        weight = _OWN_WEIGHT if mate.car_idx == car.car_idx else 1.0
        if mate.car_idx not in read:
            read[mate.car_idx] = habits(tuple(mate.story.stops))
        for in_a_row, is_swap in read[mate.car_idx]:
            if min(in_a_row, len(_PRIOR)) == level:
                swaps, stops, seen = swaps + weight * is_swap, stops + weight, seen + 1
    chance = swaps / stops
    return StopKind(chance, stints, seen, f"{seen} stops of the class after {stints} stints in a row")


def habits(stops: Sequence[Stop]) -> list[tuple[int, bool]]:
    """For each stop that is over: how many stints the driver had done, and whether another one got in."""
    found: list[tuple[int, bool]] = []
    in_a_row = 1
    for stop in stops:
        if stop.lane_out_s is None or stop.user_id_out == 0:
            continue
        is_swap = stop.user_id_out != stop.user_id_in
        found.append((in_a_row, is_swap))
        in_a_row = 1 if is_swap else in_a_row + 1
    return found


def _in_a_row(car: CarStory) -> int:
    done = habits(tuple(car.stops))
    count = 1
    for _, is_swap in reversed(done):
        if is_swap:
            break
        count += 1
    return count
