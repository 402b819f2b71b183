"""What another car's last stop was for, and how sure that is.

    told = OpponentStops(StopCosts()).last(moment, car)

What was seen to be done counts; what nobody saw is concluded from the time it took. When it comes in next is
the answer of `next_stop`.
"""

import msgspec

from pitbox.predict.pit_kind import (
    DRIVE_THROUGH,
    FUEL,
    FUEL_AND_TYRES,
    KINDS,
    LONG_REPAIR,
    StopClass,
    StopSeen,
    anchored,
    classify_stop,
)
from pitbox.predict.pit_service import Service, ServiceFit, ServicePrior, ServiceSeen, fit_service
from pitbox.strategy import pit_rule
from pitbox.strategy.pit_rule import PitRules
from pitbox.strategy.stop_cost import SeenStop, StopCosts
from pitbox.strategy.story import CarNow, Moment

_SURE = 0.9
_MOST_UNKNOWN = 24
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


class OpponentStops:
    """One for a race: reads again only cars that did something, and classes that stopped more often."""

    def __init__(self, costs: StopCosts) -> None:
        self._costs = costs
        self._fits: dict[int, tuple[tuple[int, float], ServiceFit]] = {}
        self._told: dict[int, tuple[tuple[int, int, float], OpponentStop | None]] = {}

    def last(self, moment: Moment, car: CarNow, tank_laps: float = 0.0) -> OpponentStop | None:
        """Of its last stop that is over; None before it has made one whose loss is known.

        `tank_laps`: how far a full tank of its class goes; 0 where nobody knows.
        """
        count, fit = self._fit(moment, car, tank_laps)
        key = (car.story.changes, *count)
        known = self._told.get(car.car_idx)
        if known is None or known[0] != key:
            known = self._told[car.car_idx] = key, self._read(moment, car, tank_laps, fit)
        return known[1]

    def _read(self, moment: Moment, car: CarNow, tank_laps: float, fit: ServiceFit) -> OpponentStop | None:
        last = _last(car, self._costs)
        if last is None:
            return None
        told = _told(last)
        what = classify_stop(_seen(moment, last, tank_laps), fit) if told is None else told
        return OpponentStop(car.car_idx, last.stop.lap, what, told is not None)

    def _fit(self, moment: Moment, car: CarNow, tank_laps: float) -> tuple[tuple[int, float], ServiceFit]:
        """How many stops its class has made, and what they taught: whoever asks, and however often."""
        stops = sum(len(self._costs.seen(mate.story)) for mate in moment.of_class(car.class_id))
        known, key = self._fits.get(car.class_id), (stops, tank_laps)
        if known is None or known[0] != key:
            known = self._fits[car.class_id] = key, class_fit(moment, car, self._costs, tank_laps)
        return known


def class_fit(moment: Moment, car: CarNow, costs: StopCosts, tank_laps: float = 0.0) -> ServiceFit:
    """From stops of its class whose services and fuel are known; without, the rule set's times.

    Either way the lane is as long as the stops make likely into which nobody looked.
    """
    known, unknown = list[ServiceSeen](), list[SeenStop]()
    for mate in moment.of_class(car.class_id):
        for one in costs.seen(mate.story):
            fuel_l, has_tyres = one.stop.fuel_added_l, one.has_tyres
            if fuel_l is not None and has_tyres is not None:
                is_swap = pit_rule.SWAP in one.services
                known.append(ServiceSeen(Service(fuel_l, has_tyres, is_swap), one.loss_s))
            elif not one.is_slow and pit_rule.DRIVE_THROUGH not in one.services:
                unknown.append(one)
    fit = fit_service(known, service_prior(costs.rules_of(moment)))
    unknown.sort(key=lambda one: one.stop.lane_in_s)
    return anchored(fit, [_seen(moment, one, tank_laps) for one in unknown[-_MOST_UNKNOWN:]])


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
