"""A figure whose own uncertainty is uncertain: normal distributions, each with its chance."""

import math

import msgspec

from pitbox.analysis.driven import Floats
from pitbox.analysis.stint_pace.robust import COVERED, Estimate

_STEPS = 60


class Mixture(msgspec.Struct, frozen=True, eq=False):
    chances: Floats
    """Together 1."""
    middles: Floats
    spreads: Floats

    def below(self, value: float) -> float:
        """Chance of at most so much."""
        parts = zip(self.chances.tolist(), self.middles.tolist(), self.spreads.tolist(), strict=True)
        return min(
            1.0, math.fsum(c * 0.5 * math.erfc((m - value) / (s * math.sqrt(2.0))) for c, m, s in parts)
        )

    def quantile(self, p: float) -> float:
        low = float((self.middles - 40.0 * self.spreads).min())
        high = float((self.middles + 40.0 * self.spreads).max())
        for _ in range(_STEPS):
            middle = (low + high) / 2.0
            low, high = (middle, high) if self.below(middle) < p else (low, middle)
        return (low + high) / 2.0

    def estimate(self) -> Estimate:
        outside = (1.0 - COVERED) / 2.0
        return Estimate(self.quantile(0.5), self.quantile(outside), self.quantile(1.0 - outside))
