"""How laps scatter: learned from laps of a known shape, and driven in the races to come."""

from collections.abc import Iterable

import msgspec
import numpy as np
import pytest
from grid import Runner, facts, info

from pitbox.strategy.length import RaceLength
from pitbox.strategy.montecarlo.draws import keys_of
from pitbox.strategy.montecarlo.fate import FateModel
from pitbox.strategy.montecarlo.lap_scatter import LapScatter, scattered
from pitbox.strategy.montecarlo.lap_shape import (
    USUAL,
    Array,
    LapShape,
    fitted,
    of_car,
    of_intervals,
    runs_of,
)
from pitbox.strategy.montecarlo.lottery import Lottery
from pitbox.strategy.montecarlo.plain import PlainRaces
from pitbox.strategy.montecarlo.race_file import race_of
from pitbox.strategy.montecarlo.race_model import RaceCar, RaceModel, TrafficModel
from pitbox.strategy.montecarlo.race_now import race_now
from pitbox.strategy.montecarlo.tables import tables_of
from pitbox.strategy.pace import Learned, Pace
from pitbox.strategy.story import Moment, Story

LEAN = LapShape(0.007, 0.45, 0.05)


def drawn(shape: LapShape, count: int, seed: int = 1) -> Array:
    """Laps around 100 s on tyres that wear and are changed every 20 laps."""
    z = np.random.default_rng(seed).standard_normal(count)
    bent = (z + shape.skew * (z**2 - 1.0) + shape.tail * z**3) / shape.bend_sd
    return 100.0 * (1.0 + shape.share * bent) + 0.02 * (np.arange(count) % 20)


def stints(laps: Iterable[float]) -> list[list[float]]:
    found = [float(lap) for lap in laps]
    return [found[at : at + 20] for at in range(0, len(found), 20)]


@pytest.mark.parametrize("shape", [LEAN, LapShape(0.004, 0.1, 0.15), LapShape(0.003, 0.0, 0.0)])
def test_the_shape_of_many_laps_comes_out(shape: LapShape) -> None:
    found = fitted(np.concatenate([runs_of(stint) for stint in stints(drawn(shape, 20_000))]))
    held = (shape.share + 0.5 * USUAL.share) / 1.5  # a third is left to what is usual
    assert found.share == pytest.approx(held, rel=0.06)
    assert found.skew == pytest.approx(shape.skew, abs=0.05)
    assert found.tail == pytest.approx(shape.tail, abs=0.04)


def test_few_laps_change_little_and_mishaps_nothing() -> None:
    assert fitted(runs_of(drawn(LEAN, 16).tolist())) == USUAL
    some = fitted(np.concatenate([runs_of(stint) for stint in stints(drawn(LEAN, 80))]))
    assert USUAL.share < some.share < 1.1 * LEAN.share
    assert abs(some.skew - USUAL.skew) < 0.08
    spun = drawn(LEAN, 8).tolist()
    spun[3] += 12.0
    assert len(runs_of(spun)) == 0


def test_a_ragged_car_is_told_from_its_class() -> None:
    ragged = np.concatenate([runs_of(stint) for stint in stints(drawn(LapShape(0.012), 160))])
    assert USUAL.share < of_car(ragged, USUAL).share < 0.012
    assert of_car(ragged[:7], USUAL) == USUAL


def test_intervals_of_a_model_give_spread_and_lean() -> None:
    """Quantiles of a bent normal, as a calibrated model would say them."""
    shape, z = LapShape(0.006, 0.35, USUAL.tail), 1.2815515655446004
    low, middle, high = (
        100.0 * (1.0 + shape.share / shape.bend_sd * (x + shape.skew * (x**2 - 1.0) + shape.tail * x**3))
        for x in (-z, 0.0, z)
    )
    found = of_intervals([(low, middle, high)] * 3)
    assert found is not None
    assert found.share == pytest.approx(shape.share, rel=0.05)
    assert found.skew == pytest.approx(shape.skew, abs=0.03)
    assert of_intervals([(low, middle, high)] * 2) is None
    assert of_intervals([(1.0, 1.0, 1.0)] * 9) is None


def a_moment(shape: LapShape, cars: int = 6, laps: int = 250) -> Moment:
    runners = tuple(Runner(at, 100.0 + at, stops=tuple(range(24, laps, 24))) for at in range(1, cars + 1))
    story = Story(RaceLength(None, laps + 50))
    story.hear(info(runners))
    for runner in runners:
        lap_s = drawn(shape, laps, runner.car_idx) + runner.car_idx
        for fact in facts(runner, 90.0 * laps):
            if hasattr(fact, "lap") and hasattr(fact, "kind"):
                end_s = fact.start_s + float(lap_s[fact.lap - 1])
                fact = msgspec.structs.replace(fact, end_s=end_s)  # noqa: PLW2901 - the same lap, its own time
            story.take(fact)
    return story.at(90.0 * laps)


def test_the_live_race_drives_laps_of_the_shape_that_the_race_has_shown() -> None:
    moment = a_moment(LEAN)
    plain, learned = race_now(moment), race_now(moment, scatter=LapScatter())
    assert {(car.skew, car.tail) for car in plain.cars} == {(None, None)}
    car = learned.cars[0]
    assert car.residual_s / car.pace_s == pytest.approx((LEAN.share + 0.5 * USUAL.share) / 1.5, rel=0.1)
    assert car.skew == pytest.approx(LEAN.skew, abs=0.1)
    assert lap_skewness(learned) - lap_skewness(plain) > 0.5 * (0.45 - 0.25)


def lap_skewness(model: RaceModel) -> float:
    """Of laps that races drive, third moment by the cube of the spread: only residuals are in them."""
    alone = tuple(
        RaceCar("a", car.pace_s, residual_s=car.residual_s, skew=car.skew, tail=car.tail, start_spread_s=0.0)
        for car in model.cars[:1]
    )
    race = RaceModel(alone, 30, traffic=TrafficModel(tow_s=0.0))
    keys = keys_of(5, 0, 400)
    driven = PlainRaces(race, tables_of(race), keys, FateModel(race, 30).fates(keys))
    laps = np.diff(driven.lap_ends_s()[1:, 0], axis=0).ravel()
    assert laps.std() == pytest.approx(alone[0].residual_s, rel=0.03)
    return float(((laps - laps.mean()) ** 3).mean() / laps.std() ** 3)


def test_what_is_learned_hangs_not_on_when_somebody_asked() -> None:
    moment, often = a_moment(LEAN, 3, 60), LapScatter()
    cars = moment.cars
    often.shapes(msgspec.structs.replace(moment, cars=cars[:1]))
    often.shapes(msgspec.structs.replace(moment, cars=cars[1:]))
    assert often.shapes(moment) == LapScatter().shapes(moment)


def test_a_model_that_speaks_goes_before_the_constants() -> None:
    moment = a_moment(LEAN, 3, 6)
    paces = {car.car_idx: Pace(car.story.laps_done, 100.0, 99.4, 101.0, 100.0) for car in moment.cars}
    said = msgspec.structs.replace(moment, learned=Learned(paces))
    quiet, told = (LapScatter().shapes(one)[1] for one in (moment, said))
    assert quiet == USUAL
    assert told.share > 1.1 * USUAL.share
    assert told.skew == pytest.approx(0.27, abs=0.05)


def test_traffic_that_is_driven_is_not_in_the_residual_too() -> None:
    """Another class goes by: its part of what laps scatter is taken off, down to a half."""
    cars = (RaceCar("1", 100.0, "A"), RaceCar("2", 120.0, "B"))
    shape = LapShape(0.004, 0.3, 0.1, 200)
    found = scattered(RaceModel(cars, 10), {"1": shape})
    met_s = 0.6 * 20.0 / 120.0
    assert found.cars[0].residual_s == pytest.approx((0.4**2 - met_s**2) ** 0.5)
    assert found.cars[1] == cars[1]
    crowd = (cars[0], *(RaceCar(str(at), 120.0, "B") for at in range(2, 12)))
    assert scattered(RaceModel(crowd, 10), {"1": shape}).cars[0].residual_s == pytest.approx(0.2)


def test_a_file_learns_from_laps_that_somebody_wrote_down() -> None:
    laps = [[round(lap, 3) for lap in stint] for stint in stints(drawn(LEAN, 400))]
    model = race_of(
        f"laps = 10\n[cars]\npace_s = 100.0\n[[car]]\nname = 'a'\nlaps_s = {laps}\n[[car]]\nname = 'b'\n"
        "[[car]]\nname = 'c'\nclass = 'X'\n[[car]]\nname = 'd'\nresidual_s = 0.1\nskew = 0.0"
    )
    learned, mate, other, said = model.cars
    assert learned.residual_s == pytest.approx(0.63, rel=0.1)
    assert mate.skew == learned.skew
    assert (other.residual_s, other.skew) == (0.4, None)
    assert (said.residual_s, said.skew, said.tail) == (0.1, 0.0, learned.tail)


def test_cars_of_two_shapes_agree_to_the_bit() -> None:
    cars = (RaceCar("1", 90.0, skew=0.5, tail=0.0), RaceCar("2", 90.0), RaceCar("3", 90.0, skew=0.0))
    model = RaceModel(cars, 12)
    one, other = Lottery(model, 3).run(130), Lottery(model, 3, "numpy").run(130)
    assert all(np.array_equal(a, b) for a, b in zip(one.arrays(), other.arrays(), strict=True))
