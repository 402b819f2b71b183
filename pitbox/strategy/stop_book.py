"""When everybody stopped so far, and what that teaches: the tank of each class, and the early stops.

    book = StopBook()
    book.read(moment)        # as often as one likes; only what is new costs time

Live, in a recording and from a sheet alike. A story that began anew needs a new book.
"""

from bisect import insort
from statistics import median

import msgspec
import numpy as np

from pitbox.model.fact import Lap
from pitbox.strategy.capacity import SIZES, Floats, belief, limit_chance, mean_size, prior
from pitbox.strategy.outing import Outing, slow_time
from pitbox.strategy.pit_rule import DRIVE_THROUGH
from pitbox.strategy.story import LEAST_LAP_S, CarNow, Moment

EARLY = 0.6
"""Stops under green before the tank asks for one, for each tank that is driven empty; before a race tells."""
_EARLY_WEIGHT = 6.0
_RUSH = 0.6
"""How eagerly cars use a caution; 1 is the eagerest series."""
_RUSH_WEIGHT = 6.0
_FLOOR = 0.1
"""Chance of a stop on a lap behind the safety car, as far as it says anything about tanks."""
_NEAR_LIMIT = 0.85
_MOST = 0.97
_CARRIED_SHARE = 0.03
"""More missing from a tank than this, and its stop teaches nothing about full ones."""
_SPLASH, _FULL = 0.45, 0.7
"""Of the usual visit: a shorter one took no fuel, a longer one took all."""
_LEAST_VISITS = 3
_PACE_LAPS = 200


class ClassBook(msgspec.Struct):
    """What the cars of a class taught."""

    log: Floats
    """What all outings of its cars say about the tank, as log weights of SIZES."""
    laps_s: list[float] = msgspec.field(default_factory=list)
    visits_s: list[float] = msgspec.field(default_factory=list)
    """Sorted."""
    tank: float | None = None
    """The mean of the belief; None: to be worked out."""

    @property
    def pace_s(self) -> float | None:
        return median(self.laps_s) if self.laps_s else None

    def believed(self) -> Floats:
        """With what one believed before the race, which is a time and so needs a pace."""
        pace_s = self.pace_s
        return self.log if pace_s is None else self.log + prior(pace_s)


class CarBook(msgspec.Struct):
    class_id: int
    log: Floats
    """What this car's own outings say about its tank."""
    outing: Outing
    read_lap: int = 0
    read_stops: int = 0


class Rates(msgspec.Struct):
    """How often stops came that no tank asked for, against how often they were to be expected."""

    early: float = 0.0
    early_tanks: float = 0.0
    rush: float = 0.0
    rush_chances: float = 0.0

    @property
    def early_per_tank(self) -> float:
        return (EARLY * _EARLY_WEIGHT + self.early) / (_EARLY_WEIGHT + self.early_tanks)

    @property
    def eagerness(self) -> float:
        return (_RUSH * _RUSH_WEIGHT + self.rush) / (_RUSH_WEIGHT + self.rush_chances)


def caution_chance(share: float | Floats, age_s: float | Floats) -> Floats:
    """That a car of an eager series stops on this lap of a caution; `share` of its tank is drunk.

    The pit lane opens when the field is collected: few come before that.
    """
    age = np.asarray(age_s)
    opening = np.where(age < 240.0, 0.12, np.where(age < 420.0, 0.4, 1.0))
    chance: Floats = (0.05 + 0.55 * np.minimum(share, 1.0)) * opening
    return chance


class StopBook:
    def __init__(self) -> None:
        self.classes: dict[int, ClassBook] = {}
        self.cars: dict[int, CarBook] = {}
        self.rates = Rates()
        self._asked: dict[int, float] = {}
        self._moment: Moment | None = None

    def read(self, moment: Moment) -> None:
        """Everything that happened since it was read last."""
        if moment is self._moment:  # asked of every car in turn
            return
        self._moment = moment
        news = [(lap, car) for car in moment.cars for lap in self._unread(car) if lap.time_s >= LEAST_LAP_S]
        if news:
            self._asked.clear()
        for lap, car in sorted(news, key=lambda new: (new[0].end_s, new[0].car_idx)):
            self._read_lap(lap, car, moment)

    def tank_laps(self, car_idx: int) -> Floats:
        """Weights over SIZES for this car; raises KeyError for a car that has not driven a lap."""
        car = self.cars[car_idx]
        return belief(self.classes[car.class_id].believed() - car.log, car.log)

    def class_tank(self, class_id: int) -> float:
        """As known now. Asking changes nothing: what is learnt must not hang on when somebody asked."""
        tank = self._asked.get(class_id) or self.classes[class_id].tank
        if tank is None:
            tank = self._asked[class_id] = _mean_tank(self.classes[class_id])
        return tank

    def pace_s(self, car: CarNow) -> float | None:
        """Of this car's class under green."""
        book = self.classes.get(car.class_id)
        return None if book is None else book.pace_s

    def _unread(self, car: CarNow) -> list[Lap]:
        known = self.cars.get(car.car_idx)
        last = 0 if known is None else known.read_lap
        newest, found = car.story.laps.last, list[Lap]()
        if newest is None or newest.lap <= last:
            return found
        for lap in reversed(car.story.laps.tail(len(car.story.laps))):
            if lap.lap <= last:
                break
            found.append(lap)
        return found[::-1]

    def _read_lap(self, lap: Lap, car: CarNow, moment: Moment) -> None:
        mates = self.classes.get(car.class_id)
        if mates is None:
            mates = self.classes[car.class_id] = ClassBook(np.zeros_like(SIZES))
        if lap.kind.is_clean() and lap.lap > 1:
            mates.laps_s = [*mates.laps_s[-_PACE_LAPS:], lap.time_s]
        book = self.cars.get(car.car_idx)
        if book is None:
            book = CarBook(car.class_id, np.zeros_like(SIZES), Outing(lap.start_s))
            self.cars[car.car_idx] = book
        book.read_lap = lap.lap
        self._read_visits(car, book, lap)
        slow = slow_time(lap, moment.phases)
        book.outing.drive(lap, slow, mates.pace_s or lap.time_s)
        is_stop = _is_in_lap(car, lap)
        self._learn(book, mates, is_stop=is_stop)
        if is_stop:
            mates.tank = None
            book.outing = Outing(lap.end_s, carried=book.outing.drunk)

    def _read_visits(self, car: CarNow, book: CarBook, lap: Lap) -> None:
        """The visit before this lap is over now: how long it took tells how much was filled."""
        for stop in car.story.stops.tail(len(car.story.stops) - book.read_stops):
            if stop.lap >= lap.lap or stop.lane_out_s is None:
                break
            book.read_stops += 1
            if book.outing.laps:
                continue
            mates = self.classes[book.class_id]
            visit_s = stop.lane_out_s - stop.lane_in_s
            if visit_s <= 0.0:  # a sheet that does not tell what visits took
                book.outing.carried = 0.0
                continue
            filled = 1.0
            if any(service.what == DRIVE_THROUGH for service in stop.service):
                filled = 0.0
            elif len(mates.visits_s) >= _LEAST_VISITS:
                filled = (visit_s / median(mates.visits_s) - _SPLASH) / (_FULL - _SPLASH)
            left = book.outing.carried - max(filled, 0.0) * _tank(mates)
            book.outing.carried = 0.0 if filled >= 1.0 else max(0.0, left)
            insort(mates.visits_s, visit_s)

    def _learn(self, book: CarBook, mates: ClassBook, *, is_stop: bool) -> None:
        outing, tank = book.outing, _tank(mates)
        share = outing.drunk / tank
        if outing.age_s is None and share < _NEAR_LIMIT:
            self.rates.early_tanks += 1.0 / tank
            self.rates.early += is_stop
        elif outing.age_s is not None and not outing.is_again:
            self.rates.rush_chances += float(caution_chance(share, outing.age_s))
            self.rates.rush += is_stop
        if outing.carried > _CARRIED_SHARE * tank:
            return
        other = EARLY / SIZES if outing.age_s is None else _FLOOR
        chance = np.minimum(_MOST, limit_chance(outing.used) + other)
        log = np.log(chance) if is_stop else np.log1p(-chance)
        mates.log += log
        book.log += log


def _tank(book: ClassBook) -> float:
    """Worked out once after each stop."""
    if book.tank is None:
        book.tank = _mean_tank(book)
    return book.tank


def _mean_tank(book: ClassBook) -> float:
    return mean_size(belief(book.believed(), np.zeros_like(SIZES)))


def _is_in_lap(car: CarNow, lap: Lap) -> bool:
    stops = car.story.stops
    for at in range(len(stops) - 1, -1, -1):
        if stops[at].lap <= lap.lap:
            return stops[at].lap == lap.lap
    return False
