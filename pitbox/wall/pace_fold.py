"""One race as models see it: laps in, what they say of each car out. The same fold that training reads.

Each lap asks the model once, for the laps 1, 5 and 10 ahead, and each answer is noted with what it was made
of; when the lap comes, its truth is noted too. A version that does worse than it did in training is given up.
"""

import logging
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from pitbox.model.fact import Fact, Lap, TyreStint
from pitbox.model.session import SessionInfo
from pitbox.predict.feature import VERSION
from pitbox.predict.field import Field, Reading
from pitbox.predict.lap_row import LapRow
from pitbox.predict.lap_time import Forecast as LapForecast
from pitbox.predict.registry_card import world_of
from pitbox.strategy.pace import NOTHING, Learned, Pace, Speaker, TyreCall, TyreLoss
from pitbox.strategy.story import Moment, Story
from pitbox.wall.forecast_log import Asked, Came, ForecastLog, Record
from pitbox.wall.lap_book import LapBook
from pitbox.wall.lap_rows import LapRows
from pitbox.wall.model_watch import ModelWatch
from pitbox.wall.models import Models, Standing
from pitbox.wall.race_calls import RaceCalls, speaker_of

if TYPE_CHECKING:
    from pitbox.predict.tyre import TyreFit

_log = logging.getLogger("pitbox.predict")
AHEAD = (1, 5, 10)
_SLOW_S, _MOST_SLOW = 0.25, 3
"""Of CPU for a batch of cars, and how often in a row: such a version is given up."""
_TYRE_ROWS = 1500
_TYRE_AGES = 61
"""Laps of age that a curve is told for."""


class PaceFold:
    """Belongs to the thread that looks ahead."""

    def __init__(self, models: Models, log: ForecastLog | None = None) -> None:
        """`log`: where this process notes what models said; None for one that only looks."""
        self._models, self._log = models, log
        self._calls = RaceCalls(models)
        self._watch: ModelWatch | None = None
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
            self._answer(row, standing)
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
        return msgspec.structs.replace(moment, learned=self._calls.on(moment, self._taken))

    def _enter(self, axis: tuple[int, int]) -> None:
        self._axis = axis
        self._step = self._version = ""
        self._rows = LapRows(f"{self._session}/{axis[0]}.{axis[1]}", self._info)
        self._taken = LapBook()
        self._field = Field()
        self._paces: dict[int, Pace] = {}
        self._tyre_fit: tuple[int, str, TyreFit] | None = None

    def _standing(self) -> Standing | None:
        """Who speaks; another one folds the race so far with its own past."""
        standing = None if self._info is None else self._models.lap_time(world_of(self._info))
        version = "" if standing is None else standing.card.version
        if version != self._version:
            self._version, self._paces = version, {}
            self._field = Field(None if standing is None else standing.lap_time.past)
            for row in self._taken if standing is not None else ():
                self._field.take(row)
        if standing is not None and (self._watch is None or self._watch.card.version != version):
            self._watch = ModelWatch(standing.card)
            for record in () if self._log is None else self._log.read():
                self._watch.ask(record) if isinstance(record, Asked) else self._watch.hear(record)
        return standing

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
                if self._watch is not None:
                    self._watch.ask(asked)
        self._note(records)
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

    def _answer(self, row: LapRow, standing: Standing | None) -> None:
        """The truth of forecasts that were given moves their intervals, and judges their version."""
        if self._watch is None or standing is None or not row.is_pace:
            return
        came = Came(self._session, *self._axis, int(row.car), row.lap, row.stint, row.time_s)
        found = self._watch.hear(came)
        if not found:
            return
        self._note([came])
        median_s, low_s, high_s = (
            np.array([getattr(asked, name)[at] for asked, at in found]) for name in _SAID
        )
        said = LapForecast(median_s, low_s, high_s, self._step)
        ahead = np.array([float(asked.ahead[at]) for asked, at in found])
        stint_lap = np.array([float(asked.stint_lap) for asked, _ in found])
        standing.lap_time.model.learn(said, np.full(len(found), row.time_s), ahead, stint_lap)
        verdict = self._watch.verdict()
        if verdict is not None and verdict.why:
            self._give_up(standing, f"does worse than in training: it {verdict.why}")

    def _give_up(self, standing: Standing, why: str) -> None:
        self._slow = 0
        if self._models.lap_time(standing.card.world) is standing:
            self._models.give_up(standing, why)

    def _note(self, records: Sequence[Record]) -> None:
        if self._log is None:
            return
        try:
            self._log.write(records)
        except OSError as error:  # a full disk: recording comes first, and a forecast is only an opinion
            _log.warning("What models said is not noted: %s", error)
            self._log = None

    def _tyre_call(self, own_car_idx: int) -> tuple[TyreCall | None, Speaker | None]:
        """Fitted anew once a lap of ours, on laps of our class."""
        standing = None if self._info is None else self._models.tyres(world_of(self._info))
        own = None if standing is None else self._taken.last_of(str(own_car_idx))
        if standing is None or own is None:
            return None, None
        key = (self._taken.count_of(own.car), standing.card.version)
        if self._tyre_fit is None or self._tyre_fit[:2] != key:
            from pitbox.predict.tyre import fit_tyres  # noqa: PLC0415 - not before a model is promoted

            mates = self._taken.mates(own.class_name, _TYRE_ROWS)
            fit = fit_tyres(mates, standing.tyres, is_refuelled=True)
            self._tyre_fit = (*key, fit)
        fit = self._tyre_fit[2]
        curve = fit.curves.get(own.compound)
        if curve is None or not np.isfinite(curve.slope_s.value):
            return None, None
        cliff = curve.cliff_age.value
        who = (own.car, own.driver)
        call = TyreCall(
            slope_s=curve.slope_s.value,
            low_s=curve.slope_s.low,
            high_s=curve.slope_s.high,
            cliff_age=cliff if np.isfinite(cliff) else None,
            laps=curve.laps,
            compound=own.compound,
            curves={name: _losses(fit, name, who) for name in fit.curves},
        )
        return call, speaker_of(standing, fit.step)


_SAID = ("median_s", "low_s", "high_s")


def _pace(asked: Asked) -> Pace:
    """The mean of ten laps out of three of them: a line between those that were asked for."""
    laps = np.arange(AHEAD[0], AHEAD[-1] + 1)
    soon_s = float(np.interp(laps, AHEAD, asked.median_s).mean())
    return Pace(asked.lap, asked.median_s[0], asked.low_s[0], asked.high_s[0], soon_s)


def _losses(fit: "TyreFit", compound: str, who: tuple[str, str]) -> tuple[TyreLoss, ...]:
    told = fit.curve(compound, _TYRE_AGES, who)
    return tuple(TyreLoss(*(round(value, 4) for value in (one.low, one.value, one.high))) for one in told)


def driven_of(story: Story) -> list[Lap | TyreStint]:
    """In the order in which it came to be known."""
    return sorted(story.driven(), key=_when_s)


def _when_s(fact: Lap | TyreStint) -> float:
    return fact.end_s if isinstance(fact, Lap) else fact.start_s
