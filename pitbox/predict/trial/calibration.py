"""How far chances that were said lie from how often it came true."""

from collections.abc import Sequence

import numpy as np

_BINS = 10


def calibration_error(said: Sequence[float], came_true: Sequence[float]) -> float:
    """Mean distance over ten bins of as many answers each, by what was said; 0 of nothing."""
    if not len(said):
        return 0.0
    chance, truth = np.asarray(said, dtype=float), np.asarray(came_true, dtype=float)
    order = np.argsort(chance, kind="stable")
    bins = [some for some in np.array_split(order, _BINS) if len(some)]
    return float(sum(abs(chance[b].mean() - truth[b].mean()) * len(b) for b in bins) / len(chance))


def log_loss(said: Sequence[float], came_true: Sequence[float]) -> float:
    chance = np.clip(np.asarray(said, dtype=float), 1e-9, 1.0 - 1e-9)
    truth = np.asarray(came_true, dtype=float)
    return float(-(truth * np.log(chance) + (1.0 - truth) * np.log1p(-chance)).mean()) if len(truth) else 0.0
