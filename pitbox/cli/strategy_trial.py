"""Strategy asked about races that are over: places at the flag, the field's stops, and what teams then did.

Each answer knows the lines before it and no more; truth is looked up when it has been given.
"""

from collections.abc import Callable, Iterator, Sequence
from statistics import median

import msgspec
import numpy as np

from pitbox.cli.told_race import ToldRace
from pitbox.predict.finish import FinishModel, FinishSample, finish_sample, fit_finish
from pitbox.predict.finish_form import FinishForms
from pitbox.predict.finish_question import rps
from pitbox.predict.finish_state import RaceState, finish_order, race_state
from pitbox.predict.lap_row import LapRow
from pitbox.strategy.briefing import Case, Mind
from pitbox.strategy.decision.answer import StrategyAnswer
from pitbox.strategy.decision.finish_blend import races_share
from pitbox.strategy.decision.situation import Rules
from pitbox.strategy.decision.strategist import Strategist, call_of
from pitbox.strategy.errors import StrategyError
from pitbox.strategy.forecast import forecast
from pitbox.strategy.montecarlo.finish_chances import Field, FinishChances, finish_chances
from pitbox.strategy.next_stop import stints_of
from pitbox.strategy.story import Moment

CUTS = (0.25, 0.5, 0.75)
RACES, BUDGET = 256, 1_500_000
"""Of one recommendation."""
Array = np.ndarray[tuple[int, int], np.dtype[np.float64]]


class Places(msgspec.Struct, frozen=True):
    """One class at one cut; rows are cars that were asked about by everybody."""

    race: str
    cut: float
    direct: list[list[float]]
    ours: list[list[float]]
    places: list[int]
    """That they got."""
    share: float
    """Of the simulated races in the blend."""

    def chances(self, who: str) -> Array:
        direct, ours = np.array(self.direct), np.array(self.ours)
        return {"direct": direct, "ours": ours}.get(who, (1.0 - self.share) * direct + self.share * ours)

    def scores(self, who: str) -> list[float]:
        return rps(self.chances(who), self.places)


class NextStop(msgspec.Struct, frozen=True):
    """Of one car at one cut that stopped once more."""

    cut: float
    said: int
    plain: float
    """The median stint of its class so far, laid on its last stop."""
    lap: int
    """On which it came in."""
    middle: float = 0.0
    """Between chances before and after it, held by the class."""


class Decision(msgspec.Struct, frozen=True):
    """One stop that a team made, asked about when the lap began at whose end it came in."""

    race: str
    car: str
    lap: int
    said: int | None
    """The lap that we would have come in on; None: no more stop."""
    is_now: bool
    """We would have come in on that lap."""
    cost: float | None
    """Places of the class, by which the model has the team's lap behind ours; None: it was not raced."""


class Judged(msgspec.Struct, frozen=True):
    places: list[Places]
    stops: list[NextStop]
    decisions: list[Decision]


class Direct:
    """The models' own predictor of finish places, and what it learns race by race."""

    def __init__(self) -> None:
        self.forms, self.model = FinishForms(), FinishModel({})
        self._samples: list[FinishSample] = []
        self._finishes: list[list[int]] = []
        self._races = 0

    def teach(self, race: ToldRace) -> None:
        """All its cuts, then who won."""
        for name in race.classes:
            rows = race.rows(name)
            order = finish_order(rows)
            if len(order) < 2:
                continue
            for cut in CUTS:
                state = state_at(rows, race.cut_s(cut), cut)
                sample = finish_sample(msgspec.structs.replace(state, starters=len(order)), self.forms)
                self._samples.append(sample)
                self._finishes.append([order.index(car.car) + 1 for car in state.cars])
            drivers = {row.car: row.driver for row in rows}
            self.forms.add([drivers[car] for car in order])
            self._races += 1

    def fit(self) -> None:
        self.model = fit_finish(self._samples, self._finishes, self._races)

    def chances(self, state: RaceState, starters: int) -> Array:
        return self.model.odds(finish_sample(msgspec.structs.replace(state, starters=starters), self.forms))[
            0
        ]


def state_at(rows: Sequence[LapRow], now_s: float, cut: float) -> RaceState:
    """How long the race is follows from what is driven: nobody looks at its end."""
    done = max((row.lap for row in rows if row.end_s <= now_s), default=1)
    return race_state(rows, now_s, round(done / cut))


def judged(
    race: ToldRace, direct: Direct, most_stops: int, tell: Callable[[str], None] = lambda _: None
) -> Judged:
    """`most_stops`: decisions that are asked about, spread over the race."""
    tell(race.title)
    trial = _Trial(race, direct, most_stops)
    for line, story in race.walk():
        trial.take(line.number, line.lap, line.end_s, story.at)
    return Judged(trial.places, trial.stops, trial.decisions)


class _Trial:
    """Walks through one race and asks when it is time to."""

    def __init__(self, race: ToldRace, direct: Direct, most_stops: int) -> None:
        self._race, self._direct = race, direct
        self.places: list[Places] = []
        self.stops: list[NextStop] = []
        self.decisions: list[Decision] = []
        self._due = [(race.cut_s(cut), cut) for cut in CUTS]
        self._visits = _visits(race)
        self._asked = {(car, lap - 1): lap for car, lap in _some(self._visits, most_stops)}
        self._field, self._mind = Field(is_refuelled=race.is_refuelled), Mind()
        self._rules = Rules() if race.is_refuelled else Rules(least_stops=1, is_refuelled=False)
        self._strategists: dict[str, Strategist] = {}
        self._names = {car_idx: name for name, car_idx in race.cars.items()}

    def take(self, number: str, lap: int, end_s: float, at: Callable[[float], Moment]) -> None:
        while self._due and end_s >= self._due[0][0]:
            _, cut = self._due.pop(0)
            self._ask_field(at(end_s), end_s, cut)
        stop = self._asked.pop((number, lap), None)
        if stop is not None:
            self._ask_team(at(end_s), number, stop)

    def _ask_field(self, moment: Moment, now_s: float, cut: float) -> None:
        try:
            said = finish_chances(moment, self._field)
        except StrategyError:
            return
        for name in self._race.classes:
            rows = self._race.rows(name)
            order = finish_order(rows)
            found = self._places(rows, order, said, now_s, cut)
            if found is not None:
                self.places.append(found)
        self.stops += self._next_stops(moment, cut)

    def _places(
        self, rows: list[LapRow], order: list[str], said: FinishChances, now_s: float, cut: float
    ) -> Places | None:
        state = state_at(rows, now_s, cut)
        if len(order) < 2 or not state.cars:
            return None
        odds = self._direct.chances(state, len(order))
        direct, ours, places = [], [], []
        for car, row in zip(state.cars, odds, strict=True):
            known = said.of(self._race.cars[car.car])
            if known is not None:
                wide = np.zeros(len(order))
                wide[: len(known)] = known[: len(order)]
                direct.append(row.tolist())
                ours.append((wide / max(float(wide.sum()), 1e-9)).tolist())
                places.append(order.index(car.car) + 1)
        share = races_share(is_refuelled=self._race.is_refuelled)
        return Places(self._race.title, cut, direct, ours, places, share) if places else None

    def _next_stops(self, moment: Moment, cut: float) -> Iterator[NextStop]:
        stints: dict[int, list[int]] = {}
        for car in moment.cars:
            stints.setdefault(car.class_id, []).extend(stints_of(car))
        for car in moment.cars:
            lap = next((one for one in self._visits[self._names[car.car_idx]] if one > car.laps), None)
            said, usual = self._field.stops.next_stop(moment, car), stints[car.class_id]
            if lap is not None and said is not None and usual:
                last = car.story.stops.last
                plain = max(car.laps + 1.0, (0 if last is None else last.lap) + median(usual))
                yield NextStop(cut, said.overall.lap, plain, lap, said.middle_lap)

    def _ask_team(self, moment: Moment, number: str, stop: int) -> None:
        car_idx = self._race.cars[number]
        seen = msgspec.structs.replace(moment, own_car_idx=car_idx)
        strategist = self._strategists.get(number)
        if strategist is None:
            strategist = self._strategists[number] = Strategist(self._mind, self._rules)
        answer: StrategyAnswer | None = None
        try:
            said = forecast(seen, Case(), self._mind)
            for found in strategist.answers(seen, said, Case(), races=RACES, budget=BUDGET):
                answer = found
        except StrategyError:
            return
        if answer is None or not answer.rated:
            return
        self.decisions.append(decided(self._race.title, number, stop, answer))


def decided(race: str, car: str, stop: int, answer: StrategyAnswer) -> Decision:
    """What the team did against what we meant."""
    stops = answer.rated[0].choice.stops
    same = [one for one in answer.rated if one.choice.stops and one.choice.stops[0].lap == stop]
    cost = None
    if same:
        cost = 0.0 if same[0].against_best is None else same[0].against_best.mean
    return Decision(race, car, stop, stops[0].lap if stops else None, call_of(answer) is not None, cost)


def _visits(race: ToldRace) -> dict[str, list[int]]:
    """Laps at whose end each car came in, but for the first one and the last."""
    found: dict[str, list[int]] = {name: [] for name in race.cars}
    for line in race.lines:
        if line.is_in_pit and line.lap > 1:
            found[line.number].append(line.lap)
    return found


def _some(visits: dict[str, list[int]], most: int) -> list[tuple[str, int]]:
    every = [(car, lap) for car, laps in visits.items() for lap in laps if lap > 2]
    step = max(1, -(-len(every) // max(most, 1)))
    return every[::step] if most else []
