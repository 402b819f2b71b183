"""A race as it stands at a moment, for whoever asks where everybody finishes.

    state = race_state(rows, now_s, laps=57, grid={"44": 3})

Causal by build: rows that end after `now_s` are not looked at. Before the start there are no rows, and the
grid is the order.
"""

from collections.abc import Mapping, Sequence
from math import isfinite
from statistics import median

import msgspec

from pitbox.predict.feature import compound_code
from pitbox.predict.lap_row import NAN, LapRow

_GONE_LAPS = 2.5
"""Who has not crossed the line for as many laps is out."""
_RED_LAPS = 4.0
_PACE_LAPS = 5


class CarState(msgspec.Struct, frozen=True):
    """One car that still runs; NaN where nobody knows."""

    car: str
    driver: str
    position: int
    """Among all that started, 1 first."""
    behind: float
    """The leader, in laps of the race."""
    ahead_s: float
    """Gap to the car in front, at the line."""
    chased_s: float
    """Gap to the car behind."""
    stops: float
    tyre_age: float
    compound: float
    pace: float
    """Last clean laps against the field's, in thousandths."""
    grid: float


class RaceState(msgspec.Struct, frozen=True):
    circuit: str
    share: float
    """Of the race that is driven."""
    starters: int
    laps_left: float
    is_slow: bool
    since_slow: float
    """Laps of the leader since the last caution; NaN if there was none."""
    cars: tuple[CarState, ...]


def race_state(
    rows: Sequence[LapRow], now_s: float, laps: int, grid: Mapping[str, int] | None = None, circuit: str = ""
) -> RaceState:
    """`laps`: how long the race is planned. Cars that are out keep their place behind and are left out."""
    places = dict(grid or {})
    by_car: dict[str, list[LapRow]] = {}
    for row in rows:
        if row.end_s <= now_s:
            by_car.setdefault(row.car, []).append(row)
    starters = len(by_car.keys() | places.keys())
    if not by_car:
        cars = [_waiting(car, place) for car, place in sorted(places.items(), key=lambda item: item[1])]
        return RaceState(circuit, 0.0, starters, float(laps), False, NAN, tuple(cars))
    order = sorted(by_car.values(), key=lambda driven: (-driven[-1].lap, driven[-1].end_s))
    lead, usual_s = order[0], _usual_s(order)
    # Counted from the last crossing of anybody: while a race is stopped, nobody crosses and nobody is out.
    limit_s = (
        max(driven[-1].end_s for driven in order) - (_RED_LAPS if lead[-1].is_slow else _GONE_LAPS) * usual_s
    )
    running = [driven for driven in order if driven[-1].end_s >= limit_s]
    slow = [row.lap for row in lead if row.is_slow]
    done = lead[-1].lap
    return RaceState(
        circuit=circuit or lead[-1].circuit,
        share=min(1.0, done / max(laps, 1)),
        starters=starters,
        laps_left=float(max(0, laps - done)),
        is_slow=lead[-1].is_slow,
        since_slow=float(done - slow[-1]) if slow else NAN,
        cars=tuple(_states(running, usual_s, places)),
    )


def _states(running: Sequence[list[LapRow]], usual_s: float, places: Mapping[str, int]) -> list[CarState]:
    lead = running[0][-1]
    pace_s = {driven[-1].car: _pace_s(driven) for driven in running}
    field_s = _middle([value for value in pace_s.values() if isfinite(value)])
    found = []
    for at, driven in enumerate(running):
        last = driven[-1]
        front = running[at - 1][-1] if at else None
        back = running[at + 1][-1] if at + 1 < len(running) else None
        found.append(
            CarState(
                car=last.car,
                driver=last.driver,
                position=at + 1,
                behind=_apart_s(lead, last, usual_s) / usual_s,
                ahead_s=NAN if front is None else _apart_s(front, last, usual_s),
                chased_s=NAN if back is None else _apart_s(last, back, usual_s),
                stops=float(len({row.stint for row in driven}) - 1),
                tyre_age=last.tyre_age,
                compound=compound_code(last.compound),
                pace=1000.0 * (pace_s[last.car] / field_s - 1.0) if field_s > 0 else NAN,
                grid=float(places.get(last.car, 0)) or NAN,
            )
        )
    return found


def finish_order(rows: Sequence[LapRow]) -> list[str]:
    """Of a race that is over: laps, then time; who stopped first is last."""
    last: dict[str, LapRow] = {}
    for row in rows:
        if row.car not in last or row.lap > last[row.car].lap:
            last[row.car] = row
    return [row.car for row in sorted(last.values(), key=lambda row: (-row.lap, row.end_s))]


def _waiting(car: str, place: int) -> CarState:
    return CarState(car, car, place, 0.0, NAN, NAN, 0.0, NAN, NAN, NAN, float(place))


def _usual_s(order: Sequence[list[LapRow]]) -> float:
    found = [row.time_s for driven in order for row in driven[-_PACE_LAPS * 2 :] if row.is_pace]
    found = found or [row.time_s for driven in order for row in driven if row.time_s > 0]
    return median(found) if found else 90.0


def _pace_s(driven: Sequence[LapRow]) -> float:
    return _middle([row.time_s for row in driven if row.is_pace][-_PACE_LAPS:])


def _apart_s(front: LapRow, back: LapRow, usual_s: float) -> float:
    """Between two crossings, whole laps counted as usual ones."""
    return back.end_s - front.end_s + (front.lap - back.lap) * usual_s


def _middle(values: Sequence[float]) -> float:
    return median(values) if values else NAN
