"""Who answers a rival's stop with its own: learned from the stops of this race, car by car.

    covers = Covers()                          # of one race
    found = covers.targets(moment, book)       # CarIdx of who covers, and whom

A chance to cover is a stop under green of the car next ahead or behind in class, no further than `NEAR_S`.
Whoever covers comes in on one of the next two laps; whoever does not, comes in then as often as it does at
other times, and as the tanks of its class mates ask for it. Both stories are held against each other over all
chances that came long before the tank is empty.
A story that began anew needs a new one.
"""

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec
import numpy as np

from pitbox.strategy.capacity import SIZES, Floats, belief, limit_chance, mean_size
from pitbox.strategy.stop_book import StopBook
from pitbox.strategy.story import CarNow, Moment

NEAR_S = 20.0
"""At the line where the rival began the lap on which it came in."""
LAPS = 2
"""After it, in which a stop is an answer."""
COVERS = 0.6
"""On each of them, that a car which covers comes in."""
USUAL = 0.05
"""Of cars that cover, before a race shows anything."""
SURE = 0.9
_ANSWERS = 2
_FRESH = 3
"""Laps since a stop up to which nobody thinks of another."""
_WAIT_LAPS = 2.5
"""After the rival's stop, until everybody near has driven its next laps."""
_MOST = 0.97
_WINDOW = 0.85
"""Of a tank: from here on a stop says nothing about rivals."""
_USUAL_LAPS = 15.0
"""Of early running, that count beside a car's own for how often it stops early without a cause."""


class Chance(NamedTuple):
    """To answer one stop."""

    car_idx: int
    rival: int
    drunk: tuple[float, ...]
    """Laps of the tank that were gone at the end of each lap that it went on for, the last one too."""
    is_answered: bool
    """It came in on the last of them."""


class Cover(NamedTuple):
    """A car that covers."""

    rival: int
    """Whom, of those that are near now."""
    sure: float
    answers: int
    ripe: float
    """The least of a tank that was gone when it answered, in laps."""


class Itself(NamedTuple):
    """How a car would stop if nobody else did."""

    tank: Floats
    """Weights over SIZES."""
    early: float
    """A lap, before the tank asks for it."""

    def chance(self, drunk: float) -> float:
        return float(self.tank @ np.minimum(_MOST, limit_chance(drunk) + self.early))

    @property
    def window(self) -> float:
        return _WINDOW * mean_size(self.tank)


class _Driven(msgspec.Struct):
    """One car, lap by lap."""

    class_id: int
    ends_s: dict[int, float] = msgspec.field(default_factory=dict)
    drunk: dict[int, float] = msgspec.field(default_factory=dict)
    ins: set[int] = msgspec.field(default_factory=set)
    slow: set[int] = msgspec.field(default_factory=set)
    last: int = 0
    tried: set[int] = msgspec.field(default_factory=set)
    """Laps on which it had a chance to answer."""

    def early_rate(self, usual: float, window: float) -> float:
        """Of stops that answer nobody, on a lap before the tank asks for one."""
        laps = [
            lap
            for lap, drunk in self.drunk.items()
            if _FRESH < drunk <= window and lap not in self.slow and lap not in self.tried
        ]
        return (_USUAL_LAPS * usual + sum(lap in self.ins for lap in laps)) / (_USUAL_LAPS + len(laps))


class Covers:
    """Kept from moment to moment of one race."""

    def __init__(self) -> None:
        self.chances: list[Chance] = []
        self._cars: dict[int, _Driven] = {}
        self._due: list[tuple[float, int, int]] = []
        """When a stop can be judged, whose it was, and its lap."""

    def targets(self, moment: Moment, book: StopBook) -> dict[int, Cover]:
        """`book` has read this moment."""
        self.read(moment)
        found = {}
        for car_idx in {chance.car_idx for chance in self.chances if chance.is_answered}:
            itself = self._itself(book, car_idx)
            mine = [chance for chance in self.chances if chance.car_idx == car_idx]
            answered = [one for one in mine if one.is_answered and one.drunk[-1] <= itself.window]
            sure = _sure(mine, itself)
            rival = _near_now(moment, car_idx, answered)
            if sure >= SURE and len(answered) >= _ANSWERS and rival is not None:
                ripe = min(chance.drunk[-1] for chance in answered)
                found[car_idx] = Cover(rival, sure, len(answered), ripe)
        return found

    def read(self, moment: Moment) -> None:
        """Everything that happened since it was read last."""
        for car in moment.cars:
            self._drive(car)
        ripe = [due for due in self._due if due[0] <= moment.now_s]
        self._due = [due for due in self._due if due[0] > moment.now_s]
        for _, rival, lap in sorted(ripe):
            self.chances += self._chances(rival, lap)

    def _itself(self, book: StopBook, car_idx: int) -> Itself:
        """Its tank by its mates alone: who answers early would seem to have a small one."""
        car = book.cars[car_idx]
        tank = belief(book.classes[car.class_id].believed() - car.log, np.zeros_like(SIZES))
        usual = book.rates.early_per_tank / mean_size(tank)
        return Itself(tank, self._cars[car_idx].early_rate(usual, _WINDOW * mean_size(tank)))

    def _drive(self, car: CarNow) -> None:
        known = self._cars.get(car.car_idx)
        if known is None:
            known = self._cars[car.car_idx] = _Driven(car.class_id)
        laps = car.story.laps.tail(max(0, car.story.laps_done - known.last))
        for lap in laps:
            if lap.lap <= known.last:
                continue
            before = 0.0 if known.last in known.ins else known.drunk.get(known.last, 0.0)
            known.drunk[lap.lap] = before + (0.5 if lap.kind.is_caution else 1.0)
            known.ends_s[lap.lap], known.last = lap.end_s, lap.lap
            if lap.kind.is_caution:
                known.slow.add(lap.lap)
            if lap.kind.is_in:
                known.ins.add(lap.lap)
                if not lap.kind.is_caution and lap.lap > 1:
                    self._due.append((lap.end_s + _WAIT_LAPS * lap.time_s + NEAR_S, car.car_idx, lap.lap))

    def _chances(self, rival: int, lap: int) -> Iterator[Chance]:
        """Of the next one ahead and the next one behind."""
        stopped, before = self._cars[rival], lap - 1
        at_s = stopped.ends_s.get(before)
        if at_s is None:
            return
        mates = [
            (one.ends_s[before] - at_s, car_idx)
            for car_idx, one in self._cars.items()
            if car_idx != rival and one.class_id == stopped.class_id and before in one.ends_s
        ]
        ahead = max((mate for mate in mates if -NEAR_S <= mate[0] <= 0.0), default=None)
        behind = min((mate for mate in mates if 0.0 < mate[0] <= NEAR_S), default=None)
        for mate in (ahead, behind):
            chance = None if mate is None else self._chance(mate[1], rival, lap)
            if chance is not None:
                yield chance

    def _chance(self, car_idx: int, rival: int, lap: int) -> Chance | None:
        """None where it was in itself, fresh from a stop, or a caution came."""
        car, drunk = self._cars[car_idx], list[float]()
        if lap in car.ins or car.drunk.get(lap, 0.0) < _FRESH:
            return None
        for after in range(lap + 1, lap + 1 + LAPS):
            if after not in car.ends_s or after in car.slow:
                return None
            car.tried.add(after)
            drunk.append(car.drunk[after])
            if after in car.ins:
                return Chance(car_idx, rival, tuple(drunk), is_answered=True)
        return Chance(car_idx, rival, tuple(drunk), is_answered=False)


def _sure(chances: Iterable[Chance], itself: Itself) -> float:
    """How probable it is that this car covers."""
    log = math.log(USUAL / (1.0 - USUAL))
    for chance in chances:
        for at, drunk in enumerate(chance.drunk):
            if drunk > itself.window:
                break
            alone = itself.chance(drunk)
            covering = 1.0 - (1.0 - alone) * (1.0 - COVERS)
            is_in = chance.is_answered and at == len(chance.drunk) - 1
            log += math.log(covering / alone if is_in else (1.0 - covering) / (1.0 - alone))
    return 1.0 / (1.0 + math.exp(-min(max(log, -40.0), 40.0)))


def _near_now(moment: Moment, car_idx: int, answered: list[Chance]) -> int | None:
    """Of those who are near it in the race, whom it answered most; else the nearest."""
    own = moment.car(car_idx)
    lap_s = None if own is None else own.story.typical_lap_s()
    if own is None or lap_s is None:
        return None
    near = [
        (-sum(chance.rival == car.car_idx for chance in answered), abs(car.place - own.place), car.car_idx)
        for car in moment.of_class(own.class_id)
        if car is not own and abs(car.place - own.place) * lap_s <= NEAR_S
    ]
    return min(near)[2] if near else None
