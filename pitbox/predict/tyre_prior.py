"""What is believed of tyres before a race: from earlier races there, else anywhere, else physics."""

from collections.abc import Iterable
from statistics import fmean, pstdev

import msgspec

_SLOPE, _SLOPE_SPREAD = 0.6, 0.4
"""Thousandths of a lap for each lap of age."""
_FUEL, _FUEL_SPREAD = -0.5, 0.15
"""Thousandths for each lap of burnt fuel: a load of 3 to 4 % of a lap, and a track that grips more."""
_LEAST_SPREAD = 0.1
_HERE_WEIGHT, _ANYWHERE_WEIGHT = 1.5, 6.0
"""Races that a circuit's own history, and everybody's, must have to count for half."""


class Belief(msgspec.Struct, frozen=True):
    mean: float
    spread: float


class TyreMemory(msgspec.Struct, frozen=True):
    """One race, after it: thousandths of a lap; fuel under the empty name."""

    circuit: str
    slopes: dict[str, float]


class TyrePriors:
    """Grows race by race."""

    def __init__(self, races: Iterable[TyreMemory] = ()) -> None:
        self.races = list(races)

    def add(self, race: TyreMemory) -> None:
        self.races.append(race)

    def of(self, circuit: str, compound: str) -> Belief:
        """For a compound, or for fuel (the empty name): shrunk from physics to everywhere to here."""
        start = Belief(_SLOPE, _SLOPE_SPREAD) if compound else Belief(_FUEL, _FUEL_SPREAD)
        every = [race.slopes[compound] for race in self.races if compound in race.slopes]
        if not every:
            return start
        share = len(every) / (len(every) + _ANYWHERE_WEIGHT)
        mean = share * fmean(every) + (1.0 - share) * start.mean
        spread = share * pstdev(every) + (1.0 - share) * start.spread
        here = [
            race.slopes[compound]
            for race in self.races
            if race.circuit == circuit and compound in race.slopes
        ]
        if here:
            share = len(here) / (len(here) + _HERE_WEIGHT)
            mean = share * fmean(here) + (1.0 - share) * mean
            spread *= (1.0 - 0.5 * share) ** 0.5
        return Belief(mean, max(spread, _LEAST_SPREAD))
