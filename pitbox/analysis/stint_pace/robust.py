"""Least squares that a few odd laps do not pull: Huber's weights, and errors that know of them."""

import math

import msgspec
import numpy as np

from pitbox.analysis.driven import Floats
from pitbox.analysis.stint_pace.student import quantile

COVERED = 0.9
_HUBER = 1.5
"""Spreads beyond which a lap counts less."""
_NORMAL = 1.4826
_ROUNDS = 30
_ENOUGH = 1e-6


class Estimate(msgspec.Struct, frozen=True):
    """A figure and the interval that holds the truth nine times of ten."""

    value: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        return (self.high - self.low) / 2.0

    def times(self, factor: float) -> "Estimate":
        ends = sorted((self.low * factor, self.high * factor))
        return Estimate(self.value * factor, *ends)


class Fit(msgspec.Struct, frozen=True, eq=False):
    weights: Floats
    covariance: Floats
    """Of the weights."""
    residuals: Floats
    spread: float
    """Of one lap around the fit."""
    df: float

    def estimate(self, number: int) -> Estimate:
        return self.combination(np.eye(len(self.weights))[number])

    def combination(self, shares: Floats) -> Estimate:
        """Of a weighted sum of the weights."""
        value = float(shares @ self.weights)
        error = math.sqrt(max(float(shares @ self.covariance @ shares), 0.0))
        return around(value, error, self.df)


def around(value: float, error: float, df: float) -> Estimate:
    reach = quantile(0.5 + COVERED / 2.0, max(df, 1.0)) * error
    return Estimate(value, value - reach, value + reach)


def fitted(
    design: Floats,
    y: Floats,
    prior: Floats | None = None,
    prior_sd: Floats | None = None,
    repeat: float = 0.0,
) -> Fit | None:
    """None where there are no more rows than unknowns.

    `prior`, `prior_sd`: what is known of each weight beforehand; an infinite sd is nothing. `repeat`: how
    much of a lap's odd part is in the next one, by which neighbours tell less than strangers.
    """
    count, unknowns = design.shape
    prior = np.zeros(unknowns) if prior is None else prior
    sds = np.full(unknowns, np.inf) if prior_sd is None else prior_sd
    is_free = np.isinf(sds)
    df = count - int(is_free.sum())
    if df < 1 or np.linalg.matrix_rank(design[:, is_free]) < is_free.sum():
        return None
    sure = np.where(is_free, 0.0, 1.0 / np.where(is_free, 1.0, sds) ** 2)
    share = np.ones(count)
    spread = max(float(np.std(y)), _ENOUGH)
    weights = prior
    for _ in range(_ROUNDS):
        before, information = weights, (design.T * share) @ design / spread**2 + np.diag(sure)
        weights = np.linalg.solve(information, (design.T * share) @ y / spread**2 + sure * prior)
        off = y - design @ weights
        # Residuals are smaller than errors are, by the unknowns that were fitted to them.
        spread = max(_NORMAL * float(np.median(np.abs(off))) * float(np.sqrt(count / df)), _ENOUGH)
        share = np.minimum(1.0, _HUBER * spread / np.maximum(np.abs(off), 1e-12))
        if np.abs(weights - before).max() < _ENOUGH:
            break
    error = _error(y - design @ weights, spread, df)
    wide = error**2 * (1.0 + repeat) / (1.0 - repeat)
    covariance = np.linalg.inv(design.T @ design / wide + np.diag(sure))
    return Fit(weights, covariance, y - design @ weights, spread, float(df))


def _error(off: Floats, spread: float, df: float) -> float:
    """Standard error of one lap, for weights that were fitted so (Huber 1973)."""
    bent = np.clip(off / spread, -_HUBER, _HUBER)
    straight = max(float((np.abs(off) < _HUBER * spread).mean()), 0.3)
    share = (len(off) - df) / len(off)
    mend = 1.0 + share * (1.0 - straight) / straight
    return mend * spread * float(np.sqrt((bent**2).sum() / df)) / straight
