"""Races out of a seed, with their truth: levels, fuel, slopes, cliffs."""

import random
from dataclasses import dataclass, field

from pitbox.predict.lap_row import NAN, LapRow, in_order


@dataclass(frozen=True)
class Truth:
    level_s: float = 90.0
    fuel_s: float = -0.05
    slopes_s: dict[str, float] = field(default_factory=lambda: {"SOFT": 0.11, "HARD": 0.05})
    cliffs: dict[str, tuple[float, float]] = field(default_factory=dict)
    """By compound: age, and seconds a lap on top from there."""
    noise_s: float = 0.25
    heat_s: float = 0.0


def made_race(
    seed: int,
    truth: Truth | None = None,
    *,
    cars: int = 12,
    laps: int = 50,
    race: str = "r",
    circuit: str = "Ring",
    class_names: tuple[str, ...] = ("A",),
) -> list[LapRow]:
    """Two or three stints a car; mishaps in two laps of a hundred; heavy tails above."""
    random_ = random.Random(seed)
    said = truth or Truth()
    rows = []
    for number in range(cars):
        pace_s = random_.gauss(0.0, 0.6)
        class_at = number % len(class_names)
        clock_s = number * 1.5
        stops = sorted({random_.randint(8, laps - 8) for _ in range(2)})
        age, stint = 0, 1
        compounds = random_.sample(sorted(said.slopes_s) * 3, 3)
        for lap in range(1, laps + 1):
            if lap - 1 in stops:
                age, stint = 0, stint + 1
            age += 1
            compound = compounds[min(stint, 3) - 1]
            cliff = said.cliffs.get(compound, (1e9, 0.0))
            temp_c = 30.0 + 8.0 * lap / laps
            time_s = (
                said.level_s * (1.0 + 0.15 * class_at)
                + pace_s
                + said.fuel_s * lap
                + said.slopes_s[compound] * age
            )
            time_s += cliff[1] * max(0.0, age - cliff[0]) + said.heat_s * (temp_c - 34.0)
            time_s += random_.gauss(0.0, said.noise_s) + (
                random_.expovariate(0.5) if random_.random() < 0.02 else 0.0
            )
            is_odd = lap == 1 or age == 1 or lap in stops
            time_s += 20.0 if is_odd else 0.0
            clock_s += time_s
            rows.append(
                LapRow(
                    race=race,
                    circuit=circuit,
                    class_name=class_names[class_at],
                    car=f"c{number:02}",
                    driver=f"d{number:02}",
                    lap=lap,
                    end_s=clock_s,
                    time_s=time_s,
                    stint=stint,
                    position=number + 1,
                    is_clean=not is_odd,
                    compound=compound,
                    tyre_age=float(age),
                    track_temp_c=temp_c if said.heat_s else NAN,
                )
            )
    return in_order(rows)
