"""Rivals that cover: told from those whose tanks bring them in, and driven in the races to come."""

import math

import numpy as np
from grid import Runner, story
from msgspec.structs import replace

from pitbox.strategy.form import Forms
from pitbox.strategy.montecarlo.cover import LAPS, SURE, Covers
from pitbox.strategy.montecarlo.lottery import Lottery
from pitbox.strategy.montecarlo.race_model import StopPolicy
from pitbox.strategy.montecarlo.race_now import Sources, race_around
from pitbox.strategy.stop_book import StopBook

LEADER, COVERING, LAPS_DRIVEN, TANK = 1, 2, 130, 20


def stops_of(rng, shortest, longest=TANK):
    found, lap = [], 0
    while (lap := lap + int(rng.integers(shortest, longest + 1))) < LAPS_DRIVEN:
        found.append(lap)
    return tuple(found)


def a_field(seed, *, covers):
    """Six cars stop by their tanks; the leader whenever it likes, and the one behind it maybe a lap later."""
    rng = np.random.default_rng(seed)
    early = stops_of(rng, 11, 17)
    after = tuple(lap + 1 + int(rng.random() < 0.3) for lap in early) if covers else stops_of(rng, 11, 17)
    return (
        Runner(LEADER, 100.0, stops=early),
        Runner(COVERING, 100.02, stops=after),
        *(Runner(at, 100.0 + 0.05 * at, stops=stops_of(rng, 18)) for at in range(3, 9)),
    )


def told(field, now_s=13_000.0):
    moment, book = story(field, now_s, length_s=20_000.0).at(now_s), StopBook()
    book.read(moment)
    return moment, book


def test_the_one_that_covers_is_told_from_the_others():
    found = 0
    for seed in range(8):
        moment, book = told(a_field(seed, covers=True))
        covers = Covers().targets(moment, book)
        assert set(covers) <= {COVERING, LEADER}, seed
        if COVERING in covers:
            found += 1
            assert covers[COVERING].rival == LEADER
            assert covers[COVERING].sure >= SURE
            assert covers[COVERING].answers >= 2
            assert 10 <= covers[COVERING].ripe <= TANK
    assert found >= 6  # of the others, the leader was not near at that moment


def test_stops_at_random_and_full_tanks_are_no_answers():
    """Eight cars of 24 races."""
    seen = sum(len(Covers().targets(*told(a_field(seed, covers=False)))) for seed in range(24))
    assert seen <= 2


def test_everybody_on_one_tank_answers_nobody():
    """All come in within two laps of each other, again and again: their tanks ask for it."""
    rng = np.random.default_rng(3)
    field = tuple(
        Runner(at, 100.0 + 0.02 * at, stops=tuple(range(20 - at % 2, LAPS_DRIVEN, 20)))
        for at in rng.permutation(np.arange(1, 9)).tolist()
    )
    assert Covers().targets(*told(field)) == {}


def test_what_is_learned_hangs_not_on_when_somebody_asked():
    field, often, book = a_field(1, covers=True), Covers(), StopBook()
    for now_s in range(500, 13_001, 500):
        moment = story(field, float(now_s), length_s=20_000.0).at(float(now_s))
        book.read(moment)
        often.read(moment)
    assert sorted(often.chances) == sorted(_once(field).chances)
    assert all(len(chance.drunk) <= LAPS for chance in often.chances)


def _once(field):
    covers = Covers()
    covers.read(told(field)[0])
    return covers


def test_the_live_race_has_a_rival_that_answers_our_stop():
    """Our car is the leader: when it comes in, the one that covers follows on the next lap."""
    moment, book = told(a_field(1, covers=True))
    own = moment.car(LEADER)
    assert own is not None
    plain = race_around(moment, own, Sources(Forms(), book))
    around = race_around(moment, own, Sources(Forms(), book, covers=Covers()))
    at = around.cars.index(COVERING)
    assert plain.model.cars[at].stops.cover == ""
    assert around.model.cars[at].stops.cover == str(LEADER)
    assert {car.stops.cover for car in around.model.cars} == {"", str(LEADER)}
    stints = {
        name: first_stop(one.model, at, one.own) for name, one in (("plain", plain), ("covers", around))
    }
    assert stints["covers"] == 9
    assert stints["plain"] > 9


def first_stop(model, at, own):
    """On which lap the car comes in, in nearly all races, when ours comes in on lap 8."""
    early = StopPolicy(plan=(8,), least_stint=1, runs_dry=True)
    cars = [
        replace(car, fuel_l=19.0, stint_age=6, retire_chance=0.0, race_spread_s=0.0) for car in model.cars
    ]
    cars[own] = replace(cars[own], stops=early)
    laps = []
    for length in range(5, 17):
        found = Lottery(replace(model, cars=tuple(cars), laps=length + 4, length_s=0.0), 1, "numpy").run(32)
        laps.append(found.longest_stint[at].mean() < length + 4 + 6)
    return 5 + laps.index(True) if True in laps else math.inf
