"""The rest of a race that runs, as a model: today by the plain formulas of form, stops and cautions.

Fuel counts in laps of green running: what a car's stints have shown of its tank, not litres. Retirements,
tyres and rain are nobody's guess here; whoever knows of them says so in the model that this gives.
"""

import math

from pitbox.strategy.caution import caution_process
from pitbox.strategy.errors import NoLengthError, NoRaceError
from pitbox.strategy.form import Forms, Outlook
from pitbox.strategy.montecarlo.race_model import CautionModel, RaceCar, RaceModel, StopPolicy, TrafficModel
from pitbox.strategy.story import RUNNING, CarNow, Moment

_IN_SHARE = 0.15
"""Of a stop's loss, before the line."""
_STOP_SPREAD = 0.08
_RESIDUAL = 0.005
"""Of a lap; what one lap differs from the next."""
_LEAST_TANK_LAPS = 3.0


def race_now(moment: Moment, forms: Forms | None = None) -> RaceModel:
    """Every car that runs and has shown a pace, from its place of now to the flag, in race order."""
    outlooks = (forms or Forms()).outlooks(moment)
    cars = [car for car in moment.cars if car.status == RUNNING and car.car_idx in outlooks]
    if not cars:
        raise NoRaceError("No car that runs has shown a pace yet.")
    cars.sort(key=lambda car: -car.place)
    laps, length_s = _rest(moment, cars[0])
    return RaceModel(
        cars=tuple(_car(car, cars[0], outlooks[car.car_idx]) for car in cars),
        laps=laps,
        length_s=length_s,
        cautions=_cautions(moment, [outlooks[car.car_idx] for car in cars]),
        traffic=TrafficModel(tow_s=0.0),
    )


def _rest(moment: Moment, leader: CarNow) -> tuple[int, float]:
    """By laps or by time: what ends first counts, judged by the clock."""
    laps = None if moment.length.laps is None else max(1, moment.length.laps - leader.laps)
    if laps is not None and moment.time_left_s is None:
        return laps, 0.0
    if moment.time_left_s is None or moment.time_left_s <= 0:
        raise NoLengthError("Nobody says how much of the race is left.")
    typical_s = leader.story.typical_lap_s() or 0.0
    if laps is not None and laps * typical_s < moment.time_left_s:
        return laps, 0.0
    return 0, moment.time_left_s


def _car(car: CarNow, leader: CarNow, outlook: Outlook) -> RaceCar:
    tank = max(_LEAST_TANK_LAPS, outlook.stint_s / outlook.lap_s)
    # Races begin where the leader is now; what a car drives up to there is not driven but reckoned.
    behind = leader.place - car.place
    left, behind_s = max(1.0, tank - outlook.since_stop_s / outlook.lap_s) - behind, behind * outlook.lap_s
    while left < 1.0:
        left, behind_s = left + tank, behind_s + outlook.stop_loss_s
    return RaceCar(
        name=str(car.car_idx),
        pace_s=outlook.lap_s * (1.0 + outlook.excess),
        class_name=str(car.class_id),
        start_s=behind_s,
        start_spread_s=0.0,
        residual_s=_RESIDUAL * outlook.lap_s,
        fuel_l=left,
        tank_l=tank,
        lap_l=1.0,
        lap_spread=0.02,
        stop_in_s=_IN_SHARE * outlook.stop_loss_s,
        stop_out_s=(1.0 - _IN_SHARE) * outlook.stop_loss_s,
        stop_spread_s=_STOP_SPREAD * outlook.stop_loss_s,
        fill_lps=0.0,
        stops=StopPolicy(least_stint=3),
    )


def _cautions(moment: Moment, outlooks: list[Outlook]) -> CautionModel:
    process = caution_process(moment)
    per_hour = process.rate_shape / process.rate_h if process.rate_shape > 0 else 0.0
    slow = sorted(outlook.slow_share for outlook in outlooks)[len(outlooks) // 2]
    return CautionModel(
        per_hour=per_hour,
        length_s=math.exp(process.log_length),
        spread=process.spread,
        slow=max(1.05, slow),
    )
