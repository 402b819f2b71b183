"""A past in the hands of a test: answers as a fold would, and notes what it was asked."""

import threading
from collections.abc import Callable

import long_race
import scenes

from pitbox.model.fact import Fact, Lap, Stop
from pitbox.model.ids import Axis
from pitbox.strategy.story import Story
from pitbox.wall.moment import Moments, Reach, Still


class HandPast:
    def __init__(self, end_s: float) -> None:
        self.end_s = end_s
        self.asked: list[float] = []

    def reaches(self) -> tuple[Reach, ...]:
        return (Reach(0, 0, long_race.GREEN_S, self.end_s),)

    def still(self, at: Axis, is_cancelled: Callable[[], bool]) -> Still | None:
        self.asked.append(at.sim_time_s)
        facts: list[Fact] = [
            fact
            for fact in long_race.facts(at.sim_time_s)
            if not isinstance(fact, Lap | Stop) or _end_s(fact) <= at.sim_time_s
        ]
        return _still(at, tuple(facts))


def _end_s(fact: Lap | Stop) -> float:
    return fact.end_s if isinstance(fact, Lap) else fact.lane_in_s


def _still(at: Axis, facts: tuple[Fact, ...]) -> Still:
    info = scenes.info()
    told = Story()
    told.hear(info)
    told.take_all(facts)
    values = {
        "asked": at,
        "at": at,
        "standings": scenes.standings(at.sim_time_s),
        "info": info,
        "facts": facts,
        "live": None,
        "took_s": 0.01,
    }
    if "story" in Still.__struct_fields__:
        values["story"] = told
    return Still(**values)


class AnsweringMoments(Moments):
    """With its thread, for as long as a test runs."""

    def __init__(self, past: HandPast) -> None:
        super().__init__(past)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self.main, args=(self._ended,), name="moments-under-test")
        self._thread.start()

    def close(self) -> None:
        self._ended.set()
        self._thread.join(30.0)
        assert not self._thread.is_alive()
