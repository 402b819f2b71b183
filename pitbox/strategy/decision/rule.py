"""What no recommendation may break: the tank, stints, drive time and shares, stops and tyres that are due.

broken(choice, situation)        # () where it holds; else each rule in words
"""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from pitbox.strategy.decision.answer import Choice, PlannedStop
from pitbox.strategy.decision.situation import Situation

_SPILL_L = 0.05
"""Rounding of a menu is no broken rule."""


def broken(choice: Choice, situation: Situation) -> tuple[str, ...]:
    """In words; the order of the race where there is one."""
    found = tuple(_order(choice, situation))
    if found:  # the other sums need stops in order
        return found
    return (
        *_tank(choice, situation),
        *_stints(choice, situation),
        *_tyres(choice, situation),
        *_people(choice, situation),
        *_due(choice, situation),
    )


def is_bound(choice: Choice, situation: Situation) -> bool:
    """Its stops are for more than fuel: a driver, tyres that are due, a longest stint, what is owed."""
    rules = situation.rules
    limits = situation.tyre_limit, situation.stint_laps, situation.stint_left_laps
    is_owed = rules.least_stops > situation.stops_done or rules.least_tyre_changes > situation.tyre_changes
    return is_owed or any(one is not None for one in limits) or any(stop.user_id for stop in choice.stops)


def stretches(choice: Choice, situation: Situation) -> list[tuple[int, int]]:
    """Laps from stop to stop up to the flag that is planned for; a stop behind it comes if that is late."""
    flag = situation.planned_lap
    ends = [situation.laps, *(min(stop.lap, flag) for stop in choice.stops), flag]
    return list(pairwise(ends))


def drivers_of(choice: Choice, situation: Situation) -> list[int]:
    """Who drives each stretch."""
    found = [situation.driver]
    for stop in choice.stops:
        found.append(stop.user_id or found[-1])
    return found


def fuel_walk(choice: Choice, situation: Situation) -> Iterator[tuple[PlannedStop, float, float]]:
    """Each stop with what is on board as it comes in, and what it takes."""
    fuel_l, lap = situation.fuel_l, situation.laps
    for stop in choice.stops:
        fuel_l -= (stop.lap - lap) * situation.use_of(choice.save_share)
        room_l = situation.tank_l - max(0.0, fuel_l)
        added_l = room_l if stop.fuel_l is None else stop.fuel_l
        yield stop, fuel_l, added_l
        fuel_l, lap = fuel_l + added_l, stop.lap


def _order(choice: Choice, situation: Situation) -> Iterator[str]:
    lap = situation.first_lap - 1
    for stop in choice.stops:
        if stop.lap <= lap:
            too_late = stop.lap < situation.first_lap
            yield (
                f"it is too late to come in on lap {stop.lap}"
                if too_late
                else f"two stops on lap {stop.lap}, or in the wrong order"
            )
        elif stop.lap >= max(situation.planned_lap, situation.fuel_lap):
            yield f"the flag falls by lap {situation.fuel_lap}, before a stop on lap {stop.lap} pays"
        if stop.fuel_l is not None and stop.fuel_l < 0:
            yield "fuel can not be taken out"
        lap = stop.lap
    if not 0.0 <= choice.save_share <= 0.5:
        yield f"nobody saves {100 * choice.save_share:.0f} % of the fuel"


def _tank(choice: Choice, situation: Situation) -> Iterator[str]:
    fuel_l, lap, unit = situation.fuel_l, situation.laps, situation.unit
    use_l = situation.use_of(choice.save_share)
    for stop, at_stall_l, added_l in fuel_walk(choice, situation):
        if at_stall_l < situation.reserve_l - _SPILL_L:
            empty = lap + situation.reach(fuel_l, choice.save_share)
            yield f"the tank is empty after lap {empty}, before the stop on lap {stop.lap}"
        if at_stall_l + added_l > situation.tank_l + _SPILL_L:
            room_l = situation.tank_l - at_stall_l
            yield f"on lap {stop.lap} the tank takes {room_l:.0f} {unit}, not {added_l:.0f}"
        fuel_l, lap = at_stall_l + added_l, stop.lap
    if fuel_l - (situation.fuel_lap - lap) * use_l < situation.reserve_l - _SPILL_L:
        last = lap + situation.reach(fuel_l, choice.save_share)
        yield f"the tank is empty after lap {last}; fuel has to reach lap {situation.fuel_lap}"


def _stints(choice: Choice, situation: Situation) -> Iterator[str]:
    for at, (begin, end) in enumerate(stretches(choice, situation)):
        most = situation.stint_left_laps if at == 0 else situation.stint_laps
        if most is not None and end - begin > most:
            yield f"{end - begin} laps from lap {begin} without a stop; the event allows {most}"


def _tyres(choice: Choice, situation: Situation) -> Iterator[str]:
    age, limit, rules, lap = situation.tyre_age, situation.tyre_limit, situation.rules, situation.laps
    changes = sum(stop.has_tyres for stop in choice.stops)
    for stop in (*choice.stops, None):
        end = situation.planned_lap if stop is None else min(stop.lap, situation.planned_lap)
        age, lap = age + end - lap, end
        if limit is not None and age > limit:
            yield f"tyres of {age} laps on lap {end}; one set may do {limit}"
        if stop is not None and stop.has_tyres:
            age = 0
        if stop is not None and rules.is_tyres_each_stop and not stop.has_tyres:
            yield f"the stop on lap {stop.lap} has to change tyres"
        if stop is not None and rules.is_fuel_or_tyres and stop.has_tyres and stop.fuel_l != 0:
            yield f"the stop on lap {stop.lap} may fuel or change tyres, not both"
    if rules.tyre_sets is not None and changes > rules.tyre_sets:
        yield f"{changes} changes of tyres; {rules.tyre_sets} sets are left"
    whole = situation.tyre_changes + changes
    if whole < rules.least_tyre_changes:
        yield f"{whole} changes of tyres; the event demands {rules.least_tyre_changes}"


def _people(choice: Choice, situation: Situation) -> Iterator[str]:
    laps: Counter[int] = Counter()
    for user_id, (begin, end) in zip(
        drivers_of(choice, situation), stretches(choice, situation), strict=True
    ):
        laps[user_id] += end - begin
    known = {one.user_id for one in situation.drivers}
    for user_id in laps:
        if known and user_id not in known:
            yield f"driver {user_id} is not of this car"
    for one in situation.drivers:
        if one.left_laps is not None and laps[one.user_id] > one.left_laps:
            who = one.name or "one driver"
            yield f"{laps[one.user_id]} laps of {who}; the drive time allows {one.left_laps}"
    owed = sum(max(0, one.owed_laps - laps[one.user_id]) for one in situation.drivers)
    if owed > 0:
        yield f"drivers are {owed} laps short of their fair share at the flag"


def _due(choice: Choice, situation: Situation) -> Iterator[str]:
    stops = situation.stops_done + sum(stop.lap < situation.planned_lap for stop in choice.stops)
    if stops < situation.rules.least_stops:
        yield f"{stops} stops in the race; the event demands {situation.rules.least_stops}"
