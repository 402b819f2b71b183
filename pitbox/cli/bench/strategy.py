"""`pitbox bench strategy`: what the pit wall's answers cost, asked anew whenever a car completes a lap.

The race is made of facts alone, as the folds have a bench of their own: a day with 63 cars of three classes,
a stop every 29 laps and a caution every two hours, asked at half of it.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from pitbox.cli.bench.figure import Figure
from pitbox.model.fact import FlagPhase, Lap, LapKind, Stop
from pitbox.model.session import CarClass, Entry, OwnCar, SessionInfo, SessionPart, Track
from pitbox.strategy.briefing import Case, Mind, briefing
from pitbox.strategy.decision.strategist import Strategist
from pitbox.strategy.forecast import forecast
from pitbox.strategy.fuel import fuel_use
from pitbox.strategy.fuel_plan import Level, fuel_plan, tank_of
from pitbox.strategy.next_stop import NextStopModel
from pitbox.strategy.race_end import RaceEndModel
from pitbox.strategy.rejoin import RejoinModel
from pitbox.strategy.story import CarNow, Moment, Story
from pitbox.strategy.window import Reach, pit_window

CARS = 63
_OWN, _TANK_L, _LAP_L = 30, 90.0, 3.0
_CLASS_LAP_S = (100.0, 106.0, 114.0)
_STINT_LAPS, _STOP_S = 29, 60.0
_RACE_S, _NOW_S = 86_400.0, 43_200.0
_CAUTION_EVERY_S, _CAUTION_S, _CAUTION_PACE = 7200.0, 600.0, 1.8
_GOAL_MS = 5.0
_ADVICE_MS, _ADVICE_AIM_MS = 200.0, 100.0

T = TypeVar("T")


class _Watch:
    """Times by name, of one thing after another."""

    def __init__(self) -> None:
        self.spent_s: dict[str, list[float]] = {}

    def __call__(self, name: str, ask: Callable[[], T]) -> T:
        began_s = time.process_time()
        found = ask()
        self.spent_s.setdefault(name, []).append(time.process_time() - began_s)
        return found

    def median_ms(self, name: str) -> float:
        return statistics.median(self.spent_s[name]) * 1e3


def measure_strategy(updates: int) -> list[Figure]:
    """An update is the next lap of some car: it is taken, and everything is asked of the moment after it."""
    story, coming = _race(updates)
    watch, ends, stops = _Watch(), RaceEndModel(), NextStopModel()
    rejoins = RejoinModel(stops)
    watch("first", lambda: _first(story, ends, rejoins))
    for lap in coming:
        watch("race end", lambda lap=lap: _end_after(story, ends, lap))  # type: ignore[misc]
        moment = watch("moment", lambda lap=lap: story.at(lap.end_s))  # type: ignore[misc]
        _ask(watch, moment, ends, stops, rejoins)
    return _figures(watch, len(coming))


def measure_advice(updates: int) -> list[Figure]:
    """From the lap that came in to the first new recommendation and to the whole one, as the wall asks it."""
    story, coming = _race(updates)
    mind, cpu_ms, clock_ms, whole_ms = Mind(), list[float](), list[float](), list[float]()
    strategist = Strategist(mind)
    for lap in coming:
        began_s, busy_s = time.perf_counter(), time.process_time()
        story.take(lap)
        moment = story.at(lap.end_s)
        said = forecast(moment, Case(), mind)
        answers = strategist.answers(moment, said, Case())
        next(answers)
        cpu_ms.append((time.process_time() - busy_s) * 1e3)
        clock_ms.append((time.perf_counter() - began_s) * 1e3)
        for _ in answers:
            pass
        whole_ms.append((time.process_time() - busy_s) * 1e3)
    asked = f"p95 of {len(cpu_ms) - 1} laps that came in; aim {_ADVICE_AIM_MS:.0f} ms"
    how = f"{CARS} cars, {asked}"
    return [
        Figure("new recommendation", _p95(clock_ms[1:]), "ms", _ADVICE_MS, how=how),
        Figure(
            "new recommendation, CPU", _p95(cpu_ms[1:]), "ms", _ADVICE_MS, how="the same, forecast included"
        ),
        Figure("whole recommendation, CPU", _p95(whole_ms[1:]), "ms", how="refined, with all contingencies"),
    ]


def _p95(values: list[float]) -> float:
    return sorted(values)[int(0.95 * (len(values) - 1))]


def _end_after(story: Story, ends: RaceEndModel, lap: Lap) -> None:
    story.take(lap)
    ends.at(story.at(lap.end_s))


def _first(story: Story, ends: RaceEndModel, rejoins: RejoinModel) -> None:
    """Every lap of the half day is read once."""
    moment = story.at(_NOW_S)
    ends.at(moment)
    rejoins.rejoin(moment, _own(moment))


def _ask(
    watch: _Watch, moment: Moment, ends: RaceEndModel, stops: NextStopModel, rejoins: RejoinModel
) -> None:
    car = _own(moment)
    laps = ends.at(moment).cars[_OWN].laps
    last = car.story.laps.last
    assert moment.info is not None
    tank = tank_of(moment.info.own)
    assert tank is not None
    assert last is not None
    assert last.fuel_left_l is not None
    level = Level(car.laps, car.lap_pct, last.fuel_left_l)
    reach = Reach(car.laps, level.fuel_l / _LAP_L, _TANK_L / _LAP_L, last.time_s)
    watch("fuel plan", lambda: fuel_plan(level, tank, fuel_use(car.story), laps))
    watch("window", lambda: pit_window(reach, laps.quantile(0.5)))
    watch("next stop", lambda: stops.next_stop(moment, car))
    watch("rejoin", lambda: rejoins.rejoin(moment, car))
    watch("briefing", lambda: briefing(moment, _OWN))


def _own(moment: Moment) -> CarNow:
    car = moment.car(_OWN)
    assert car is not None
    return car


def _figures(watch: _Watch, updates: int) -> list[Figure]:
    race_end = watch.spent_s["race end"]
    slowest_ms = sorted(race_end)[int(0.95 * (len(race_end) - 1))] * 1e3
    asked = f"median of {updates} updates"
    return [
        Figure(
            "race end",
            watch.median_ms("race end"),
            "ms",
            _GOAL_MS,
            how=f"{CARS} cars; a lap taken and asked, {asked}",
        ),
        Figure("race end, p95", slowest_ms, "ms"),
        Figure("moment", watch.median_ms("moment"), "ms", how="in it: order and places of all cars"),
        Figure("fuel plan", watch.median_ms("fuel plan"), "ms", how="our car's laps read anew"),
        Figure("pit window", watch.median_ms("window"), "ms", how="of our car"),
        Figure("next stop", watch.median_ms("next stop"), "ms", how="of one car"),
        Figure("rejoin", watch.median_ms("rejoin"), "ms", how="one service, all rivals' stops mixed in"),
        Figure(
            "whole briefing",
            watch.median_ms("briefing"),
            "ms",
            how="`pitbox status`: everything at once, nothing kept from before",
        ),
        Figure("first answer", watch.median_ms("first"), "ms", how="every lap of the half day read"),
    ]


def _race(updates: int) -> tuple[Story, list[Lap]]:
    """Half a day of it, and the laps that come next, in order."""
    story = Story()
    story.hear(_info())
    for number, (flag, start_s, end_s) in enumerate(_flags(), 1):
        story.take(FlagPhase(0, 0, number, flag, start_s, end_s))
    until_s = _NOW_S + (2 + updates // CARS) * _CAUTION_PACE * _CLASS_LAP_S[-1]
    coming: list[Lap] = []
    for car_idx in range(CARS):
        for lap in _driven(car_idx, until_s):
            if lap.end_s > _NOW_S:
                coming.append(lap)
                continue
            story.take(lap)
            if lap.kind.is_in:
                story.take(_stop(lap))
    return story, sorted(coming, key=lambda lap: lap.end_s)[:updates]


def _flags() -> Iterator[tuple[str, float, float | None]]:
    start_s = 0.0
    while start_s + _CAUTION_EVERY_S < _NOW_S:
        caution_s = start_s + _CAUTION_EVERY_S - _CAUTION_S
        yield "green", start_s, caution_s
        start_s += _CAUTION_EVERY_S
        yield "caution", caution_s, start_s
    yield "green", start_s, None


def _driven(car_idx: int, until_s: float) -> Iterator[Lap]:
    """Nothing is drawn by lot: laps differ by a small pattern, stops by the car's number."""
    end_s, lap, stint, left_l = 0.0, 0, 1, _TANK_L
    class_id = car_idx % len(_CLASS_LAP_S)
    while end_s <= until_s:
        lap += 1
        phase = (lap + car_idx) % _STINT_LAPS
        is_in, is_out, start_s = phase == 0, phase == 1 and lap > 1, end_s
        is_slow = start_s % _CAUTION_EVERY_S >= _CAUTION_EVERY_S - _CAUTION_S and start_s < _NOW_S
        lap_s = _CLASS_LAP_S[class_id] + 0.05 * car_idx + 0.08 * ((7 * lap + 3 * car_idx) % 11)
        end_s += lap_s * (_CAUTION_PACE if is_slow else 1.0) + 0.5 * _STOP_S * (is_in + is_out)
        if is_out:
            stint, left_l = stint + 1, _TANK_L
        left_l -= _LAP_L
        yield Lap(
            session_num=0,
            run=0,
            car_idx=car_idx,
            lap=lap,
            user_id=car_idx,
            start_s=start_s,
            end_s=end_s,
            kind=LapKind(is_out=is_out, is_in=is_in, is_caution=is_slow),
            stint=stint,
            position=1,
            class_position=1,
            compound=0,
            fuel_used_l=_LAP_L if car_idx == _OWN else None,
            fuel_left_l=left_l if car_idx == _OWN else None,
        )


def _stop(lap: Lap) -> Stop:
    return Stop(
        session_num=0,
        run=0,
        car_idx=lap.car_idx,
        stop=lap.stint,
        lap=lap.lap,
        lane_in_s=lap.end_s - 10.0,
        user_id_in=lap.user_id,
        compound_in=0,
        stall_in_s=lap.end_s - 5.0,
        stall_out_s=lap.end_s + 25.0,
        lane_out_s=min(lap.end_s + 35.0, _NOW_S),
        user_id_out=lap.user_id,
    )


def _info() -> SessionInfo:
    classes = tuple(CarClass(at, name) for at, name in enumerate(("GTP", "LMP2", "GT3")))
    return SessionInfo(
        sim="iRacing",
        sub_session_id=1,
        track=Track(1, "Ring", "", 5000.0, 20.0),
        parts=(SessionPart(0, "Race", _RACE_S, None),),
        classes=classes,
        entries=tuple(
            Entry(at, str(at), at, f"Team {at}", at, f"Driver {at}", at % len(classes), "car")
            for at in range(CARS)
        ),
        own=OwnCar(_OWN, _TANK_L, 0.75),
    )
