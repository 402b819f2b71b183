"""Our own tank in laps, as its gauge and our clean laps tell it: measured, so it beats what stops suggest."""

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.strategy.fuel import LEAST_SPREAD, Use
from pitbox.strategy.fuel_plan import RESERVE_L, Level, Tank

_RAMP_LAPS = 0.6
"""Crews come in on the last lap that the tank allows, or a lap or so before."""
_EMPTY = 0.97
_STEPS = np.linspace(-2.0, 2.0, 9)


class Gauge(msgspec.Struct, frozen=True):
    """Laps under green, counted from the line that was crossed last."""

    on_board_laps: float
    full_laps: float
    doubt: float
    """One standard deviation of what a lap takes, as a share of it."""
    words: str

    @property
    def drunk_laps(self) -> float:
        """What is missing from a full tank."""
        return max(0.0, self.full_laps - self.on_board_laps)

    def sizes(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Tanks that may be meant, and their weights: only what is left can be misjudged."""
        sizes = self.drunk_laps + self.on_board_laps * (1.0 + self.doubt * _STEPS)
        weights = np.exp(-0.5 * _STEPS**2)
        return sizes, weights / weights.sum()


def gauge(level: Level, tank: Tank, use: Use) -> Gauge:
    on_board = level.lap_pct + max(0.0, level.fuel_l - RESERVE_L) / use.mean_l
    full = (tank.usable_l - RESERVE_L) / use.mean_l
    doubt = max(LEAST_SPREAD / 2, use.doubt_l / use.mean_l)
    words = f"{level.fuel_l:.0f} {tank.unit} on board at {use.mean_l:.2f} a lap"
    return Gauge(on_board, max(full, on_board), doubt, words)


def empty_chance(drunk: Any, sizes: Any) -> NDArray[np.float64]:
    """That a crew which reads the gauge stops at the end of this lap; surely before a lap it cannot do."""
    left = np.asarray(sizes - drunk, dtype=np.float64)
    ramp = 1.0 / (1.0 + np.exp(np.clip((left - 1.0) / _RAMP_LAPS, -40.0, 40.0)))
    chance: NDArray[np.float64] = np.where(left < 1.0, _EMPTY, ramp)
    return chance
