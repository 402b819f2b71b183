"""All sign-ups of an event and what is demanded, laid out so that teams are judged by the thousand."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pitbox.model.span import Spans, joined
from pitbox.planning.formation.grid import Grid, step_s
from pitbox.planning.formation.noun import Candidate, CarChoice, Demand, Opening

TOPICS = ("night", "rain", "start")
_FIRST_CHOICE, _PER_CHOICE, _LAST_CHOICE = 1.0, 0.2, 0.4
"""What one's first choice of car counts, each further one less, and the least of any that one named."""

Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]


class Field:
    """Index `n`, the number of candidates, stands for nobody in every table: an empty seat."""

    def __init__(self, candidates: Sequence[Candidate], demand: Demand) -> None:
        self.candidates = tuple(candidates)
        self.demand = demand
        self.index = {one.key: i for i, one in enumerate(self.candidates)}
        self.is_driver = np.array([one.is_driver for one in self.candidates], bool)
        self.drivers = [i for i in range(self.n) if self.is_driver[i]]
        self._times()
        self._cars()
        self._people()
        self._company()
        self.openings = _openings(self)

    @property
    def n(self) -> int:
        return len(self.candidates)

    def cars_of(self, opening: Opening) -> Flags:
        """Which cars this team may drive."""
        if not opening.car:
            return np.ones(len(self.cars), bool)
        return np.array([_plain(car.name) == _plain(opening.car) for car in self.cars])

    def races_of(self, opening: Opening) -> Flags:
        keys = [race.key for race in self.demand.races]
        if opening.race not in keys:
            return np.ones(len(keys), bool)
        return np.array([key == opening.race for key in keys])

    def all_free(self, i: int) -> Spans:
        one = self.candidates[i]
        return joined((*one.free, *one.maybe))

    def _times(self) -> None:
        """Of those who drive: who only spots covers no moment at the wheel."""
        sure = [one.free if one.is_driver else () for one in self.candidates]
        some = [self.all_free(i) if one.is_driver else () for i, one in enumerate(self.candidates)]
        self.grids = [Grid(race.span, step_s(race.span, [*sure, *some])) for race in self.demand.races]
        self.sure = [grid.bits(sure) for grid in self.grids]
        self.some = [grid.bits(some) for grid in self.grids]
        self.can_race = np.ones((self.n + 1, len(self.grids)), bool)
        for at, (grid, bits) in enumerate(zip(self.grids, self.some, strict=True)):
            least_s = min(self.demand.least_free_s, grid.race.length_s)
            here_s = np.bitwise_count(bits[: self.n]).sum(axis=1) * grid.step_s
            self.can_race[: self.n, at] = ~self.is_driver | (here_s >= least_s - grid.step_s / 2)

    def _cars(self) -> None:
        named = [car for one in self.candidates if one.is_driver for car in one.cars]
        cars = self.demand.cars or tuple(CarChoice(name) for name in _each_once(named))
        listed = {_plain(car.name) for car in cars}
        asked = [one.car for one in self.demand.openings if one.car and _plain(one.car) not in listed]
        self.cars = (*cars, *(CarChoice(name) for name in _each_once(asked))) or (CarChoice(""),)
        self.most_teams = np.array([car.most_teams for car in self.cars], np.int64)
        self.liking = np.zeros((self.n + 1, len(self.cars)))
        for i, one in enumerate(self.candidates):
            if one.is_driver:
                self.liking[i] = [car_liking(one, car) for car in self.cars]

    def _people(self) -> None:
        strengths = np.array([self.candidates[i].strength for i in self.drivers] or [0.0])
        self.mean_strength = float(strengths.mean())
        self.strength_scale = max(float(np.abs(strengths - self.mean_strength).max()), 1e-9)
        self.strength = np.zeros(self.n + 1)
        self.topics = np.full((self.n + 1, len(TOPICS)), -2.0)
        self.spots = np.zeros(self.n + 1)
        self.drives = np.append(self.is_driver, False).astype(float)
        for i, one in enumerate(self.candidates):
            self.spots[i] = one.can_spot
            if one.is_driver:
                self.strength[i] = one.strength
                self.topics[i] = [getattr(one.likings, topic) for topic in TOPICS]

    def _company(self) -> None:
        """Who wishes whom, as shares of one's wishes; who must not meet, whoever of the two said so."""
        self.wish = np.zeros((self.n + 1, self.n + 1))
        self.apart = np.zeros((self.n + 1, self.n + 1), bool)
        self.has_wish = np.zeros(self.n + 1)
        for i, one in enumerate(self.candidates):
            wanted = {self.index[key] for key in one.wanted if key in self.index} - {i}
            for j in wanted:
                self.wish[i, j] = 1.0 / len(wanted)
            self.has_wish[i] = bool(wanted)
            for key in one.unwanted:
                j = self.index.get(key, i)
                self.apart[i, j] = self.apart[j, i] = i != j


def car_liking(one: Candidate, car: CarChoice) -> float:
    """1 for the first choice or who has none, less for each further one, 0 for a car nobody asked of one."""
    if not one.cars:
        return _FIRST_CHOICE
    names = {_plain(car.name), _plain(car.class_name)} - {""}
    for place, name in enumerate(one.cars):
        if _plain(name) in names:
            return max(_LAST_CHOICE, _FIRST_CHOICE - _PER_CHOICE * place)
    return 0.0


def _plain(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


def _each_once(names: Sequence[str]) -> list[str]:
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(_plain(name), name)
    return [name for plain, name in first.items() if plain]


def _openings(field: Field) -> tuple[Opening, ...]:
    """Those that are named, and as many more as the people would fill."""
    demand = field.demand
    count = demand.teams
    if count is None:
        middle = (demand.least + demand.most) / 2
        free = int(field.can_race[field.drivers].any(axis=1).sum())
        # Between the fewest teams that hold everybody and the most that all can fill.
        fewest, greatest = -(-free // demand.most), free // demand.least
        count = min(max(round(free / middle), fewest), max(greatest, 1))
    count = min(count, int(field.most_teams.sum()))
    taken = {opening.key for opening in demand.openings}
    fresh = (f"team-{number}" for number in range(1, count + len(taken) + 1))
    more = [key for key in fresh if key not in taken][: max(0, count - len(demand.openings))]
    first = len(demand.openings) + 1
    return (*demand.openings, *(Opening(key, f"Team {first + i}") for i, key in enumerate(more)))
