"""How much of the time to come is run behind a safety car: a custom of the series, updated by this race."""

import math
from typing import Any

import msgspec
import numpy as np

from pitbox.model.series import is_north_american
from pitbox.strategy.story import CAUTION, RED, Moment

Floats = np.ndarray[Any, np.dtype[np.float64]]

_HALT_S, _HALT_SPREAD = 4500.0, 0.6
_CUSTOM_CALLS = 6.0
"""Lengths of this race's cautions that count as much as the custom."""
_MOST_SHARE = 0.9
"""Of a stretch, under caution; a race that is neutralised for longer is mostly stopped."""


class CautionCustom(msgspec.Struct, frozen=True):
    """What is usual before this race has shown anything."""

    per_hour: float
    """Of green running."""
    weight_h: float
    """How many hours of this race count as much as the custom."""
    length_s: float
    """Median."""
    spread: float
    """Of the logarithm."""
    words: str
    halts_per_hour: float = 0.0


NONE = CautionCustom(0.0, 1.0, 200.0, 0.5, "no cautions, by the event's rules")
SIM = CautionCustom(0.5, 5.0, 250.0, 0.5, "cautions as usual in the sim, and as so far")
NORTH_AMERICAN = CautionCustom(
    0.9, 3.0, 900.0, 0.6, "cautions as usual in North America, and as so far", 0.025
)
WORLD = CautionCustom(0.55, 6.0, 420.0, 1.1, "cautions as usual in this kind of series, and as so far", 0.025)
_OFF = ("off", "local")


def custom_of(moment: Moment) -> CautionCustom:
    """As a learned model says it of this world, where one speaks; else what is usual."""
    plain, told = plain_custom(moment), moment.learned.cautions
    if told is None or plain.per_hour == 0.0:
        return plain
    return msgspec.structs.replace(
        plain, per_hour=told.per_hour, length_s=told.length_s, spread=told.spread, words=told.words
    )


def plain_custom(moment: Moment) -> CautionCustom:
    info = moment.info
    if info is None or info.sim != "timing sheet":
        return NONE if info is not None and info.rules.cautions in _OFF else SIM
    return NORTH_AMERICAN if is_north_american(found.name for found in info.classes) else WORLD


class CautionProcess(msgspec.Struct, frozen=True):
    """Cautions to come, with all that is known of them."""

    rate_shape: float
    rate_h: float
    """Calls per green hour are gamma distributed with this shape, over so many hours."""
    log_length: float
    spread: float
    age_s: float | None
    """Of the one that runs; None under green."""
    words: str
    halts_per_hour: float = 0.0

    def slow_s(self, horizon_s: Floats, rng: np.random.Generator) -> Floats:
        """Samples of the time under caution in the next `horizon_s` (one horizon for each sample)."""
        count = len(horizon_s)
        running_s = np.minimum(self._rest_s(count, rng), horizon_s)
        left_s = horizon_s - running_s
        rate = rng.standard_gamma(self.rate_shape, count) / self.rate_h if self.rate_shape > 0 else 0.0
        mean_s = math.exp(self.log_length + self.spread**2 / 2)
        # A call every 1/rate of green time: time under caution takes its share of the clock.
        cycle_s = mean_s + 3600.0 / np.maximum(rate, 1e-9)
        calls = rng.poisson(left_s / cycle_s)
        n = np.maximum(calls, 1)
        cv2 = (math.exp(self.spread**2) - 1.0) / n
        log_spread = np.sqrt(np.log1p(cv2))
        total_s = n * mean_s * np.exp(log_spread * rng.standard_normal(count) - log_spread**2 / 2)
        room_s = left_s * rng.random(count) ** (1.0 / n)  # the first call leaves so much of the stretch
        slow_s = np.where(calls > 0, np.minimum(total_s, room_s), 0.0)
        slow_s = slow_s + self._halts_s(left_s, rng)
        most_s: Floats = np.maximum(running_s, _MOST_SHARE * horizon_s)
        whole_s: Floats = np.minimum(running_s + slow_s, most_s)
        return whole_s

    def _halts_s(self, left_s: Floats, rng: np.random.Generator) -> Floats:
        """Rain, fog or a broken barrier: rare, and it takes an hour or more out of a race."""
        share = rng.random((3, len(left_s)))
        is_hit = share[0] < -np.expm1(-self.halts_per_hour * left_s / 3600.0)
        length_s = _HALT_S * np.exp(_HALT_SPREAD * rng.standard_normal(len(left_s)))
        return np.where(is_hit, np.minimum(length_s, share[1] * left_s), 0.0)

    def _rest_s(self, count: int, rng: np.random.Generator) -> Floats:
        """Of the one that runs: what is left of a caution that has lasted so long already."""
        if self.age_s is None:
            return np.zeros(count)
        age_z = (math.log(max(self.age_s, 1.0)) - self.log_length) / self.spread
        grid, below = _normal_table()
        start = min(float(np.interp(age_z, grid, below)), 0.995)
        share = start + (1.0 - start) * rng.random(count)
        length_s = np.exp(self.log_length + self.spread * np.interp(share, below, grid))
        return np.maximum(length_s - self.age_s, 0.0)


def caution_process(moment: Moment, custom: CautionCustom | None = None) -> CautionProcess:
    custom = custom or custom_of(moment)
    age_s, slow_s, calls = None, 0.0, 0
    usual_s = custom.length_s * math.exp(custom.spread**2 / 2)
    total_s = _CUSTOM_CALLS * usual_s
    for phase in moment.phases:
        if phase.flag not in (CAUTION, RED):
            continue
        calls += 1
        end_s = moment.now_s if phase.end_s is None else phase.end_s
        slow_s += end_s - phase.start_s
        if phase.end_s is None:
            age_s = end_s - phase.start_s
            total_s += max(age_s, usual_s)
        else:
            total_s += end_s - phase.start_s
    green_h = max(0.0, moment.now_s - moment.green_s - slow_s) / 3600.0
    # By the mean and not by the median: it is the few long ones that decide how much time is lost.
    log_length = math.log(total_s / (_CUSTOM_CALLS + calls)) - custom.spread**2 / 2
    shape = custom.per_hour * custom.weight_h + calls
    return CautionProcess(
        shape,
        custom.weight_h + green_h,
        log_length,
        custom.spread,
        age_s,
        custom.words,
        custom.halts_per_hour,
    )


_table: tuple[Floats, Floats] | None = None


def _normal_table() -> tuple[Floats, Floats]:
    """The normal distribution on a grid: this room loads no scipy."""
    global _table  # noqa: PLW0603  made once, when first needed
    if _table is None:
        grid = np.linspace(-5.0, 5.0, 1001)
        _table = grid, np.array([0.5 * (1.0 + math.erf(z / math.sqrt(2.0))) for z in grid])
    return _table
