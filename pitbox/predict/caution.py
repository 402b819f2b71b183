"""Full-course cautions to come: how likely one begins on a lap, and how long it stays.

    model = fit_cautions(races)
    model.chance(CautionQuestion("sheet", circuit="Spa", lap=1, cars=20))

Calibrated rather than clever: the rate of the world, moved by what the lap is (the first ones are wild), by
the series, by the circuit and by the size of the field. Each of these is a factor whose weight the spread
between its members decides (empirical Bayes), so that a circuit seen once hardly moves it. Worlds share
nothing, and where the rules leave no full-course caution there is none.
"""

import math
from collections.abc import Callable, Iterable, Sequence

import msgspec

OFF, LOCAL, FULL = "off", "local", "full"
_LAP_ENDS = (1, 2, 3, 10)
"""Laps of a race that are alike end here; the rest is one."""
_CAR_ENDS = (12, 20, 30, 45)
_WEIGHTS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 1000.0)
"""Expected cautions that a member of a family must have to speak for itself."""
_LEAST_RACES = 3
_LENGTH_WEIGHT = 6.0
"""Cautions of a circuit that count as much as those of its series."""
_LENGTH_SPREAD = 0.6
_HALF = 0.5
"""A caution that nobody has seen yet is half of one: no rate is zero because it has not happened."""


class CautionRace(msgspec.Struct, frozen=True):
    """A race that is over, by the laps of its leader."""

    world: str
    series: str
    circuit: str
    cars: int
    is_slow: tuple[bool, ...]
    """For each lap, the first one first: whether it was under caution or a red flag."""


class CautionQuestion(msgspec.Struct, frozen=True):
    world: str
    series: str = ""
    circuit: str = ""
    lap: int = 2
    cars: int = 0
    rules: str = FULL
    """What the session allows: `off`, `local` or `full`."""


class CautionLength(msgspec.Struct, frozen=True):
    """Lognormal."""

    laps: float
    """Median."""
    spread: float
    """Of the logarithm."""
    cautions: int


class CautionModel(msgspec.Struct, frozen=True):
    """Of all worlds that it saw; each speaks for itself only."""

    worlds: dict[str, "WorldRates"] = {}

    def knows(self, world: str) -> bool:
        """Else a caller goes on with what is usual there."""
        return world in self.worlds

    def chance(self, question: CautionQuestion) -> float | None:
        """That one begins on this lap, the lap before being green; None for a world never seen."""
        if question.rules in (OFF, LOCAL):
            return 0.0
        rates = self.worlds.get(question.world)
        return None if rates is None else -math.expm1(-rates.hazard(question))

    def within(self, question: CautionQuestion, laps: int) -> float | None:
        """That one begins on one of so many laps, this one being the first."""
        if question.rules in (OFF, LOCAL):
            return 0.0
        rates = self.worlds.get(question.world)
        if rates is None:
            return None
        ahead = range(question.lap, question.lap + max(0, laps))
        return -math.expm1(-sum(rates.hazard(msgspec.structs.replace(question, lap=lap)) for lap in ahead))

    def length(self, question: CautionQuestion) -> CautionLength | None:
        rates = self.worlds.get(question.world)
        if rates is None or question.rules in (OFF, LOCAL):
            return None
        return (
            rates.lengths.get(_circuit(question)) or rates.lengths.get(question.series) or rates.lengths[""]
        )


class WorldRates(msgspec.Struct, frozen=True):
    rate: float
    """Cautions for each green lap."""
    factors: dict[str, dict[str, float]]
    """By family, by member."""
    lengths: dict[str, CautionLength]
    """By series and circuit, by series, and of all under the empty name."""
    races: int

    def hazard(self, question: CautionQuestion) -> float:
        found = self.rate
        for family, member_of in FAMILIES.items():
            found *= self.factors.get(family, {}).get(member_of(question), 1.0)
        return found


def fit_cautions(races: Iterable[CautionRace]) -> CautionModel:
    by_world: dict[str, list[CautionRace]] = {}
    for race in races:
        if race.is_slow:
            by_world.setdefault(race.world, []).append(race)
    return CautionModel({world: _fit_world(some) for world, some in by_world.items()})


def questions_of(race: CautionRace) -> list[tuple[CautionQuestion, bool]]:
    """Each lap that could have seen a caution begin, and whether it did."""
    found, was_slow = [], False
    for at, is_slow in enumerate(race.is_slow):
        if not was_slow:
            asked = CautionQuestion(race.world, race.series, race.circuit, at + 1, race.cars)
            found.append((asked, is_slow))
        was_slow = is_slow
    return found


def _circuit(question: CautionQuestion) -> str:
    return f"{question.series}/{question.circuit}"


def lap_group(question: CautionQuestion) -> str:
    return _band(question.lap, _LAP_ENDS)


def _cars_group(question: CautionQuestion) -> str:
    return _band(question.cars, _CAR_ENDS) if question.cars > 0 else ""


def _band(value: int, ends: Sequence[int]) -> str:
    start = 1
    for end in ends:
        if value <= end:
            return f"{start}-{end}" if start < end else str(end)
        start = end + 1
    return f"{start}+"


FAMILIES: dict[str, Callable[[CautionQuestion], str]] = {
    "lap": lap_group,
    "series": lambda question: question.series,
    "circuit": _circuit,
    "cars": _cars_group,
}
"""In this order: each explains what those before it leave over."""


def _fit_world(races: Sequence[CautionRace]) -> WorldRates:
    asked = [found for race in races for found in questions_of(race)]
    began = sum(is_start for _, is_start in asked)
    rate = (began + _HALF) / (len(asked) + _HALF)
    hazards = [rate] * len(asked)
    factors: dict[str, dict[str, float]] = {}
    for family, member_of in FAMILIES.items():
        seen: dict[str, list[float]] = {}
        for (question, is_start), hazard in zip(asked, hazards, strict=True):
            sums = seen.setdefault(member_of(question), [0.0, 0.0])
            sums[0] += is_start
            sums[1] += hazard
        found = _shrunk(seen, is_shared=len(races) < _LEAST_RACES)
        factors[family] = found
        hazards = [
            hazard * found[member_of(question)] for (question, _), hazard in zip(asked, hazards, strict=True)
        ]
    return WorldRates(rate, factors, _lengths(races), len(races))


def _shrunk(seen: dict[str, list[float]], *, is_shared: bool) -> dict[str, float]:
    """Factors: gamma around 1, with the weight under which what was seen is likeliest."""
    members = [(began, expected) for name, (began, expected) in seen.items() if name]
    weight = _WEIGHTS[-1]
    if len(members) > 1 and not is_shared:
        weight = max(_WEIGHTS, key=lambda one: _likelihood(members, one))
    return {
        name: (began + weight) / (expected + weight) if name else 1.0
        for name, (began, expected) in seen.items()
    }


def _likelihood(members: Sequence[tuple[float, float]], weight: float) -> float:
    """Log, negative binomial; terms that do not depend on the weight are left out."""
    return sum(
        math.lgamma(began + weight)
        - math.lgamma(weight)
        + weight * math.log(weight)
        - (began + weight) * math.log(expected + weight)
        for began, expected in members
    )


def _lengths(races: Sequence[CautionRace]) -> dict[str, CautionLength]:
    told: dict[str, list[int]] = {"": []}
    for race in races:
        for length in caution_lengths(race):
            for name in {"", race.series, f"{race.series}/{race.circuit}"}:
                told.setdefault(name, []).append(length)
    everywhere = _length(told[""], math.log(4.0))
    return {"": everywhere} | {
        name: _length(lengths, math.log(everywhere.laps)) for name, lengths in told.items() if name
    }


def caution_lengths(race: CautionRace) -> list[int]:
    """In laps of the leader; one that ran at the end is left out, nobody knows how long it would be."""
    found, count = [], 0
    for is_slow in race.is_slow:
        if not is_slow and count:
            found.append(count)
        count = count + 1 if is_slow else 0
    return found


def _length(laps: Sequence[int], prior: float) -> CautionLength:
    logs = [math.log(value) for value in laps]
    total = len(logs) + _LENGTH_WEIGHT
    mean = (sum(logs) + _LENGTH_WEIGHT * prior) / total
    variance = (sum((one - mean) ** 2 for one in logs) + _LENGTH_WEIGHT * _LENGTH_SPREAD**2) / total
    return CautionLength(math.exp(mean), math.sqrt(variance), len(logs))
