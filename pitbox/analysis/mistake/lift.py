"""Off the throttle where this driver ordinarily is flat."""

import numpy as np

from pitbox.analysis.driven import DrivenLap, MistakeKind
from pitbox.analysis.mistake.ordinary import Ordinary
from pitbox.analysis.mistake.stretch import Mask, Stretch, runs

_FLAT, _LIFTED = 0.95, 0.6
_LEAST_S = 0.25
"""Shorter is a change of gear, or a braking point within its ordinary scatter."""
_JOIN_S = 0.15
_FULL_S = 1.0


def lifts(lap: DrivenLap, usual: Ordinary | None, excused: Mask) -> list[Stretch]:
    """`excused`: samples in which something else had gone wrong already."""
    throttle = lap.channels.get("Throttle")
    if throttle is None or usual is None or usual.throttle_low is None or not usual.is_flying(lap):
        return []
    ordinarily = np.interp(lap.pct, usual.middles, usual.throttle_low)
    holds = (throttle < _LIFTED) & (ordinarily >= _FLAT) & ~excused
    found = []
    for first, last in runs(holds, lap.t_s, _LEAST_S, _JOIN_S):
        lasts_s = float(lap.t_s[last] - lap.t_s[first])
        words = f"off the throttle for {lasts_s:.2f} s where it is ordinarily flat"
        found.append(Stretch(MistakeKind.EARLY_LIFT, first, last, min(1.0, lasts_s / _FULL_S), words))
    return found
