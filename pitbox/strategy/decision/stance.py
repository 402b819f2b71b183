"""From a moment and its forecast to the situation that rules and search look at."""

import math
from collections.abc import Iterable

import msgspec

from pitbox.model.fact import Lap
from pitbox.strategy.allowance import DriverShare, allowance
from pitbox.strategy.briefing import Briefing, Case, Mind
from pitbox.strategy.capacity import mean_size
from pitbox.strategy.decision.set_wear import typical_stint
from pitbox.strategy.decision.situation import (
    UNKNOWN_L,
    DriverNow,
    Rules,
    Situation,
    StopTimes,
)
from pitbox.strategy.decision.wear import wear_of
from pitbox.strategy.errors import NoRaceError
from pitbox.strategy.fuel import LEAST_SPREAD, fuel_use
from pitbox.strategy.fuel_plan import RESERVE_L
from pitbox.strategy.pit_rule import TYRES
from pitbox.strategy.stop_cost import Wanted
from pitbox.strategy.story import CarNow, Moment

_CALLED_PCT = 0.93
"""From here on the lap it is too late to come in."""
_DRIVER_LAPS = 8.0
"""Laps of a driver that count as much as the team's mean."""
_LEAST_FILL_L = 5.0


def situation_of(moment: Moment, said: Briefing, case: Case, mind: Mind, rules: Rules) -> Situation:
    """Raises NoRaceError where our car's pace, its fuel or its last lap cannot be told."""
    car = moment.car(said.car_idx)
    lap_s = None if car is None else car.story.typical_lap_s()
    if car is None or lap_s is None or said.end is None:
        raise NoRaceError("Nobody can say yet how long our car still drives.")
    final = said.end.laps
    allowed = allowance(moment, car, final.quantile(0.5), case.limits)
    tyre_laps = _tyre_age(car)
    found = Situation(
        laps=car.laps,
        final=final,
        lap_s=lap_s,
        fuel_l=0.0,
        tank_l=0.0,
        use_l=1.0,
        risk=case.risk,
        tyre_age=tyre_laps,
        tyre_limit=case.limits.tyre_laps,
        stint_left_laps=_laps(allowed.stint_s, lap_s),
        stint_laps=_laps(case.limits.stint_s, lap_s),
        driver=_driver(car),
        drivers=tuple(_drivers(moment, car, said.drivers, case, lap_s)),
        stops_done=len(car.story.stops),
        tyre_changes=max(0, len(car.story.tyre_stints) - 1),
        rules=rules,
        save_s=0.0012 * lap_s,
        is_lap_called=car.is_pct_seen and car.lap_pct >= _CALLED_PCT,
    )
    found = _fuelled(found, car, said, mind, moment.of_class(car.class_id))
    return msgspec.structs.replace(
        found,
        times=_stop_times(moment, car, mind, found),
        tyres=wear_of(moment, car, is_refuelled=rules.is_refuelled),
        save_s=fuel_use(car.story).saving_cost_s()[0] or found.save_s,
    )


def _fuelled(found: Situation, car: CarNow, said: Briefing, mind: Mind, mates: Iterable[CarNow]) -> Situation:
    """By our gauge; else in laps, by what stops and the class have shown of a tank."""
    if not found.rules.is_refuelled:
        home = float(found.final.quantile(1.0) - car.laps + 1)
        typical = typical_stint(mates, home + car.laps)
        return msgspec.structs.replace(
            found,
            fuel_l=home,
            tank_l=home,
            use_l=1.0,
            use_doubt=0.0,
            unit=UNKNOWN_L,
            reserve_l=0.0,
            stint_typical=typical,
        )
    plan = said.fuel
    if plan is not None and said.on_board_l is not None:
        use_l = plan.use.mean_l
        doubt = max(LEAST_SPREAD / 2, plan.use.doubt_l / use_l)
        at_line_l = said.on_board_l + (car.lap_pct if car.is_pct_seen else 0.0) * use_l
        return msgspec.structs.replace(
            found,
            fuel_l=min(plan.tank_l, at_line_l),
            tank_l=plan.tank_l,
            use_l=use_l,
            use_doubt=doubt,
            unit=plan.unit,
            reserve_l=RESERVE_L,
        )
    known = mind.stops.book.cars.get(car.car_idx)
    if known is None:
        raise NoRaceError("Nobody knows yet how far a tank of our car goes.")
    tank = mean_size(mind.stops.book.tank_laps(car.car_idx))
    # Whoever is beyond the tank that one believes in has a lap more, and nobody knows how many.
    left = max(1.0, tank - known.outing.drunk)
    return msgspec.structs.replace(
        found, fuel_l=left, tank_l=tank, use_l=1.0, use_doubt=0.03, unit=UNKNOWN_L, reserve_l=0.0
    )


def _stop_times(moment: Moment, car: CarNow, mind: Mind, found: Situation) -> StopTimes:
    """Lines through two fills, with tyres and without."""
    rules = mind.costs.rules_of(moment)
    if not found.is_measured:
        cost = mind.costs.of(moment, car, Wanted())
        lane_s = min(rules.lane_loss_s, cost.loss_s)
        return StopTimes(
            lane_s=lane_s,
            fuel_at_s=cost.loss_s,
            litre_s=0.0,
            tyres_at_s=cost.loss_s,
            swap_s=0.0,
            spread_s=cost.spread_s,
            words=cost.words,
        )
    low_l, high_l = min(_LEAST_FILL_L, found.tank_l / 4), found.tank_l
    # Of most stops nobody knows what they were for. They stand for a whole fill, and services differ as the
    # rules have it: means over all stops would have tyres and litres cost next to nothing.
    cost = mind.costs.of(moment, car, Wanted(has_tyres=False, fuel_l=high_l))
    lines = []
    for has_tyres in (False, True):
        low_s, high_s = (
            cost.loss_s + rules.box_s(fuel_l, has_tyres=has_tyres) - rules.box_s(high_l)
            for fuel_l in (low_l, high_l)
        )
        slope_s = max(0.0, (high_s - low_s) / (high_l - low_l))
        lines.append((max(0.0, low_s - slope_s * low_l), slope_s))
    (fuel_at_s, litre_s), (tyres_at_s, tyres_litre_s) = lines
    lane_s = min(rules.lane_loss_s, fuel_at_s)
    return StopTimes(
        lane_s=lane_s,
        fuel_at_s=fuel_at_s,
        litre_s=litre_s,
        tyres_at_s=tyres_at_s,
        tyres_litre_s=tyres_litre_s,
        swap_s=lane_s + rules.box_s(0.0, is_swap=True),
        spread_s=cost.spread_s,
        words=cost.words,
    )


def _tyre_age(car: CarNow) -> int:
    """Laps of the set that it is on; where nobody saw a change, of the stint with the last one that did."""
    tyres = car.story.tyre_stints.last
    if tyres is not None:
        return max(0, car.laps - max(0, tyres.start_lap - 1))
    changed = [stop.lap for stop in car.story.stops if any(one.what == TYRES for one in stop.service)]
    last = changed or [stop.lap for stop in car.story.stops]
    return car.laps - (last[-1] if last else 0)


def _drivers(
    moment: Moment, car: CarNow, shares: tuple[DriverShare, ...], case: Case, lap_s: float
) -> list[DriverNow]:
    """Those who have not driven yet count down from -1."""
    found, strangers = [], 0
    for one in shares:
        user_id = one.user_id
        if not user_id:
            strangers += 1
            user_id = -strangers
        left = None if case.limits.drive_s is None else case.limits.drive_s - one.drive_s
        name = moment.people.get(user_id, "")
        found.append(DriverNow(user_id, _pace_s(car, user_id), one.owed, _laps(left, lap_s), name))
    return found


def _pace_s(car: CarNow, user_id: int) -> float:
    """Against the car's mean, as far as clean laps say it; a stranger is taken for an average driver."""
    clean = car.story.clean_laps()
    own = _times(clean, user_id)
    if not own:
        return 0.0
    mean_s = math.fsum(lap.time_s for lap in clean) / len(clean)
    return (math.fsum(own) / len(own) - mean_s) * len(own) / (len(own) + _DRIVER_LAPS)


def _times(laps: list[Lap], user_id: int) -> list[float]:
    return [lap.time_s for lap in laps if lap.user_id == user_id]


def _laps(left_s: float | None, lap_s: float) -> int | None:
    return None if left_s is None else max(0, math.floor(left_s / lap_s + 1e-9))


def _driver(car: CarNow) -> int:
    stint, last = car.story.driver_stints.last, car.story.laps.last
    if stint is not None:
        return stint.user_id
    return 0 if last is None else last.user_id
