"""Chances of finish places: whole, causal, and never worse than having no past."""

import math
from pathlib import Path

import msgspec
import numpy as np
import pytest
from made_race import made_race

from pitbox.predict.errors import ModelError
from pitbox.predict.finish import (
    BOOSTING,
    PLAIN,
    STAY,
    FinishModel,
    FinishSample,
    finish_sample,
    fit_finish,
    loaded_finish,
)
from pitbox.predict.finish_form import FinishForms
from pitbox.predict.finish_question import CUTS, lead_times, rps
from pitbox.predict.finish_state import finish_order, race_state
from pitbox.predict.lap_row import NAN, LapRow
from pitbox.predict.trial.finish import Result, judged_race, tried_finish
from pitbox.predict.trial.race_laps import RaceLaps


def race_of(seed: int, season: int = 2001, number: int = 1) -> RaceLaps:
    rows = made_race(seed, cars=8, laps=24, race=f"{season}-{number:02}")
    return RaceLaps(season, f"{season} {number}", rows)


@pytest.fixture(scope="module")
def past() -> tuple[FinishModel, FinishForms]:
    forms = FinishForms()
    races = [judged_race(race_of(seed), {}, forms) for seed in range(14)]
    told = [race for race in races if race is not None]
    model = fit_finish(
        [sample for race in told for sample in race.samples],
        [places for race in told for places in race.finishes],
        len(told),
    )
    return model, forms


def asked(rows: list[LapRow], now_s: float) -> FinishSample:
    return finish_sample(race_state(rows, now_s, 24), FinishForms())


def test_steps_and_whole_chances(past: tuple[FinishModel, FinishForms]) -> None:
    model, _ = past
    rows = race_of(77).rows
    sample = asked(rows, lead_times(rows)[12])
    for some, step in ((model, BOOSTING), (FinishModel(model.spread), STAY), (FinishModel({}), PLAIN)):
        odds, said = some.odds(sample)
        assert said == step
        assert odds.shape == (8, 8)
        assert (odds >= 0.0).all()
        assert odds.sum(axis=1) == pytest.approx(np.ones(8))


def test_a_poisoned_future_changes_nothing(past: tuple[FinishModel, FinishForms]) -> None:
    model, forms = past
    rows = race_of(78).rows
    now_s = lead_times(rows)[10]
    poisoned = [
        row if row.end_s <= now_s else msgspec.structs.replace(row, time_s=1e6, is_slow=True, position=1)
        for row in rows
    ]
    clean, other = (finish_sample(race_state(some, now_s, 24), forms) for some in (rows, poisoned))
    assert np.array_equal(clean.x, other.x, equal_nan=True)
    assert np.array_equal(model.odds(clean)[0], model.odds(other)[0])


@pytest.mark.parametrize("kind", ["empty", "one lap", "one car", "all caution", "nan"])
def test_odd_races(past: tuple[FinishModel, FinishForms], kind: str) -> None:
    rows = race_of(79).rows
    if kind == "empty":
        rows = []
    elif kind == "one lap":
        rows = [row for row in rows if row.lap == 1]
    elif kind == "one car":
        rows = [row for row in rows if row.car == "c00"]
    elif kind == "all caution":
        rows = [msgspec.structs.replace(row, is_slow=True, is_clean=False) for row in rows]
    else:
        rows = [msgspec.structs.replace(row, time_s=NAN, tyre_age=NAN) for row in rows]
    state = race_state(rows, math.inf if not rows else max(row.end_s for row in rows), 24)
    for model in (past[0], FinishModel({})):
        odds, _ = model.odds(finish_sample(state, past[1]))
        assert odds.shape == (len(state.cars), state.starters)
        assert odds.sum() == pytest.approx(len(state.cars))


def test_before_the_start_the_grid_is_the_order() -> None:
    state = race_state(race_of(1).rows, -math.inf, 24, {"c03": 1, "c01": 2, "c00": 3})
    assert [car.car for car in state.cars] == ["c03", "c01", "c00"]
    assert state.share == 0.0


def test_who_stopped_is_left_out_and_finishes_behind() -> None:
    rows = [row for row in race_of(2).rows if row.car != "c02" or row.lap <= 5]
    state = race_state(rows, lead_times(rows)[15], 24)
    assert "c02" not in {car.car for car in state.cars}
    assert state.starters == 8
    assert finish_order(rows)[-1] == "c02"


def test_saved_and_loaded_say_the_same(past: tuple[FinishModel, FinishForms]) -> None:
    rows = race_of(80).rows
    sample = asked(rows, lead_times(rows)[6])
    again = loaded_finish(past[0].saved())
    assert np.array_equal(again.odds(sample)[0], past[0].odds(sample)[0])
    for bad in (b"", b"\xc1", past[0].saved()[:200], b"\x91" * 5000):
        with pytest.raises(ModelError):
            loaded_finish(bad)


def test_scores_of_places() -> None:
    sure = np.array([[1.0, 0.0, 0.0]])
    assert rps(sure, [1]) == [0.0]
    assert rps(sure, [3]) == [1.0]
    assert rps(np.ones((1, 1)), [1]) == [0.0]


def test_a_trial_has_a_row_for_each_quarter_and_knows_results(tmp_path: Path) -> None:
    races = [race_of(seed, 2001 + seed // 8, seed % 8) for seed in range(16)]
    cars = tuple(sorted({row.car for row in races[0].rows}))
    told = {
        (2001 + seed // 8, seed % 8): Result(dict(zip(cars, range(1, 9), strict=True))) for seed in range(16)
    }
    found = tried_finish(races[:8], races[8:], told)
    assert [score.share for score in found.scores] == list(CUTS)
    assert found.step == STAY
    assert found.has_grid
    assert all(score.ours == pytest.approx(score.stay) for score in found.scores)
    assert found.scores[-1].stay < found.scores[0].stay


def test_without_a_grid_the_first_row_is_asked_when_all_have_done_a_lap() -> None:
    told = judged_race(race_of(5), {}, FinishForms())
    assert told is not None
    assert [len(sample.positions) for sample in told.samples] == [8] * 4
    assert 0.0 < told.samples[0].share < 0.1


def test_nobody_is_out_while_a_race_is_stopped() -> None:
    rows = [row for row in race_of(6).rows if row.lap <= 5]
    assert len(race_state(rows, max(row.end_s for row in rows) + 7200.0, 24).cars) == 8
