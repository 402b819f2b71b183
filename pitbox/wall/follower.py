"""One feed, followed from its beginning: when to ask strategy what lies ahead, and with what."""

import time

import msgspec

from pitbox.model.clock import Clock
from pitbox.model.standing import Standings
from pitbox.predict.registry import Registry
from pitbox.strategy.briefing import Mind
from pitbox.strategy.errors import NoRaceError
from pitbox.strategy.forecast import Forecast, forecast, moment_of
from pitbox.strategy.story import Story
from pitbox.timing.wetness import wetness_of
from pitbox.wall.adviser import Ground
from pitbox.wall.feed import Feed, Spring
from pitbox.wall.forecast_log import ForecastLog
from pitbox.wall.models import Models
from pitbox.wall.moment import Still
from pitbox.wall.outlook import Batch, Outlook
from pitbox.wall.pace_fold import PaceFold, driven_of
from pitbox.wall.settings import Strategy
from pitbox.wall.terms import case_of, rules_of

_REGULAR_S, _LEAST_S, _MOST_S = 15.0, 0.5, 30.0
_SHARE = 0.05
"""Of a core, at most."""


class Follower:
    """Belongs to the thread that looks."""

    def __init__(self, feed: Feed, clock: Clock, terms: Strategy, registry: Registry | None = None) -> None:
        """`registry`: of learned models; None: the plain formulas speak."""
        self.feed, self.terms, self._clock = feed, terms, clock
        self._case, self._rules = case_of(terms), rules_of(terms)
        self._outlook = Outlook(feed, clock)
        self._story, self._mind = Story(), Mind(self._case.rules)
        self._paces = None if registry is None else _pace_fold(feed, clock, registry)
        self._axis: tuple[int, int] | None = None
        self._standings: Standings | None = None
        self._asked: tuple[object, ...] = ()
        self._asked_s = self._asked_of_s = -_MOST_S
        self._cost_s = 0.0
        self.ground: Ground | None = None
        """What the last forecast stood on."""

    @property
    def story(self) -> Story:
        return self._story

    @property
    def standings(self) -> Standings | None:
        return self._standings

    def ask_again(self) -> None:
        """Whatever was asked last."""
        self._asked = ()

    def look_from(self, still: Still) -> Forecast | None:
        """As the race stood then; what comes in meanwhile is not foreseen from."""
        if still.standings is None:
            return None
        return self._ask(still.story, still.standings, Mind(self._case.rules))

    def hear(self) -> None:
        """Take in what is new, and foresee nothing."""
        self._take(self._outlook.pull())

    def look(self) -> Forecast | None:
        self._take(self._outlook.pull())
        now_s, standings, occasion = self._clock.monotonic_s(), self._standings, self._occasion()
        if standings is None or not occasion or not self._is_due(standings, occasion, now_s):
            return None
        self._asked, self._asked_s, self._asked_of_s = occasion, now_s, standings.sim_time_s
        said = self._ask(self._story, standings, self._mind)
        self._cost_s = 0.0 if said is None else said.cost_s
        return said

    def _ask(self, story: Story, standings: Standings, mind: Mind) -> Forecast | None:
        now_s, began_s = self._clock.monotonic_s(), time.thread_time()
        case = msgspec.structs.replace(self._case, standings=standings, wetness=wetness_of(standings))
        try:
            moment = moment_of(story, standings)
            if story is self._story and self._paces is not None:
                moment = self._paces.lay_on(moment)
            said = forecast(moment, case, mind)
        except NoRaceError:
            return None
        said = msgspec.structs.replace(said, made_s=now_s, cost_s=time.thread_time() - began_s)
        is_live = story is self._story and self.feed.spring in {Spring.PEERS, Spring.DEMO}
        self.ground = Ground(moment, said, case, mind, self._rules, is_live)
        return said

    def _take(self, batch: Batch) -> None:
        if batch.is_other_feed:
            self._story, self._mind, self._standings = Story(), Mind(self._case.rules), None
        elif batch.amendments is not None:  # what was learnt from it may be wrong
            self._mind, self._asked = Mind(self._case.rules), ()
        batch.tell(self._story)
        for fact in batch.facts:
            axis = (fact.session_num, fact.run)
            if self._axis is None or axis > self._axis:
                self._axis, self._mind = axis, Mind(self._case.rules)
        self._standings = batch.standings or self._standings
        if self._paces is not None:
            self._tell(self._paces, batch)

    def _tell(self, paces: PaceFold, batch: Batch) -> None:
        """The same to the models; where somebody set one car right, all are told anew."""
        wet_steps = () if self._standings is None else self._standings.wet_steps
        if batch.is_other_feed or batch.retold:
            driven = driven_of(self._story)
            paces.retell(self.feed.hub.session or "", self._story.info, driven, wet_steps)
            return
        if batch.info is not None:
            paces.hear(batch.info)
        paces.take_all(batch.facts, wet_steps)

    def _occasion(self) -> tuple[object, ...]:
        """What a new answer is asked for; empty before anything is known."""
        standings, info = self._standings, self._story.info
        if standings is None or info is None or not self._story.cars:
            return ()
        own = next((car for car in standings.cars if car.car_idx == info.own.car_idx), None)
        told = self._story.cars.get(info.own.car_idx)
        place = None if own is None else (own.is_in_pits, own.stops)
        laps = 0 if told is None else told.laps_done
        return (standings.session_num, standings.run, standings.flag, laps, place)

    def _is_due(self, standings: Standings, occasion: tuple[object, ...], now_s: float) -> bool:
        since_s = now_s - self._asked_s
        if since_s < max(_LEAST_S, min(_MOST_S, self._cost_s / _SHARE)):
            return False
        return occasion != self._asked or (since_s >= _REGULAR_S and standings.sim_time_s != self._asked_of_s)


def _pace_fold(feed: Feed, clock: Clock, registry: Registry) -> PaceFold:
    """What models say is noted only while it is said live."""
    is_live = feed.spring is Spring.PEERS
    models = Models(registry, feed.health.tell, clock, "engineer")
    return PaceFold(models, ForecastLog(registry.folder) if is_live else None)
