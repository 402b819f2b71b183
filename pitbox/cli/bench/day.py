"""A day of racing as facts: three classes of cars, made by hand of sums, and always the same."""

from collections.abc import Iterable, Iterator

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
from pitbox.model.session import CarClass, Entry, OwnCar, SessionInfo, SessionPart, Track

GREEN_S = 130.0
DAY_S = 86_400.0
CAUTIONS = ((11_000.0, 11_900.0), (40_000.0, 41_300.0), (63_000.0, 63_700.0))
CREW = 4
PEOPLE = {20_000 + at: name for at, name in enumerate(("Ada Kern", "Bo Lund", "Émile Ueda", "Ada Kovac"))}
"""Who drives in the crews, besides whoever is in the car now."""
_LANE_S = 58.0
_LAP_S = {1: 95.2, 2: 99.4, 3: 109.1}
_STINT_LAPS = {1: 38, 2: 34, 3: 29}
_CLASSES = (CarClass(1, "GTP", 1.0), CarClass(2, "LMP2", 0.9), CarClass(3, "GT3", 0.7))
_CARS = {1: 12, 2: 16, 3: 32}
_OWN = 21


def day_info(track_m: float) -> SessionInfo:
    """Of 60 cars; ours is one of the middle class."""
    classes = [class_id for class_id, count in _CARS.items() for _ in range(count)]
    return SessionInfo(
        sim="iracing",
        sub_session_id=24,
        track=Track(1, "A day's track", "", track_m, 16.7),
        parts=(SessionPart(0, "Race", DAY_S),),
        classes=_CLASSES,
        entries=tuple(
            Entry(at, str(at), 7000 + at, f"Team {at}", 9000 + at, f"Driver {at}", class_id, "Prototype")
            for at, class_id in enumerate(classes, 1)
        ),
        own=OwnCar(_OWN, 103.0, 0.75),
        title="A day of 60 cars",
    )


def day_facts(entries: Iterable[Entry], end_s: float = GREEN_S + DAY_S) -> Iterator[Fact]:
    """Everything that was said until then, of cars of the classes 1 to 3."""
    yield from _phases(end_s)
    for entry in entries:
        yield from _car(entry.car_idx, entry.class_id, end_s)


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
