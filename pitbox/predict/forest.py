"""Boosters packed into flat arrays, for a whole field at a time: what LightGBM says, several times sooner.

    forest = packed([(point_a, point_b), (low,), (high,)])   # groups of boosters, each answers with its mean
    point, low, high = forest.ask(x)

Rows are bits. Each node has a mask of the rows that go left, which needs no walk: rows sorted by a feature
against the sorted thresholds of that feature. The masks of rows that reach a node follow level by level, all
trees at a time, so each node is visited once and not once for each row. Splits that are no comparison of
numbers are refused (None), and LightGBM itself is asked.
"""

from collections.abc import Sequence
from typing import Any

import lightgbm
import msgspec
import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
Places = np.ndarray[Any, np.dtype[np.intp]]
Masks = np.ndarray[Any, np.dtype[np.uint64]]
_WORD = 64
"""Rows at a time: a bit each."""
_ZERO = 1.0000000180025095e-35
"""What is no further from zero LightGBM takes for it."""


class _Level(msgspec.Struct, frozen=True):
    """Nodes so deep, as those above left them: lefts first, then rights."""

    inner: Places
    """Which of them split again."""
    first: int
    """Of these, where their masks begin."""
    leaves: Places
    first_leaf: int


class Forest(msgspec.Struct, frozen=True):
    """Of one version; holds no state between questions."""

    features: Places
    """That some node asks about."""
    bounds: tuple[tuple[int, int], ...]
    """Of each feature, in `thresholds`."""
    spans: Places
    """How many each has there."""
    thresholds: Array
    """Sorted for each feature."""
    is_nan_left: Masks
    """All ones or zero, in the order of `thresholds`."""
    order: Places
    """From there to the order of levels."""
    levels: tuple[_Level, ...]
    values: Array
    """Of leaves, in the order of levels."""
    groups: Places
    """Of leaves, times 256."""
    count: int
    """Of groups."""

    def ask(self, x: Array) -> tuple[Array, ...]:
        """For each group, an answer for each row."""
        parts = [x[first : first + _WORD] for first in range(0, len(x), _WORD)]
        told = [_told(self, _reached(self, _goes_left(self, part)), len(part)) for part in parts]
        return tuple(np.concatenate(told, axis=1)) if told else (np.empty(0),) * self.count


def packed(groups: Sequence[Sequence[lightgbm.Booster]]) -> Forest | None:
    """None where a tree splits by something that is no comparison of numbers, and where nothing splits."""
    roots: list[_Node] = []
    for group, boosters in enumerate(groups):
        for booster in boosters:
            told = booster.dump_model()
            if told["average_output"]:
                return None
            try:
                trees = [tree["tree_structure"] for tree in told["tree_info"]]
                roots += [_Node(tree, group, 1.0 / len(boosters)) for tree in trees]
            except _OtherSplitError:
                return None
    return _flat(roots, len(groups)) if any(root.sides for root in roots) else None


class _OtherSplitError(Exception):
    pass


class _Node:
    """One of a dumped tree."""

    __slots__ = ("feature", "group", "is_nan_left", "sides", "threshold", "value")

    def __init__(self, told: dict[str, Any], group: int, share: float) -> None:
        self.group, self.value = group, share * float(told.get("leaf_value", 0.0))
        self.sides: tuple[_Node, _Node] | None = None
        if "split_feature" not in told:
            return
        if told["decision_type"] != "<=" or told["missing_type"] == "Zero":
            raise _OtherSplitError
        self.feature, self.threshold = int(told["split_feature"]), float(told["threshold"])
        is_zero = told["missing_type"] == "None"  # a NaN is then a zero
        self.is_nan_left = self.threshold >= 0.0 if is_zero else bool(told["default_left"])
        left, right = (_Node(told[side], group, share) for side in ("left_child", "right_child"))
        self.sides = left, right


def _flat(roots: list[_Node], count: int) -> Forest:
    levels, inner, leaves, now = [], list[_Node](), list[_Node](), roots
    while now:
        split = [at for at, node in enumerate(now) if node.sides is not None]
        ends = [at for at, node in enumerate(now) if node.sides is None]
        levels.append(_Level(np.array(split, int), len(inner), np.array(ends, int), len(leaves)))
        inner += [now[at] for at in split]
        leaves += [now[at] for at in ends]
        now = [side for which in (0, 1) for at in split for side in _sides(now[at])[which : which + 1]]
    keys = sorted(range(len(inner)), key=lambda at: (inner[at].feature, inner[at].threshold))
    asked = np.array([inner[at].feature for at in keys], dtype=int)
    features, starts = np.unique(asked, return_index=True)
    ends_at = [*starts[1:].tolist(), len(keys)]
    order = np.empty(len(keys), dtype=np.intp)
    order[keys] = np.arange(len(keys))
    return Forest(
        features=features,
        bounds=tuple(zip(starts.tolist(), ends_at, strict=True)),
        spans=np.diff([*starts, len(keys)]),
        thresholds=np.array([inner[at].threshold for at in keys]),
        is_nan_left=np.array([_ones(is_set=inner[at].is_nan_left) for at in keys], dtype=np.uint64),
        order=order,
        levels=tuple(levels),
        values=np.array([leaf.value for leaf in leaves]),
        groups=np.array([256 * leaf.group for leaf in leaves], dtype=np.intp),
        count=count,
    )


def _sides(node: _Node) -> tuple[_Node, ...]:
    return node.sides or ()


def _ones(*, is_set: bool) -> int:
    return 0xFFFF_FFFF_FFFF_FFFF if is_set else 0


def _goes_left(forest: Forest, x: Array) -> Masks:
    """For each inner node, in the order of levels, the rows that go left, a bit each; at most 64 rows."""
    rows = len(x)
    bits = np.uint64(1) << np.arange(rows, dtype=np.uint64)
    columns = np.ascontiguousarray(x[:, forest.features].T)
    columns[np.abs(columns) <= _ZERO] = 0.0
    is_nan = np.isnan(columns)
    columns[is_nan] = np.inf  # the last ones, beyond every threshold
    order = np.argsort(columns, axis=1)
    prefix = np.zeros((len(columns), rows + 1), dtype=np.uint64)
    np.bitwise_or.accumulate(bits[order], axis=1, out=prefix[:, 1:])
    columns = np.take_along_axis(columns, order, axis=1)
    places = np.zeros((len(columns), rows + 2), dtype=np.intp)
    places[:, -1] = forest.spans
    for column, (first, end), place in zip(columns, forest.bounds, places, strict=True):
        place[1:-1] = forest.thresholds[first:end].searchsorted(column)
    masks = np.repeat(prefix.ravel(), np.diff(places, axis=1).ravel())
    if is_nan.any():
        nans = np.bitwise_or.reduce(np.where(is_nan, bits, np.uint64(0)), axis=1)
        masks |= np.repeat(nans, forest.spans) & forest.is_nan_left
    return masks.take(forest.order)


def _reached(forest: Forest, goes_left: Masks) -> Masks:
    """For each leaf, the rows that end there."""
    found = np.empty(len(forest.values), dtype=np.uint64)
    roots = len(forest.levels[0].inner) + len(forest.levels[0].leaves)
    now = np.full(roots, _ones(is_set=True), dtype=np.uint64)
    for level in forest.levels:
        found[level.first_leaf : level.first_leaf + len(level.leaves)] = now.take(level.leaves)
        above = now.take(level.inner)
        left = above & goes_left[level.first : level.first + len(level.inner)]
        now = np.concatenate([left, above ^ left])
    return found


def _told(forest: Forest, reached: Masks, rows: int) -> Array:
    """Sums for each row: leaves with the same eight rows are one entry of a table, then the table is read."""
    octets = reached.astype("<u8").view(np.uint8).reshape(-1, 8).T[: -(-rows // 8)]
    found = np.empty((forest.count, len(octets), 8))
    for at, octet in enumerate(np.ascontiguousarray(octets)):
        used = np.flatnonzero(octet != 0)
        which = forest.groups.take(used) + octet.take(used)
        sums = np.bincount(which, forest.values.take(used), 256 * forest.count)
        found[:, at] = sums.reshape(forest.count, 256) @ _BITS
    return found.reshape(forest.count, -1)[:, :rows]


_BITS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little").astype(float)
