"""One race as models see it: laps in, what they say of each car out. The same fold that training reads.

Each lap asks the model once, for the laps 1, 5 and 10 ahead, and each answer is noted with what it was made
of; when the lap comes, its truth is noted too. A version that does worse than it did in training is given up.
"""

import time
from collections.abc import Sequence

import msgspec
import numpy as np

from pitbox.model.fact import Fact, Lap, TyreStint
from pitbox.model.session import SessionInfo
from pitbox.predict.feature import VERSION
from pitbox.predict.field import Field, Reading
from pitbox.predict.lap_row import LapRow
from pitbox.predict.lap_time import Forecast as LapForecast
from pitbox.predict.registry_card import LAP_TIME, TYRES, world_of
from pitbox.strategy.pace import NOTHING, Learned, Pace, Speaker, TyreCall
from pitbox.strategy.story import Moment, Story
from pitbox.wall.forecast_log import Asked, Came, ForecastLog, Record
from pitbox.wall.lap_book import LapBook
from pitbox.wall.lap_rows import LapRows
from pitbox.wall.model_watch import ModelWatch
from pitbox.wall.models import Models, Standing
from pitbox.wall.notebook import Notebook
from pitbox.wall.race_calls import RaceCalls, speaker_of
from pitbox.wall.tyre_calls import TyreCalls

AHEAD = (1, 5, 10)
_SLOW_S, _MOST_SLOW = 0.25, 3
"""Of CPU for a batch of cars, and how often in a row: such a version is given up."""


class PaceFold:
    """Belongs to the thread that looks ahead."""

    def __init__(self, models: Models, log: ForecastLog | None = None) -> None:
        """`log`: where this process notes what models said; None for one that only looks."""
        self._models, self._notes = models, Notebook(log)
        self._calls = RaceCalls(models, self._notes)
        self._watches: dict[str, tuple[Standing, ModelWatch]] = {}
        """By model: of laps to come."""
        self.begin("")

    def begin(self, session: str) -> None:
        """Another session, or the same one told anew."""
        self._session, self._slow = session, 0
        self._info: SessionInfo | None = None
        self._enter((-1, -1))

    def hear(self, info: SessionInfo) -> None:
        self._info = info
        self._rows.hear(info)

    def take_all(self, facts: Sequence[Fact], wet_steps: Sequence[tuple[float, int]] = ()) -> None:
        """Facts of the newest run; each car whose lap is among them is forecast anew."""
        newest: dict[str, Reading] = {}
        for fact in facts:
            axis = (fact.session_num, fact.run)
            if axis > self._axis:
                self._enter(axis)
                newest.clear()
            if axis == self._axis:
                self._rows.take(fact)
        standing = self._standing()
        for row in self._rows.fresh(wet_steps):
            self._answer(row)
            reading = None if standing is None else self._field.take(row)
            self._taken.put(row)
            self._paces.pop(int(row.car), None)
            if reading is not None:
                newest[reading.car] = reading
        if standing is not None and newest:
            self._forecast(standing, list(newest.values()))

    def retell(
        self,
        session: str,
        info: SessionInfo | None,
        facts: Sequence[Fact],
        wet_steps: Sequence[tuple[float, int]] = (),
    ) -> None:
        """All of it in another way: somebody set a lap right. In the order in which they were driven."""
        self.begin(session)
        if info is not None:
            self.hear(info)
        self.take_all(facts, wet_steps)

    def learned(self, own_car_idx: int) -> Learned:
        """What stands now."""
        standing, said = self._standing(), NOTHING
        tyres, tyre_speaker = self._tyre_call(own_car_idx)
        if standing is not None:
            said = Learned(dict(self._paces), speaker_of(standing, self._step))
        return Learned(said.paces, said.speaker, tyres, tyre_speaker)

    def lay_on(self, moment: Moment) -> Moment:
        """The moment with all that models say of it."""
        moment = msgspec.structs.replace(moment, learned=self.learned(moment.own_car_idx))
        return msgspec.structs.replace(moment, learned=self._calls.on(moment, self._taken, self._race))

    def _enter(self, axis: tuple[int, int]) -> None:
        self._axis = axis
        self._step = self._version = ""
        self._rows = LapRows(f"{self._session}/{axis[0]}.{axis[1]}", self._info)
        self._taken = LapBook()
        self._field = Field()
        self._paces: dict[int, Pace] = {}
        self._race = (self._session, *axis)
        self._tyres = TyreCalls(self._race)
        self._calls.begin()

    def _standing(self) -> Standing | None:
        """Who speaks; another one folds the race so far with its own past."""
        standing = None if self._info is None else self._models.lap_time(world_of(self._info))
        version = "" if standing is None else standing.card.version
        if version != self._version:
            self._version, self._paces = version, {}
            self._field = Field(None if standing is None else standing.lap_time.past)
            for row in self._taken if standing is not None else ():
                self._field.take(row)
        if standing is not None:
            self._watch(standing)
        return standing

    def _watch(self, standing: Standing) -> ModelWatch:
        """Of the version that speaks; a new one begins with what is noted of it."""
        known = self._watches.get(standing.card.model)
        if known is not None and known[1].card.version == standing.card.version:
            return known[1]
        watch = ModelWatch(standing.card)
        for record in self._notes.read():
            if isinstance(record, Asked):
                watch.ask(record)
            elif isinstance(record, Came):
                watch.hear(record)
        self._watches[standing.card.model] = standing, watch
        return watch

    def _forecast(self, standing: Standing, readings: Sequence[Reading]) -> None:
        began_s, count = time.thread_time(), len(AHEAD)
        values = np.repeat(np.array([reading.values for reading in readings]), count, axis=0)
        ahead = np.tile(np.array(AHEAD, dtype=float), len(readings))
        stint_lap = np.repeat([float(reading.stint_lap) for reading in readings], count)
        said = standing.lap_time.model.predict(values, ahead, stint_lap)
        self._step = said.step
        records: list[Record] = []
        for at, reading in enumerate(readings):
            asked = self._asked(standing, reading, said, slice(at * count, (at + 1) * count))
            if all(np.isfinite(asked.median_s)):
                self._paces[int(reading.car)] = _pace(asked)
                records.append(asked)
                self._watch(standing).ask(asked)
        self._notes.note(records)
        self._slow = self._slow + 1 if time.thread_time() - began_s > _SLOW_S else 0
        if self._slow >= _MOST_SLOW:
            self._give_up(standing, f"took more than {_SLOW_S:g} s for an answer")

    def _asked(self, standing: Standing, reading: Reading, said: LapForecast, where: slice) -> Asked:
        return Asked(
            session=self._session,
            session_num=self._axis[0],
            run=self._axis[1],
            car_idx=int(reading.car),
            lap=reading.lap,
            end_s=reading.end_s,
            stint=reading.stint,
            stint_lap=reading.stint_lap,
            world=standing.card.world,
            model=standing.card.model,
            version=standing.card.version,
            step=said.step,
            ref_s=reading.ref_s,
            plain_s=reading.rolling_s,
            ahead=AHEAD,
            median_s=tuple(said.median_s[where].tolist()),
            low_s=tuple(said.low_s[where].tolist()),
            high_s=tuple(said.high_s[where].tolist()),
            features=VERSION,
            inputs=np.array(reading.values, dtype="<f4").tobytes(),
        )

    def _answer(self, row: LapRow) -> None:
        """The truth of forecasts that were given: it moves the intervals of laps, and judges versions."""
        if not row.is_pace:
            return
        came = Came(*self._race, int(row.car), row.lap, row.stint, row.time_s)
        told = [(standing, watch, watch.hear(came)) for standing, watch in self._watches.values()]
        if any(found for _, _, found in told):
            self._notes.note([came])
        for standing, watch, found in told:
            if found and standing.card.model == LAP_TIME:
                self._learn(standing, row, found)
            verdict = watch.verdict() if found else None
            if verdict is not None and verdict.why:
                self._give_up(standing, f"does worse than in training: it {verdict.why}")

    def _learn(self, standing: Standing, row: LapRow, found: list[tuple[Asked, int]]) -> None:
        median_s, low_s, high_s = (
            np.array([getattr(asked, name)[at] for asked, at in found]) for name in _SAID
        )
        said = LapForecast(median_s, low_s, high_s, self._step)
        ahead = np.array([float(asked.ahead[at]) for asked, at in found])
        stint_lap = np.array([float(asked.stint_lap) for asked, _ in found])
        standing.lap_time.model.learn(said, np.full(len(found), row.time_s), ahead, stint_lap)

    def _give_up(self, standing: Standing, why: str) -> None:
        """Once: somebody else may speak already."""
        self._slow = 0
        model, world = standing.card.model, standing.card.world
        now = self._models.tyres(world) if model == TYRES else self._models.lap_time(world)
        if now is not None and now.card.version == standing.card.version:
            self._models.give_up(now, why)

    def _tyre_call(self, own_car_idx: int) -> tuple[TyreCall | None, Speaker | None]:
        standing = None if self._info is None else self._models.tyres(world_of(self._info))
        own = None if standing is None else self._taken.last_of(str(own_car_idx))
        if standing is None or own is None:
            return None, None
        watch, said = self._watch(standing), self._tyres.of(standing, own, self._taken)
        claims, self._tyres.claims = self._tyres.claims, []
        for asked in claims:
            watch.ask(asked)
        self._notes.note(claims)
        return said


_SAID = ("median_s", "low_s", "high_s")


def _pace(asked: Asked) -> Pace:
    """The mean of ten laps out of three of them: a line between those that were asked for."""
    laps = np.arange(AHEAD[0], AHEAD[-1] + 1)
    soon_s = float(np.interp(laps, AHEAD, asked.median_s).mean())
    return Pace(asked.lap, asked.median_s[0], asked.low_s[0], asked.high_s[0], soon_s)


def driven_of(story: Story) -> list[Lap | TyreStint]:
    """In the order in which it came to be known."""
    return sorted(story.driven(), key=_when_s)


def _when_s(fact: Lap | TyreStint) -> float:
    return fact.end_s if isinstance(fact, Lap) else fact.start_s
