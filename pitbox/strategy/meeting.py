"""A rival at the line after our stop: how far from us, and how likely in front."""

import math

import msgspec

from pitbox.strategy.stop_cost import StopCost
from pitbox.strategy.story import FINISHED, LOST, CarNow, Moment

_PACE_SPREAD = 0.006
"""Of one lap, between two cars: traffic, tyres."""
_LEAST_SPREAD_S = 1.0
_GONE_LAPS = 4.0
"""Overdue by so much, a car is taken to be gone."""


class Goal(msgspec.Struct, frozen=True):
    """The line that everybody is driven to, and when we cross it after our stop."""

    car: CarNow
    to_lap: int
    at_s: float
    cost: StopCost


class Meeting(msgspec.Struct, frozen=True):
    car_idx: int
    gap_s: float
    """Positive: it is ahead, if it does not stop; infinite where there is no doubt."""
    spread_s: float
    stop_chance: float
    """Of its own accord."""
    is_along: bool
    """It has the same reason to stop as we have."""
    is_in_pits: bool
    stop_s: float
    stop_spread_s: float

    def ahead(self, own_late_s: float, along: float) -> float:
        """The chance that it is in front, our stop taking so much longer than it mostly does.

        `along`: of those with our reason, how likely each comes in as well.
        """
        if math.isinf(self.gap_s):
            return 1.0 if self.gap_s > 0 else 0.0
        gap_s = self.gap_s + own_late_s
        stop = self.stops(along)
        chance = (1.0 - stop) * _normal(gap_s / self.spread_s)
        if stop > 0:
            wide_s = math.hypot(self.spread_s, self.stop_spread_s)
            chance += stop * _normal((gap_s - self.stop_s) / wide_s)
        return chance

    def stops(self, along: float) -> float:
        return max(self.stop_chance, along) if self.is_along else self.stop_chance

    def likely_gap_s(self, along: float) -> float:
        return self.gap_s if math.isinf(self.gap_s) else self.gap_s - self.stops(along) * self.stop_s


def meeting(moment: Moment, mate: CarNow, goal: Goal, soon: float, *, is_along: bool) -> Meeting | None:
    """None for a rival without a pace. `soon`: the chance that it stops before that line."""
    lap_s, cost = lap_now_s(moment, mate), goal.cost
    if lap_s is None or mate.line_s is None:
        return None
    laps = goal.to_lap - mate.laps
    gap_s, spread_s = math.inf, _LEAST_SPREAD_S
    is_gone = mate.status in (LOST, FINISHED) or moment.now_s - mate.line_s > _GONE_LAPS * lap_s
    if laps > 0:
        at_s = -math.inf if is_gone else at_line_s(moment, mate, goal.car, goal.to_lap)
        if mate.is_in_pits:
            at_s = max(at_s, moment.now_s) + cost.out_share * cost.loss_s
        gap_s = -math.inf if is_gone else goal.at_s - at_s
        own_stop_s = cost.spread_s if mate.is_in_pits else 0.0
        spread_s = math.hypot(_LEAST_SPREAD_S + own_stop_s, _PACE_SPREAD * lap_s * math.sqrt(laps))
    return Meeting(
        car_idx=mate.car_idx,
        gap_s=gap_s,
        spread_s=spread_s,
        stop_chance=0.0 if mate.is_in_pits else soon,
        is_along=is_along and not mate.is_in_pits,
        is_in_pits=mate.is_in_pits and not is_gone,
        stop_s=cost.loss_s,
        stop_spread_s=cost.spread_s,
    )


def lap_now_s(moment: Moment, car: CarNow) -> float | None:
    """What its next laps take under the flag of now."""
    if moment.is_caution:
        slow = [lap.time_s for lap in car.story.laps.tail(3) if lap.kind.is_caution and not lap.kind.is_in]
        if slow:
            return slow[-1]
    learned = moment.learned.pace(car.car_idx, car.story.laps_done)
    if learned is not None and not moment.is_caution:
        return learned.soon_s
    return car.story.typical_lap_s()


def at_line_s(moment: Moment, mate: CarNow, car: CarNow, to_lap: int) -> float:
    """When the rival crosses that line if nobody stops: the gap at the last line that both have crossed.

    Behind a safety car laps take what they take, for both; under green the quicker one gains.
    """
    own_s, lap_s = lap_now_s(moment, car), lap_now_s(moment, mate)
    if own_s is None or lap_s is None or mate.line_s is None or car.line_s is None:
        return math.inf
    common = min(mate.laps, car.laps)
    ours, theirs = car.story.laps.get(common), mate.story.laps.get(common)
    if ours is None or theirs is None:
        return max(mate.line_s + (to_lap - mate.laps) * lap_s, moment.now_s)
    gain_s = 0.0 if moment.is_caution else (to_lap - common) * (lap_s - own_s)
    undriven_s = car.line_s + (to_lap - car.laps) * own_s
    return undriven_s + (theirs.end_s - ours.end_s) + gain_s


def _normal(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2.0))
