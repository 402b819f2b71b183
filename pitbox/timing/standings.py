"""The race at the last folded row, as a view draws it."""

from pitbox.model.code import SessionState, TrackSurface
from pitbox.model.standing import CarStanding, Standings
from pitbox.timing.car import Car
from pitbox.timing.gap import gap_s, laps_behind
from pitbox.timing.heat import Heat
from pitbox.timing.order import order

TRACK, OFF, LANE, STALL, TOWED, OUT = "track", "off", "lane", "stall", "tow", "out"


def standings(heat: Heat) -> Standings:
    """Every car that showed up, in order of position."""
    cars: list[CarStanding] = []
    classes: dict[int, list[Car]] = {}
    in_order = order(heat)
    for position, car in enumerate(in_order, start=1):
        ahead = classes.setdefault(car.class_id, [])
        cars.append(_standing(heat, car, position, in_order[0], ahead))
        ahead.append(car)
    return Standings(
        session_num=heat.session_num,
        run=heat.run,
        sim_time_s=heat.motion.time_s,
        session_state=heat.state,
        flag=heat.flag.flag,
        time_left_s=heat.own.left_s,
        fuel_l=heat.own.level_l(heat.motion.time_s),
        cars=tuple(cars),
        phase=heat.phase,
        fuel_per_lap_l=heat.thirst.per_lap_l,
        fuel_laps=len(heat.thirst.laps),
        wet_steps=heat.wetness.changes(),
        is_declared_wet=heat.wetness.is_declared_wet,
    )


def _standing(heat: Heat, car: Car, position: int, leader: Car, ahead: list[Car]) -> CarStanding:
    """`ahead` are the cars of the same class that are in front, first to last."""
    motion, at = heat.motion, car.car_idx
    is_running = heat.is_race and heat.state >= SessionState.RACING
    return CarStanding(
        car_idx=car.car_idx,
        position=position,
        class_position=len(ahead) + 1,
        laps=car.laps,
        lap_pct=float(motion.pct[at]),
        surface=-1 if motion.is_away[at] else int(motion.surface[at]),
        gap_s=gap_s(heat, leader, car) if is_running else None,
        class_gap_s=gap_s(heat, ahead[0] if ahead else car, car) if is_running else None,
        interval_s=gap_s(heat, ahead[-1], car) if is_running and ahead else None,
        laps_down=laps_behind(heat, leader, car) if is_running else 0,
        last_lap_s=car.last_lap_s,
        best_lap_s=car.best_lap_s,
        stint_laps=car.stint.laps,
        stops=car.pit.count,
        compound=int(motion.compound[at]),
        user_id=car.user_id,
        is_in_pits=car.pit.is_inside,
        seen_s=float(motion.seen_s[at]),
        status=_status(heat, car),
        incident=car.mishap.kind,
        tyre_laps=car.tyres.laps,
    )


def _status(heat: Heat, car: Car) -> str:
    """Where the car is: what a view would otherwise conclude from three numbers, each in its own way."""
    motion, at = heat.motion, car.car_idx
    if motion.is_away[at]:
        return OUT
    surface = int(motion.surface[at])
    if car.held is not None and car.lap.is_tow:
        return TOWED
    if surface == TrackSurface.IN_PIT_STALL:
        return STALL
    if car.pit.is_inside:
        return LANE
    return OFF if surface == TrackSurface.OFF_TRACK else TRACK
