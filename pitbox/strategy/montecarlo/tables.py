"""A race model packed for the kernel: one row a field, one column a car, float32 or whole numbers."""

import math
from typing import Any, NamedTuple

import numpy as np

from pitbox.strategy.errors import StrategyError
from pitbox.strategy.montecarlo.draws import STEPS, Floats, normal_quantiles
from pitbox.strategy.montecarlo.race_model import RaceCar, RaceModel, Stint

Whole = np.ndarray[Any, np.dtype[np.int32]]

CAR_FIELDS = (
    "pace_s", "residual_s", "fuel_l", "tank_l", "litre_s", "traffic_s", "stop_in_s", "stop_out_s",
    "stop_spread_s", "litre_stop_s",
)  # fmt: skip
POLICY_FIELDS = (
    "least_stint", "caution_stint", "cover", "has_fuel", "runs_dry", "stints", "class_number", "shape",
    "stint_age",
)  # fmt: skip
RACE_FIELDS = (
    "reference_s", "length_s", "gap_s", "duel_s", "loser_s", "tow_s", "tow_window_s", "slow", "catch",
    "slow_gap_s", "stop_share", "wet_share", "slick_share", "dried_share", "dry_s", "first_lap_s",
)  # fmt: skip
MOST_CARS, MOST_LAPS = 128, 2000
AGES = 2
NEVER = 1_000_000


class Tables(NamedTuple):
    car: Floats
    policy: Whole
    race: Floats
    counts: Whole
    """Laps at most, tow from lap, is by time, has rain, has cautions."""
    planned: Whole
    """Lap down, car across: 1 where the plan stops; of who holds to it, with `AGES` for each lap of the
    stint's age by the plan, and one more."""
    row: Whole
    """Stint down, car across: where its tyres' losses begin in `losses`."""
    fill_l: Floats
    losses: Floats
    need_s: Floats
    """Car behind down, car ahead across."""
    shape: Floats
    """Of a lap's residual: one after the other, those that cars have."""
    stop_shape: Floats
    wait_shape: Floats
    grid: Whole


def tables_of(model: RaceModel) -> Tables:
    if not 1 <= len(model.cars) <= MOST_CARS:
        raise StrategyError(f"A race has 1 to {MOST_CARS} cars, not {len(model.cars)}.")
    laps = _most_laps(model)
    row, fill_l, losses = _stints(model.cars, laps)
    return Tables(
        car=_car_table(model),
        policy=_policy_table(model),
        race=_race_table(model),
        counts=np.array(
            [
                laps,
                model.traffic.tow_from_lap if model.traffic.tow_s else NEVER,
                int(not model.laps),
                int(model.rain.chance > 0),
                int(model.cautions.is_any),
            ],
            np.int32,
        ),
        planned=_planned(model.cars, laps),
        row=row,
        fill_l=fill_l,
        losses=losses,
        need_s=_needs(model),
        shape=np.concatenate([residual_shape(*shape) for shape in _shapes(model)]),
        stop_shape=_stop_shape(normal_quantiles(), model.stop_sigma),
        wait_shape=(-np.log1p(-(np.arange(STEPS) + 0.5) / STEPS)).astype(np.float32),
        grid=np.array(grid_order(model.cars), np.int32),
    )


def grid_order(cars: tuple[RaceCar, ...]) -> list[int]:
    return sorted(range(len(cars)), key=lambda at: (cars[at].grid or at + 1, at))


def quickest_s(model: RaceModel) -> float:
    return min(car.pace_s for car in model.cars)


def _most_laps(model: RaceModel) -> int:
    if model.laps:
        laps = model.laps
    elif model.length_s > 0:
        laps = math.ceil(1.03 * model.length_s / quickest_s(model)) + 2
    else:
        raise StrategyError("Nobody says how long the race is: it needs laps or a length.")
    if laps > MOST_LAPS:
        raise StrategyError(f"A race of {laps} laps is longer than the {MOST_LAPS} that are simulated.")
    return laps


def _car_table(model: RaceModel) -> Floats:
    rows = [
        (
            car.pace_s, car.residual_s, car.fuel_l or car.tank_l, car.tank_l, car.litre_s, traffic_s,
            car.stop_in_s, car.stop_out_s, car.stop_spread_s, 1.0 / car.fill_lps if car.fill_lps > 0 else 0.0,
        )
        for car, traffic_s in zip(model.cars, traffic_of(model), strict=True)
    ]  # fmt: skip
    return np.ascontiguousarray(np.array(rows, np.float32).T)


def _policy_table(model: RaceModel) -> Whole:
    cars, shapes = model.cars, list(_shapes(model))
    classes = list(dict.fromkeys(car.class_name for car in cars))
    at = {car.name: number for number, car in enumerate(cars)}
    rows = []
    for car in cars:
        stops = car.stops
        if stops.cover and stops.cover not in at:
            raise StrategyError(f"{car.name} covers {stops.cover!r}, which is not in the race.")
        rows.append(
            (
                NEVER if stops.holds_plan else stops.least_stint,
                stops.caution_stint if stops.under_caution else NEVER,
                at[stops.cover] if stops.cover else -1,
                int(car.lap_l > 0),
                int(stops.runs_dry),
                len(car.stints),
                classes.index(car.class_name),
                STEPS * shapes.index(_shape_of(car, model)),
                car.stint_age,
            )
        )
    return np.ascontiguousarray(np.array(rows, np.int32).T)


def _shape_of(car: RaceCar, model: RaceModel) -> tuple[float, float]:
    """Skew and tail of its laps: its own, or the race's."""
    skew = model.skew if car.skew is None else car.skew
    return skew, model.tail if car.tail is None else car.tail


def _shapes(model: RaceModel) -> dict[tuple[float, float], None]:
    return dict.fromkeys(_shape_of(car, model) for car in model.cars)


def _race_table(model: RaceModel) -> Floats:
    traffic, caution, rain = model.traffic, model.cautions, model.rain
    values = (
        quickest_s(model), model.length_s, traffic.gap_s, traffic.duel_s, traffic.loser_s, traffic.tow_s,
        traffic.tow_window_s, caution.slow, caution.catch, caution.gap_s, caution.stop_share, rain.wet_share,
        rain.slick_share, rain.dried_share, model.dry_s, traffic.first_lap_s,
    )  # fmt: skip
    return np.array(values, np.float32)


def traffic_of(model: RaceModel) -> list[float]:
    """Seconds a lap of each car, on average: cars of another class meet as often as their laps differ."""
    found = []
    for car in model.cars:
        cost_s = 0.0
        for other in model.cars:
            if other.class_name != car.class_name:
                meetings = abs(car.pace_s - other.pace_s) / max(car.pace_s, other.pace_s)
                is_quick = car.pace_s < other.pace_s
                cost_s += meetings * (model.traffic.lapping_s if is_quick else model.traffic.lapped_s)
        found.append(cost_s)
    return found


def _planned(cars: tuple[RaceCar, ...], laps: int) -> Whole:
    planned = np.zeros((laps + 2, len(cars)), np.int32)
    for at, car in enumerate(cars):
        for lap in car.stops.plan:
            if 1 <= lap <= laps:
                planned[lap, at] = 1
        if car.stops.holds_plan:
            planned[:, at] += AGES * (1 + _ages(planned[:, at] > 0, car.stint_age))
    return planned


def _ages(stops: np.ndarray[Any, np.dtype[np.bool_]], age: int) -> Whole:
    """Of the stint at the end of each lap, before a stop there."""
    laps = np.arange(len(stops))
    last = np.maximum.accumulate(np.where(stops, laps, -age))
    found: Whole = (laps - np.concatenate(([-age], last[:-1]))).astype(np.int32)
    return found


def _stints(cars: tuple[RaceCar, ...], laps: int) -> tuple[Whole, Floats, Floats]:
    most = max(len(car.stints) for car in cars)
    row, fill_l = np.zeros((most, len(cars)), np.int32), np.full((most, len(cars)), -1.0, np.float32)
    known: dict[tuple[Stint, int], int] = {}
    losses: list[np.ndarray[Any, np.dtype[np.float32]]] = []
    for at, car in enumerate(cars):
        if not car.stints:
            raise StrategyError(f"{car.name} has no stint.")
        for number in range(most):
            stint = car.stints[min(number, len(car.stints) - 1)]
            fill_l[number, at] = stint.fuel_l
            key = (_tyres_alone(stint), laps)
            if key not in known:
                known[key] = sum(len(one) for one in losses)
                losses.append(_losses(stint, laps))
            row[number, at] = known[key]
    return row, fill_l, np.concatenate(losses)


def _tyres_alone(stint: Stint) -> Stint:
    """Without what the tyres do not know of."""
    return Stint(
        stint.pace_s, stint.tyre_s, stint.tyre_age, stint.tyre_rate_s, stint.cliff_lap, stint.cliff_rate_s
    )


def _losses(stint: Stint, laps: int) -> Floats:
    age = stint.tyre_age + np.arange(laps + 2, dtype=np.float64)
    if stint.tyre_s:
        curve = np.asarray(stint.tyre_s)
        loss_s = curve[np.minimum(age.astype(np.int64), len(curve) - 1)]
    else:
        loss_s = stint.tyre_rate_s * age + stint.cliff_rate_s * np.maximum(0.0, age - stint.cliff_lap)
    return (stint.pace_s + loss_s).astype(np.float32)


def _needs(model: RaceModel) -> Floats:
    traffic, cars = model.traffic, model.cars
    need_s = np.zeros((len(cars), len(cars)), np.float32)
    for behind, car in enumerate(cars):
        for ahead, other in enumerate(cars):
            is_lesser = car.class_name != other.class_name and car.pace_s < other.pace_s
            usual_s = traffic.class_pass_s if is_lesser else traffic.pass_s
            need_s[behind, ahead] = usual_s - car.strength_s + other.strength_s
    return need_s


def residual_shape(skew: float, tail: float) -> Floats:
    """Mean 0 and spread 1 whatever skew and tail: a normal bent by its square and its cube."""
    normal = normal_quantiles()
    bent = normal + skew * (normal**2 - 1.0) + tail * normal**3
    found: Floats = ((bent - bent.mean()) / bent.std()).astype(np.float32)
    return found


def _stop_shape(normal: Any, sigma: float) -> Floats:
    """Extra time of a stop: median 0, mean and spread by a lognormal."""
    found: Floats = (np.exp(sigma * normal) - 1.0).astype(np.float32)
    return found
