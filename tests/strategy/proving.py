"""Seeded timed multi-class races with cautions, played to the end without rows: their truth judges forecasts.

    python tests/strategy/proving.py 200 400     # 200 races from seed 400 on, as the docs have it

`PITBOX_PROVING_RACES` says how many races the slow tests take. Seeds below 400 were looked at while the model
was made: they say nothing about how good it is.
"""

import os
import sys
from collections.abc import Callable
from functools import cache, partial

import msgspec

from pitbox.model.fact import FlagPhase, Lap, LapKind, Stint, Stop
from pitbox.model.session import SessionInfo
from pitbox.sim.synthetic.scenario import CautionPlan, ClassPlan, Mishaps, Scenario
from pitbox.sim.synthetic.truth import Truth
from pitbox.sim.synthetic.world import World
from pitbox.strategy.race_end import race_end
from pitbox.strategy.story import Story

QUARTERS = (0.0, 0.25, 0.5, 0.75)
"""Of the race's time, when a forecast is made; the first one after the first lap."""
_FIRST_LAP_S = 95.0
SLOW_RACES = int(os.environ.get("PITBOX_PROVING_RACES", "40"))
FRESH_SEED = 400
# A short track: many laps in little time, so that a lap is a small step and an interval can be judged.
_FAST = ClassPlan("GTP", 3, 60.0, ("BMW M Hybrid V8",), tank_l=40.0, fuel_per_lap_l=2.0, tyre_laps=60)
_LATE = ClassPlan("GT3", 3, 68.0, ("Ferrari 296 GT3",), tank_l=36.0, fuel_per_lap_l=1.9, tyre_laps=45)


class Played(msgspec.Struct):
    """A race that is over, and all that is true of it."""

    scenario: Scenario
    info: SessionInfo
    truth: Truth

    @property
    def race_s(self) -> float:
        assert self.scenario.race_s is not None
        return self.scenario.race_s

    @property
    def green_s(self) -> float:
        assert self.truth.green_s is not None
        return self.truth.green_s

    def laps_at_flag(self, car_idx: int) -> int | None:
        """None for a car that did not take it."""
        for car in self.truth.classification:
            if car.car_idx == car_idx:
                return None if car.finish_s is None else car.laps
        return None

    def story_at(self, now_s: float) -> Story:
        """As the facts stood then."""
        story = Story()
        story.hear(self.info)
        story.take_all(facts_at(self.truth, now_s, self.scenario.own_car_idx))
        return story


def scenario_of(seed: int) -> Scenario:
    """Lengths, cars and customs differ with the seed."""
    return Scenario(
        name="proving ground",
        seed=seed,
        classes=(_FAST, _LATE),
        race_s=2400.0 + 400.0 * (seed % 4),
        track_length_m=3600.0,
        own_car_idx=1 + seed % 6,
        drivers_per_car=2,
        stint_s=1500.0,
        slots=8,
        mishaps=Mishaps(spin=0.002, contact=0.001),
        caution=CautionPlan(per_hour=0.9, least_s=120.0, most_s=420.0),
    )


def anew(name: str, make: Callable[[], Played]) -> Played:
    return make()


kept = anew
"""In a run of tests: what another worker has played is read from where it lies."""


@cache
def played(seed: int) -> Played:
    return kept(f"proving-{seed}", partial(_played, seed))


def _played(seed: int) -> Played:
    world = World(scenario_of(seed))
    info = world.info()
    while not world.is_over:
        world.advance()
    return Played(world.scenario, info, world.truth)


def facts_at(truth, now_s, own_car_idx):
    """What the folds would have told by then, from the truth; fuel is known of our own car only."""
    for number, phase in enumerate(truth.flags, 1):
        if phase.start_s <= now_s:
            ended = phase.end_s is not None and phase.end_s <= now_s
            yield FlagPhase(0, 0, number, phase.flag, phase.start_s, phase.end_s if ended else None)
    for lap in truth.laps:
        if lap.end_s <= now_s:
            kind = LapKind(lap.is_out, lap.is_in, lap.is_caution, lap.is_tow, lap.is_broken)
            yield Lap(
                session_num=0,
                run=0,
                car_idx=lap.car_idx,
                lap=lap.lap,
                user_id=lap.user_id,
                start_s=lap.start_s,
                end_s=lap.end_s,
                kind=kind,
                stint=1,
                position=lap.position,
                class_position=1,
                compound=0,
                fuel_used_l=lap.fuel_used_l if lap.car_idx == own_car_idx else None,
                fuel_left_l=lap.fuel_left_l if lap.car_idx == own_car_idx else None,
            )
    for stop in truth.stops:
        if stop.lane_in_s <= now_s:
            yield Stop(
                session_num=0,
                run=0,
                car_idx=stop.car_idx,
                stop=stop.stop + 1,
                lap=stop.lap,
                lane_in_s=stop.lane_in_s,
                user_id_in=stop.user_id_in,
                compound_in=0,
                stall_in_s=_past(stop.stall_in_s, now_s),
                stall_out_s=_past(stop.stall_out_s, now_s),
                lane_out_s=_past(stop.lane_out_s, now_s),
                user_id_out=stop.user_id_out,
            )
    for stint in truth.stints:
        if stint.start_s <= now_s:
            end_s = _past(stint.end_s, now_s)
            yield Stint(
                session_num=0,
                run=0,
                car_idx=stint.car_idx,
                stint=stint.stint + 1,
                user_id=stint.user_id,
                compound=0,
                start_s=stint.start_s,
                start_lap=stint.start_lap,
                end_s=end_s,
                end="" if end_s is None else stint.end,
            )


def _past(at_s, now_s):
    return at_s if at_s is not None and at_s <= now_s else None


class Call(msgspec.Struct):
    """A forecast of our last lap, and what it was."""

    seed: int
    quarter: float
    low: int
    said: int
    high: int
    actual: int

    @property
    def is_inside(self):
        return self.low <= self.actual <= self.high


def calls(seeds):
    """Of every race in which our car took the flag."""
    for seed in seeds:
        race = played(seed)
        own = race.scenario.own_car_idx
        actual = race.laps_at_flag(own)
        if actual is None:
            continue
        for quarter in QUARTERS:
            now_s = race.green_s + (quarter * race.race_s or _FIRST_LAP_S)
            ends = race_end(race.story_at(now_s).at(now_s)).cars
            if own in ends:
                laps = ends[own].laps
                low, high = laps.interval(0.9)
                yield Call(seed, quarter, low, laps.quantile(0.5), high, actual)


def main(count, first):
    found = list(calls(range(first, first + count)))
    for quarter in QUARTERS:
        some = [call for call in found if call.quarter == quarter]
        inside = sum(call.is_inside for call in some) / len(some)
        width = sum(call.high - call.low for call in some) / len(some)
        error = sum(abs(call.said - call.actual) for call in some) / len(some)
        below = sum(call.actual < call.low for call in some)
        above = sum(call.actual > call.high for call in some)
        sys.stdout.write(
            f"{quarter:4.0%}: {len(some)} races, {inside:.1%} inside, {width:.1f} laps wide, "
            f"error {error:.2f} laps, {below} below, {above} above\n"
        )


if __name__ == "__main__":
    count, first = (int(text) for text in [*sys.argv[1:], "200", str(FRESH_SEED)][:2])
    main(count, first)
