"""Where a car comes out if it stops at the end of this lap: its place in class at the line after the stop.

Everybody is driven to that line: rivals who are in the lane lose what is left of their visit, those who are
due lose a whole one with the chance that they come in as well.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist

import msgspec

from pitbox.strategy.errors import NoRaceError
from pitbox.strategy.meeting import Goal, Meeting, at_line_s, lap_now_s, meeting
from pitbox.strategy.next_stop import NextStopModel
from pitbox.strategy.rejoin_score import RejoinScore, Said
from pitbox.strategy.stop_cost import StopCost, StopCosts, Wanted
from pitbox.strategy.stop_kind import stop_kind
from pitbox.strategy.story import FINISHED, LOST, CarNow, Moment

_ALONG_SLOW, _ALONG_GREEN = 0.8, 0.45
"""When one comes in, the chance that those with the same reason come as well: they mostly all do, or none."""
_COMES_ALONG, _MOSTLY = 0.9, 0.5
_LIKE_TANK, _WORTH_IT, _DUE = 0.07, 0.2, 0.3
"""Of a tank: drunk about as much; worth a stop under caution; worth one under green."""
_STEPS = tuple(NormalDist().inv_cdf((at + 0.5) / 7) for at in range(7))
"""How our own stop may go, in its own spreads; all as likely."""
_ODD_PLACES = 5


class Neighbour(msgspec.Struct, frozen=True):
    car_idx: int
    gap_s: float
    """To it at the line after our stop: positive, it is ahead."""
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
        self.score = RejoinScore()

    def rejoin(
        self,
        moment: Moment,
        car: CarNow,
        *,
        has_tyres: bool | None = None,
        repair_s: float = 0.0,
        fuel_l: float | None = None,
    ) -> Rejoin:
        """Raises NoRaceError for a car without a pace. `fuel_l`: to come in, where a gauge tells."""
        self.stops.book.read(moment)
        self.score.read(moment)
        cost = self.costs.of(moment, car, self._wanted(moment, car, has_tyres, fuel_l))
        own_s = lap_now_s(moment, car)
        if own_s is None or car.line_s is None:
            raise NoRaceError("This car has driven no lap yet.")
        goal = Goal(car, car.laps + 2, car.line_s + 2 * own_s + cost.loss_s + repair_s, cost)
        mates = [mate for mate in moment.of_class(car.class_id) if mate.car_idx != car.car_idx]
        meetings = self._meetings(moment, goal, mates)
        weight = 0.0
        if any(one.is_along for one in meetings):
            weight = _ALONG_SLOW if moment.is_caution else _ALONG_GREEN
        plain = _mixed(meetings, cost, weight)
        if repair_s == 0.0:
            self.score.note(Said(car.car_idx, car.laps, *_best(plain)))
        chances = _doubted(plain, self.score.doubt)
        best, near = _best(chances)
        along = _COMES_ALONG if weight > _MOSTLY else 0.0
        rivals = [_neighbour(one, along) for one in meetings]
        return Rejoin(
            car_idx=car.car_idx,
            class_position=best,
            near_chance=near,
            chances=chances,
            ahead=min((r for r in rivals if r.gap_s > 0), key=lambda r: r.gap_s, default=None),
            behind=max((r for r in rivals if r.gap_s <= 0), key=lambda r: r.gap_s, default=None),
            cost=cost,
            assumptions=self._assumptions(cost, rivals, repair_s),
        )

    def _assumptions(self, cost: StopCost, rivals: Sequence[Neighbour], repair_s: float) -> tuple[str, ...]:
        repairs = f", {repair_s:.0f} s of it repairs" if repair_s else ""
        return (
            f"{cost.loss_s + repair_s:.0f} s, give or take {cost.spread_s:.0f} ({cost.words}{repairs})",
            f"{sum(rival.is_in_pits for rival in rivals)} rivals in the lane now",
            "rivals stop as they did so far",
            self.score.words,
        )

    def _wanted(self, moment: Moment, car: CarNow, has_tyres: bool | None, fuel_l: float | None) -> Wanted:
        known = self.stops.book.cars.get(car.car_idx)
        wanted = Wanted(has_tyres, swap_chance=stop_kind(moment, car).swap_chance, fuel_l=fuel_l)
        if known is None:
            return wanted
        tank = self.stops.book.class_tank(car.class_id)
        return msgspec.structs.replace(wanted, drunk=known.outing.drunk + 1.0, tank_laps=tank)

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

    def _meetings(self, moment: Moment, goal: Goal, mates: Sequence[CarNow]) -> list[Meeting]:
        along = self._along(moment, goal.car, mates)
        found = []
        for mate in mates:
            laps = goal.to_lap - mate.laps
            is_coming = laps > 1 and not mate.is_in_pits
            soon = self.stops.soon(moment, mate, laps - 1) if is_coming else 0.0
            seen = meeting(moment, mate, goal, soon, is_along=mate.car_idx in along)
            if seen is not None:
                found.append(seen)
        return found


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
    """The plain rule: everybody goes on at the pace of now, we lose the mean of the class."""
    own_s = lap_now_s(moment, car)
    if own_s is None or car.line_s is None:
        return car.class_position
    to_lap, own_at_s = car.laps + 2, car.line_s + 2 * own_s + loss_s
    ahead = 0
    for mate in moment.of_class(car.class_id):
        if mate.car_idx != car.car_idx and mate.status not in (LOST, FINISHED):
            ahead += mate.laps >= to_lap or at_line_s(moment, mate, car, to_lap) < own_at_s
    return 1 + ahead


def _neighbour(one: Meeting, along: float) -> Neighbour:
    return Neighbour(one.car_idx, one.likely_gap_s(along), one.is_in_pits)


def _mixed(meetings: Sequence[Meeting], cost: StopCost, weight: float) -> tuple[float, ...]:
    """Our own stop is quick or slow against all rivals at once; so it is with those who come along."""
    found = [0.0] * (len(meetings) + 1)
    for step in _STEPS:
        late_s = step * cost.spread_s
        for along, share in ((_COMES_ALONG, weight), (0.0, 1.0 - weight)):
            if share > 0:
                for at, chance in enumerate(places([one.ahead(late_s, along) for one in meetings])):
                    found[at] += share * chance / len(_STEPS)
    return tuple(found)


def _doubted(chances: Sequence[float], doubt: float) -> tuple[float, ...]:
    """So much of it spread evenly around the likeliest place: what no sum foresees."""
    best, _ = _best(chances)
    around = range(max(0, best - 1 - _ODD_PLACES), min(len(chances), best + _ODD_PLACES))
    return tuple(
        (1.0 - doubt) * chance + (doubt / len(around) if at in around else 0.0)
        for at, chance in enumerate(chances)
    )


def _best(chances: Sequence[float]) -> tuple[int, float]:
    sums = [math.fsum(chances[max(0, at - 1) : at + 2]) for at in range(len(chances))]
    best = max(range(len(sums)), key=lambda at: (round(sums[at], 9), chances[at]))
    return best + 1, min(1.0, sums[best])
