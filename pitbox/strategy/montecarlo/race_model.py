"""What a simulated race assumes: cars, stints, stops, cautions, rain; learned or by plain formulas."""

from collections.abc import Callable

import msgspec
from msgspec.structs import replace

AS_NEEDED = -1.0
"""Of a stop's fuel: to the flag if that fits the tank, else full."""


class Stint(msgspec.Struct, frozen=True):
    """From one stop to the next: who drives, on which tyres."""

    pace_s: float = 0.0
    """A lap against the car's pace: the driver, the compound."""
    tyre_s: tuple[float, ...] = ()
    """Loss of a lap by the age of the tyres, from a learned curve; empty: by rate and cliff."""
    tyre_age: int = 0
    tyre_rate_s: float = 0.0
    """More with each lap of age."""
    cliff_lap: int = 10_000
    cliff_rate_s: float = 0.0
    """On top, with each lap over the cliff."""
    fuel_l: float = AS_NEEDED
    """Taken at the stop that begins it."""


class StopPolicy(msgspec.Struct, frozen=True):
    """When a car comes in. The tank always has the last word unless `runs_dry`."""

    plan: tuple[int, ...] = ()
    """Laps at whose end it stops; skipped when the tyres are younger than `least_stint`."""
    least_stint: int = 5
    under_caution: bool = False
    """Comes in under a caution when the stint is `caution_stint` laps old."""
    caution_stint: int = 10
    cover: str = ""
    """Comes in a lap after this car did."""
    runs_dry: bool = False
    """Follows the plan even with too little fuel."""
    holds_plan: bool = False
    """No stint is too short, until a stop comes that is not in the plan: then the rest of it is void with its
    litres, and stops come, and fill, as the tank asks."""


class RaceCar(msgspec.Struct, frozen=True):
    name: str
    pace_s: float
    class_name: str = ""
    grid: int = 0
    """Place at the start, from 1; 0: as listed."""
    start_s: float | None = None
    """Behind the leader at the start; None: by grid place."""
    start_spread_s: float = 0.15
    residual_s: float = 0.4
    """Scale of a lap's residual; its shape is the race's."""
    fuel_l: float = 0.0
    tank_l: float = 0.0
    lap_l: float = 0.0
    lap_spread: float = 0.01
    """Of the use, by race, as a share."""
    litre_s: float = 0.0
    """A lap's loss by each litre on board."""
    stop_in_s: float = 3.0
    stop_out_s: float = 25.0
    stop_spread_s: float = 1.0
    fill_lps: float = 2.6
    """Litres a second; 0: no time."""
    retire_chance: float = 0.0
    """In the whole race."""
    strength_s: float = 0.0
    """What it needs less, by its speed on the straight, to pass."""
    stints: tuple[Stint, ...] = (Stint(),)
    """The last one repeats."""
    stops: StopPolicy = StopPolicy()
    race_spread_s: float = 0.0
    """Of its pace, by race: how far the laps to come may be off those so far, all of them alike."""
    skew: float | None = None
    """Of its residuals; None: the race's."""
    tail: float | None = None
    stint_age: int = 0
    """Laps that its stint has run already."""


class CautionModel(msgspec.Struct, frozen=True):
    per_hour: float = 0.0
    length_s: float = 250.0
    """Median."""
    spread: float = 0.5
    virtual_share: float = 0.0
    """Of cautions that keep the gaps and bunch nobody."""
    slow: float = 1.6
    catch: float = 0.2
    """Of a lap that the cars behind gain each lap on the queue."""
    gap_s: float = 0.8
    stop_share: float = 0.55
    """Of a stop's loss that it costs under caution."""
    most: int = 12
    first_s: float | None = None
    """When one begins for certain, 0 and less: it runs already; None: all come by chance."""
    first_length_s: float = 0.0
    """Median of that one, from then on; 0: as of any."""

    @property
    def is_any(self) -> bool:
        return self.per_hour > 0 or self.first_s is not None


class RainModel(msgspec.Struct, frozen=True):
    """What the engineer assumes."""

    chance: float = 0.0
    start_s: float = 0.0
    start_spread_s: float = 300.0
    length_s: float = 1200.0
    wet_share: float = 0.08
    """A lap in rain on wets, longer by this."""
    slick_share: float = 0.18
    dried_share: float = 0.05
    """On wets when it is dry."""


class TrafficModel(msgspec.Struct, frozen=True):
    gap_s: float = 0.5
    """Nobody follows closer."""
    pass_s: float = 1.0
    """A lap must be so much quicker to pass a car of the same class."""
    class_pass_s: float = 0.2
    """The same where the car ahead is of a slower class."""
    duel_s: float = 0.2
    loser_s: float = 0.3
    tow_s: float = 0.0
    tow_window_s: float = 1.0
    tow_from_lap: int = 3
    lapping_s: float = 0.6
    """Each time a car of another class goes by costs the quicker one this, by class difference."""
    lapped_s: float = 0.8
    grid_s: float = 0.3
    """From one place of the grid to the next."""
    first_lap_s: float = 0.0


class RaceModel(msgspec.Struct, frozen=True):
    cars: tuple[RaceCar, ...]
    laps: int = 0
    """0: by time."""
    length_s: float = 0.0
    cautions: CautionModel = CautionModel()
    rain: RainModel = RainModel()
    traffic: TrafficModel = TrafficModel()
    skew: float = 0.25
    """Of a lap's residual: slow laps are further off than quick ones."""
    tail: float = 0.08
    """How much heavier than normal its ends are."""
    stop_sigma: float = 0.7
    """Of the logarithm of a stop's extra time: most are good, a few are very bad."""
    dry_s: float = 150.0
    """What running out of fuel costs before help comes."""


def _each(model: RaceModel, change: Callable[[RaceCar], RaceCar]) -> RaceModel:
    return replace(model, cars=tuple(change(car) for car in model.cars))


def _fresh(stint: Stint) -> Stint:
    return replace(stint, tyre_s=(), tyre_rate_s=0.0, cliff_rate_s=0.0)


EFFECTS: dict[str, Callable[[RaceModel], RaceModel]] = {
    "stint age": lambda m: _each(m, lambda car: replace(car, stint_age=0)),
    "residual": lambda m: _each(m, lambda car: replace(car, residual_s=0.0)),
    "race pace": lambda m: _each(m, lambda car: replace(car, race_spread_s=0.0)),
    "start": lambda m: _each(m, lambda car: replace(car, start_spread_s=0.0)),
    "fuel weight": lambda m: _each(m, lambda car: replace(car, litre_s=0.0)),
    "fuel use spread": lambda m: _each(m, lambda car: replace(car, lap_spread=0.0)),
    "drivers": lambda m: _each(
        m, lambda car: replace(car, stints=tuple(replace(stint, pace_s=0.0) for stint in car.stints))
    ),
    "tyres": lambda m: _each(
        m, lambda car: replace(car, stints=tuple(_fresh(stint) for stint in car.stints))
    ),
    "passing": lambda m: replace(
        m,
        traffic=replace(m.traffic, gap_s=0.0, pass_s=0.0, class_pass_s=0.0, duel_s=0.0, loser_s=0.0),
    ),
    "tow": lambda m: replace(m, traffic=replace(m.traffic, tow_s=0.0)),
    "class traffic": lambda m: replace(m, traffic=replace(m.traffic, lapping_s=0.0, lapped_s=0.0)),
    "cautions": lambda m: replace(m, cautions=replace(m.cautions, per_hour=0.0, first_s=None)),
    "bunching": lambda m: replace(m, cautions=replace(m.cautions, catch=0.0)),
    "cheap stops": lambda m: replace(m, cautions=replace(m.cautions, stop_share=1.0)),
    "retirements": lambda m: _each(m, lambda car: replace(car, retire_chance=0.0)),
    "stop spread": lambda m: _each(m, lambda car: replace(car, stop_spread_s=0.0)),
    "rain": lambda m: replace(m, rain=replace(m.rain, chance=0.0)),
    "reacting": lambda m: _each(
        m, lambda car: replace(car, stops=replace(car.stops, under_caution=False, cover=""))
    ),
}
"""By name: the same race without it."""


def without(model: RaceModel, *effects: str) -> RaceModel:
    for effect in effects:
        model = EFFECTS[effect](model)
    return model
