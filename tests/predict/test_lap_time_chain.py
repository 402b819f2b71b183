"""The chain of the lap time: it always answers, says who spoke, and its interval holds."""

from itertools import pairwise

import msgspec
import numpy as np
import pytest
from made_race import Truth, made_race

from pitbox.predict import boosting
from pitbox.predict.errors import ModelError
from pitbox.predict.feature import AHEAD_NAMES, NAMES
from pitbox.predict.interval import Calibration
from pitbox.predict.lap_time import BOOSTING, LEVEL, RIDGE, LapTimeModel, fit_lap_time
from pitbox.predict.lap_time_state import dumped, loaded
from pitbox.predict.past import Past
from pitbox.predict.sample import Samples, joined, samples_of


def season(seeds: range, past: Past | None = None, **how: object) -> Samples:
    known = Past() if past is None else past
    return joined([samples_of(made_race(seed, **how), known, seed, (1, 5, 10)) for seed in seeds])  # type: ignore[arg-type]


def asked(model: LapTimeModel, samples: Samples) -> tuple[np.ndarray, np.ndarray, str]:
    """Errors in seconds, and whether each truth was inside."""
    found = model.predict(samples.x[:, : len(NAMES)], samples.ahead, samples.stint_lap)
    inside = (found.low_s <= samples.truth_s) & (samples.truth_s <= found.high_s)
    assert (found.low_s <= found.median_s).all()
    assert (found.median_s <= found.high_s).all()
    return np.abs(found.median_s - samples.truth_s), inside, found.step


@pytest.fixture(scope="module")
def taught() -> LapTimeModel:
    """With fewer rounds than users get: the chain is tried here, its figures by `pitbox evaluate`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(boosting, "_ROUNDS", 30)
        patch.setattr(boosting, "_QUANTILE_ROUNDS", 30)
        return fit_lap_time(season(range(10), cars=12))


@pytest.fixture(scope="module")
def unseen() -> Samples:
    return season(range(100, 102))


def test_chain_grows_with_what_it_is_given(taught: LapTimeModel, unseen: Samples) -> None:
    models = [
        (fit_lap_time(season(range(1), cars=2, laps=16)), LEVEL),
        (fit_lap_time(season(range(2))), RIDGE),
        (taught, BOOSTING),
    ]
    errors = []
    for model, step in models:
        error, _, said = asked(model, unseen)
        assert said == step
        errors.append(float(error.mean()))
    assert all(later < 0.97 * before for before, later in pairwise(errors[:2]))
    assert errors[2] < 0.97 * errors[0]


def test_interval_holds_on_races_not_seen(taught: LapTimeModel, unseen: Samples) -> None:
    _, inside, _ = asked(taught, unseen)
    assert 0.72 <= inside.mean() <= 0.88
    assert 0.65 <= inside[unseen.stint_lap <= 3].mean() <= 0.92


def test_interval_follows_a_wilder_season() -> None:
    model = fit_lap_time(season(range(2)))
    wild = Truth(noise_s=1.0)
    _, before, _ = asked(model, season(range(200, 201), truth=wild))
    for seed in range(300, 310):
        laps = season(range(seed, seed + 1), truth=wild)
        said = model.predict(laps.x[:, : len(NAMES)], laps.ahead, laps.stint_lap)
        model.learn(said, laps.truth_s, laps.ahead, laps.stint_lap)
    _, after, _ = asked(model, season(range(200, 201), truth=wild))
    assert before.mean() < 0.7
    assert 0.74 <= after.mean() <= 0.88


def test_broken_boosters_give_way(
    taught: LapTimeModel, unseen: Samples, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def ask(self, x: object) -> object:
            raise RuntimeError("no model")

    error, _, step = asked(LapTimeModel(taught.ridge, Broken()), unseen)
    assert step == RIDGE
    assert np.isfinite(error).all()
    assert "did not answer" in caplog.text
    assert asked(LapTimeModel(None, Broken()), unseen)[2] == LEVEL


@pytest.mark.parametrize("rows", [0, 1, 40])
def test_unknown_values_are_answered(taught: LapTimeModel, rows: int) -> None:
    """NaN in all but the level; a car without a level has no forecast, and takes nobody along."""
    x = np.full((rows, len(NAMES)), np.nan)
    x[:, NAMES.index("ref_s")] = 90.0
    x[:1, NAMES.index("ref_s")] = np.nan
    for model in (LapTimeModel(), LapTimeModel(taught.ridge), taught):
        found = model.predict(x, np.full(rows, 5.0), np.ones(rows))
        assert found.median_s.shape == (rows,)
        assert np.isfinite(found.median_s[1:]).all()
        assert np.isnan(found.median_s[:1]).all()


def test_model_comes_back_from_bytes(taught: LapTimeModel, unseen: Samples) -> None:
    for model in (taught, LapTimeModel(taught.ridge), LapTimeModel()):
        back = loaded(dumped(model))
        for found, said in zip(asked(back, unseen), asked(model, unseen), strict=True):
            assert np.array_equal(found, said)


def test_bytes_of_others_are_refused(taught: LapTimeModel) -> None:
    whole = msgspec.msgpack.decode(dumped(taught))
    broken = [
        b"",
        dumped(taught)[:1000],
        msgspec.msgpack.encode(whole | {"features": 99}),
        msgspec.msgpack.encode(whole | {"moves": []}),
        msgspec.msgpack.encode(whole | {"boosters": ["tree", "no", "text"]}),
    ]
    for data in broken:
        with pytest.raises(ModelError):
            loaded(data)


def test_nothing_to_learn_from_is_no_error() -> None:
    model = fit_lap_time(joined([]))
    none = joined([])
    model.learn(
        model.predict(np.empty((0, len(NAMES))), none.ahead, none.stint_lap),
        none.y,
        none.ahead,
        none.stint_lap,
    )
    assert model.predict(np.empty((0, len(NAMES))), np.empty(0), np.empty(0)).step == LEVEL
    assert joined([]).x.shape == (0, len(AHEAD_NAMES))


def test_each_side_is_calibrated_apart() -> None:
    random = np.random.default_rng(1)
    y = random.exponential(4.0, 3000)
    flat, ahead, late = np.zeros(3000), np.full(3000, 5.0), np.full(3000, 20.0)
    calibration = Calibration()
    calibration.fit(flat, flat + 1.0, y, ahead, late)
    low, high = calibration.applied(flat, flat + 1.0, ahead, late)
    assert np.mean(y < low) == pytest.approx(0.1, abs=0.01)
    assert np.mean(y > high) == pytest.approx(0.1, abs=0.01)
