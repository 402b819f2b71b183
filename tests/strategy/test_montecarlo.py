"""Simulated races: chance by counters, twins that agree to the bit, effects that do what they are called."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pitbox.strategy.errors import StrategyError
from pitbox.strategy.montecarlo import machine_code, places
from pitbox.strategy.montecarlo.lottery import Lottery
from pitbox.strategy.montecarlo.outcome import Outcome, compared
from pitbox.strategy.montecarlo.race_file import RaceFileError, race_of
from pitbox.strategy.montecarlo.race_model import (
    EFFECTS,
    CautionModel,
    RaceCar,
    RaceModel,
    RainModel,
    Stint,
    StopPolicy,
    TrafficModel,
    without,
)
from pitbox.strategy.montecarlo.tables import CAR_FIELDS, POLICY_FIELDS, RACE_FIELDS

EXAMPLE = Path(__file__).parents[2] / "docs" / "resources" / "sprint.toml"
# The first test compiles the races: 15 s of CPU, and much more by the clock of a busy machine.
pytestmark = pytest.mark.timeout(400)
RACES = 400


def a_car(at, **change):
    stints = (Stint(0.0, (), 0, 0.05, 18, 0.3), Stint(0.4, (), 0, 0.04, 18, 0.3))
    usual = RaceCar(
        str(at), 90.0 + 0.05 * at, fuel_l=50.0, tank_l=60.0, lap_l=2.2, litre_s=0.02, retire_chance=0.08,
        stints=stints,
        stops=StopPolicy((12 + at % 7,), under_caution=at % 3 == 0, cover=str(at - 1) if at % 4 == 3 else ""),
    )  # fmt: skip
    return replace(usual, **change)


def a_race(cars=10, laps=30, **change):
    field = tuple(
        a_car(at) if at % 3 else a_car(at, class_name="slow", pace_s=97.0 + 0.1 * at) for at in range(cars)
    )
    field = tuple(
        replace(car, race_spread_s=0.15, stint_age=6 * (at % 3 == 0)) for at, car in enumerate(field)
    )
    usual = RaceModel(
        field, laps, cautions=CautionModel(1.2, virtual_share=0.3), rain=RainModel(0.4, 900.0),
        traffic=TrafficModel(tow_s=0.2),
    )  # fmt: skip
    return replace(usual, **change)


def same(one: Outcome, other: Outcome):
    return all(np.array_equal(a, b) for a, b in zip(one.arrays(), other.arrays(), strict=True))


def test_rows_have_one_name_in_tables_and_kernel():
    from pitbox.strategy.montecarlo import layout as kernel

    short = {
        "fuel_l": "FUEL", "tank_l": "TANK", "litre_s": "LITRE", "litre_stop_s": "LITRE_STOP",
        "class_number": "CLASS", "wet_share": "WET_SHARE", "slick_share": "SLICK_SHARE",
    }  # fmt: skip
    for fields in (CAR_FIELDS, POLICY_FIELDS, RACE_FIELDS):
        for at, name in enumerate(fields):
            assert getattr(kernel, short.get(name, name.removesuffix("_s").upper())) == at, name


@pytest.mark.parametrize(
    "model",
    [a_race(), a_race(laps=0, length_s=2700.0), a_race(1), without(a_race(), *EFFECTS)],
    ids=["laps", "time", "one car", "nothing"],
)
def test_compiled_and_numpy_agree_to_the_bit(model):
    assert same(Lottery(model, 3).run(150), Lottery(model, 3, "numpy").run(150))


def test_a_field_out_of_order_agrees_too(monkeypatch):
    """A car waits for help, still ahead of others that are far up the road: sorting would not do."""
    dry = a_car(0, fuel_l=30.0, stops=StopPolicy(runs_dry=True), retire_chance=0.0)
    model = a_race(cars=10, laps=25)
    model = replace(model, cars=(dry, *model.cars[1:]))
    one_by_one, sunk = [], places._sunk
    monkeypatch.setattr(places, "_sunk", lambda *rows: one_by_one.append(rows) or sunk(*rows))
    assert same(Lottery(model, 3).run(150), Lottery(model, 3, "numpy").run(150))
    assert one_by_one


def test_who_holds_a_plan_drives_it_until_another_stop_comes():
    """As who follows it at all costs; after a stop under caution as the tank asks."""
    litres = (50.0, 22.0, 18.0, 9.0)
    kept = StopPolicy((9, 19, 27), least_stint=1, runs_dry=True)
    holds = replace(kept, holds_plan=True, under_caution=True, caution_stint=5)
    ours = a_car(
        1, fuel_l=30.0, retire_chance=0.0, stints=tuple(Stint(fuel_l=one) for one in litres), stops=holds
    )  # fmt: skip
    dry = a_race(rain=RainModel())
    model = replace(dry, cars=(dry.cars[0], ours, *dry.cars[2:]))
    found = Lottery(model, 3).run(150)
    assert same(found, Lottery(model, 3, "numpy").run(150))
    assert set(found.stops[1]) >= {2, 3}, "a stop under caution makes one of the plan needless"
    assert (found.dry[1] == 0).all()
    quiet = replace(model, cautions=CautionModel())
    follows = replace(quiet, cars=(quiet.cars[0], replace(ours, stops=kept), *quiet.cars[2:]))
    assert same(Lottery(quiet, 3).run(64), Lottery(follows, 3).run(64))


def test_threads_and_blocks_change_no_bit():
    lottery = Lottery(a_race(), 7)
    whole = lottery.block(0, 700)
    with ThreadPoolExecutor(3) as pool:
        spread = lottery.run(700, spread=pool.map)
    assert same(whole, spread)
    late = lottery.block(613, 31)
    assert same(late, Outcome(lottery.model, *(column[:, 613:644] for column in whole.arrays())))


@hypothesis_settings(max_examples=20)
@given(first=st.integers(0, 2**40), races=st.integers(1, 12), seed=st.integers(0, 2**62))
def test_a_race_of_one_number_never_changes(first, races, seed):
    lottery = Lottery(a_race(6, 12), seed)
    whole = lottery.block(first, races)
    last = lottery.block(first + races - 1, 1)
    assert same(last, Outcome(lottery.model, *(column[:, -1:] for column in whole.arrays())))


@hypothesis_settings(max_examples=20)
@given(cars=st.integers(1, 14), laps=st.integers(1, 20), seed=st.integers(0, 99))
def test_every_race_gives_every_place_once(cars, laps, seed):
    found = Lottery(a_race(cars, laps), seed).block(0, 16)
    assert (np.sort(found.position, axis=0) == np.arange(1, cars + 1)[:, None]).all()
    assert (found.class_position <= found.position).all()
    assert (found.laps <= laps).all()
    assert np.isfinite(found.time_s).any(axis=0).sum() >= 14 or cars < 4


def test_the_best_engine_changes_over_when_the_races_are_ready(monkeypatch):
    """No race counts twice, none changes."""
    lottery = Lottery(a_race(6, 12), 3, "best")
    compiled, asked = machine_code.made(), []

    def ready():
        asked.append(None)
        return compiled if len(asked) > 2 else None

    monkeypatch.setattr(machine_code, "ready", ready)
    grown = lottery.grow(1500)
    next(grown)
    *_, last = grown
    assert last.races == 1500
    assert len(asked) > 3
    assert same(last, Lottery(a_race(6, 12), 3).run(1500))


def test_answers_grow_and_can_be_left():
    lottery = Lottery(a_race())
    found = lottery.grow(5000)
    first, second = next(found), next(found)
    found.close()
    assert first.races < second.races < 5000
    assert same(second, lottery.run(second.races))


def test_pairs_know_a_difference_better_than_its_halves():
    model = a_race()
    later = replace(model.cars[1], stops=replace(model.cars[1].stops, plan=(16,)))
    other = replace(model, cars=(model.cars[0], later, *model.cars[2:]))
    found = compared(Lottery(model).run(RACES), Lottery(other).run(RACES), 1)
    assert found.error < 0.8 * found.unpaired_error
    assert compared(Lottery(model).run(64), Lottery(model).run(64), 1).mean == 0.0


LOUD = {
    "stint age": ("stops", 0.1),
    "residual": ("time spread", 0.4),
    "race pace": ("time spread", 0.5),
    "start": ("time", 0.005),
    "fuel weight": ("time", 3.0),
    "fuel use spread": ("time", 0.002),
    "drivers": ("time", 2.0),
    "tyres": ("time", 8.0),
    "passing": ("time", 1.0),
    "tow": ("time", 0.1),
    "class traffic": ("time", 0.3),
    "cautions": ("time", 60.0),
    "bunching": ("time", 1.0),
    "cheap stops": ("time", 0.5),
    "retirements": ("home", 0.04),
    "stop spread": ("time", 0.05),
    "rain": ("time", 20.0),
    "reacting": ("stops", 0.05),
}
"""By effect: what it moves, and by how much at least in `a_race`."""


def figure(outcome, kind):
    home = np.isfinite(outcome.time_s)
    time_s = np.where(home, outcome.time_s, np.nan)
    if kind == "time":
        return np.nanmean(time_s, axis=1)
    if kind == "time spread":
        return np.nanstd(time_s, axis=1)
    return (outcome.stops if kind == "stops" else home).mean(axis=1)


def test_every_effect_is_listed_and_moves_what_it_should():
    assert set(LOUD) == set(EFFECTS)
    model = a_race()
    whole = Lottery(model, 5).run(RACES)
    quiet = []
    for effect, (kind, least) in LOUD.items():
        base, start = model, whole
        if effect in {"residual", "race pace"}:  # rain and cautions drown it
            base = without(model, "rain", "cautions", "retirements")
            start = Lottery(base, 5).run(RACES)
        moved = np.abs(figure(Lottery(without(base, effect), 5).run(RACES), kind) - figure(start, kind))
        if moved.max() < least:
            quiet.append(f"{effect}: {moved.max():.4f} < {least}")
    assert not quiet


def test_a_tank_is_filled_in_time_unless_told_otherwise():
    thirsty = a_car(1, fuel_l=30.0, stops=StopPolicy())
    found = Lottery(RaceModel((thirsty,), 30)).run(64)
    assert (found.dry == 0).all()
    assert (found.stops[0][found.laps[0] == 30] >= 1).all()
    stubborn = replace(thirsty, stops=StopPolicy(runs_dry=True), retire_chance=0.0)
    assert (Lottery(RaceModel((stubborn,), 30)).run(64).dry > 0).all()


def test_the_cars_behind_close_up_under_a_caution():
    """Gaps of a real caution shrink, those of a virtual one stay."""
    field = tuple(
        a_car(at, pace_s=90.0, residual_s=0.0, start_s=8.0 * at, stops=StopPolicy()) for at in range(4)
    )
    field = tuple(replace(car, lap_l=0.0, retire_chance=0.0, start_spread_s=0.0) for car in field)
    spread_s = {}
    for virtual in (0.0, 1.0):
        cautions = CautionModel(4.0, 600.0, 0.1, virtual_share=virtual)
        found = Lottery(RaceModel(field, 20, cautions=cautions)).run(64)
        spread_s[virtual] = float(np.median(found.time_s[3] - found.time_s[0]))
    assert spread_s[0.0] < 0.5 * spread_s[1.0]
    assert spread_s[1.0] == pytest.approx(24.0, abs=3.0)


@pytest.mark.parametrize("virtual", [0.0, 1.0], ids=["queue", "virtual"])
def test_a_queue_lets_nobody_pass_to_the_end_of_the_lap(virtual):
    """A caution of a third of a lap: whoever is quick enough passes under a virtual one alone."""
    slow, quick = a_car(0, pace_s=95.0, start_s=0.0), a_car(1, pace_s=90.0, start_s=0.2)
    field = tuple(
        replace(car, residual_s=0.0, lap_l=0.0, retire_chance=0.0, start_spread_s=0.0, stints=(Stint(),))
        for car in (slow, quick)
    )
    cautions = CautionModel(virtual_share=virtual, spread=0.0, length_s=30.0, first_s=0.0, most=1)
    found = Lottery(RaceModel(field, 1, cautions=cautions)).run(64)
    assert (found.position[1] == (1 if virtual else 2)).all()


def test_the_tow_goes_by_the_gap_at_the_line():
    """Who is fought from behind after coming up to somebody falls out of the tow of that one."""
    paces = (90.0, 90.0, 89.0)
    field = tuple(
        a_car(
            at, pace_s=pace, start_s=0.95 * at, residual_s=0.0, lap_l=0.0, retire_chance=0.0,
            start_spread_s=0.0, stints=(Stint(),), stops=StopPolicy(),
        )
        for at, pace in enumerate(paces)
    )  # fmt: skip
    traffic = TrafficModel(tow_s=0.3, tow_from_lap=2, tow_window_s=1.0, pass_s=30.0)
    towed = Lottery(RaceModel(field[:2], 2, traffic=traffic)).run(8)
    fought = Lottery(RaceModel(field, 2, traffic=traffic)).run(8)
    assert (towed.time_s[1] - towed.time_s[0] < 0.7).all()
    assert (fought.time_s[1] - fought.time_s[0] > 1.0).all()


def test_the_one_who_covers_comes_in_a_lap_later():
    rival, ours = a_car(0, lap_l=0.0), a_car(1, lap_l=0.0)
    rival = replace(rival, stops=StopPolicy((10,)), retire_chance=0.0)
    ours = replace(ours, stops=StopPolicy(cover="0"), retire_chance=0.0)
    found = Lottery(RaceModel((rival, ours), 30)).run(32)
    assert (found.stops == 1).all()
    assert (found.longest_stint[1] == 19).all()  # 11 laps, then 19; the rival 10 and 20
    assert (found.longest_stint[0] == 20).all()


def test_the_example_of_the_docs_is_a_race():
    model = race_of(EXAMPLE.read_text("utf-8"))
    found = Lottery(model).run(256)
    means = found.position.mean(axis=1)
    assert means[0] < means[3]
    touring = [at for at, car in enumerate(model.cars) if car.class_name == "Touring"]
    assert (found.class_position[touring] <= len(touring)).all()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("laps = 3", "car"),
        ("laps = 3\nhours = 2\n[[car]]\nname='a'\npace_s=90", "laps or hours"),
        ("laps = 3\n[[car]]\nname='a'\npace_s=90\n[[car]]\nname='a'\npace_s=90", "name"),
        ("laps = 3\n[[car]]\nname='a'\npace_s=1", "pace_s"),
        ("laps = 3\n[[car]]\nname='a'\npace_s=90\nwings=2", "wings"),
        ("laps = =", "TOML"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(text, word):
    with pytest.raises(RaceFileError, match=word):
        race_of(text)


def test_nobody_covers_a_stranger():
    with pytest.raises(StrategyError, match="stranger"):
        Lottery(RaceModel((a_car(0, stops=StopPolicy(cover="stranger")),), 10))


def test_draws_are_even_and_races_differ():
    from pitbox.strategy.montecarlo.draws import keys_of, share

    keys = keys_of(1, 0, 20_000)
    drawn = np.stack([share(keys, counter) for counter in range(8)])
    assert drawn.min() > 0.0
    assert drawn.max() < 1.0
    assert np.abs(drawn.mean(axis=1) - 0.5).max() < 0.01
    assert max(abs(float(np.corrcoef(a, b)[0, 1])) for a, b in pairwise(drawn)) < 0.03
