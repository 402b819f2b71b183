"""Where a car comes out if it stops at the end of this lap: its place in class at the line after the stop.

Everybody is driven to that line: rivals who are in the lane lose what is left of their visit, those who are
due lose a whole one with the chance that they come in as well.
"""

import math
from collections.abc import Sequence

import msgspec

from pitbox.strategy.errors import NoRaceError
from pitbox.strategy.next_stop import NextStopModel
from pitbox.strategy.stop_cost import StopCost, StopCosts, Wanted
from pitbox.strategy.stop_kind import stop_kind
from pitbox.strategy.story import FINISHED, LOST, CarNow, Moment

_PACE_SPREAD = 0.006
"""Of one lap, between two cars: traffic, tyres."""
_LEAST_SPREAD_S = 1.0
_ALONG_SLOW, _ALONG_GREEN = 0.8, 0.45
"""When one comes in, the chance that those with the same reason come as well: they mostly all do, or none."""
_COMES_ALONG = 0.9
_LIKE_TANK, _WORTH_IT, _DUE = 0.07, 0.2, 0.3
"""Of a tank: drunk about as much; worth a stop under caution; worth one under green."""
_GONE_LAPS = 4.0
"""Overdue by so much, a car is taken to be gone."""


class Neighbour(msgspec.Struct, frozen=True):
    car_idx: int
    gap_s: float
    """To it at the line after our stop: positive, it is ahead."""
    ahead_chance: float
    is_in_pits: bool


class Rejoin(msgspec.Struct, frozen=True):
    car_idx: int
    class_position: int
    """The one around which, give or take one, most of the chance lies."""
    near_chance: float
    """That it is this one, give or take one."""
    chances: tuple[float, ...]
    """Of each place in class, from the first on."""
    ahead: Neighbour | None
    behind: Neighbour | None
    cost: StopCost
    assumptions: tuple[str, ...]


class RejoinModel:
    """One for a race; shares what it learns with the forecast of next stops."""

    def __init__(self, stops: NextStopModel | None = None, costs: StopCosts | None = None) -> None:
        self.stops = stops or NextStopModel()
        self.costs = costs or StopCosts()

    def rejoin(
        self, moment: Moment, car: CarNow, *, has_tyres: bool | None = None, repair_s: float = 0.0
    ) -> Rejoin:
        """Raises NoRaceError for a car without a pace."""
        self.stops.book.read(moment)
        cost = self.costs.of(moment, car, self._wanted(moment, car, has_tyres))
        own_s = _lap_s(moment, car)
        if own_s is None or car.line_s is None:
            raise NoRaceError("This car has driven no lap yet.")
        goal = _Goal(car, car.laps + 2, car.line_s + 2 * own_s + cost.loss_s + repair_s, cost)
        mates = [mate for mate in moment.of_class(car.class_id) if mate.car_idx != car.car_idx]
        alone = [found for mate in mates if (found := self._rival(moment, mate, goal, 0.0)) is not None]
        along = self._along(moment, car, mates)
        company = [
            found
            for mate in mates
            if (found := self._rival(moment, mate, goal, _COMES_ALONG * (mate.car_idx in along))) is not None
        ]
        weight = (_ALONG_SLOW if moment.is_caution else _ALONG_GREEN) if along else 0.0
        chances = tuple(
            weight * with_us + (1.0 - weight) * without
            for with_us, without in zip(
                places([rival.ahead_chance for rival in company]),
                places([rival.ahead_chance for rival in alone]),
                strict=True,
            )
        )
        rivals = company if weight > 0.5 else alone
        best, near = _best(chances)
        in_lane = sum(rival.is_in_pits for rival in rivals)
        return Rejoin(
            car_idx=car.car_idx,
            class_position=best,
            near_chance=near,
            chances=chances,
            ahead=min((r for r in rivals if r.gap_s > 0), key=lambda r: r.gap_s, default=None),
            behind=max((r for r in rivals if r.gap_s <= 0), key=lambda r: r.gap_s, default=None),
            cost=cost,
            assumptions=(cost.words, f"{in_lane} rivals in the lane now", "rivals stop as they did so far"),
        )

    def _wanted(self, moment: Moment, car: CarNow, has_tyres: bool | None) -> Wanted:
        known = self.stops.book.cars.get(car.car_idx)
        swap_chance = stop_kind(moment, car).swap_chance
        if known is None:
            return Wanted(has_tyres, swap_chance=swap_chance)
        return Wanted(
            has_tyres, known.outing.drunk + 1.0, self.stops.book.class_tank(car.class_id), swap_chance
        )

    def _along(self, moment: Moment, car: CarNow, mates: Sequence[CarNow]) -> set[int]:
        """Who has the same reason: under caution those who have not stopped, else with a like tank."""
        cars = self.stops.book.cars
        own = cars.get(car.car_idx)
        if own is None:
            return set()
        tank = self.stops.book.class_tank(car.class_id)
        ours, found = own.outing, set()
        for mate in mates:
            known = cars.get(mate.car_idx)
            if known is None or mate.is_in_pits:
                continue
            theirs = known.outing
            is_like = abs(theirs.drunk - ours.drunk) <= max(2.0, _LIKE_TANK * tank)
            if moment.is_caution:
                is_like = is_like or theirs.drunk >= _WORTH_IT * tank
                is_like = is_like and (ours.is_again or not theirs.is_again)
            elif ours.drunk < _DUE * tank:
                is_like = False
            if is_like:
                found.add(mate.car_idx)
        return found

    def _rival(self, moment: Moment, mate: CarNow, goal: "_Goal", along: float) -> Neighbour | None:
        lap_s, cost = _lap_s(moment, mate), goal.cost
        if lap_s is None or mate.line_s is None:
            return None
        laps = goal.to_lap - mate.laps
        if laps <= 0:
            return Neighbour(mate.car_idx, math.inf, 1.0, mate.is_in_pits)
        is_gone = mate.status in (LOST, FINISHED) or moment.now_s - mate.line_s > _GONE_LAPS * lap_s
        if is_gone:
            return Neighbour(mate.car_idx, -math.inf, 0.0, is_in_pits=False)
        at_s = _at_s(moment, mate, goal.car, goal.to_lap)
        stop_chance = 0.0
        if mate.is_in_pits:
            at_s = max(at_s, moment.now_s) + cost.out_share * cost.loss_s
        else:
            stop_chance = max(along, self.stops.soon(moment, mate, laps - 1))
        spread_s = math.hypot(_LEAST_SPREAD_S + cost.spread_s, _PACE_SPREAD * lap_s * math.sqrt(laps))
        gap_s = goal.at_s - at_s
        chance = (1.0 - stop_chance) * _normal(gap_s / spread_s)
        chance += stop_chance * _normal((gap_s - cost.loss_s) / math.hypot(spread_s, cost.spread_s))
        return Neighbour(mate.car_idx, gap_s - stop_chance * cost.loss_s, chance, mate.is_in_pits)


class _Goal(msgspec.Struct, frozen=True):
    """The line that everybody is driven to, and when we cross it after our stop."""

    car: CarNow
    to_lap: int
    at_s: float
    cost: StopCost


def places(ahead: Sequence[float]) -> tuple[float, ...]:
    """The chance of each place, when each rival is ahead with its own chance, one apart from the other."""
    chances = [1.0]
    for chance in ahead:
        longer = [0.0] * (len(chances) + 1)
        for at, had in enumerate(chances):
            longer[at] += had * (1.0 - chance)
            longer[at + 1] += had * chance
        chances = longer
    return tuple(chances)


def plain_rejoin(moment: Moment, car: CarNow, loss_s: float) -> int:
    """The plain rule: everybody goes on as now, we lose the mean of the class."""
    own_s = _lap_s(moment, car)
    if own_s is None or car.line_s is None:
        return car.class_position
    to_lap, own_at_s = car.laps + 2, car.line_s + 2 * own_s + loss_s
    ahead = 0
    for mate in moment.of_class(car.class_id):
        lap_s = _lap_s(moment, mate)
        if mate.car_idx != car.car_idx and lap_s is not None and mate.line_s is not None:
            ahead += mate.laps >= to_lap or mate.line_s + (to_lap - mate.laps) * lap_s < own_at_s
    return 1 + ahead


def _lap_s(moment: Moment, car: CarNow) -> float | None:
    """What its next laps take under the flag of now."""
    if moment.is_caution:
        slow = [lap.time_s for lap in car.story.laps.tail(3) if lap.kind.is_caution and not lap.kind.is_in]
        if slow:
            return slow[-1]
    return car.story.typical_lap_s()


def _at_s(moment: Moment, mate: CarNow, car: CarNow, to_lap: int) -> float:
    """When the rival crosses that line if nobody stops: the gap at the last line that both have crossed.

    Behind a safety car laps take what they take, for both; under green the quicker one gains.
    """
    own_s, lap_s = _lap_s(moment, car), _lap_s(moment, mate)
    if own_s is None or lap_s is None or mate.line_s is None or car.line_s is None:
        return math.inf
    common = min(mate.laps, car.laps)
    ours, theirs = car.story.laps.get(common), mate.story.laps.get(common)
    if ours is None or theirs is None:
        return max(mate.line_s + (to_lap - mate.laps) * lap_s, moment.now_s)
    gain_s = 0.0 if moment.is_caution else (to_lap - common) * (lap_s - own_s)
    undriven_s = car.line_s + (to_lap - car.laps) * own_s
    return undriven_s + (theirs.end_s - ours.end_s) + gain_s


def _best(chances: Sequence[float]) -> tuple[int, float]:
    sums = [math.fsum(chances[max(0, at - 1) : at + 2]) for at in range(len(chances))]
    best = max(range(len(sums)), key=lambda at: (round(sums[at], 9), chances[at]))
    return best + 1, min(1.0, sums[best])


def _normal(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2.0))
