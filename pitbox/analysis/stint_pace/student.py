"""Student's t distribution; this room loads no scipy for one function."""

import math
from functools import lru_cache

_STEPS = 200
_TINY = 1e-30


def cdf(t: float, df: float) -> float:
    """Probability of at most `t` with `df` degrees of freedom."""
    half = 0.5 * _beta_share(df / (df + t * t), df / 2.0, 0.5)
    return 1.0 - half if t > 0 else half


@lru_cache(maxsize=4096)
def quantile(p: float, df: float) -> float:
    """The value that is exceeded with probability 1 - p."""
    if p < 0.5:
        return -quantile(1.0 - p, df)
    low, high = 0.0, 2.0
    while cdf(high, df) < p and high < 1e8:
        high *= 2.0
    for _ in range(80):
        middle = (low + high) / 2.0
        low, high = (middle, high) if cdf(middle, df) < p else (low, middle)
    return (low + high) / 2.0


def _beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (Lentz)."""
    if x <= 0.0 or x >= 1.0:
        return float(x >= 1.0)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    if x < (a + 1.0) / (a + b + 2.0):
        return front * _fraction(x, a, b) / a
    return 1.0 - front * _fraction(1.0 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1.0 / _away(1.0 - (a + b) * x / (a + 1.0))
    found = d
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for part in (even, odd):
            d = 1.0 / _away(1.0 + part * d)
            c = _away(1.0 + part / c)
            found *= c * d
        if abs(c * d - 1.0) < 1e-12:
            break
    return found


def _away(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
