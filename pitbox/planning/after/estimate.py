"""Middles, scatters and slopes that a few odd laps do not move, with 90 % intervals."""

from collections.abc import Sequence
from itertools import combinations
from math import sqrt
from statistics import NormalDist, median, quantiles

from pitbox.planning.after.noun import Estimate

Z90 = 1.6449
_TO_SIGMA = 1.4826
"""Of the median distance, where laps scatter normally."""
_MEDIAN_LOSS = 1.2533
"""The median of normal figures is so much less sure than their mean."""
_MOST_PAIRS = 60
"""Laps of which all pairs are looked at; of more, every second one and so on."""


def scatter(values: Sequence[float]) -> float:
    """Robust standard deviation; 0 of fewer than two. Small samples are made up for."""
    if len(values) < 2:
        return 0.0
    middle = median(values)
    small = 1.0 + 1.0 / len(values)
    return small * _TO_SIGMA * median(abs(value - middle) for value in values)


def middle(values: Sequence[float], sigma: float | None = None) -> Estimate:
    """The median; `sigma`: of one value, where it is known better than by these."""
    spread = scatter(values) if sigma is None else sigma
    half = student(len(values)) * _MEDIAN_LOSS * spread / sqrt(len(values))
    at = median(values)
    return Estimate(at, at - half, at + half)


def iqr(values: Sequence[float]) -> float:
    low, _, high = quantiles(values, n=4, method="inclusive")
    return high - low


def quantile(values: Sequence[float], share: float) -> float:
    """Between two values in proportion."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    at = min(int(place), len(ordered) - 1)
    above = ordered[min(at + 1, len(ordered) - 1)]
    return ordered[at] + (place - at) * (above - ordered[at])


def slope(runs: Sequence[Sequence[tuple[float, float]]]) -> Estimate | None:
    """Theil-Sen over pairs within each run; None where none has two points.

    Its interval is Sen's: by how much the count of rising pairs strays if nothing rises.
    """
    found: list[float] = []
    variance = 0.0
    for run in runs:
        step = 1 + len(run) // _MOST_PAIRS
        points = run[::step]
        n = len(points)
        found += [(b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(points, 2) if a[0] != b[0]]
        variance += n * (n - 1) * (2 * n + 5) / 18
    if not found:
        return None
    found.sort()
    stray = Z90 * sqrt(variance)
    low, high = int((len(found) - stray) / 2), int((len(found) + stray) / 2 + 1)
    return Estimate(median(found), found[max(0, low)], found[min(len(found) - 1, high)])


def student(count: int) -> float:
    """How many spreads of so few values hold 90 %: about Student's t."""
    freedom = max(1, count - 1)
    return NormalDist().inv_cdf(0.95) * (1.0 + 1.0 / freedom + 1.6 / freedom**2)
