"""One car of a race that runs, as the model takes it: its tank, what is left in it, how it stops.

Fuel of others counts in laps of green running: what their stints and their class have shown of a tank.
"""

import math
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from pitbox.strategy.capacity import mean_size
from pitbox.strategy.form import Outlook
from pitbox.strategy.montecarlo.lap_shape import USUAL
from pitbox.strategy.montecarlo.race_model import RaceCar, StopPolicy
from pitbox.strategy.stop_book import StopBook
from pitbox.strategy.story import CAUTION, CarNow, Moment

_IN_SHARE = 0.15
"""Of a stop's loss, before the line."""
_STOP_SPREAD = 0.08
_KEPT = 0.005
"""Of a lap: what a car's pace of the rest differs from that so far, one standard deviation."""
_LEAST_TANK_LAPS = 3.0
LEAST_STINT = 3
_PENDING = 0.7
"""What is left to lose of the stop that a car is in, against a whole one."""
RIPE = 0.4
"""Of a tank: drunk before a caution is worth a stop, until a car has shown it."""
_EAGER = 0.45
"""From this eagerness of the field on, a car that has shown nothing comes in under a caution."""
_LIKE_STOPS = 12.0
"""Stops of the class that tell as much of a mate's tank as our gauge does of ours."""
_FILL_SHARE, _USUAL_FILL = 0.5, 0.85
"""Of a stop's loss, at most, for fuel; of a tank, what a stop mostly fills."""


class Alike(msgspec.Struct, frozen=True):
    """What cars of a class have much in common with one that is known from inside."""

    tank_laps: float
    fill_s: float
    """In the box, for a lap's fuel."""


def car_behind(car: CarNow, leader: CarNow, outlook: Outlook) -> RaceCar:
    """From the moment of now, so far behind the leader as it is."""
    tank = max(_LEAST_TANK_LAPS, outlook.stint_s / outlook.lap_s)
    # Races begin where the leader is now; what a car drives up to there is not driven but reckoned.
    behind = leader.place - car.place
    left, behind_s = max(1.0, tank - outlook.since_stop_s / outlook.lap_s) - behind, behind * outlook.lap_s
    while left < 1.0:
        left, behind_s = left + tank, behind_s + outlook.stop_loss_s
    return _plain_car(car, outlook, tank, left, behind_s)


def _plain_car(car: CarNow, outlook: Outlook, tank: float, left: float, start_s: float) -> RaceCar:
    return RaceCar(
        name=str(car.car_idx),
        pace_s=outlook.lap_s * (1.0 + outlook.excess),
        class_name=str(car.class_id),
        start_s=start_s,
        start_spread_s=0.0,
        residual_s=USUAL.share * outlook.lap_s,
        fuel_l=left,
        tank_l=tank,
        lap_l=1.0,
        lap_spread=0.02,
        stop_in_s=_IN_SHARE * outlook.stop_loss_s,
        stop_out_s=(1.0 - _IN_SHARE) * outlook.stop_loss_s,
        stop_spread_s=_STOP_SPREAD * outlook.stop_loss_s,
        fill_lps=0.0,
        stops=StopPolicy(least_stint=LEAST_STINT),
    )


class Start(NamedTuple):
    moment: Moment
    car: CarNow
    outlook: Outlook
    base: int


def car_from(at: Start, book: StopBook, alike: Alike | None) -> RaceCar:
    """From the moment in which it did, or will have done, `base` laps."""
    moment, car, outlook, base = at
    known = book.cars.get(car.car_idx)
    shown = 0
    if known is None:
        tank, drunk = outlook.stint_s / outlook.lap_s, outlook.since_stop_s / outlook.lap_s
    else:
        tank, drunk = mean_size(book.tank_laps(car.car_idx)), known.outing.drunk
        shown = len(book.classes[car.class_id].visits_s)
    if alike is not None:
        tank = (_LIKE_STOPS * alike.tank_laps + shown * tank) / (_LIKE_STOPS + shown)
    tank = max(_LEAST_TANK_LAPS, tank)
    line_s = moment.now_s if car.line_s is None else car.line_s
    start_s = line_s - moment.now_s + (base - car.laps) * outlook.lap_s
    left = max(1.0, tank - drunk) - (base - car.laps)
    if car.is_in_pits:
        left, start_s = tank - (base - car.laps), start_s + _PENDING * outlook.stop_loss_s
    while left < 0.5:
        left, start_s = left + tank, start_s + outlook.stop_loss_s
    found = _plain_car(car, outlook, tank, left, start_s)
    return _filling(replace(found, race_spread_s=doubt_s(outlook)), outlook, alike, is_shown=shown > 0)


def _filling(car: RaceCar, outlook: Outlook, alike: Alike | None, *, is_shown: bool) -> RaceCar:
    """A stop takes as long as what it fills: those seen were mostly full stints, a rule means a full tank."""
    loss_s = outlook.stop_loss_s
    fill_s = _FILL_SHARE * loss_s / car.tank_l if alike is None else alike.fill_s
    filled = car.tank_l * (_USUAL_FILL if is_shown else 1.0)
    box_s = min(_FILL_SHARE * loss_s, fill_s * filled)
    return replace(
        car,
        stop_out_s=max(0.0, loss_s - box_s - car.stop_in_s),
        fill_lps=filled / box_s if box_s > 0 else 0.0,
    )


def policy_of(moment: Moment, car: CarNow, book: StopBook, tank_laps: float) -> StopPolicy:
    """Whoever came in under a caution of this race does so again; else as the field mostly did."""
    calls = [phase for phase in moment.phases if phase.flag == CAUTION and phase.end_s is not None]
    used = sum(
        any(phase.start_s <= stop.lane_in_s <= (phase.end_s or moment.now_s) for stop in car.story.stops)
        for phase in calls
    )
    is_eager = 2 * used >= len(calls) if calls else book.rates.eagerness >= _EAGER
    least = max(LEAST_STINT, round(RIPE * tank_laps))
    return StopPolicy(least_stint=LEAST_STINT, under_caution=is_eager, caution_stint=least)


def doubt_s(outlook: Outlook) -> float:
    """How far a car's laps to come may all be off its pace so far, one standard deviation."""
    return math.hypot(outlook.lap_spread_s, _KEPT * outlook.lap_s)
