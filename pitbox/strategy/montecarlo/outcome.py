"""What many races ended in, and what that says: distributions, risks, and differences between strategies."""

import math
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from pitbox.strategy.montecarlo.race_model import RaceModel

Whole = np.ndarray[Any, np.dtype[np.int32]]
Times = np.ndarray[Any, np.dtype[np.float64]]


class Outcome:
    """Cars down, races across."""

    def __init__(  # noqa: PLR0917 - in the order of `arrays`
        self,
        model: RaceModel,
        position: Whole,
        class_position: Whole,
        laps: Whole,
        time_s: Times,
        stops: Whole,
        longest_stint: Whole,
        dry: Whole,
    ) -> None:
        self.model = model
        self.position, self.class_position, self.laps = position, class_position, laps
        self.time_s = time_s
        """At the flag; infinite for a car that retired."""
        self.stops, self.longest_stint, self.dry = stops, longest_stint, dry

    @property
    def races(self) -> int:
        return int(self.position.shape[1])

    def arrays(self) -> tuple[Whole | Times, ...]:
        return (
            self.position, self.class_position, self.laps, self.time_s, self.stops, self.longest_stint,
            self.dry,
        )  # fmt: skip

    def position_chances(self, *, in_class: bool = False) -> Times:
        """Car down, place across: the share of races."""
        place = self.class_position if in_class else self.position
        cars = len(place)
        flat = (place - 1 + cars * np.arange(cars)[:, None]).ravel()
        counts = np.bincount(flat, minlength=cars * cars).reshape(cars, cars)
        return counts / self.races

    def prospect(self, car: int) -> "Prospect":
        time_s = self.time_s[car]
        home = np.isfinite(time_s)
        found = self.model.cars[car]
        cliff = min(stint.cliff_lap - stint.tyre_age for stint in found.stints)
        return Prospect(
            name=found.name,
            class_name=found.class_name,
            positions=tuple(
                np.bincount(self.position[car], minlength=len(self.position) + 1)[1:] / self.races
            ),
            class_positions=tuple(
                np.bincount(self.class_position[car], minlength=len(self.position) + 1)[1:] / self.races
            ),
            mean_position=float(self.position[car].mean()),
            mean_class_position=float(self.class_position[car].mean()),
            finishes=float(home.mean()),
            laps=_quantiles(self.laps[car][home]),
            time_s=_quantiles(time_s[home]),
            stops=float(self.stops[car].mean()),
            fuel_risk=float((self.dry[car] > 0).mean()),
            tyre_risk=float((self.longest_stint[car] > cliff).mean()),
        )


class Prospect(msgspec.Struct, frozen=True):
    """Of one car; quantiles are 10, 50 and 90 %, of the races that it finishes."""

    name: str
    class_name: str
    positions: tuple[float, ...]
    class_positions: tuple[float, ...]
    mean_position: float
    mean_class_position: float
    finishes: float
    laps: tuple[float, float, float] | None
    """From the moment that the races begin in."""
    time_s: tuple[float, float, float] | None
    stops: float
    fuel_risk: float
    """Runs dry."""
    tyre_risk: float
    """Drives over the cliff of its tyres."""


class Difference(msgspec.Struct, frozen=True):
    """Of two strategies in the same races; what chance does to both falls out."""

    mean: float
    error: float
    """Standard error, of the pairs."""
    unpaired_error: float
    better: float
    """Share of races in which the first one is ahead of the second, draws halved."""


def compared(one: Outcome, other: Outcome, car: int, *, in_class: bool = True) -> Difference:
    """Places of `one` against `other`: below zero is better. They must have run the same races."""
    if one.races != other.races:
        raise ValueError("Only the same races can be compared.")
    first = (one.class_position if in_class else one.position)[car].astype(np.float64)
    second = (other.class_position if in_class else other.position)[car].astype(np.float64)
    gained = first - second
    root = math.sqrt(one.races)
    return Difference(
        mean=float(gained.mean()),
        error=float(gained.std()) / root,
        unpaired_error=math.hypot(float(first.std()), float(second.std())) / root,
        better=float((gained < 0).mean() + 0.5 * (gained == 0).mean()),
    )


def joined(parts: Sequence[Outcome]) -> Outcome:
    if len(parts) == 1:
        return parts[0]
    columns: list[Any] = [
        np.concatenate(some, axis=1) for some in zip(*(p.arrays() for p in parts), strict=True)
    ]
    return Outcome(parts[0].model, *columns)


def _quantiles(values: Any) -> tuple[float, float, float] | None:
    if not len(values):
        return None
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9])
    return float(low), float(middle), float(high)
