"""Pit loss by place and by service, and what an opponent's stop was for: worlds with a known truth."""

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitbox.predict.pit_kind import (
    DRIVE_THROUGH,
    FUEL,
    FUEL_AND_TYRES,
    KINDS,
    LONG_REPAIR,
    StopSeen,
    classify_stop,
)
from pitbox.predict.pit_level import PRIOR, THIS_RACE, WORLD, PitLevels, PlaceOfStop
from pitbox.predict.pit_service import NAMES, Service, ServicePrior, ServiceSeen, fit_service

RING = PlaceOfStop("w", "Ring")


class World:
    """One crew at one track: true times, and stops made with them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        gauss = self.random.gauss
        self.is_beside = self.random.random() < 0.5
        self.lane_s, self.fuel_spl = gauss(30.0, 10.0), max(0.08, gauss(0.385, 0.12))
        self.tyres_s, self.swap_s = max(6.0, gauss(22.0, 6.0)), max(6.0, gauss(27.0, 6.0))
        self.least_s = 35.0 if seed % 4 == 0 else 0.0
        self.noise_s = self.random.uniform(0.8, 2.5)

    @property
    def truth(self) -> tuple[float, ...]:
        return (self.lane_s, self.fuel_spl, self.tyres_s, self.swap_s, self.least_s)

    def stop(self) -> ServiceSeen:
        draw = self.random
        if draw.random() < 0.05:
            return ServiceSeen(Service(), self.lane_s + draw.gauss(0.0, self.noise_s))
        fuel_l, has_tyres, is_swap = draw.uniform(15, 90), draw.random() < 0.6, draw.random() < 0.3
        fuel_s, tyres_s = fuel_l * self.fuel_spl, self.tyres_s * has_tyres
        work_s = max(fuel_s, tyres_s) if self.is_beside else fuel_s + tyres_s
        work_s = max(work_s, self.swap_s * is_swap)
        loss_s = self.lane_s + max(self.least_s, 2.5 + work_s) + draw.gauss(0.0, self.noise_s)
        mishap_s = draw.expovariate(1 / 15) if draw.random() < 0.03 else 0.0
        return ServiceSeen(Service(fuel_l, has_tyres, is_swap), loss_s + mishap_s)


def test_service_times_are_recovered_inside_their_intervals() -> None:
    """90 % intervals of the times and of next stops hold in 80 to 95 of 100 worlds of 3 to 40 stops."""
    inside = dict.fromkeys((*NAMES[:4], "next"), 0.0)
    worlds = 160
    for seed in range(worlds):
        world = World(seed)
        fit = fit_service(
            [world.stop() for _ in range(world.random.choice((3, 6, 12, 25, 40)))],
            ServicePrior(least_s=world.least_s),
        )
        for at, name in enumerate(NAMES[:4]):
            told = fit.of(name)
            inside[name] += (told.low <= world.truth[at] <= told.high) / worlds
        for _ in range(8):
            stop = world.stop()
            told = fit.loss(stop.service)
            inside["next"] += (told.low <= stop.loss_s <= told.high) / worlds / 8
    assert all(0.80 <= share <= 0.95 for share in inside.values()), inside


def test_without_stops_the_rule_answers_and_own_stops_move_it() -> None:
    prior = ServicePrior()
    asked = Service(52.0, has_tyres=True)
    none = fit_service([], prior)
    assert none.step == "prior"
    assert none.loss(asked).value == pytest.approx(30.0 + 2.5 + 22.0)
    slow = [ServiceSeen(asked, 75.0 + 0.2 * at) for at in range(6)]
    some = fit_service(slow, prior).loss(asked)
    assert some.value == pytest.approx(75.5, abs=1.5)
    assert some.high - some.low < none.loss(asked).high - none.loss(asked).low


def test_stops_that_are_no_numbers_teach_nothing() -> None:
    bad = [
        ServiceSeen(Service(math.nan), 60.0),
        ServiceSeen(Service(50.0), math.nan),
        ServiceSeen(Service(50.0), -4.0),
    ]
    assert fit_service(bad) == fit_service([])
    levels = PitLevels()
    for loss_s in (math.nan, math.inf, 0.0, -3.0):
        levels.take(RING, "r", loss_s)
    assert levels.expect(RING).step == PRIOR


def test_a_level_is_drawn_to_the_race_and_known_at_the_next() -> None:
    levels, draw = PitLevels(), random.Random(4)
    assert levels.expect(RING).step == PRIOR
    for race in range(6):
        for _ in range(20):
            levels.take(RING, f"r{race}", 24.0 + draw.gauss(0.0, 0.8))
    assert levels.expect(RING).loss_s == pytest.approx(24.0, abs=0.5)
    assert levels.expect(PlaceOfStop("w", "other")).step == WORLD
    for _ in range(8):
        levels.take(RING, "wet", 26.0)
    wet = levels.expect(RING, "wet")
    assert wet.step == THIS_RACE
    assert wet.loss_s == pytest.approx(26.0, abs=0.8)
    assert levels.expect(RING).loss_s < wet.loss_s - 0.5


def test_worlds_and_rule_sets_share_nothing() -> None:
    levels, alone = PitLevels(), PitLevels()
    for at in range(50):
        levels.take(PlaceOfStop("sheet", "Ring", crew="7"), "a", 70.0 + at % 3)
    assert levels.expect(RING) == alone.expect(RING)
    levels.take(RING, "a", 30.0)
    alone.take(RING, "a", 30.0)
    assert levels.expect(RING, "a") == alone.expect(RING, "a")


def test_a_wheel_that_sticks_moves_little() -> None:
    levels = PitLevels()
    for at in range(30):
        levels.take(RING, "r", 24.0 + 0.1 * (at % 5))
    before = levels.expect(RING, "r").loss_s
    levels.take(RING, "r", 58.0)
    assert levels.expect(RING, "r").loss_s < before + 0.8


@given(st.lists(st.floats(1.0, 300.0), max_size=40))
def test_any_stops_give_an_interval_around_their_answer(losses_s: list[float]) -> None:
    levels = PitLevels()
    for loss_s in losses_s:
        levels.take(PlaceOfStop("w", "Ring", crew="a"), "r", loss_s)
    told = levels.expect(PlaceOfStop("w", "Ring", crew="a"), "r")
    assert 0.0 <= told.low_s <= told.loss_s <= told.high_s
    assert told.stops == len(losses_s)


def test_kinds_are_told_apart_with_honest_confidence() -> None:
    """Crews that do one after the other, where times tell: what was said about 90 % sure is 90 % right."""
    right, said, count = 0, 0.0, 0
    for seed in range(40):
        world = World(seed)
        world.is_beside, world.least_s = False, 0.0
        fit = fit_service([world.stop() for _ in range(30)], ServicePrior(is_tyres_while_fuel=False))
        for _ in range(15):
            kind, seen = _made_kind(world)
            told = classify_stop(seen, fit)
            assert sum(told.chances.values()) <= 1.0 + 1e-9
            right, said, count = right + (told.kind == kind), said + told.confidence, count + 1
    assert right / count > 0.9
    assert abs(right - said) / count < 0.06


def _made_kind(world: World) -> tuple[str, StopSeen]:
    draw = world.random
    kind = draw.choices(KINDS, (0.04, 0.32, 0.60, 0.04))[0]
    fuel_l = draw.uniform(40, 80)
    loss_s = world.lane_s + draw.gauss(0.0, world.noise_s)
    if kind == DRIVE_THROUGH:
        return kind, StopSeen(loss_s, 0.0, 0.0)
    loss_s += 2.5 + fuel_l * world.fuel_spl * draw.gauss(1.0, 0.1)
    loss_s += 0.0 if kind == FUEL else world.tyres_s
    loss_s += 90.0 * math.exp(draw.gauss(0.0, 1.0)) if kind == LONG_REPAIR else 0.0
    return kind, StopSeen(loss_s, fuel_l)


def test_a_stop_that_nobody_timed_is_what_is_common() -> None:
    told = classify_stop(StopSeen(math.nan), fit_service([]))
    assert told.kind == FUEL_AND_TYRES
    assert told.confidence == pytest.approx(0.6, abs=0.05)
    assert classify_stop(StopSeen(41.0, stall_s=0.0), fit_service([])).kind == DRIVE_THROUGH
    assert classify_stop(StopSeen(400.0, 60.0), fit_service([])).kind == LONG_REPAIR


def test_a_poisoned_future_changes_no_level() -> None:
    draw = np.random.default_rng(5)
    stops = [float(value) for value in draw.normal(24.0, 1.0, 60)]
    said: list[list[float]] = []
    for poison in (1.0, 1000.0):
        levels, answers = PitLevels(), []
        for at, loss_s in enumerate(stops):
            answers.append(levels.expect(RING, "r").loss_s)
            levels.take(RING, "r", loss_s * (poison if at >= 30 else 1.0))
        said.append(answers[:31])
    assert said[0] == said[1]
