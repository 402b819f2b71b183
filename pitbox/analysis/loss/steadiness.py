"""How alike a driver takes each corner over many laps: what is lost by the spread, not by the pace."""

from collections.abc import Sequence

import msgspec
import numpy as np

from pitbox.analysis.driven import Corner, DrivenLap, Floats
from pitbox.analysis.even import length_of, time_at
from pitbox.analysis.loss.pedal import brake_point, least_speed, throttle_point
from pitbox.analysis.loss.zone import zones

LEAST_LAPS = 3
_SIGMA = 1.4826
"""From the median of the absolute misses to a standard deviation: one bad lap does not set the spread."""


class Steadiness(msgspec.Struct, frozen=True):
    corner: int
    laps: int
    time_s: float
    """The ordinary time through it."""
    best_s: float
    time_spread_s: float
    least_speed_spread_mps: float | None
    brake_spread_m: float | None
    throttle_spread_m: float | None

    @property
    def left_s(self) -> float:
        """What the ordinary passage gives away against one's own best."""
        return self.time_s - self.best_s


def steadiness(laps: Sequence[DrivenLap], corners: Sequence[Corner]) -> tuple[Steadiness, ...]:
    """Corner by corner; empty with fewer than three laps that have all their rows."""
    sound = [lap for lap in laps if not lap.holes]
    if len(sound) < LEAST_LAPS:
        return ()
    middle = sorted(sound, key=lambda lap: lap.time_s)[len(sound) // 2]
    track_m = length_of(middle)
    found = []
    apexes = [0.0, *(corner.apex for corner in corners), 1.0]
    for at, zone in enumerate(zones((middle,), corners)):
        edges = np.array([zone.start, zone.end])
        took_s = np.array([float(np.diff(time_at(lap, edges))[0]) for lap in sound])
        apex, after, before = zone.corner.apex, apexes[at], apexes[at + 2]
        brakes = [brake_point(lap, after, apex) for lap in sound]
        throttles = [throttle_point(lap, apex, before) for lap in sound]
        speeds = [least_speed(lap, zone.start, zone.end) for lap in sound]
        found.append(
            Steadiness(
                corner=zone.corner.number,
                laps=len(sound),
                time_s=float(np.median(took_s)),
                best_s=float(took_s.min()),
                time_spread_s=spread(took_s),
                least_speed_spread_mps=_spread_of(speeds, 1.0),
                brake_spread_m=_spread_of(brakes, track_m),
                throttle_spread_m=_spread_of(throttles, track_m),
            )
        )
    return tuple(found)


def spread(values: Floats) -> float:
    return _SIGMA * float(np.median(np.abs(values - np.median(values))))


def _spread_of(values: Sequence[float | None], unit: float) -> float | None:
    """None where most laps say nothing."""
    told = [value for value in values if value is not None]
    if len(told) < max(LEAST_LAPS, len(values) / 2):
        return None
    return spread(np.array(told)) * unit
