"""A trace as columns of pixels: the lowest and the highest of each, so that no peak is ever lost. Pure."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]
_HALF = 0.62
"""Of a line's width, in logical pixels."""


class Columns(NamedTuple):
    """NaN where the trace says nothing."""

    low: Floats
    high: Floats


def columns_of(x: Floats, y: Floats, width: int, *, is_stepped: bool = False) -> Columns:
    """`x` in pixels, rising. Each column meets its neighbour, so that the line is whole at any zoom."""
    edges = np.arange(width + 1, dtype=np.float64)
    at_edge = _held(edges, x, y) if is_stepped else np.interp(edges, x, y, left=np.nan, right=np.nan)
    low = np.fmin(at_edge[:-1], at_edge[1:])
    high = np.fmax(at_edge[:-1], at_edge[1:])
    first, behind = np.searchsorted(x, 0.0), np.searchsorted(x, float(width))
    inner_x, inner_y = x[first:behind], y[first:behind]
    is_known = np.isfinite(inner_y)
    if not is_known.all():
        inner_x, inner_y = inner_x[is_known], inner_y[is_known]
    if len(inner_x):
        column = np.minimum(inner_x.astype(np.intp), width - 1)
        starts = np.flatnonzero(np.r_[True, column[1:] != column[:-1]])
        at = column[starts]
        low[at] = np.fmin(low[at], np.minimum.reduceat(inner_y, starts))
        high[at] = np.fmax(high[at], np.maximum.reduceat(inner_y, starts))
    return Columns(low, high)


def _held(at: Floats, x: Floats, y: Floats) -> Floats:
    """The value of the sample before: gears and switches have none between two."""
    index = np.searchsorted(x, at, side="right") - 1
    found: Floats = np.where((index < 0) | (at > x[-1]), np.nan, y[np.clip(index, 0, len(y) - 1)])
    return found


def paint(image: Pixels, columns: Columns, colour: tuple[int, int, int], half: float = _HALF) -> None:
    """Onto an image (rows, columns, BGRA), smooth at its upper and lower edge."""
    height, width = image.shape[:2]
    known = np.flatnonzero(np.isfinite(columns.low))
    top = np.clip(columns.low[known] - half, 0.0, float(height))
    bottom = np.clip(columns.high[known] + half, 0.0, float(height))
    is_seen = bottom > top
    known, top, bottom = known[is_seen], top[is_seen], bottom[is_seen]
    first = np.ceil(top).astype(np.intp)
    last = np.floor(bottom).astype(np.intp)
    counts = np.maximum(last - first, 0)
    ends = np.cumsum(counts)
    if len(ends) and ends[-1]:  # what is covered whole needs no mixing
        at = np.repeat(first * width + known - (ends - counts) * width, counts)
        at += np.arange(ends[-1]) * width
        blue, green, red = colour
        whole = np.uint32(blue | green << 8 | red << 16 | 255 << 24)
        image.view("<u4").reshape(-1)[at] = whole
    _mix(image, np.floor(top).astype(np.intp), known, np.minimum(bottom, first) - top, colour)
    is_apart = last >= first
    _mix(image, last[is_apart], known[is_apart], (bottom - last)[is_apart], colour)


def _mix(
    image: Pixels, row: NDArray[np.intp], column: NDArray[np.intp], share: Floats, ink: tuple[int, int, int]
) -> None:
    """Single pixels, covered in part."""
    is_some = (share > 0) & (row < image.shape[0])
    row, column = row[is_some], column[is_some]
    ground = image[row, column, :3].astype(np.float32)
    mixed = ground + (np.array(ink, np.float32) - ground) * share[is_some, None].astype(np.float32)
    image[row, column, :3] = mixed.astype(np.uint8)


def paint_points(image: Pixels, x: Floats, y: Floats, colour: tuple[int, int, int], side: int = 2) -> None:
    """Squares of `side` pixels around each point that lies on the image."""
    height, width = image.shape[:2]
    is_known = np.isfinite(x) & np.isfinite(y)
    column, row = x[is_known].astype(np.intp), y[is_known].astype(np.intp)
    for right in range(side):
        for down in range(side):
            is_in = (
                (column + right >= 0) & (column + right < width) & (row + down >= 0) & (row + down < height)
            )
            image[row[is_in] + down, column[is_in] + right, :3] = colour
