"""The thread that looks ahead: when it asks, what a fault costs, and that no answer outlives its race."""

import threading
import time

import foresight
import msgspec
import pytest
import scenes

from pitbox.crew.health import Level
from pitbox.model.fact import Lap, LapKind
from pitbox.model.ids import Axis
from pitbox.strategy.allowance import Limits
from pitbox.strategy.briefing import Case
from pitbox.strategy.pit_rule import LEAST_TIME
from pitbox.strategy.story import Story
from pitbox.wall import follower as follower_room
from pitbox.wall import forecaster as forecaster_room
from pitbox.wall.feed import StillFeed
from pitbox.wall.forecaster import Forecaster
from pitbox.wall.health import HealthRegistry
from pitbox.wall.hub import Hub
from pitbox.wall.moment import Still
from pitbox.wall.settings import Strategy

DEADLINE_S = 60.0


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def monotonic_s(self) -> float:
        return self.now_s

    def wall_s(self) -> float:
        return self.now_s


class Oracle:
    """Stands where strategy does; says the same each time, and counts."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.cases: list[Case] = []
        self.error: Exception | None = None

    def __call__(self, moment, case, mind):
        self.asked.append(moment.now_s)
        self.cases.append(case)
        if self.error is not None:
            raise self.error
        return msgspec.structs.replace(foresight.FORECAST, moment_s=moment.now_s)


def lap(number: int) -> Lap:
    return Lap(
        session_num=0,
        run=0,
        car_idx=scenes.OWN,
        lap=number,
        user_id=9000 + scenes.OWN,
        start_s=100.0 * number,
        end_s=100.0 * (number + 1),
        kind=LapKind(),
        stint=1,
        position=1,
        class_position=1,
        compound=0,
    )


def feed() -> StillFeed:
    made = StillFeed(HealthRegistry(time.time))
    made.hub = Hub()  # one with room for facts
    made.hub.info.put(scenes.info())
    made.hub.publish_facts([lap(1)])
    made.hub.standings.put(scenes.standings(1000.0))
    return made


@pytest.fixture
def oracle(monkeypatch: pytest.MonkeyPatch) -> Oracle:
    made = Oracle()
    monkeypatch.setattr(follower_room, "forecast", made)
    return made


def test_it_asks_after_each_lap_when_the_flag_turns_and_now_and_then(oracle):
    clock, race = Clock(), feed()
    forecaster = Forecaster(race, clock)
    assert forecaster.look() is not None
    clock.now_s += 5.0
    race.hub.standings.put(scenes.standings(1005.0))
    assert forecaster.look() is None, "nothing happened"
    race.hub.publish_facts([lap(2)])
    assert forecaster.look() is not None
    clock.now_s += 5.0
    race.hub.standings.put(scenes.standings(1010.0, flag="caution"))
    assert forecaster.look() is not None
    clock.now_s += 16.0
    assert forecaster.look() is None, "the race stands still"
    race.hub.standings.put(scenes.standings(1026.0, flag="caution"))
    assert forecaster.look() is not None
    assert oracle.asked == [1000.0, 1005.0, 1010.0, 1026.0]


def test_a_slow_answer_makes_the_next_one_wait(oracle, monkeypatch):
    clock, race = Clock(), feed()
    times_s = iter((0.0, 0.5, 10.0, 10.5))
    monkeypatch.setattr(follower_room.time, "thread_time", lambda: next(times_s))
    forecaster = Forecaster(race, clock)
    said = forecaster.look()
    assert said is not None
    assert (said.cost_s, said.made_s) == (0.5, 100.0)
    race.hub.publish_facts([lap(2)])
    clock.now_s += 9.0
    assert forecaster.look() is None, "half a second of CPU is paid for by ten of rest"
    clock.now_s += 1.5
    assert forecaster.look() is not None


def test_another_feed_has_a_mailbox_of_its_own(oracle):
    clock, race, other = Clock(), feed(), feed()
    forecaster = Forecaster(race, clock)
    forecaster.look()
    assert forecaster.forecasts.take()[1] is not None
    forecaster.turn_to(other)
    assert forecaster.forecasts.take()[1] is None
    other.hub.standings.put(scenes.standings(2000.0))
    forecaster.look()
    assert forecaster.forecasts.take()[1].moment_s == 2000.0


def test_looking_back_is_looking_ahead_from_then(oracle):
    clock, race, story = Clock(), feed(), Story()
    forecaster = Forecaster(race, clock)
    forecaster.look()
    story.hear(scenes.info())
    story.take(lap(1))
    at = Axis(0, 0, 500.0)
    still = Still(at, at, scenes.standings(500.0), scenes.info(), (), story, None, 0.1)
    forecaster.look_from(still)
    assert forecaster.forecasts.take()[1] is None
    assert forecaster.look().moment_s == 500.0
    race.hub.standings.put(scenes.standings(1100.0))
    clock.now_s += 60.0
    assert forecaster.look() is None, "what comes in meanwhile waits"
    forecaster.look_from(None)
    assert forecaster.look().moment_s == 1100.0
    assert forecaster.forecasts.take()[1].moment_s == 1100.0


def test_a_fault_is_told_and_tried_again_while_the_last_answer_stands(oracle, monkeypatch):
    monkeypatch.setattr(forecaster_room, "_PAUSE_S", 0.02)
    monkeypatch.setattr(forecaster_room, "_LOOK_S", 0.01)
    clock, race = Clock(), feed()
    forecaster = Forecaster(race, clock)
    told: list[Level] = []
    heard = {level: threading.Event() for level in Level}

    def hear(health) -> None:
        told.append(health.level)
        heard[health.level].set()

    monkeypatch.setattr(race.health, "tell", hear)
    first = forecaster.look()
    oracle.error = ZeroDivisionError("by zero")
    race.hub.publish_facts([lap(2)])
    clock.now_s += 20.0
    forecaster.start()
    try:
        assert heard[Level.DEGRADED].wait(DEADLINE_S)
        assert forecaster.forecasts.take()[1] == first
        oracle.error = None
        assert heard[Level.OK].wait(DEADLINE_S)
        assert forecaster.forecasts.take()[1] != first
    finally:
        assert forecaster.stop()


def test_what_people_know_of_the_event_is_reckoned_with_at_once(oracle):
    forecaster = Forecaster(feed(), Clock())
    forecaster.look()
    terms = Strategy(service="least-time", stint_minutes=65, drive_minutes=240, drivers=4, fuel_target=2.85)
    forecaster.reckon_with(terms)
    assert forecaster.look() is not None
    before, after = oracle.cases
    assert (before.limits, before.rules, before.target_l) == (Limits(), None, None)
    assert after.limits == Limits(stint_s=3900.0, drive_s=14_400.0, drivers=4)
    assert (after.rules, after.target_l) == (LEAST_TIME, 2.85)


def test_nothing_known_is_nothing_said(oracle):
    forecaster = Forecaster(StillFeed(HealthRegistry(time.time)), Clock())
    assert forecaster.look() is None
    assert oracle.asked == []
