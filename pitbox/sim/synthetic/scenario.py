"""What race to run: a scenario and its seed decide every byte of it."""

import msgspec


class ClassPlan(msgspec.Struct, frozen=True):
    """A class of cars; `lap_s` is a good lap of a good driver on new tyres with little fuel."""

    name: str
    cars: int
    lap_s: float
    models: tuple[str, ...]
    tank_l: float
    fuel_per_lap_l: float
    tyre_laps: int
    """Laps after which a set has lost about 1.5 % of pace."""
    is_electric: bool = False


class PitPlan(msgspec.Struct, frozen=True):
    """What a stop costs. Tyres are changed while fuel flows; a swap runs beside both."""

    speed_mps: float = 22.22
    lane_in: float = 0.955
    """Lap fraction at which the lane begins; it ends after the line."""
    lane_out: float = 0.045
    fuel_lps: float = 2.6
    tyres_s: float = 22.0
    swap_s: float = 27.0
    still_s: float = 2.5
    """Jacks, belts and reactions: spent on every stop."""


class Mishaps(msgspec.Struct, frozen=True):
    """Chances of odd things, each for one car and one lap."""

    off_track: float = 0.004
    tow: float = 0.0006
    retirement: float = 0.0005
    penalty: float = 0.0008
    """A drive-through."""


class CautionPlan(msgspec.Struct, frozen=True):
    at_s: tuple[float, ...] = ()
    """Calls at these seconds after the green flag."""
    per_hour: float = 0.0
    """Further calls, at random."""
    least_s: float = 150.0
    """Until then the pace car stays out, however short the queue is."""
    most_s: float = 600.0
    """From then on it comes in at its next chance, however long the queue is."""


class Scenario(msgspec.Struct, frozen=True):
    """Ends by the clock, by laps, or by whichever comes first."""

    name: str
    seed: int
    classes: tuple[ClassPlan, ...]
    race_s: float | None
    race_laps: int | None = None
    parade_s: float = 40.0
    """Behind the pace car before the green flag; less than a lap."""
    cool_down_s: float = 8.0
    track_length_m: float = 5600.0
    slots: int = 64
    """Length of the CarIdx arrays, the pace car's place included."""
    own_car_idx: int = 1
    drivers_per_car: int = 3
    stint_s: float = 3000.0
    """A driver wants out at the first stop after this long."""
    pit: PitPlan = PitPlan()
    mishaps: Mishaps = Mishaps()
    caution: CautionPlan = CautionPlan()

    @property
    def cars(self) -> int:
        return sum(plan.cars for plan in self.classes)

    def __post_init__(self) -> None:
        if self.race_s is None and self.race_laps is None:
            raise ValueError("A race needs a clock or a number of laps.")
        if not 1 <= self.own_car_idx <= self.cars < self.slots:
            raise ValueError("The cars and the pace car need a slot each, and one of them is ours.")


_GTP = ClassPlan(
    name="GTP",
    cars=8,
    lap_s=94.0,
    models=("BMW M Hybrid V8", "Porsche 963 GTP", "Acura ARX-06 GTP"),
    tank_l=89.0,
    fuel_per_lap_l=3.05,
    tyre_laps=60,
)
_LMP2 = ClassPlan(
    name="LMP2",
    cars=6,
    lap_s=97.5,
    models=("Dallara P217",),
    tank_l=75.0,
    fuel_per_lap_l=2.75,
    tyre_laps=50,
)
_GT3 = ClassPlan(
    name="GT3",
    cars=10,
    lap_s=107.0,
    models=("Ferrari 296 GT3", "BMW M4 GT3 EVO", "Mercedes-AMG GT3 2020", "Porsche 911 GT3 R (992)"),
    tank_l=104.0,
    fuel_per_lap_l=3.0,
    tyre_laps=45,
)


def _sized(plan: ClassPlan, cars: int, tank_l: float | None = None) -> ClassPlan:
    return msgspec.structs.replace(plan, cars=cars, tank_l=plan.tank_l if tank_l is None else tank_l)


SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        # Small tanks and short stints: a stop every few minutes, so that little time shows much.
        Scenario(
            name="duel",
            seed=7,
            classes=(_sized(_GTP, 2, 13.0), _sized(_GT3, 2, 13.0)),
            race_s=1200.0,
            parade_s=25.0,
            own_car_idx=1,
            drivers_per_car=2,
            stint_s=300.0,
            mishaps=Mishaps(off_track=0.02, tow=0.01, retirement=0.0, penalty=0.01),
            caution=CautionPlan(at_s=(500.0,), least_s=90.0, most_s=240.0),
        ),
        Scenario(
            name="sprint",
            seed=24,
            classes=(_sized(_GTP, 8, 38.0), _sized(_LMP2, 6, 35.0), _sized(_GT3, 10, 34.0)),
            race_s=1800.0,
            own_car_idx=17,
            drivers_per_car=2,
            stint_s=800.0,
            caution=CautionPlan(at_s=(700.0,), least_s=120.0, most_s=300.0),
        ),
        Scenario(
            name="endurance",
            seed=63,
            classes=(_sized(_GTP, 13), _sized(_LMP2, 16), _sized(_GT3, 34)),
            race_s=6 * 3600.0,
            slots=72,
            own_car_idx=31,
            stint_s=4500.0,
            caution=CautionPlan(per_hour=0.4),
        ),
    )
}
