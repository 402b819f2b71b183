"""How the road bends by what cars felt on it: where no outline is known, or as a second witness.

By yaw rate over speed; else by sideways force over speed squared; else by the steering, which has no measure
of its own: it is scaled so that the lap turns once around, and a fast car needs more of it for the same bend.
"""

from collections.abc import Sequence

import numpy as np

from pitbox.analysis.corner.bend import SMOOTH_M, STEP_M, Bend, smoothed
from pitbox.analysis.driven import DrivenLap, Floats
from pitbox.analysis.even import channel_at, grid, length_of

_SLOWEST_MPS = 3.0
_TWICE_MPS = 40.0
"""At which a race car needs twice the steering that its wheelbase alone asks for."""
_LEAST_TURN = 0.1
"""Of one full turn: a track that crosses itself cannot be scaled by its steering."""
WITNESSES = (("YawRate", 1), ("LatAccel", 2), ("SteeringWheelAngle", 0))
"""Channel, and the power of the speed that it grows with."""


def turned(laps: Sequence[DrivenLap], smooth_m: float = SMOOTH_M) -> Bend | None:
    """By the median of the laps that tell; None where none does. Left is positive, as the sim counts."""
    told = [lap for lap in laps if "Speed" in lap.channels]
    for name, power in WITNESSES:
        knowing = [lap for lap in told if name in lap.channels]
        if not knowing:
            continue
        length_m = length_of(knowing[0])
        pct = grid(length_m, STEP_M)[:-1]
        step_m = length_m / len(pct)
        felt = [_curvature(lap, name, power, pct) for lap in knowing]
        curve = smoothed(np.median(felt, axis=0), smooth_m / step_m)
        if power == 0:
            around = abs(float(curve.sum()) * step_m)
            if around < _LEAST_TURN * float(np.abs(curve).sum()) * step_m:
                return None
            curve = curve * (2 * np.pi / around)
        return Bend(step_m, pct, curve)
    return None


def _curvature(lap: DrivenLap, name: str, power: int, pct: Floats) -> Floats:
    speed_mps = np.maximum(channel_at(lap, "Speed", pct), _SLOWEST_MPS)
    felt = channel_at(lap, name, pct)
    return felt / speed_mps**power if power else felt / (1.0 + (speed_mps / _TWICE_MPS) ** 2)
