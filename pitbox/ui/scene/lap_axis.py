"""What the traces stand over: shares of the reference's lap, or seconds since the line. Loads no Qt."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.analysis.driven import DrivenLap
from pitbox.analysis.even import length_of
from pitbox.ui.scene.lap_unit import distance
from pitbox.ui.scene.words import Units
from pitbox.wall.lap_set import LapSet

Floats = NDArray[np.float64]
_STEPS_M = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
_STEPS_S = (0.5, 1, 2, 5, 10, 20, 30, 60, 120)


class LapAxis(msgspec.Struct, frozen=True, eq=False):
    reference: DrivenLap
    begin: float
    end: float
    """Of what is shown: shares, or seconds."""
    is_by_time: bool

    def x(self, values: Floats, width: float) -> Floats:
        """Of shares or of seconds, whichever this axis is of, in pixels."""
        return (values - self.begin) * (width / max(1e-9, self.end - self.begin))

    def of_share(self, share: float) -> float:
        """Where the reference is at that place."""
        if not self.is_by_time:
            return share
        return float(np.interp(share, self.reference.pct, self.reference.t_s))

    def share_at(self, x: float, width: float) -> float:
        value = self.begin + x / max(1.0, width) * (self.end - self.begin)
        if not self.is_by_time:
            return min(1.0, max(0.0, value))
        return float(np.interp(value, self.reference.t_s, self.reference.pct))

    def marks(self, most: float, units: Units) -> list[tuple[float, str]]:
        """(value, words) at round places."""
        if self.is_by_time:
            return [(at, f"{at:g} s") for at in _round(self.begin, self.end, most, _STEPS_S)]
        length_m = length_of(self.reference)
        foot = 1.0 if units == "metric" else 0.3048
        found = _round(self.begin * length_m / foot, self.end * length_m / foot, most, _STEPS_M)
        return [(at * foot / length_m, " ".join(distance(at * foot, units))) for at in found]

    def place_words(self, share: float, units: Units) -> str:
        """`1,240 m`, or `31.42 s`."""
        if self.is_by_time:
            return f"{self.of_share(share):.2f} s"
        return " ".join(distance(share * length_of(self.reference), units))


def axis_of(laps: LapSet, span: tuple[float, float], *, is_by_time: bool) -> LapAxis | None:
    """None without a lap. The whole of it by time reaches to the slowest."""
    if not laps.laps:
        return None
    reference = laps.laps[0].lap
    if not is_by_time:
        return LapAxis(reference, *span, is_by_time=False)
    begin, end = (float(value) for value in np.interp(span, reference.pct, reference.t_s))
    if span[1] >= 1.0:
        end = max(one.lap.time_s for one in laps.laps)
    return LapAxis(reference, begin, end, is_by_time=True)


def _round(low: float, high: float, most: float, steps: tuple[float, ...]) -> list[float]:
    step = next((one for one in steps if (high - low) / one <= max(1.0, most)), steps[-1])
    first = int(np.ceil(low / step - 1e-9))
    return [at * step for at in range(first, int(np.floor(high / step + 1e-9)) + 1)]
