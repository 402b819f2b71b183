"""What another car's last stop was for, how sure that is, and when it comes in next.

    told = opponent_stop(moment, car, StopCosts(), NextStopModel())

What was seen to be done counts; what nobody saw is concluded from the time it took. The next window is the
answer of `StopForecast`, plain or learned.
"""

from collections.abc import Mapping

import msgspec

from pitbox.predict.pit_kind import (
    DRIVE_THROUGH,
    FUEL,
    FUEL_AND_TYRES,
    KINDS,
    LONG_REPAIR,
    StopClass,
    StopSeen,
    classify_stop,
)
from pitbox.predict.pit_service import Service, ServiceFit, ServicePrior, ServiceSeen, fit_service
from pitbox.strategy import pit_rule
from pitbox.strategy.next_stop import NextStop, StopForecast
from pitbox.strategy.pit_rule import PitRules
from pitbox.strategy.stop_cost import SeenStop, StopCosts
from pitbox.strategy.story import CarNow, Moment

_SURE = 0.9
_TANK_L = 60.0
"""Of a car that nobody of ours knows from inside."""
_LONG_VISIT_S = 150.0
"""In the lane: as much as what it loses, near enough."""
_KINDS = {
    pit_rule.DRIVE_THROUGH: DRIVE_THROUGH,
    pit_rule.REPAIRS: LONG_REPAIR,
    pit_rule.TYRES: FUEL_AND_TYRES,
}
"""What was seen to be done; the first of these decides."""


class OpponentStop(msgspec.Struct, frozen=True):
    car_idx: int
    lap: int
    """At the end of which it came in."""
    what: StopClass
    is_seen: bool
    """Its services were seen; else they are concluded from the time."""
    next: NextStop | None


def opponent_stop(
    moment: Moment,
    car: CarNow,
    costs: StopCosts,
    stops: StopForecast,
    usual: Mapping[str, float] | None = None,
) -> OpponentStop | None:
    """Of its last stop that is over; None before it has made one whose loss is known."""
    last = _last(car, costs)
    if last is None:
        return None
    following = stops.next_stop(moment, car)
    told = _told(last)
    if told is None:
        tank_laps = following.tank_laps if following is not None else 0.0
        what = classify_stop(_seen(moment, last, tank_laps), class_fit(moment, car, costs), usual)
    else:
        what = told
    return OpponentStop(car.car_idx, last.stop.lap, what, told is not None, following)


def _last(car: CarNow, costs: StopCosts) -> SeenStop | None:
    """A visit that was too long to count as a service is one that the costs leave out."""
    seen = costs.seen(car.story)
    for stop in reversed(car.story.stops):
        if stop.lane_out_s is None:
            continue
        if seen and seen[-1].stop.stop == stop.stop:
            return seen[-1]
        visit_s = stop.lane_out_s - stop.lane_in_s
        if visit_s >= _LONG_VISIT_S:
            return SeenStop(stop, visit_s, 0.0, is_slow=False, drunk=0.0)
    return None


def class_fit(moment: Moment, car: CarNow, costs: StopCosts) -> ServiceFit:
    """From stops of its class whose services and fuel are known; with none, the rule set's times."""
    known = []
    for mate in moment.of_class(car.class_id):
        for one in costs.seen(mate.story):
            fuel_l, has_tyres = one.stop.fuel_added_l, one.has_tyres
            if fuel_l is not None and has_tyres is not None:
                is_swap = pit_rule.SWAP in one.services
                known.append(ServiceSeen(Service(fuel_l, has_tyres, is_swap), one.loss_s))
    return fit_service(known, service_prior(costs.rules_of(moment)))


def service_prior(rules: PitRules) -> ServicePrior:
    """A rule set as what is believed before anybody has stopped."""
    return ServicePrior(
        lane_s=rules.lane_loss_s,
        fuel_spl=1.0 / rules.fuel_lps,
        tyres_s=rules.tyres_s,
        swap_s=rules.swap_s,
        least_s=rules.least_box_s,
        still_s=rules.still_s,
        is_tyres_while_fuel=rules.is_tyres_while_fuel,
    )


def _told(one: SeenStop) -> StopClass | None:
    """By what was seen; tyres that nobody saw are not ruled out by that alone."""
    sure = {service.what: service.confidence for service in one.stop.service if service.confidence >= _SURE}
    for what, kind in _KINDS.items():
        if what in sure:
            return _class(kind, sure[what])
    if one.has_tyres is False and pit_rule.FUEL in sure:
        return _class(FUEL, sure[pit_rule.FUEL])
    return None


def _class(kind: str, confidence: float) -> StopClass:
    rest = (1.0 - confidence) / (len(KINDS) - 1)
    return StopClass(kind, confidence, {one: confidence if one == kind else rest for one in KINDS})


def _seen(moment: Moment, one: SeenStop, tank_laps: float) -> StopSeen:
    stop = one.stop
    fuel_l = _TANK_L * min(1.0, one.drunk / tank_laps) if tank_laps > 0.0 else float("nan")
    stall_s = float("nan")
    if stop.stall_in_s is not None and stop.stall_out_s is not None:
        stall_s = max(0.1, stop.stall_out_s - stop.stall_in_s)
    elif not moment.is_sheet and stop.stall_in_s is None:
        stall_s = 0.0
    return StopSeen(one.loss_s, fuel_l, stall_s)
