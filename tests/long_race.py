"""A day of racing as facts: 63 cars in three classes, made by hand of sums, and always the same."""

from collections.abc import Iterator
from functools import cache

import scenes

from pitbox.model.fact import (
    DriverStint,
    Fact,
    FlagPhase,
    Incident,
    Lap,
    LapKind,
    Service,
    Stint,
    Stop,
    TyreStint,
)

GREEN_S = 130.0
_LANE_S = 58.0
_LAP_S = {1: 95.2, 2: 99.4, 3: 109.1}
_STINT_LAPS = {1: 38, 2: 34, 3: 29}
CAUTIONS = ((11_000.0, 11_900.0), (40_000.0, 41_300.0), (63_000.0, 63_700.0))
CREW = 4


def people() -> dict[int, str]:
    """Who drives in the crews, besides whoever is in the car now."""
    return {20_000 + at: name for at, name in enumerate(("Ada Kern", "Bo Lund", "Émile Ueda", "Ada Kovac"))}


@cache
def facts(end_s: float = 36_173.0) -> tuple[Fact, ...]:
    """Everything that was said until then."""
    told: list[Fact] = list(_phases(end_s))
    for entry in scenes.info().entries:
        told += _car(entry.car_idx, entry.class_id, end_s)
    return tuple(told)


def _phases(end_s: float) -> Iterator[FlagPhase]:
    start_s, number = GREEN_S, 1
    for begin_s, over_s in CAUTIONS:
        if begin_s > end_s:
            break
        yield FlagPhase(0, 0, number, "green", start_s, begin_s)
        yield FlagPhase(0, 0, number + 1, "caution", begin_s, over_s if over_s < end_s else None)
        start_s, number = over_s, number + 2
    if start_s < end_s:
        yield FlagPhase(0, 0, number, "green", start_s)


def _car(car_idx: int, class_id: int, end_s: float) -> Iterator[Fact]:
    """Laps of one pace with a little life, a stop when the tank is empty; one car is towed, one is lost."""
    pace_s = _LAP_S[class_id] + 0.04 * (car_idx % 17)
    at_s, lap, stint, stint_lap, stint_s = GREEN_S + car_idx * 0.4, 0, 1, 1, GREEN_S + car_idx * 0.4
    length = _STINT_LAPS[class_id] - car_idx % 4
    is_lost = False
    while at_s < end_s and not is_lost:
        lap += 1
        is_in = lap - stint_lap + 1 >= length
        is_caution = any(begin_s <= at_s < over_s for begin_s, over_s in CAUTIONS)
        lap_s = pace_s + 0.35 * ((lap * 13 + car_idx * 7) % 9) / 9 + (38.0 if is_caution else 0.0)
        lap_s += 0.02 * (lap - stint_lap) + (4.0 if is_in else 0.0)
        end_lap_s = at_s + lap_s
        if end_lap_s > end_s:
            lap -= 1
            break
        kind = LapKind(is_in=is_in, is_out=lap == stint_lap and stint > 1, is_caution=is_caution)
        user_id = 20_000 + (stint - 1) // 2 % CREW
        yield Lap(0, 0, car_idx, lap, user_id, at_s, end_lap_s, kind, stint, 1, 1, 0)
        at_s = end_lap_s
        is_lost = car_idx == 14 and lap == 120
        if (lap * 31 + car_idx * 17) % 613 == 0:
            yield Incident(0, 0, car_idx, lap, "off_track", at_s - 40.0, lap, 0.6, at_s - 30.0)
        if is_in:
            yield Stint(
                0, 0, car_idx, stint, user_id, 0, stint_s, stint_lap, lap - stint_lap + 1, at_s, "stop"
            )
            stop = _stop(car_idx, stint, lap, at_s)
            yield stop
            if any(each.what == "tyres" for each in stop.service):
                yield TyreStint(0, 0, car_idx, stint, 0, stint_s, stint_lap, 1, at_s, "change")
            at_s = stop.lane_out_s or at_s
            stint, stint_lap, stint_s = stint + 1, lap + 1, at_s
    user_id = 20_000 + (stint - 1) // 2 % CREW
    over_s, end = (at_s, "lost") if is_lost else (None, "")
    yield Stint(0, 0, car_idx, stint, user_id, 0, stint_s, stint_lap, lap - stint_lap + 1, over_s, end)
    yield DriverStint(0, 0, car_idx, 1, user_id, stint_s, stint_lap)


def _stop(car_idx: int, number: int, lap: int, at_s: float) -> Stop:
    user_id, after = 20_000 + (number - 1) // 2 % CREW, 20_000 + number // 2 % CREW
    what = ["fuel"] + (["tyres"] if number % 2 == 0 else []) + (["swap"] if user_id != after else [])
    lane_s = _LANE_S + 9.0 * (number % 2 == 0) + car_idx % 5
    if (car_idx + number) % 41 == 0:
        what, lane_s = ["repairs", *what], lane_s + 190.0
    is_tow = (car_idx, number) == (25, 3)
    is_through = (car_idx, number) in ((30, 2), (21, 6))
    stall_s = None if is_through else at_s + 20.0
    return Stop(
        session_num=0,
        run=0,
        car_idx=car_idx,
        stop=number,
        lap=lap,
        lane_in_s=at_s,
        user_id_in=user_id,
        compound_in=0,
        stall_in_s=stall_s,
        stall_out_s=None if stall_s is None else at_s + lane_s - 18.0,
        lane_out_s=at_s + (24.0 if is_through else lane_s),
        user_id_out=after,
        compound_out=0,
        is_tow=is_tow,
        service=() if is_through else tuple(Service(each, 0.9) for each in what),
    )
