"""Who races: teams, drivers and their cars. The names are invented, and some are odd on purpose."""

import msgspec
import numpy as np

from pitbox.model.session import CarClass, Entry
from pitbox.sim.synthetic.scenario import ClassPlan, Scenario

PACE_CAR_CLASS = 11
_FIRST_CLASS = 4001
_FIRST_TEAM = 71_001
_FIRST_USER = 810_001

# ruff: noqa: RUF001 - letters that look alike are what such names are made of

_GIVEN = (
    "Aino", "Björn", "Chiamaka", "D'Andre", "Émile", "Fatıma", "Gonçalo", "Håkon", "Inès", "Jun", "Kwame",
    "Łucja", "Mei", "Nnamdi", "Oisín", "Priya", "Quique", "Rūta", "Søren", "Tomáš", "Uxía", "Vân", "Wren",
    "Xiomara", "Yusuf", "Žofie",
)  # fmt: skip
_FAMILY = (
    "Abernathy", "Bäcker-Müßig", "Castañeda", "de la Croix", "Eriksson", "Fonoti", "Grünewald", "Hoang",
    "Ivanova", "Jæger", "Kowalczyk", "Lindqvist", "M'Bala", "Nakashima", "O'Shaughnessy", "Pāvils", "Quayle",
    "Rossi", "Şahin", "Tremblay", "Ueda", "van 't Hoff", "Whitlock Jr.", "Xu", "Yıldız", "Zięba",
)  # fmt: skip
_TEAM_HEAD = (
    "#1 Fan", "Apex", "Boxenfunk", "Café", "Dry Line", "Eau Rouge", "Full Send", "Grey Goose", "Höhenluft",
    "In-Lap", "Just One More Lap,", "Kerb", "Late Brakers'", "Midnight", "Night Shift", "Öl & Reifen",
    "- Purple Sector", "Quiet Hands", "? Riddle", "Slipstream", "Tail Lamp", "Undercut", "Void", "Wet Tyre",
)  # fmt: skip
_TEAM_TAIL = ("Racing", "Motorsport", "e.V.", "Simsport", "Endurance", "Garage", "& Sons", "Team: Blue")


class Person(msgspec.Struct, frozen=True):
    user_id: int
    name: str
    irating: int
    slowness: float
    """Share of lap time that is lost to the class's best."""


class Member(msgspec.Struct, frozen=True):
    """A car of the field before it turns a wheel. Members stand in grid order of CarIdx 1, 2, ..."""

    car_idx: int
    number: str
    team_id: int
    team: str
    model: str
    class_id: int
    plan: ClassPlan
    drivers: tuple[Person, ...]

    def entry(self, driver: int) -> Entry:
        person = self.drivers[driver % len(self.drivers)]
        return Entry(
            car_idx=self.car_idx,
            number=self.number,
            team_id=self.team_id,
            team=self.team,
            user_id=person.user_id,
            driver=person.name,
            class_id=self.class_id,
            car=self.model,
            irating=person.irating,
        )


PACE_CAR = Entry(
    car_idx=0,
    number="0",
    team_id=0,
    team="Pace Car",
    user_id=-1,
    driver="Pace Car",
    class_id=PACE_CAR_CLASS,
    car="safety pcporsche911cup",
    is_pace_car=True,
)


def car_classes(scenario: Scenario) -> tuple[CarClass, ...]:
    slowest = max(plan.lap_s for plan in scenario.classes)
    return tuple(
        CarClass(
            class_id=_FIRST_CLASS + at,
            name=plan.name,
            relative_speed=round(100.0 * slowest / plan.lap_s, 1),
            colour=(0xFFDA59, 0x33CEFF, 0xFF5888, 0xAE6BFF, 0x53FF77)[at % 5],
        )
        for at, plan in enumerate(scenario.classes)
    )


def members(scenario: Scenario, rng: np.random.Generator) -> tuple[Member, ...]:
    """The field, class by class; inside a class the indices are not the order of pace."""
    numbers = rng.permutation(np.arange(2, 100))[: scenario.cars]
    heads = rng.permutation(len(_TEAM_HEAD) * len(_TEAM_TAIL))
    names = rng.permutation(len(_GIVEN) * len(_FAMILY))
    found: list[Member] = []
    for at, plan in enumerate(scenario.classes):
        for _ in range(plan.cars):
            index = len(found)
            team = heads[index]
            people = names[index * scenario.drivers_per_car : (index + 1) * scenario.drivers_per_car]
            found.append(
                Member(
                    car_idx=index + 1,
                    # A leading zero makes another number in iRacing: 7 and 07 may both race.
                    number=f"0{numbers[index]}" if numbers[index] == 7 else str(numbers[index]),
                    team_id=_FIRST_TEAM + index,
                    team=f"{_TEAM_HEAD[team % len(_TEAM_HEAD)]} {_TEAM_TAIL[team // len(_TEAM_HEAD)]}",
                    model=plan.models[int(rng.integers(len(plan.models)))],
                    class_id=_FIRST_CLASS + at,
                    plan=plan,
                    drivers=_people(people, abs(float(rng.normal(0.0, 0.005))), rng),
                )
            )
    return tuple(found)


def _people(names: np.ndarray, team: float, rng: np.random.Generator) -> tuple[Person, ...]:
    found = []
    for name in names:
        slowness = team + abs(float(rng.normal(0.0, 0.006)))
        found.append(
            Person(
                user_id=_FIRST_USER + int(name),
                name=f"{_GIVEN[name % len(_GIVEN)]} {_FAMILY[name // len(_GIVEN)]}",
                irating=int(5200 - 180_000 * slowness + rng.normal(0, 150)),
                slowness=slowness,
            )
        )
    return tuple(found)
