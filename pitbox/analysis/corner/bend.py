"""How a closed line bends along its own length: the turning of its direction, smoothed over some metres."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.analysis.outline import Floats, Outline

STEP_M = 2.0
SMOOTH_M = 20.0
"""The one setting: what turns and turns back within this is no bend. Outlines are drawn with points 10 to
40 m apart, and a car's own line wanders by less."""


class Bend(msgspec.Struct, frozen=True, eq=False):
    """Evenly spread over the length of the line, which goes on from the last to the first."""

    step_m: float
    pct: Floats
    """The lap fraction of each; rising from 0."""
    curvature: Floats
    """1/m; to the left: positive."""

    @property
    def length_m(self) -> float:
        return self.step_m * len(self.pct)

    def turn(self, first: int, last: int) -> float:
        """By how much the line turns from one place to another, around the line if need be; radians."""
        return float(self.curvature[_around(first, last, len(self.pct))].sum() * self.step_m)


def bend_of(outline: Outline, smooth_m: float = SMOOTH_M) -> Bend:
    pct = np.arange(len(outline.x_m) + 1) / len(outline.x_m)
    return closed_bend(
        pct, np.append(outline.x_m, outline.x_m[0]), np.append(outline.y_m, outline.y_m[0]), smooth_m
    )


def closed_bend(pct: Floats, x_m: Floats, y_m: Floats, smooth_m: float = SMOOTH_M) -> Bend:
    """Of points of any spacing; the last lies where the first does, with a fraction of 1."""
    edges = np.diff(x_m) + 1j * np.diff(y_m)
    far = np.abs(edges)
    is_edge = far > 1e-6
    edges, far = edges[is_edge], far[is_edge]
    ends_m = np.cumsum(far)
    count = max(8, round(float(ends_m[-1]) / STEP_M))
    step_m = float(ends_m[-1]) / count
    # A corner of the drawn line turns all at once; each such turn is spread over the smoothing.
    turn = np.angle(edges * np.conj(np.roll(edges, 1)))
    at_m = np.concatenate(([0.0], ends_m[:-1]))
    lumps = np.zeros(count)
    scaled = at_m / step_m
    low = np.floor(scaled).astype(np.intp)
    share = scaled - low
    np.add.at(lumps, low % count, turn * (1.0 - share))
    np.add.at(lumps, (low + 1) % count, turn * share)
    kept_pct = np.concatenate((pct[:-1][is_edge], [1.0]))
    kept_m = np.concatenate((at_m, ends_m[-1:]))
    even_pct = np.interp(np.arange(count) * step_m, kept_m, kept_pct)
    return Bend(step_m, even_pct, smoothed(lumps / step_m, smooth_m / step_m))


def smoothed(values: Floats, width: float) -> Floats:
    """A bell of this standard deviation, around the end; what it adds up to stays the same."""
    beat = np.fft.rfftfreq(len(values))
    bell = np.exp(-2.0 * (np.pi * beat * width) ** 2)
    smooth: Floats = np.fft.irfft(np.fft.rfft(values) * bell, len(values))
    return smooth


def _around(first: int, last: int, count: int) -> NDArray[np.intp]:
    return np.arange(first, last + 1 if last >= first else last + count + 1) % count
