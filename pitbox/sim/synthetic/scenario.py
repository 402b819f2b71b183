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
    spin: float = 0.0
    slow: float = 0.0
    """Limps for a while."""
    contact: float = 0.0
    """With a car that is near at that moment; nothing happens if none is."""
    disconnect: float = 0.0
    """Vanishes from the world and comes back in its stall."""
    lock_up: float = 0.0
    """Brakes too hard, and is slow through the corner."""
    wheelspin: float = 0.0
    """Too much throttle out of a corner."""

    @property
    def has_slips(self) -> bool:
        return self.lock_up > 0 or self.wheelspin > 0


class CautionPlan(msgspec.Struct, frozen=True):
    at_s: tuple[float, ...] = ()
    """Calls at these seconds after the green flag."""
    per_hour: float = 0.0
    """Further calls, at random."""
    least_s: float = 150.0
    """Until then the pace car stays out, however short the queue is."""
    most_s: float = 600.0
    """From then on it comes in at its next chance, however long the queue is."""


class Shower(msgspec.Struct, frozen=True):
    at_s: float
    """Of the race's session time; it rains before and after elsewhere."""
    for_s: float
    rate: float = 1.0
    """1 is as hard as it gets."""


class Restart(msgspec.Struct, frozen=True):
    """The race begins anew: session time goes back, the session number stays."""

    at_s: float
    """Session time of the run that ends here."""
    is_new_id: bool = True
    """SessionUniqueID changes too; sometimes it does not."""


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
    showers: tuple[Shower, ...] = ()
    practice_s: float = 0.0
    """Of practice before it all; 0: none."""
    qualify_s: float = 0.0
    """Of qualifying before the race, which then makes the grid; 0: none."""
    restarts: tuple[Restart, ...] = ()
    seat: int | None = None
    """Which of our team's drivers sits at this screen; None: whoever drives."""
    min_drivers: int = 1
    incident_limit: int | None = None
    """Of a team, before it is disqualified."""
    fast_repairs: int = 0
    start_of_day_s: float = 46_800.0
    title: str = ""
    """What people read above it; the name when empty."""

    @property
    def cars(self) -> int:
        return sum(plan.cars for plan in self.classes)

    def __post_init__(self) -> None:
        if self.race_s is None and self.race_laps is None:
            raise ValueError("A race needs a clock or a number of laps.")
        if not 1 <= self.own_car_idx <= self.cars < self.slots:
            raise ValueError("The cars and the pace car need a slot each, and one of them is ours.")
        if self.seat is not None and not 0 <= self.seat < self.drivers_per_car:
            raise ValueError("The seat is one of our team's drivers, counted from 0.")


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
            title="Demo duel, two classes",
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
            title="Demo sprint, three classes",
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
            title="Demo race, three classes",
            seed=63,
            classes=(_sized(_GTP, 13), _sized(_LMP2, 16), _sized(_GT3, 34)),
            race_s=6 * 3600.0,
            slots=72,
            own_car_idx=31,
            stint_s=4500.0,
            caution=CautionPlan(per_hour=0.4),
        ),
        # Seen by one who is in the car for one stint of three only.
        Scenario(
            name="relay",
            title="Demo relay, two classes",
            seed=31,
            classes=(_sized(_LMP2, 8, 14.0), _sized(_GT3, 14, 14.0)),
            race_s=3600.0,
            slots=72,
            own_car_idx=12,
            stint_s=420.0,
            seat=1,
            min_drivers=2,
        ),
        Scenario(
            name="storm",
            title="Demo race in the rain",
            seed=48,
            classes=(_sized(_GTP, 10, 40.0), _sized(_GT3, 20, 40.0)),
            race_s=5400.0,
            slots=72,
            own_car_idx=15,
            stint_s=1500.0,
            mishaps=Mishaps(off_track=0.012, spin=0.008, contact=0.004, slow=0.003),
            caution=CautionPlan(per_hour=0.5),
            showers=(Shower(900.0, 900.0, 0.9), Shower(3000.0, 500.0, 0.5), Shower(4400.0, 1500.0)),
        ),
        # All that can go wrong, in one evening: sessions change, the race is restarted.
        Scenario(
            name="chaos",
            title="Demo race with much trouble",
            seed=13,
            classes=(_sized(_GTP, 4, 14.0), _sized(_LMP2, 4, 14.0), _sized(_GT3, 8, 14.0)),
            race_s=1500.0,
            parade_s=30.0,
            slots=72,
            own_car_idx=6,
            stint_s=300.0,
            seat=0,
            mishaps=Mishaps(
                off_track=0.04,
                tow=0.012,
                retirement=0.002,
                penalty=0.012,
                spin=0.03,
                slow=0.02,
                contact=0.03,
                disconnect=0.012,
            ),
            caution=CautionPlan(at_s=(650.0,), least_s=90.0, most_s=240.0),
            showers=(Shower(500.0, 300.0, 0.8),),
            practice_s=400.0,
            qualify_s=300.0,
            restarts=(Restart(240.0, is_new_id=False),),
            incident_limit=60,
            fast_repairs=1,
        ),
        Scenario(
            name="laps",
            title="Demo race over 26 laps",
            seed=52,
            classes=(_sized(_LMP2, 20, 30.0),),
            race_s=None,
            race_laps=26,
            slots=72,
            own_car_idx=9,
            drivers_per_car=1,
            qualify_s=360.0,
            mishaps=Mishaps(spin=0.002, contact=0.002, slow=0.001),
        ),
        # Wheels that lock and spin, lap after lap: the Laps page and the report have mistakes to tell.
        Scenario(
            name="mistakes",
            title="Demo race with mistakes",
            seed=17,
            classes=(_sized(_GTP, 3, 30.0), _sized(_GT3, 5, 34.0)),
            race_s=1200.0,
            parade_s=25.0,
            own_car_idx=1,
            drivers_per_car=2,
            stint_s=500.0,
            mishaps=Mishaps(off_track=0.02, tow=0.0, retirement=0.0, penalty=0.0, lock_up=0.3, wheelspin=0.3),
        ),
        Scenario(
            name="night-24",
            title="Demo 24 hours, three classes",
            seed=24_24,
            classes=(_sized(_GTP, 13), _sized(_LMP2, 16), _sized(_GT3, 34)),
            race_s=24 * 3600.0,
            slots=72,
            own_car_idx=40,
            drivers_per_car=4,
            stint_s=5400.0,
            seat=2,
            min_drivers=2,
            mishaps=Mishaps(spin=0.0015, slow=0.0006, contact=0.0012, disconnect=0.0004),
            caution=CautionPlan(per_hour=0.3),
            showers=(Shower(21_600.0, 2400.0, 0.7), Shower(50_400.0, 5400.0, 0.9)),
            incident_limit=120,
            fast_repairs=1,
            start_of_day_s=54_000.0,
        ),
    )
}


def scenario_of(name: str, minutes: float | None = None, seed: int | None = None) -> Scenario:
    """The one of this name, of another length, or of another seed: another race of the same kind."""
    found = SCENARIOS[name]
    race_s = found.race_s if minutes is None else minutes * 60
    return msgspec.structs.replace(found, race_s=race_s, seed=found.seed if seed is None else seed)
