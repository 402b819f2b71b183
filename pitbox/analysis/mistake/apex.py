"""Wide at the apex by more than the driver's own spread there.

Latitude and longitude tell the line outright. A live sim keeps them to itself: velocity and yaw are summed up
then, from a little before the corner on, so that what is compared is the way through it, not where it began.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pitbox.analysis.driven import Corner, DrivenLap, Floats, MistakeKind
from pitbox.analysis.mistake.need import PLACE, ways
from pitbox.analysis.mistake.ordinary import LEAST_LAPS, Ordinary
from pitbox.analysis.mistake.stretch import Stretch

_DEGREE_M = 111_320.0
_SPREADS = 3.0
_LEAST_M = 1.0
"""Less is no mistake, however steady the driver is."""
_FULL_M = 4.0
_ANCHOR = 0.008
"""Of the lap before the corner: from there on motion is summed."""
_WINDOW = 0.0025
"""Of the lap on either side of the apex."""
_NORMAL = 1.4826
_STEPS = 9


Way = NDArray[np.complex128]
"""East and north in metres as one complex number."""


class Apexes:
    """The line of a driver's laps at each corner's apex."""

    def __init__(self, laps: Sequence[DrivenLap], usual: Ordinary | None, corners: Sequence[Corner]) -> None:
        self._laps = laps
        self._corners = corners
        flies = np.array([usual is not None and usual.is_flying(lap) for lap in laps], np.bool_)
        can = np.array([bool(ways(MistakeKind.MISSED_APEX, lap.channels)) for lap in laps], np.bool_)
        self._is_judged = flies & can
        self.wide_m = np.full((len(laps), len(corners)), np.nan)
        """Further out than the middle of the laps."""
        self.spread_m = np.full(len(corners), np.nan)
        judged = np.flatnonzero(self._is_judged).tolist()
        if len(judged) < LEAST_LAPS:
            return
        origin = laps[judged[0]].channels
        ways_m = [_way(laps[at], origin) for at in judged]
        for number, corner in enumerate(corners):
            through = [_through(laps[at], way, corner) for at, way in zip(judged, ways_m, strict=True)]
            paths = np.array(through)
            wide_m = _outward(paths, corner)
            self.wide_m[judged, number] = wide_m
            self.spread_m[number] = _NORMAL * np.median(np.abs(wide_m))

    def missed(self, at: int) -> list[tuple[Stretch, int]]:
        """Of the lap at this place of the list, each with its corner's number."""
        lap = self._laps[at]
        found = []
        for number, corner in enumerate(self._corners):
            wide_m = float(self.wide_m[at, number])
            limit_m = max(_LEAST_M, _SPREADS * float(self.spread_m[number]))
            if not wide_m > limit_m:
                continue
            apex = corner.apex % 1.0
            first, last = np.searchsorted(lap.pct, (max(0.0, apex - _WINDOW), min(1.0, apex + _WINDOW)))
            words = f"{wide_m:.1f} m wide at the apex"
            stretch = Stretch(
                MistakeKind.MISSED_APEX,
                int(first),
                int(min(last, len(lap.pct) - 1)),
                min(1.0, wide_m / _FULL_M),
                words,
            )
            found.append((stretch, corner.number))
        return found


def _way(lap: DrivenLap, origin: Mapping[str, Floats]) -> Way:
    """At each sample, from where `origin` begins; motion begins anywhere and is compared in corners only."""
    has = lap.channels
    if all(name in has and name in origin for name in PLACE):
        lat, lon = origin["Lat"][0], origin["Lon"][0]
        east, north = (has["Lon"] - lon) * np.cos(np.radians(lat)), has["Lat"] - lat
        return np.asarray((east + 1j * north) * _DEGREE_M)
    speed = (has["VelocityX"] + 1j * has["VelocityY"]) * np.exp(1j * has["Yaw"])
    steps = (speed[1:] + speed[:-1]) / 2 * np.diff(lap.t_s)
    return np.concatenate(([0j], np.cumsum(steps)))


def _through(lap: DrivenLap, way: Way, corner: Corner) -> Way:
    """Places around the apex; without latitude they count from shortly before the corner."""
    apex = corner.apex % 1.0
    at = np.clip(np.linspace(apex - _WINDOW, apex + _WINDOW, _STEPS), 0.0, 1.0)
    start = max(0.0, corner.start % 1.0 - _ANCHOR)
    start = start if start < apex else 0.0
    places = np.interp(at, lap.pct, way.real) + 1j * np.interp(at, lap.pct, way.imag)
    if all(name in lap.channels for name in PLACE):
        return np.asarray(places)
    origin = np.interp(start, lap.pct, way.real) + 1j * np.interp(start, lap.pct, way.imag)
    return np.asarray(places - origin)


def _outward(paths: Way, corner: Corner) -> Floats:
    middle = np.median(paths.real, axis=0) + 1j * np.median(paths.imag, axis=0)
    ahead = middle[-1] - middle[0]
    if not abs(ahead) > 0:
        return np.zeros(len(paths))
    left = 1j * ahead / abs(ahead)
    to_left_m = ((paths - middle) * np.conj(left)).real.mean(axis=1)
    found: Floats = -to_left_m if corner.side == "left" else to_left_m
    return found - np.median(found)
