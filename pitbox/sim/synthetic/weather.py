"""Rain, and how wet the road is: a function of time alone, so that nothing can change what comes."""

from typing import NamedTuple

import numpy as np

from pitbox.sim.synthetic.circuit import Floats
from pitbox.sim.synthetic.scenario import Shower

_SOAK_S = 700.0
"""Until hard rain has filled a dry road to nearly two thirds."""
_DRY_S = 700.0
_CLOUD_S = 90.0
"""Rain comes and goes over this long."""
_LEVELS = np.array([0.01, 0.06, 0.16, 0.3, 0.48, 0.7])
"""Water at which TrackWetness becomes 2, 3, ... 7."""
_HORIZON_S = 26 * 3600
_DECLARED_FROM, _DECLARED_UNTIL = 4, 2


class Sky(NamedTuple):
    rain: float
    """Share of the hardest rain."""
    water: float
    """On the road: 0 dry, 1 flooded."""
    wetness: int
    """TrackWetness."""
    is_declared_wet: bool


class Weather:
    """Looked up by the second."""

    def __init__(self, showers: tuple[Shower, ...]) -> None:
        self.is_dry = not showers
        if self.is_dry:
            return
        at_s = np.arange(_HORIZON_S, dtype=np.float64)
        self._rain = np.zeros(_HORIZON_S)
        for shower in showers:
            begins = np.clip((at_s - shower.at_s) / _CLOUD_S, 0.0, 1.0)
            ends = np.clip((shower.at_s + shower.for_s - at_s) / _CLOUD_S, 0.0, 1.0)
            self._rain = np.maximum(self._rain, shower.rate * np.minimum(begins, ends))
        self._water = _soaked(self._rain)
        self._wetness = 1 + np.searchsorted(_LEVELS, self._water, side="right")
        self._is_declared = _declared(self._wetness)

    def at(self, t_s: float) -> Sky:
        if self.is_dry:
            return Sky(0.0, 0.0, 1, False)
        second = min(max(int(t_s), 0), _HORIZON_S - 1)
        return Sky(
            float(self._rain[second]),
            float(self._water[second]),
            int(self._wetness[second]),
            bool(self._is_declared[second]),
        )


def lap_share(water: float, *, is_wet_tyre: bool) -> float:
    """What water costs, as a share of the dry lap; they break even where the road is lightly wet."""
    if is_wet_tyre:
        return 0.055 + 0.09 * water + 0.03 * max(0.0, 0.1 - water) / 0.1
    return float(0.32 * water**1.2)


def _soaked(rain: Floats) -> Floats:
    water = np.zeros(len(rain))
    level = 0.0
    for second in range(1, len(rain)):
        level += rain[second] * (1.0 - level) / _SOAK_S - (1.0 - rain[second]) * level / _DRY_S
        level = max(level, 0.0)
        water[second] = level
    return water


def _declared(wetness: np.ndarray) -> np.ndarray:
    """Wet tyres are allowed from the first really wet moment until it has all but dried."""
    found = np.zeros(len(wetness), bool)
    is_declared = False
    for second, level in enumerate(wetness):
        is_declared = level >= _DECLARED_FROM or (is_declared and level > _DECLARED_UNTIL)
        found[second] = is_declared
    return found
