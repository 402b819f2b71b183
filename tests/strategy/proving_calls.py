"""Our calls against plain ways to stop: the same seeded race, driven once for each, and one car differs.

    python tests/strategy/proving_calls.py 500 2000        # 500 races from seed 2000 on, as the docs have it
    python tests/strategy/proving_calls.py 500 2000 2      # the same by two processes

Whoever decides knows what a pit wall knows: the facts so far, and its own car's gauge. All ways serve
penalties and repairs alike and leave the driver in, so that what differs is when the car stops, and for what.
Seeds below 2000 were looked at while the strategist was made.
"""

import math
import os
import statistics
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

import msgspec
import numpy as np
from proving import facts_at

from pitbox.model.fact import Fact, Stop
from pitbox.model.fact import Service as Done
from pitbox.model.standing import CarStanding, Standings
from pitbox.sim.synthetic.policy import FuelWindow, PitPolicy, PitView, Service
from pitbox.sim.synthetic.race import Race
from pitbox.sim.synthetic.road import Script
from pitbox.sim.synthetic.scenario import CautionPlan, ClassPlan, Mishaps, Scenario
from pitbox.sim.synthetic.world import World
from pitbox.strategy.briefing import Case, Mind
from pitbox.strategy.decision.situation import Rules
from pitbox.strategy.decision.strategist import Strategist, call_of
from pitbox.strategy.forecast import forecast
from pitbox.strategy.story import Story

FRESH_SEED = 2000
CALLS, FIXED, EMPTY, CAUTIONS = "our calls", "fixed plan", "stop when empty", "pit under every caution"
WAYS = (FIXED, EMPTY, CAUTIONS)
"""That ours is held against."""
RACES, BUDGET = 128, 400_000
"""Of one call: less than live use spends, so that many races can be driven."""
_TIRED = 0.55
"""Of its life: tyres are changed at a stop from here on, by all but our calls."""
_HAND_LAPS, _REPAIR_S = 0.6, 25.0
_LEFT_LAPS = 0.05
"""Of this lap, where cars are asked."""
_CALL_LAPS = 0.06
"""A call comes so much of a lap before the lane does."""
_WORTH_LAPS = 3.0
"""Room in the tank below which nobody comes in under a caution."""
_OURS = ClassPlan("GTP", 5, 60.0, ("BMW M Hybrid V8",), tank_l=40.0, fuel_per_lap_l=2.0, tyre_laps=60)
_OTHERS = ClassPlan("GT3", 3, 68.0, ("Ferrari 296 GT3",), tank_l=36.0, fuel_per_lap_l=1.9, tyre_laps=45)


def scenario_of(seed: int) -> Scenario:
    """40 to 60 minutes, two or three stops, a caution or none; our car is one of five of its class."""
    return Scenario(
        name="proving calls",
        seed=seed,
        classes=(_OURS, _OTHERS),
        race_s=2400.0 + 400.0 * (seed % 4),
        track_length_m=3600.0,
        own_car_idx=1 + seed % 5,
        drivers_per_car=2,
        slots=10,
        mishaps=Mishaps(
            off_track=0.002, tow=0.0002, retirement=0.0002, penalty=0.0004, spin=0.001, contact=0.0005
        ),
        caution=CautionPlan(per_hour=1.2, least_s=120.0, most_s=420.0),
    )


class Finish(msgspec.Struct, frozen=True):
    """What became of our car."""

    class_position: int
    behind_s: float
    """The mean of the class mates that took the flag; below zero: ahead of it."""
    stops: int
    stop_laps: tuple[int, ...]
    took_flag: bool
    words: tuple[str, ...] = ()
    """What was called, of our calls alone."""


class Usual:
    """What all ways have in common: a way only says when it comes in of its own will."""

    reserve_laps = 1.35
    """Below it comes in, if that does not reach the flag."""

    def __call__(self, view: PitView) -> Service | None:
        held, to_go = view.fuel_l / view.fuel_per_lap_l, _to_go(view)
        is_hurt = to_go > 2 and view.must_repair_s > _REPAIR_S
        if to_go < 1:
            return None
        is_empty = held < min(self.reserve_laps, to_go + _LEFT_LAPS)
        if view.owes_drive_through and not is_empty:
            return Service(drive_through=True)
        if is_hurt or is_empty or (held < to_go + _LEFT_LAPS and self.comes_in(view)):
            return self.service(view)
        return None

    def comes_in(self, view: PitView) -> bool:
        return False

    def service(self, view: PitView) -> Service:
        need_l = (_to_go(view) + _HAND_LAPS) * view.fuel_per_lap_l - view.fuel_l
        return Service(
            fuel_l=float(max(0.0, min(view.tank_l - view.fuel_l, need_l))),
            tyres=view.tyre_laps > _TIRED * view.tyre_life_laps,
        )


def _to_go(view: PitView) -> int:
    """Laps from the end of this one to the flag, by the clock and the car's own pace."""
    assert view.time_left_s is not None
    return math.ceil(max(0.0, view.time_left_s / view.lap_s - _LEFT_LAPS))


class FixedPlan(Usual):
    """As many stops as the race takes, laid out evenly before the start."""

    def __init__(self, scenario: Scenario, car_idx: int) -> None:
        plan = next(one for at, one in _seats(scenario) if at == car_idx)
        laps = math.ceil(scenario.race_s / plan.lap_s)
        stints = max(1, math.ceil(laps / (plan.tank_l / plan.fuel_per_lap_l - self.reserve_laps)))
        self.laps = {round(laps * at / stints) for at in range(1, stints)}

    def comes_in(self, view: PitView) -> bool:
        return view.lap in self.laps


class UnderCautions(Usual):
    """Once in each caution, if the tank has room for a few laps."""

    def __init__(self) -> None:
        self._was_caution = self._has_stopped = False

    def comes_in(self, view: PitView) -> bool:
        if not view.is_caution:
            self._has_stopped = False
            return False
        room = (view.tank_l - view.fuel_l) / view.fuel_per_lap_l
        if self._has_stopped or room < _WORTH_LAPS:
            return False
        self._has_stopped = True
        return True


class OurCalls(Usual):
    """Asks the strategist at the end of each lap, and does what it says."""

    reserve_laps = 1.08
    """What another lap takes: nothing else overrules a call."""

    def __init__(self) -> None:
        self.world: World | None = None
        self.words: list[str] = []
        self.silent = 0
        self._story, self._mind = Story(), Mind()
        # Nobody here can ask the driver to save, so a call that counts on it would not be ours.
        self._strategist = Strategist(self._mind, Rules(most_saving=0.0), engine=ENGINE)
        self._call: Service | None = None

    def comes_in(self, view: PitView) -> bool:
        self._call = self._asked(view)
        return self._call is not None

    def service(self, view: PitView) -> Service:
        call, self._call = self._call, None
        return super().service(view) if call is None else call

    def _asked(self, view: PitView) -> Service | None:
        world = self.world
        assert world is not None
        if self._story.info is None:
            self._story.hear(world.info())
        standings = _seen(world, view)
        self._story.take_all(_facts(world, standings.sim_time_s))
        if not self._story.cars:
            return None
        moment, case = self._story.at(standings.sim_time_s, standings), Case(standings)
        said = forecast(moment, case, self._mind)
        found = None
        for answer in self._strategist.answers(moment, said, case, races=RACES, budget=BUDGET):
            found = answer
        assert found is not None
        self.silent += not found.rated
        stop = call_of(found)
        if stop is None:
            return None
        self.words.append(f"lap {stop.lap}: {found.calls[0].words if found.calls else ''}")
        return Service(fuel_l=stop.fuel_l or 0.0, tyres=stop.has_tyres)


ENGINE = "compiled"


def _facts(world: World, now_s: float) -> Iterator[Fact]:
    """As the folds have them: our own car's gauge tells what its stops were for."""
    own = world.scenario.own_car_idx
    truth = {stop.stop + 1: stop for stop in world.truth.stops if stop.car_idx == own}
    for fact in facts_at(world.truth, now_s, own):
        if isinstance(fact, Stop) and fact.car_idx == own and fact.lane_out_s is not None:
            stop = truth[fact.stop]
            done = {"fuel": stop.fuel_added_l > 0, "tyres": stop.tyres_changed, "repairs": stop.repair_s > 0}
            service = tuple(Done(what, 1.0) for what, is_done in done.items() if is_done)
            if stop.kind == "drive_through":
                service = (Done("drive_through", 1.0),)
            yield msgspec.structs.replace(fact, fuel_added_l=stop.fuel_added_l, service=service)
        else:
            yield fact


def _seen(world: World, view: PitView) -> Standings:
    """What the wall sees when it still can call the car in: a little before the lane begins."""
    race, back_s = world.race, _CALL_LAPS * view.lap_s
    places = race.fleet.places(view.sim_time_s) - _CALL_LAPS
    cars = tuple(
        CarStanding(
            car_idx=car.idx,
            position=0,
            class_position=0,
            laps=max(0, math.floor(places[car.idx]) - 1),
            lap_pct=float(places[car.idx] % 1.0),
            surface=3,
            gap_s=None,
            class_gap_s=None,
            interval_s=None,
            laps_down=0,
            last_lap_s=None,
            best_lap_s=None,
            stint_laps=0,
            stops=0,
            compound=car.compound,
            user_id=car.user_id,
            is_in_pits=False,
            seen_s=view.sim_time_s,
        )
        for car in race.cars.values()
        if not car.is_gone
    )
    return Standings(
        session_num=0,
        run=0,
        sim_time_s=view.sim_time_s - back_s,
        session_state=4,
        flag="caution" if view.is_caution else "green",
        time_left_s=None if view.time_left_s is None else view.time_left_s + back_s,
        fuel_l=view.fuel_l + _CALL_LAPS * view.fuel_per_lap_l,
        cars=cars,
    )


class Fated:
    """A car's script, whose luck is its own: what befalls it on a lap is the same whatever others do."""

    def __init__(self, race: Race, idx: int, script: Script) -> None:
        self._race, self._idx, self._script = race, idx, script
        self._at = (-1, 0)

    def send(self, due_s: float) -> None:
        lap, number = int(self._race.fleet.lap[self._idx]), 0
        if lap == self._at[0]:
            number = self._at[1] + 1
        self._at = lap, number
        before, self._race.rng = self._race.rng, _luck(self._race, self._idx, lap, number)
        try:
            self._script.send(due_s)
        finally:
            self._race.rng = before


def _luck(race: Race, idx: int, at: int, number: int = 0) -> np.random.Generator:
    """Of a car's lap, or of a quarter of a second for car 0: a stream that is quickly made."""
    key = np.array([race.scenario.seed << 8 | idx, at << 24 | number], np.uint64)
    return np.random.Generator(np.random.Philox(key=key))


def fated(scenario: Scenario, own: PitPolicy) -> World:
    """A world in which one car's stops change nobody else's luck, nor when cautions are thrown."""
    others = {
        idx: FuelWindow(np.random.Generator(np.random.PCG64([scenario.seed, idx])))
        for idx, _ in _seats(scenario)
    }
    world = World(scenario, {**others, scenario.own_car_idx: own})
    scripts = world._scripts  # the test looks under the bonnet: the world itself has one luck for all
    for idx, script in scripts.items():
        scripts[idx] = Fated(world.race, idx, script)
    return world


def driven(seed: int, way: str) -> Finish:
    """One race to its end."""
    scenario = scenario_of(seed)
    policy: PitPolicy = {
        FIXED: lambda: FixedPlan(scenario, scenario.own_car_idx),
        EMPTY: Usual,
        CAUTIONS: UnderCautions,
        CALLS: OurCalls,
    }[way]()
    world = fated(scenario, policy)
    if isinstance(policy, OurCalls):
        policy.world = world
    step = 0
    while not world.is_over:
        world.race.rng = _luck(world.race, 0, step)
        world.advance()
        step += 1
    return _finish(world, tuple(policy.words) if isinstance(policy, OurCalls) else ())


def _finish(world: World, words: tuple[str, ...]) -> Finish:
    truth, own = world.truth, world.scenario.own_car_idx
    plan = dict(_seats(world.scenario))
    mates = [one for one in truth.classification if plan[one.car_idx].name == plan[own].name]
    mine = next(one for one in mates if one.car_idx == own)
    end_s = max(one.finish_s for one in truth.classification if one.finish_s is not None)
    lap_s = plan[own].lap_s
    lost = {one.car_idx: (one.finish_s or end_s) - one.laps * lap_s for one in mates}
    others = [lost[one.car_idx] for one in mates if one is not mine and one.finish_s is not None]
    stops = [stop for stop in truth.stops if stop.car_idx == own and stop.kind == "service"]
    return Finish(
        class_position=mine.class_position,
        behind_s=lost[own] - statistics.fmean(others) if others else 0.0,
        stops=len(stops),
        stop_laps=tuple(stop.lap for stop in stops),
        took_flag=mine.finish_s is not None,
        words=words,
    )


def _seats(scenario: Scenario) -> list[tuple[int, ClassPlan]]:
    plans = [plan for plan in scenario.classes for _ in range(plan.cars)]
    return list(enumerate(plans, 1))


def paired(seed: int) -> dict[str, Finish]:
    return {way: driven(seed, way) for way in (CALLS, *WAYS)}


class Margin(msgspec.Struct, frozen=True):
    """Ours against one way over many races: below zero is better, give or take 95 %."""

    way: str
    races: int
    places: float
    places_error: float
    seconds: float
    seconds_error: float
    better: float
    worse: float


def margins(found: Sequence[dict[str, Finish]]) -> list[Margin]:
    return [_margin(way, found) for way in WAYS]


def _margin(way: str, found: Sequence[dict[str, Finish]]) -> Margin:
    places = [one[CALLS].class_position - one[way].class_position for one in found]
    home = [one for one in found if one[CALLS].took_flag and one[way].took_flag]
    seconds = [one[CALLS].behind_s - one[way].behind_s for one in home]
    return Margin(
        way=way,
        races=len(found),
        places=statistics.fmean(places),
        places_error=_half(places),
        seconds=statistics.fmean(seconds),
        seconds_error=_half(seconds),
        better=sum(one < 0 for one in places) / len(places),
        worse=sum(one > 0 for one in places) / len(places),
    )


def _half(values: Sequence[float]) -> float:
    """Of the 95 % interval of the mean."""
    return 1.96 * statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.inf


def main(count: int, first: int, workers: int) -> None:
    seeds = range(first, first + count)
    found: list[dict[str, Finish]] = []
    with ProcessPoolExecutor(workers) as pool:
        for seed, one in zip(seeds, pool.map(paired, seeds), strict=True):
            found.append(one)
            if os.environ.get("PITBOX_PROVING_STORY"):
                _tell(seed, one)
    for one in margins(found):
        sys.stdout.write(
            f"against {one.way:24} {one.races} races: {one.places:+.3f} ± {one.places_error:.3f} places, "
            f"{one.seconds:+.1f} ± {one.seconds_error:.1f} s; "
            f"better in {one.better:.0%}, worse in {one.worse:.0%}\n"
        )


def _tell(seed: int, one: dict[str, Finish]) -> None:
    for way, end in one.items():
        words = "; ".join(end.words)
        sys.stdout.write(
            f"{seed} {way:24} P{end.class_position} {end.behind_s:+8.1f} s  stops {end.stop_laps} {words}\n"
        )
    sys.stdout.flush()


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    main(*(given + [500, FRESH_SEED, 1][len(given) :]))
