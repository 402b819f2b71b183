"""Our fuel that another collector tells after the lap was told: the lap is told again, with it."""

import msgspec

from pitbox.model.fact import Fact, Lap
from pitbox.timing.heat import Heat
from pitbox.timing.lap import ToldLap
from pitbox.timing.own import OwnTrace


def late_fuel(heat: Heat) -> list[Fact]:
    """The last laps of our car that lacked fuel and now have it."""
    car = None if heat.own_car_idx is None else heat.cars.get(heat.own_car_idx)
    if car is None:
        return []
    facts: list[Fact] = []
    for at, told in enumerate(car.lap.last):
        fuelled = _fuelled(told, heat.own)
        if fuelled != told.fact:
            facts.append(car.lap.retell(at, fuelled))
            heat.thirst.hear(fuelled)
    return facts


def _fuelled(told: ToldLap, own: OwnTrace) -> Lap:
    lap = told.fact
    end_l = own.level_l(lap.end_s) if lap.fuel_left_l is None else lap.fuel_left_l
    if lap.fuel_used_l is not None or end_l is None or lap.kind.is_broken:
        return lap
    levels = [own.level_l(at_s) for stand in told.services_s for at_s in stand]
    start_l = own.level_l(lap.start_s)
    used_l = None
    known = [level for level in levels if level is not None]
    if start_l is not None and len(known) == len(levels):
        used_l = start_l + sum(known[1::2]) - sum(known[::2]) - end_l
    return msgspec.structs.replace(
        lap, fuel_left_l=end_l, fuel_used_l=used_l if used_l is None or used_l >= 0 else None
    )
