"""A race as people write it: TOML, see docs/montecarlo.md. Text in, model out; files are the caller's."""

import tomllib
from typing import Any

import msgspec
import numpy as np

from pitbox.strategy.errors import StrategyError
from pitbox.strategy.montecarlo.lap_shape import LapShape, fitted, of_car, runs_of
from pitbox.strategy.montecarlo.race_model import (
    AS_NEEDED,
    CautionModel,
    RaceCar,
    RaceModel,
    RainModel,
    Stint,
    StopPolicy,
    TrafficModel,
)


class RaceFileError(StrategyError):
    pass


class CarText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A car, or the defaults of all: as in `RaceCar`, with its policy and stints beside it."""

    name: str = ""
    pace_s: float = 0.0
    class_name: str = msgspec.field(default="", name="class")
    grid: int = 0
    start_s: float | None = None
    start_spread_s: float = 0.15
    residual_s: float | None = None
    fuel_l: float = 0.0
    tank_l: float = 0.0
    lap_l: float = 0.0
    lap_spread: float = 0.01
    litre_s: float = 0.0
    stop_in_s: float = 3.0
    stop_out_s: float = 25.0
    stop_spread_s: float = 1.0
    fill_lps: float = 2.6
    retire_chance: float = 0.0
    race_spread_s: float = 0.0
    strength_s: float = 0.0
    stints: tuple[Stint, ...] = (Stint(),)
    plan: tuple[int, ...] = ()
    least_stint: int = 5
    under_caution: bool = False
    caution_stint: int = 10
    cover: str = ""
    runs_dry: bool = False
    holds_plan: bool = False
    skew: float | None = None
    tail: float | None = None
    stint_age: int = 0
    laps_s: tuple[tuple[float, ...], ...] = ()
    """Clean laps that it drove, stint by stint: its class learns from them how laps scatter."""


class RaceText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cars: tuple[CarText, ...] = msgspec.field(name="car")
    laps: int = 0
    hours: float = 0.0
    cautions: CautionModel = CautionModel()
    rain: RainModel = RainModel()
    traffic: TrafficModel = TrafficModel()
    skew: float = 0.25
    tail: float = 0.08
    stop_sigma: float = 0.7
    dry_s: float = 150.0


_USUAL_S = 0.4
_CAR_ALONE = tuple(set(RaceCar.__struct_fields__) - {"stops", "residual_s", "skew", "tail"})


def race_of(text: str) -> RaceModel:
    """The race that a file describes; what is wrong in it is named."""
    try:
        found: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RaceFileError(f"This is no TOML: {error}.") from error
    usual = found.pop("cars", {})
    if not isinstance(usual, dict) or not all(isinstance(car, dict) for car in found.get("car", [])):
        raise RaceFileError("[cars] holds what all cars have, each [[car]] what is its own.")
    found["car"] = [{**usual, **car} for car in found.get("car", [])]
    try:
        race = msgspec.convert(found, RaceText)
    except msgspec.ValidationError as error:
        raise RaceFileError(f"{error}.") from error
    _check(race)
    shapes = _shapes(race.cars)
    return RaceModel(
        cars=tuple(_car(car, shapes.get(car.name)) for car in race.cars),
        laps=race.laps,
        length_s=race.hours * 3600.0,
        cautions=race.cautions,
        rain=race.rain,
        traffic=race.traffic,
        skew=race.skew,
        tail=race.tail,
        stop_sigma=race.stop_sigma,
        dry_s=race.dry_s,
    )


def _check(race: RaceText) -> None:
    if not race.cars:
        raise RaceFileError("There is no [[car]] in this race.")
    if bool(race.laps > 0) == bool(race.hours > 0):
        raise RaceFileError("A race has either laps or hours.")
    names = [car.name for car in race.cars]
    if len(set(names)) < len(names) or "" in names:
        raise RaceFileError("Every car needs a name of its own.")
    for car in race.cars:
        if not 10.0 <= car.pace_s <= 3600.0:
            raise RaceFileError(f"{car.name} needs a pace_s between 10 and 3600.")
        if car.lap_l > 0 and car.tank_l < 2 * car.lap_l:
            raise RaceFileError(f"The tank of {car.name} does not hold two laps.")
        if not 0.0 <= car.retire_chance <= 1.0 or not car.stints:
            raise RaceFileError(f"{car.name} needs a stint, and a retire_chance between 0 and 1.")
        if any(stint.fuel_l < 0 and stint.fuel_l != AS_NEEDED for stint in car.stints):
            raise RaceFileError(
                f"{car.name} cannot take less than no fuel; leave fuel_l out for what it needs."
            )


def _shapes(cars: tuple[CarText, ...]) -> dict[str, LapShape]:
    """Of the cars of each class of which somebody wrote down laps."""
    own = {car.name: np.concatenate([np.empty(0), *map(runs_of, car.laps_s)]) for car in cars}
    found = dict[str, LapShape]()
    for class_name in {car.class_name for car in cars if car.laps_s}:
        mates = [car.name for car in cars if car.class_name == class_name]
        whole = fitted(np.concatenate([own[name] for name in mates]))
        found.update((name, of_car(own[name], whole)) for name in mates if whole.laps)
    return found


def _car(text: CarText, shape: LapShape | None) -> RaceCar:
    """What the file says of a car's laps goes before what its laps say."""
    policy = StopPolicy(
        text.plan, text.least_stint, text.under_caution, text.caution_stint, text.cover, text.runs_dry,
        text.holds_plan,
    )  # fmt: skip
    residual_s, skew, tail = text.residual_s, text.skew, text.tail
    if shape is not None:
        residual_s = shape.share * text.pace_s if residual_s is None else residual_s
        skew, tail = shape.skew if skew is None else skew, shape.tail if tail is None else tail
    return RaceCar(
        **{name: getattr(text, name) for name in _CAR_ALONE},
        stops=policy,
        residual_s=_USUAL_S if residual_s is None else residual_s,
        skew=skew,
        tail=tail,
    )
