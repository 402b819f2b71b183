"""How laps of a class scatter about their level: the spread, and the shape that the kernel bends.

Clean laps are taken in runs of one stint, and what is left of a run over its straight line is a residual. A
line through few laps takes part of their spread, skew and tail with it, which is given back.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import msgspec
import numpy as np

from pitbox.strategy.montecarlo.draws import normal_scores

Array = np.ndarray[Any, np.dtype[np.float64]]

RUN_LAPS = 8
"""Laps of one run: as many as fit into nearly every stint."""
_MISHAP = 1.05
"""Against its run: such a lap says nothing about pace, and the pace of a car leaves it out too."""
_SPREAD_LAPS, _SHAPE_LAPS, _CAR_LAPS = 24.0, 500.0, 150.0
"""Laps that count beside the residuals: of the usual spread, of the usual shape, of a class for its car.
Chosen on two seasons of single-seaters and four timing sheets."""
_MOVES = 0.5
"""Of the laps seen, so many more count for the usual spread: what a race shows is not what it keeps to."""
_CENTRAL = 2.2
"""Normal scores beyond this are few laps, each far off: they do not bend the fit."""
_SKEWS, _TAILS = (-0.25, 0.55), (0.0, 0.25)
_SHARES = 0.0008, 0.03
_TRUE_SKEW = 1.718, 5.73, -6.43
_TRUE_TAIL = 0.004, 1.377, -2.72, 4.83, -7.14
"""Of laps whose runs show a skew b and a tail c: by b, bc, b cubed; by 1, c, b squared, c squared, both.
Found by drawing 96,000 laps of each of 54 shapes."""
_TENTH = 1.2815515655446004
"""Normal score of the ends of an 80 % interval."""
_LEAST_SCORES = 24


class LapShape(msgspec.Struct, frozen=True):
    """Of a class, or of one of its cars."""

    share: float = 0.005
    """One standard deviation, of a lap."""
    skew: float = 0.25
    """Slow laps are further off than quick ones."""
    tail: float = 0.08
    """How much heavier than normal its ends are."""
    laps: int = 0
    """Residuals that it stands on."""

    @property
    def bend_sd(self) -> float:
        """Standard deviation of the normal that is bent, before it is put right."""
        return float(np.sqrt(1.0 + 2.0 * self.skew**2 + 6.0 * self.tail + 15.0 * self.tail**2))


USUAL = LapShape()


def residuals_of(times_s: Sequence[float]) -> Array:
    """Of one run of `RUN_LAPS` laps, as shares of its level, with the spread of single laps; else nothing."""
    found = np.asarray(times_s, dtype=np.float64)
    level_s = float(np.median(found)) if len(found) else 0.0
    if len(found) != RUN_LAPS or found.max() > _MISHAP * level_s:
        return np.empty(0)
    left, spread = _line()
    residuals: Array = left @ found / (level_s * spread)
    return residuals


def runs_of(times_s: Sequence[float]) -> Array:
    """Residuals of one stint's clean laps."""
    runs = [residuals_of(times_s[at : at + RUN_LAPS]) for at in range(0, len(times_s), RUN_LAPS)]
    return np.concatenate(runs) if runs else np.empty(0)


def fitted(residuals: Array, usual: LapShape = USUAL) -> LapShape:
    """The shape of these residuals, held by `usual` while they are few."""
    count = len(residuals)
    if count < _LEAST_SCORES:
        return usual
    scores = normal_scores(count)
    is_central = np.abs(scores) <= _CENTRAL
    z, y = scores[is_central], np.sort(residuals)[is_central]
    bent = np.stack([np.ones(len(z)), z, z**2 - 1.0, z**3], axis=1)
    _, scale, b, c = (float(one) for one in np.linalg.lstsq(bent, y, rcond=None)[0])
    if scale <= 0.0:
        return usual
    b, c = b / scale, c / scale
    share = scale * LapShape(skew=b, tail=max(c, -0.05)).bend_sd
    own = _unbent(min(max(b, -0.12), 0.3), min(max(c, 0.0), 0.25))
    return LapShape(
        _held(share, usual.share, count, _SPREAD_LAPS + _MOVES * count, _SHARES),
        _held(own[0], usual.skew, count, _SHAPE_LAPS, _SKEWS),
        _held(own[1], usual.tail, count, _SHAPE_LAPS, _TAILS),
        count,
    )


def of_car(residuals: Array, mates: LapShape) -> LapShape:
    """A car's own spread, held by that of its class; shapes need more laps than one car drives."""
    count = len(residuals)
    if count < RUN_LAPS:
        return mates
    # Mean distances forgive more than squares do; of the same shape they are in proportion.
    own = float(np.abs(residuals).mean()) / _mean_distance(round(mates.skew, 2), round(mates.tail, 2))
    return msgspec.structs.replace(mates, share=_held(own, mates.share, count, _CAR_LAPS, _SHARES))


def of_intervals(intervals: Iterable[tuple[float, float, float]]) -> LapShape | None:
    """By (low, median, high) of each car's next lap, a learned model's 80 % intervals; None of few cars."""
    found = np.array([one for one in intervals if one[0] < one[1] < one[2]], dtype=np.float64)
    if len(found) < 3:
        return None
    below, above = (found[:, 1] - found[:, 0]) / found[:, 1], (found[:, 2] - found[:, 1]) / found[:, 1]
    lean = float(np.median((above - below) / (above + below)))
    half = _TENTH + USUAL.tail * _TENTH**3
    skew = min(max(lean * half / _TENTH**2, _SKEWS[0]), _SKEWS[1])
    scale = float(np.median(0.5 * (above + below))) / half
    share = scale * LapShape(skew=skew).bend_sd
    return LapShape(min(max(share, _SHARES[0]), _SHARES[1]), skew)


def _held(own: float, usual: float, count: int, weight: float, bounds: tuple[float, float]) -> float:
    mixed = (count * own + weight * usual) / (count + weight)
    return min(max(mixed, bounds[0]), bounds[1])


def _unbent(b: float, c: float) -> tuple[float, float]:
    """Skew and tail of the laps whose runs show these."""
    skew = sum(factor * part for factor, part in zip(_TRUE_SKEW, (b, b * c, b**3), strict=True))
    parts = (1.0, c, b * b, c * c, b * b * c)
    tail = sum(factor * part for factor, part in zip(_TRUE_TAIL, parts, strict=True))
    return min(max(skew, _SKEWS[0]), _SKEWS[1]), min(max(tail, _TAILS[0]), _TAILS[1])


@cache
def _line() -> tuple[Array, float]:
    """What a straight line leaves of a run, and how much of the spread."""
    lap = np.arange(RUN_LAPS, dtype=np.float64)
    through = np.stack([np.ones(RUN_LAPS), lap - lap.mean()], axis=1)
    left = np.eye(RUN_LAPS) - through @ np.linalg.pinv(through)
    return left, float(np.sqrt(np.trace(left) / RUN_LAPS))


@cache
def _mean_distance(skew: float, tail: float) -> float:
    z = normal_scores(2000)
    bent = z + skew * (z**2 - 1.0) + tail * z**3
    return float(np.abs(bent - bent.mean()).mean() / bent.std())
