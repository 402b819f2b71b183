"""Races choices against each other: the same races for all, and most of them for the few that are close.

A choice is worth its place in class, and a little for each second: what no model foresees makes a gap worth
something, and choices that bring the same place differ by it.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from pitbox.strategy.decision.answer import Choice, Rated
from pitbox.strategy.decision.gain import Gain
from pitbox.strategy.decision.our_race import Assumed, OurRace
from pitbox.strategy.decision.words import joined_words, late_words, places_words
from pitbox.strategy.montecarlo.lottery import Engine, Lottery, Spread
from pitbox.strategy.montecarlo.outcome import Difference, Outcome, compared, joined

PLACE_PER_S = 0.005
"""20 s at the flag are worth a tenth of a place."""
_MOST_S = 180.0
"""A gap that is wider says nothing more."""
FIRST_RACES = 128
_KEPT = 3
Values = np.ndarray[Any, np.dtype[np.float64]]


class Runner:
    """One choice in one assumed world, and its races so far."""

    def __init__(self, race: OurRace, choice: Choice, assumed: Assumed, seed: int, engine: Engine) -> None:
        self.race, self.choice, self.assumed = race, choice, assumed
        self.lottery = Lottery(race.model(choice, assumed), seed, engine)
        self.outcome: Outcome | None = None
        self._values: Values | None = None

    @property
    def races(self) -> int:
        return 0 if self.outcome is None else self.outcome.races

    def run_to(self, races: int, spread: Spread) -> None:
        if races > self.races:
            more = self.race.around.placed(self.lottery.run(races - self.races, self.races, spread))
            self.outcome = more if self.outcome is None else joined([self.outcome, more])
            self._values = None

    @property
    def told(self) -> Outcome:
        assert self.outcome is not None
        return self.outcome

    def places(self) -> Values:
        found: Values = self.told.class_position[self.race.around.own].astype(np.float64)
        return found

    def place_chances(self) -> tuple[float, ...]:
        """Of each place in class, the first one first."""
        return self.told.prospect(self.race.around.own).class_positions

    def behind_s(self) -> Values:
        """Against driving at the car's pace; where it does not finish, nothing."""
        own, told = self.race.around.own, self.told
        time_s = told.time_s[own]
        pace_s = self.race.own.pace_s
        lost_s = np.where(np.isfinite(time_s), time_s, 0.0) - told.laps[own] * pace_s
        found: Values = np.where(np.isfinite(time_s), lost_s, 0.0)
        return found

    def worth(self) -> Values:
        """Less is better."""
        if self._values is None:
            self._values = self.places() + PLACE_PER_S * self.behind_s()
        return self._values

    def dry_share(self) -> float:
        """Of races in which our tank runs empty on the way."""
        return float((self.told.dry[self.race.around.own] > 0).mean())

    def ahead_of(self, car_idx: int) -> Values:
        """1 for each race in which we finish ahead of it."""
        around = self.race.around
        distance = around.distance(self.told)
        found: Values = (distance[around.own] < distance[around.cars.index(car_idx)]).astype(np.float64)
        return found


class Heat:
    """All that is raced at one moment."""

    def __init__(
        self, race: OurRace, seed: int = 1, engine: Engine = "compiled", spread: Spread = map
    ) -> None:
        self.race, self._seed, self._engine, self._spread = race, seed, engine, spread
        self._runners: dict[tuple[str, Assumed], Runner] = {}
        model = race.around.model
        laps = model.laps or math.ceil(model.length_s / min(car.pace_s for car in model.cars)) + 2
        self.race_laps = len(model.cars) * laps
        """Of one race: what it costs."""
        self.spent = 0

    def beside(self, race: OurRace) -> "Heat":
        """The same field and chance, with our car in another state."""
        return Heat(race, self._seed, self._engine, self._spread)

    def run(self, choice: Choice, races: int, assumed: Assumed | None = None) -> Runner:
        given = assumed or Assumed()
        known = self._runners.get((choice.key, given))
        if known is None or known.choice.stops != choice.stops:
            known = Runner(self.race, choice, given, self._seed, self._engine)
            self._runners[choice.key, given] = known
        self.spent += max(0, races - known.races) * self.race_laps
        known.run_to(races, self._spread)
        return known

    def halved(
        self, choices: Sequence[Choice], held: Choice, most: int, budget: int
    ) -> Iterator[list[Runner]]:
        """The best first, after each round; each has half as many choices and twice as many races.

        `held` stays in: whoever replaces it has to beat it. `budget`: in laps of cars, all together; the
        first round is always run.
        """
        races, field = FIRST_RACES, [self.run(choice, FIRST_RACES) for choice in choices]
        out: list[Runner] = []
        while True:
            field.sort(key=lambda one: float(one.worth().mean()))
            yield [*field, *out]
            kept = max(min(_KEPT, len(field)), len(field) // 2)
            if races >= most or self.spent + kept * races * self.race_laps > budget or len(field) < 2:
                return
            last = [one for one in field[kept:] if one.choice.key == held.key]
            out = [*(one for one in field[kept:] if one not in last), *out]
            field = [*field[:kept], *last]
            races = min(most, 2 * races)
            for one in field:
                self.spent += max(0, races - one.races) * self.race_laps
                one.run_to(races, self._spread)


def gain(one: Runner, other: Runner) -> Gain:
    """Over the races that both have run."""
    races = min(one.races, other.races)
    places = other.places()[:races] - one.places()[:races]
    lost_s = one.behind_s()[:races] - other.behind_s()[:races]
    seconds = -np.clip(lost_s, -_MOST_S, _MOST_S)
    value = places + PLACE_PER_S * seconds
    root = math.sqrt(races)
    return Gain(
        places=float(places.mean()),
        error=float(places.std()) / root,
        value=float(value.mean()),
        value_error=float(value.std()) / root,
        seconds=float(seconds.mean()),
    )


def compare(one: Runner, other: Runner) -> Difference:
    """In places of the class, over the races that both have run; below zero: the first one is better."""
    races = min(one.races, other.races)
    return compared(_first(one.told, races), _first(other.told, races), one.race.around.own)


def rated(runners: Sequence[Runner]) -> tuple[Rated, ...]:
    """In their order; each is held against the first one in the races that both have run."""
    if not runners:
        return ()
    first, best = runners[0], min(runners, key=lambda one: float(one.worth().mean()))
    return tuple(_rated(one, first, is_held=first is not best) for one in runners)


def _rated(one: Runner, first: Runner, *, is_held: bool) -> Rated:
    own = one.race.around.own
    prospect = one.told.prospect(own)
    against = None if one is first else compare(one, first)
    return Rated(one.choice, prospect, against, _why(one, first, is_held=is_held))


def _first(outcome: Outcome, races: int) -> Outcome:
    if outcome.races == races:
        return outcome
    return Outcome(outcome.model, *(column[:, :races] for column in outcome.arrays()))  # type: ignore[arg-type]


def _why(one: Runner, first: Runner, *, is_held: bool) -> str:
    """`is_held`: another one looks better, but not for sure, so what was meant still stands."""
    told, late = f"in {one.races} races", late_words(one.choice.stops, one.race.situation)
    if one is first:
        words = f"still meant: nothing is surely better {told}" if is_held else f"the best {told}"
        return joined_words(words, late)
    found = gain(one, first)
    seconds = round(abs(found.seconds))
    pace = f"{seconds} s {'slower' if found.seconds < 0 else 'quicker'} than" if seconds else "level with"
    parts = [f"{pace} the first", *([] if found.is_level else [places_words(found.places)]), told]
    return joined_words(", ".join(parts), late)
