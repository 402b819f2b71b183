"""Packed boosters: the same answers as LightGBM's own, whatever the rows are."""

from typing import Any

import lightgbm
import numpy as np
import pytest

from pitbox.predict.forest import Forest, packed

FEATURES = 9
Boosters = list[list[lightgbm.Booster]]


def table(rows: int, seed: int) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """With what nobody knows, equal values and zeros in it."""
    luck = np.random.default_rng(seed)
    x = luck.normal(size=(rows, FEATURES))
    x[:, 1] = luck.integers(-2, 3, rows)
    x[:, 2] = np.round(x[:, 2])
    x[:, 3:6][luck.random((rows, 3)) < 0.2] = np.nan
    return x


@pytest.fixture(scope="module")
def boosters() -> Boosters:
    """Two that are averaged, one with few leaves, and one that never saw a NaN."""
    x, luck = table(4000, 1), np.random.default_rng(2)
    y = np.nan_to_num(x) @ luck.normal(size=FEATURES) + np.where(np.isnan(x[:, 3]), 4.0, 0.0)
    y += luck.normal(size=len(y))
    shared = {"verbose": -1, "num_threads": 1, "seed": 3, "deterministic": True, "force_col_wise": True}

    def fitted(table_: Any, **more: object) -> lightgbm.Booster:
        data = lightgbm.Dataset(table_, y, params={"verbose": -1})
        return lightgbm.train(shared | more, data, num_boost_round=25)

    return [
        [fitted(x, objective="l1", num_leaves=31), fitted(x, objective="fair", num_leaves=31)],
        [fitted(x, objective="quantile", alpha=0.1, num_leaves=4)],
        [fitted(np.nan_to_num(x), objective="regression", num_leaves=63, min_data_in_leaf=5)],
    ]


def asked(groups: Boosters, x: Any) -> list[Any]:
    return [np.mean([one.predict(x, num_threads=1) for one in some], axis=0) for some in groups]


def forest_of(groups: Boosters) -> Forest:
    found = packed(groups)
    assert found is not None
    return found


@pytest.mark.parametrize("rows", [1, 8, 63, 64, 65, 189])
def test_the_answers_are_those_of_lightgbm(boosters: Boosters, rows: int) -> None:
    x = table(rows, 100 + rows)
    x[0, :4] = np.nan
    for ours, theirs in zip(forest_of(boosters).ask(x), asked(boosters, x), strict=True):
        assert ours.shape == (rows,)
        assert np.allclose(ours, theirs, rtol=1e-12, atol=1e-12)


def test_values_on_a_threshold_and_beyond_all_go_the_same_way(boosters: Boosters) -> None:
    forest = forest_of(boosters)
    x = np.zeros((60, FEATURES))
    for column, (first, end) in zip(forest.features, forest.bounds, strict=True):
        some = forest.thresholds[first:end]
        x[:, column] = np.resize(some, 60)
    x[-6:] = np.array([np.inf, -np.inf, np.nan, 0.0, -0.0, 1e300])[:, None]
    for ours, theirs in zip(forest.ask(x), asked(boosters, x), strict=True):
        assert np.allclose(ours, theirs, rtol=1e-12, atol=1e-12)


def test_no_rows_get_no_answers(boosters: Boosters) -> None:
    assert [len(said) for said in forest_of(boosters).ask(np.empty((0, FEATURES)))] == [0, 0, 0]


def test_trees_that_never_split_are_a_constant(boosters: Boosters) -> None:
    data = lightgbm.Dataset(np.zeros((40, FEATURES)), np.full(40, 3.0), params={"verbose": -1})
    flat = lightgbm.train({"verbose": -1, "objective": "regression"}, data, num_boost_round=2)
    groups = [[flat], [flat, *boosters[1]]]
    for ours, theirs in zip(forest_of(groups).ask(table(9, 7)), asked(groups, table(9, 7)), strict=True):
        assert np.allclose(ours, theirs)
    assert packed([[flat]]) is None


def test_splits_by_kind_are_left_to_lightgbm() -> None:
    luck = np.random.default_rng(5)
    x = luck.integers(0, 6, (600, 1)).astype(float)
    y = np.array([3.0, -1.0, 4.0, -1.0, 5.0, -9.0])[x[:, 0].astype(int)]
    data = lightgbm.Dataset(x, y, categorical_feature=[0], params={"verbose": -1, "min_data_per_group": 1})
    by_kind = lightgbm.train({"verbose": -1, "num_threads": 1}, data, num_boost_round=3)
    assert packed([[by_kind]]) is None
