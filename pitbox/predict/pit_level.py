"""What a visit to the pits costs at a circuit: known before anybody stops, and drawn to each stop made.

    levels = PitLevels()
    said = levels.expect(PlaceOfStop("sheet", "Spa"))      # before
    levels.take(PlaceOfStop("sheet", "Spa", crew="51"), "2024-07", 29.4)

A level for each world, circuit, rule set and class of car; it may drift from race to race. A crew's own
difference is shrunk to nothing until it has shown one. Mishaps weigh less the further out they are. Nothing
crosses from one world to another.
"""

import math
from bisect import insort

import msgspec

from pitbox.model.series import is_north_american
from pitbox.model.session import SessionInfo

PRIOR, WORLD, CIRCUIT, THIS_RACE = "prior", "world", "circuit", "this race"
SHARE = 0.9
"""Of the intervals."""
_PRIOR_S, _PRIOR_SPREAD_S = 40.0, 20.0
_BETWEEN_S = 3.0
"""Circuits of one world differ by so much."""
_DRIFT_S = 0.4
"""A circuit against itself, a race later: what stays so."""
_RACE_S = 0.8
"""And what holds for that race alone: weather, a lane limit, where the stalls are."""
_CARS_S = 2.0
"""A car that is new at a circuit against the others there."""
_NOISE_S = 2.0
_FAR = 1.0
"""Noises; beyond them a stop is a mishap rather than news."""
_CREW_S = 0.3
_CREW_KEPT = 0.98
"""Of what a crew showed, from stop to stop."""
_KEPT = 2000
_LEAST_ERRORS = 40
_Z = 1.645


class PlaceOfStop(msgspec.Struct, frozen=True):
    """Where and under which rules; the crew may be unknown."""

    world: str
    circuit: str
    rules: str = ""
    car: str = ""
    crew: str = ""

    @property
    def level(self) -> tuple[str, str, str, str]:
        return (self.world, self.circuit, self.rules, self.car)

    @property
    def any_car(self) -> tuple[str, str, str, str]:
        return (self.world, self.circuit, self.rules, "")


def pit_rules(info: SessionInfo) -> str:
    """Rules of service, as far as a session shows them: its family of series, and whether drivers change."""
    if is_north_american(found.name for found in info.classes):
        return "North America"
    return "team" if info.rules.is_team_event else ""


class PitLoss(msgspec.Struct, frozen=True):
    loss_s: float
    low_s: float
    high_s: float
    stops: int
    """Seen at this level."""
    step: str
    """What it stands on: `prior`, `world`, `circuit` or `this race`."""
    unsure_s: float = 0.0
    """One standard deviation of the level itself; the interval is of one stop."""


class _Level(msgspec.Struct):
    """What stays, and what is of the race alone; known together, so their variances are a matrix."""

    mean_s: float
    variance: float
    race: str = ""
    race_s: float = 0.0
    race_variance: float = _RACE_S**2
    shared: float = 0.0
    stops: int = 0

    def begin(self, race: str) -> None:
        if race == self.race:
            return
        self.race, self.race_s, self.race_variance, self.shared = race, 0.0, _RACE_S**2, 0.0
        self.variance += _DRIFT_S**2 if self.stops else 0.0

    @property
    def unsure(self) -> float:
        """Variance of both together."""
        return self.variance + self.race_variance + 2.0 * self.shared

    def move(self, error_s: float, trust: float) -> None:
        """By a stop that was off by so much; a mishap is trusted less."""
        stays, passes = self.variance + self.shared, self.race_variance + self.shared
        share = trust / (self.unsure + _NOISE_S**2)
        self.mean_s += share * stays * error_s
        self.race_s += share * passes * error_s
        self.variance -= share * stays * stays
        self.race_variance -= share * passes * passes
        self.shared -= share * stays * passes
        self.stops += 1


class _World(msgspec.Struct):
    total_s: float = 0.0
    weight: float = 0.0
    errors_s: list[float] = []
    """Sorted; of what was said before each stop."""


class PitLevelsState(msgspec.Struct, frozen=True):
    """All that it has learnt, for whoever keeps it."""

    levels: list[tuple[tuple[str, str, str, str], _Level]]
    worlds: dict[str, _World]
    crews: list[tuple[tuple[str, str], tuple[float, float]]]


class PitLevels:
    """Grows stop by stop, in the order in which they were made."""

    def __init__(self, state: PitLevelsState | None = None) -> None:
        """`state`: belongs to it from now on."""
        self._levels: dict[tuple[str, str, str, str], _Level] = {} if state is None else dict(state.levels)
        self._worlds: dict[str, _World] = {} if state is None else state.worlds
        self._crews: dict[tuple[str, str], tuple[float, float]] = {} if state is None else dict(state.crews)

    @property
    def state(self) -> PitLevelsState:
        return PitLevelsState(list(self._levels.items()), self._worlds, list(self._crews.items()))

    def expect(self, place: PlaceOfStop, race: str = "") -> PitLoss:
        """Of a stop to come; `race` tells what was seen in it from what was seen before."""
        known = self._levels.get(place.level)
        level = self._start(place) if known is None else known
        world = self._worlds.get(place.world)
        is_here = bool(race) and level.race == race
        loss_s = level.mean_s + (level.race_s if is_here else 0.0) + self._crew_s(place)
        step = PRIOR if world is None else WORLD
        if known is not None or place.any_car in self._levels:
            step = THIS_RACE if is_here else CIRCUIT
        unsure = level.unsure if is_here else level.variance + _RACE_S**2
        # The errors hold what a circuit that is known leaves open; only what is beyond that widens them.
        low_s, high_s = _sides(world, math.sqrt(max(0.0, unsure - _RACE_S**2 - _DRIFT_S**2)))
        stops = 0 if known is None else level.stops
        low_s = max(0.0, loss_s + low_s)
        return PitLoss(loss_s, low_s, loss_s + high_s, stops, step, math.sqrt(max(0.0, unsure)))

    def take(self, place: PlaceOfStop, race: str, loss_s: float) -> None:
        """A stop that is over; one that is no number teaches nothing."""
        if not (math.isfinite(loss_s) and loss_s > 0.0):
            return
        level = self._levels.get(place.level) or self._start(place)
        level.begin(race)
        self._levels[place.level] = level
        if place.car:
            self._move_place(place, race, loss_s)
        world = self._worlds.setdefault(place.world, _World())
        error_s = loss_s - level.mean_s - level.race_s - self._crew_s(place)
        if level.stops and len(world.errors_s) < _KEPT:
            insort(world.errors_s, error_s)
        spread_s = math.sqrt(level.unsure + _NOISE_S**2)
        trust = min(1.0, _FAR * spread_s / max(abs(error_s), 1e-9))
        level.move(error_s, trust)
        world.total_s += trust * loss_s
        world.weight += trust
        if place.crew:
            total_s, weight = self._crews.get((place.world, place.crew), (0.0, 0.0))
            told_s = max(-3.0, min(3.0, loss_s - level.mean_s - level.race_s))
            self._crews[place.world, place.crew] = _CREW_KEPT * total_s + told_s, _CREW_KEPT * weight + 1.0

    def _move_place(self, place: PlaceOfStop, race: str, loss_s: float) -> None:
        """What stops of any car say about a car that has not been here yet."""
        level = self._levels.get(place.any_car) or self._start(msgspec.structs.replace(place, car=""))
        level.begin(race)
        self._levels[place.any_car] = level
        error_s = loss_s - level.mean_s - level.race_s
        spread_s = math.sqrt(level.unsure + _NOISE_S**2 + _CARS_S**2)
        level.move(error_s, min(1.0, _FAR * spread_s / max(abs(error_s), 1e-9)))

    def _crew_s(self, place: PlaceOfStop) -> float:
        total_s, weight = self._crews.get((place.world, place.crew), (0.0, 0.0)) if place.crew else (0.0, 0.0)
        return total_s / (weight + (_NOISE_S / _CREW_S) ** 2)

    def _start(self, place: PlaceOfStop) -> _Level:
        """As the other cars here; where nobody has been, as elsewhere in its world, else as anywhere."""
        here = self._levels.get(place.any_car) if place.car else None
        if here is not None:
            return _Level(here.mean_s, here.variance + _CARS_S**2)
        world = self._worlds.get(place.world)
        if world is None or world.weight <= 0.0:
            return _Level(_PRIOR_S, _PRIOR_SPREAD_S**2)
        return _Level(world.total_s / world.weight, _BETWEEN_S**2)


def _sides(world: _World | None, extra_s: float) -> tuple[float, float]:
    """Below and above: as errors were, wider where the level itself is not known yet."""
    errors_s = world.errors_s if world is not None else []
    if len(errors_s) < _LEAST_ERRORS:
        wide_s = _Z * math.hypot(_NOISE_S, extra_s)
        return -wide_s, wide_s
    edge = (1.0 - SHARE) / 2.0
    low_s = errors_s[int(edge * len(errors_s))]
    high_s = errors_s[min(len(errors_s) - 1, int((1.0 - edge) * len(errors_s)))]
    return -math.hypot(low_s, _Z * extra_s), math.hypot(high_s, _Z * extra_s)
