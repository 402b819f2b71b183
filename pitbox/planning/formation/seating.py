"""Who sits in which team while a formation is being made, by index, and what each team is worth now."""

from collections.abc import Iterable, Sequence

import numpy as np

from pitbox.planning.formation.field import Field, Flags, Reals, Whole
from pitbox.planning.formation.verdict import Verdicts, judged, table

Seats = tuple[int, ...]


class Seating:
    def __init__(self, field: Field, teams: Sequence[Iterable[int]] | None = None) -> None:
        self.field = field
        self.fixed = tuple(
            frozenset(field.index[key] for key in opening.members if key in field.index)
            for opening in field.openings
        )
        self.all_fixed = frozenset().union(*self.fixed)
        self.teams: list[Seats] = [tuple(team) for team in (teams if teams is not None else self.fixed)]
        self._own_cars = _flags([field.cars_of(opening) for opening in field.openings], len(field.cars))
        self._own_races = _flags([field.races_of(opening) for opening in field.openings], len(field.grids))
        self.has_limits = bool((field.most_teams < len(field.openings)).any())
        self.car = np.full(len(self.teams), -1)
        self.value = np.zeros(len(self.teams))
        self.refresh()

    @classmethod
    def seated(cls, field: Field, teams: Sequence[Seats], cars: Sequence[int]) -> "Seating":
        """As somebody left it; a team's worth is not known before it is refreshed."""
        seating = cls(field, [()] * len(teams))
        seating.teams, seating.car = list(teams), np.array(cars)
        return seating

    @property
    def bench(self) -> list[int]:
        """Drivers in no team."""
        seated = {i for team in self.teams for i in team}
        return [i for i in self.field.drivers if i not in seated]

    @property
    def total(self) -> float:
        return float(self.value.sum())

    def free_drivers(self, team: int) -> list[int]:
        """Those whom a search may take out."""
        return [i for i in self.teams[team] if self.field.is_driver[i] and i not in self.all_fixed]

    def free_places(self, team: int) -> Whole:
        """Where in the team those sit."""
        free = set(self.free_drivers(team))
        return np.array([at for at, i in enumerate(self.teams[team]) if i in free], np.int64)

    def has_room(self, team: int) -> bool:
        return sum(bool(self.field.is_driver[i]) for i in self.teams[team]) < self.field.demand.most

    def ties(self, team: int) -> tuple[bytes, bytes, int]:
        """Two teams with the same ones are alike: which cars and start times each may have."""
        car = int(self.car[team]) if self.has_limits else -1
        return self._own_cars[team].tobytes(), self._own_races[team].tobytes(), car

    def verdict(self) -> Verdicts:
        """All teams as they are now, each in the car that it has."""
        numbers = range(len(self.teams))
        return self.judged(table(self.field, self.teams), numbers, spare=0)

    def judged(self, rows: Whole, numbers: Iterable[int], spare: int = 2) -> Verdicts:
        """Row by row a make-up of the team of that number; a car must be left for `spare` more teams."""
        at = np.fromiter(numbers, int, len(rows))
        return judged(self.field, rows, self.cars(at, spare), self._own_races[at])

    def cars(self, teams: Whole, spare: int = 2) -> Flags:
        """What each may drive now: what it has, and what others leave over."""
        allowed: Flags = self._own_cars[teams]
        if not self.has_limits:
            return allowed
        used = np.bincount(self.car[self.car >= 0], minlength=len(self.field.cars))
        open_cars = (self.field.most_teams - used >= spare) & bool(spare)
        has_car = np.zeros((len(teams), len(self.field.cars)), bool)
        known = self.car[teams] >= 0
        has_car[np.flatnonzero(known), self.car[teams][known]] = True
        allowed = allowed & (open_cars | has_car)
        # Only where more teams are tied to a car than it may have: a tie by hand is kept.
        allowed[~allowed.any(axis=1)] = self._own_cars[teams][~allowed.any(axis=1)]
        return allowed

    def put(self, team: int, members: Iterable[int]) -> None:
        self.teams[team] = tuple(members)
        self.refresh([team])

    def refresh(self, numbers: Sequence[int] | None = None) -> None:
        """Judge these teams anew; each takes the best car that it may."""
        numbers = range(len(self.teams)) if numbers is None else numbers
        # Where cars are limited one after the other: two must not take the same last one.
        for some in [[number] for number in numbers] if self.has_limits else [list(numbers)]:
            rows = table(self.field, [self.teams[number] for number in some])
            verdict = self.judged(rows, some, spare=1)
            self.value[some] = verdict.value
            if self.has_limits:
                self.car[some] = verdict.car

    def copy(self) -> "Seating":
        twin = object.__new__(Seating)
        twin.__dict__.update(self.__dict__)
        twin.teams, twin.car, twin.value = list(self.teams), self.car.copy(), self.value.copy()
        return twin

    def change_cars(self, a: int, b: int) -> bool:
        """Where it is better: the two change cars; of one team alone, it takes a car that is left over."""
        numbers = [a] if a == b else [a, b]
        before = self.car[numbers].copy()
        if (before < 0).any():
            return False
        used = np.bincount(self.car[self.car >= 0], minlength=len(self.field.cars))
        spare = [int(car) for car in np.flatnonzero(self.field.most_teams > used)]
        tries = [(car,) for car in spare] if a == b else [(int(before[1]), int(before[0]))]
        best, gain = None, 1e-7
        for cars in tries:
            if not all(self._own_cars[team, car] for team, car in zip(numbers, cars, strict=True)):
                continue
            value = self._in_cars(numbers, cars)
            if float((value - self.value[numbers]).sum()) > gain:
                best, gain = cars, float((value - self.value[numbers]).sum())
        if best is None:
            return False
        self.value[numbers] = self._in_cars(numbers, best)
        self.car[numbers] = best
        return True

    def _in_cars(self, numbers: Sequence[int], cars: Sequence[int]) -> Reals:
        flags = np.zeros((len(numbers), len(self.field.cars)), bool)
        flags[np.arange(len(numbers)), list(cars)] = True
        rows = table(self.field, [self.teams[number] for number in numbers])
        return judged(self.field, rows, flags, self._own_races[list(numbers)]).value


def _flags(rows: Sequence[Flags], width: int) -> Flags:
    """One row for each team, of that width even where there is no team."""
    return np.array(rows, bool).reshape(len(rows), width)
