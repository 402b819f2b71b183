"""The line that laps were driven on: its mean and its spread, place by place, laid onto the track's outline.

Positions come from latitude and longitude where they were recorded. A live sim does not tell them: there
velocity and yaw are summed up, each lap for itself, which shows the shape of a line but wanders.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.analysis.driven import DrivenLap, Floats
from pitbox.analysis.even import channel_at, grid, length_of, time_at
from pitbox.analysis.outline import Outline, Source

STEP_M = 4.0
_DEGREE_M = 111_320.0
_SIGMA = 1.4826
_LEAST_M = 1.0
Way = NDArray[np.complex128]


class DrivenLine(msgspec.Struct, frozen=True, eq=False):
    """In the frame of the outline, or of its own first place where there is none."""

    source: Source
    laps: tuple[str, ...]
    pct: Floats
    x_m: Floats
    y_m: Floats
    """Of the mean line."""
    spread_m: Floats
    """Across the road: a standard deviation that one bad lap does not set; NaN with fewer than three laps."""
    offset_m: Floats
    """Shape (laps, places): of each lap from the mean line; to the left: positive."""


def driven_line(laps: Sequence[DrivenLap], outline: Outline | None = None) -> DrivenLine | None:
    """None where no lap says where the car was."""
    for source, names, ways in (
        (Source.POSITION, {"Lat", "Lon"}, _on_earth),
        (Source.MOTION, {"VelocityX", "VelocityY", "Yaw"}, _summed),
    ):
        told = [lap for lap in laps if names <= lap.channels.keys() and not _is_empty(lap, names)]
        if told:
            return _line(source, told, ways, outline)
    return None


def _line(source: Source, laps: list[DrivenLap], ways: object, outline: Outline | None) -> DrivenLine | None:
    assert callable(ways)
    pct = grid(length_of(laps[0]), STEP_M)
    found: list[Way] = [ways(lap, pct, laps[0]) for lap in laps]
    onto = found[0] if outline is None or not outline.is_learnt else _of(outline, pct)
    is_turned = source is Source.MOTION or (outline is not None and outline.source is Source.MOTION)
    if source is Source.MOTION:  # each lap begins anew, with a heading of its own
        laid = np.stack([_laid(way, onto, is_turned=True) for way in found])
    else:
        mean = np.mean(found, axis=0)
        laid = _laid_like(np.stack(found), mean, onto, is_turned=is_turned)
    mean = np.median(laid.real, axis=0) + 1j * np.median(laid.imag, axis=0)
    ahead = np.gradient(mean)
    ahead = ahead / np.maximum(np.abs(ahead), 1e-9)
    offset_m = ((laid - mean) * np.conj(ahead)).imag
    spread_m = np.full(len(pct), np.nan)
    if len(laps) >= 3:
        spread_m = _SIGMA * np.median(np.abs(offset_m - np.median(offset_m, axis=0)), axis=0)
    names = tuple(lap.name for lap in laps)
    return DrivenLine(source, names, pct, mean.real, mean.imag, spread_m, offset_m)


def _is_empty(lap: DrivenLap, names: set[str]) -> bool:
    """Not told, or zeros all along, as the sim has it while somebody else drives."""
    told = [lap.channels[name] for name in names]
    return not all(np.isfinite(values).all() for values in told) or not any(values.any() for values in told)


def _on_earth(lap: DrivenLap, pct: Floats, first: DrivenLap) -> Way:
    """Metres from where the first lap began."""
    lat, lon = channel_at(lap, "Lat", pct), channel_at(lap, "Lon", pct)
    lat_0, lon_0 = first.channels["Lat"][0], first.channels["Lon"][0]
    way: Way = _DEGREE_M * ((lon - lon_0) * np.cos(np.radians(lat_0)) + 1j * (lat - lat_0))
    return way


def _summed(lap: DrivenLap, pct: Floats, _first: DrivenLap) -> Way:
    yaw = np.unwrap(lap.channels["Yaw"])
    velocity = (lap.channels["VelocityX"] + 1j * lap.channels["VelocityY"]) * np.exp(1j * yaw)
    steps = (velocity[1:] + velocity[:-1]) / 2 * np.diff(lap.t_s)
    way = np.concatenate(([0j], np.cumsum(steps)))
    way -= (way[-1] - way[0]) * lap.t_s / lap.time_s  # what the sum misses at the line, over the lap
    at_s = time_at(lap, pct)
    even: Way = np.interp(at_s, lap.t_s, way.real) + 1j * np.interp(at_s, lap.t_s, way.imag)
    return even


def _of(outline: Outline, pct: Floats) -> Way:
    x_m, y_m = outline.place(pct)
    way: Way = x_m + 1j * y_m
    return way


def _laid(way: Way, onto: Way, *, is_turned: bool) -> Way:
    return _laid_like(way, way, onto, is_turned=is_turned)


def _laid_like(ways: Way, one: Way, onto: Way, *, is_turned: bool) -> Way:
    """Moved, and turned if need be, as `one` must be to lie on the other best."""
    turn = complex(np.vdot(one - one.mean(), onto - onto.mean())) if is_turned else 1.0 + 0j
    turn = turn / abs(turn) if abs(turn) > _LEAST_M else 1.0 + 0j
    laid: Way = (ways - one.mean()) * turn + onto.mean()
    return laid
