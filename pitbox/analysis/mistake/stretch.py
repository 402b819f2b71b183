"""Runs of samples in which something holds."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.analysis.driven import Floats, MistakeKind

Mask = NDArray[np.bool_]


class Stretch(msgspec.Struct, frozen=True):
    """A mistake before its price is known: samples `first` to `last`, both in it."""

    kind: MistakeKind
    first: int
    last: int
    measure: float
    """0 to 1: how bad by itself, whatever it cost."""
    words: str


def runs(holds: Mask, t_s: Floats, least_s: float, join_s: float = 0.0) -> list[tuple[int, int]]:
    """Where it holds for `least_s`; breaks of up to `join_s` do not end a run. First and last sample."""
    at = np.flatnonzero(holds)
    if not len(at):
        return []
    is_new = np.concatenate(([True], (np.diff(at) > 1) & (np.diff(t_s[at]) > join_s)))
    firsts = at[is_new]
    lasts = at[np.concatenate((is_new[1:], [True]))]
    tick_s = np.diff(t_s).mean() if len(t_s) > 1 else 0.0
    is_long = t_s[lasts] - t_s[firsts] + tick_s >= least_s - 1e-9
    return list(zip(firsts[is_long].tolist(), lasts[is_long].tolist(), strict=True))


def around(holds: Mask, t_s: Floats, before_s: float, after_s: float) -> Mask:
    """True from `before_s` ahead of each sample that holds until `after_s` behind it."""
    at = np.flatnonzero(holds)
    if not len(at):
        return np.zeros(len(holds), np.bool_)
    step = np.zeros(len(holds) + 1, np.int64)
    np.add.at(step, np.searchsorted(t_s, t_s[at] - before_s), 1)
    np.add.at(step, np.searchsorted(t_s, t_s[at] + after_s, side="right"), -1)
    near: Mask = np.cumsum(step[:-1]) > 0
    return near
