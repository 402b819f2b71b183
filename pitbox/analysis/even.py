"""A lap resampled evenly along the track, so that laps can be laid upon each other place by place.

Places are lap fractions: the sim measures them along the middle of the road, so one fraction is one place on
the ground whatever line a car takes. A car's own path is longer on the outside: by its share two laps drift.
"""

import msgspec
import numpy as np

from pitbox.analysis.column import ANGLES, shorter_way
from pitbox.analysis.driven import DrivenLap, Floats

STEP_M = 2.0
_UNKNOWN_M = 4000.0
_LEAST = 64


class EvenLap(msgspec.Struct, frozen=True, eq=False):
    name: str
    time_s: float
    step_m: float
    pct: Floats
    """Evenly from 0 to 1, both ends included."""
    t_s: Floats
    path_m: Floats
    channels: dict[str, Floats]


def length_of(lap: DrivenLap) -> float:
    """The track's length where it is known, else the lap's own."""
    return lap.track_m or float(lap.path_m[-1])


def grid(length_m: float, step_m: float = STEP_M) -> Floats:
    """Fractions about `step_m` apart, such that the last is the line again."""
    count = max(_LEAST, round((length_m or _UNKNOWN_M) / step_m))
    fractions: Floats = np.arange(count + 1) / count
    return fractions


def even(lap: DrivenLap, pct: Floats | None = None, step_m: float = STEP_M) -> EvenLap:
    """At these fractions, or every `step_m` along the track."""
    if pct is None:
        pct = grid(length_of(lap), step_m)
    return EvenLap(
        name=lap.name,
        time_s=lap.time_s,
        step_m=length_of(lap) / (len(pct) - 1),
        pct=pct,
        t_s=time_at(lap, pct),
        path_m=np.interp(pct, lap.pct, lap.path_m),
        channels={name: channel_at(lap, name, pct) for name in lap.channels},
    )


def time_at(lap: DrivenLap, pct: Floats) -> Floats:
    """Seconds since the line at which a place was reached."""
    found: Floats = np.interp(pct, lap.pct, lap.t_s)
    return found


def channel_at(lap: DrivenLap, name: str, pct: Floats) -> Floats:
    values = lap.channels[name]
    if name in lap.stepped:
        at = np.searchsorted(lap.pct, pct, side="right") - 1
        held: Floats = values[np.clip(at, 0, len(values) - 1)]
        return held
    if name in ANGLES:
        return shorter_way(np.interp(pct, lap.pct, np.unwrap(values)))
    between: Floats = np.interp(pct, lap.pct, values)
    return between
