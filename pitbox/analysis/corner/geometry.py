"""Corners by the shape of the road alone: stretches that turn far enough, tightly enough, to one side.

Neighbours to the same side are two corners only where the road runs nearly straight between them for a while:
a hairpin with two apexes is one. To the other side they are always two: a chicane has a corner for each turn.
"""

import itertools

import msgspec
import numpy as np

from pitbox.analysis.corner.bend import Bend, bend_of
from pitbox.analysis.driven import Corner
from pitbox.analysis.outline import Floats, Outline

_FLOOR = 1 / 1000
"""Curvature of what is called straight."""
_LEAST_TURN_DEG = 10.0
_LEAST_SHARP = 0.08
"""Degrees a metre of radius: 16 degrees at 200 m, 32 at 400. A kink that nobody steers for is below."""
_APART_M = 30.0
_APART = 0.5
"""Two corners: between them the curvature stays below this share of the lesser one's for so many metres."""
_EDGE = 0.2
"""A corner begins and ends at this share of its greatest curvature."""
_CORE = 0.8
"""The apex is the middle of what is curved at least so much of the greatest."""


def corners_by_bend(road: Outline | Bend) -> tuple[Corner, ...]:
    """In order from the line; empty where nobody knows its shape."""
    if isinstance(road, Outline) and not road.is_learnt:
        return ()
    bend = bend_of(road) if isinstance(road, Outline) else road
    found = [span for span in _spans(bend) if _is_corner(bend, span)]
    corners = [_corner(bend, span) for span in found]
    corners.sort(key=lambda corner: corner.apex)
    return tuple(_numbered(corners))


def _spans(bend: Bend) -> list[tuple[int, int]]:
    """(first, last) of each stretch to one side; `last` is beyond the end where it goes over the line."""
    count = len(bend.curvature)
    side = np.sign(bend.curvature) * (np.abs(bend.curvature) > _FLOOR)
    changes = np.flatnonzero(side != np.roll(side, 1))
    if not len(changes):  # an oval that bends all the way, or a line that nowhere does
        changes = np.array([int(np.abs(bend.curvature).argmin())])
    ends = np.append(changes[1:], changes[0] + count)
    runs = [(int(a), int(b) - 1) for a, b in zip(changes, ends, strict=True) if side[a % count] != 0]
    parts = [part for run in runs for part in _parted(bend, run)]
    if len(parts) < 2:
        return parts
    joined = [parts[0]]
    for part in parts[1:]:
        _take(bend, joined, part)
    if len(joined) > 1:  # over the line
        first = joined.pop(0)
        _take(bend, joined, (first[0] + count, first[1] + count))
    return joined


def _take(bend: Bend, joined: list[tuple[int, int]], part: tuple[int, int]) -> None:
    if _is_one(bend, joined[-1], part):
        joined[-1] = (joined[-1][0], part[1])
    else:
        joined.append(part)


def _is_one(bend: Bend, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """To the same side, with too little between them."""
    before, behind = _curve(bend, one), _curve(bend, other)
    if np.sign(before.sum()) != np.sign(behind.sum()):
        return False
    between = _curve(bend, (one[0] + int(np.abs(before).argmax()), other[0] + int(np.abs(behind).argmax())))
    side = np.sign(before.sum())
    low = _APART * min(np.abs(before).max(), np.abs(behind).max())
    return bool(((between * side) < low).sum() * bend.step_m < _APART_M)


def _parted(bend: Bend, run: tuple[int, int]) -> list[tuple[int, int]]:
    """One run to one side, cut in the valleys between its peaks."""
    height = np.abs(_curve(bend, run))
    inner = np.flatnonzero((height[1:-1] < height[:-2]) & (height[1:-1] <= height[2:])) + 1
    cuts = [0, *inner.tolist(), len(height)]
    return [(run[0] + a, run[0] + b - 1) for a, b in itertools.pairwise(cuts) if b > a]


def _curve(bend: Bend, span: tuple[int, int]) -> Floats:
    found: Floats = bend.curvature[np.arange(span[0], span[1] + 1) % len(bend.curvature)]
    return found


def _is_corner(bend: Bend, span: tuple[int, int]) -> bool:
    curve = _curve(bend, span)
    turn_deg = abs(float(np.degrees(curve.sum() * bend.step_m)))
    return turn_deg >= _LEAST_TURN_DEG and turn_deg * float(np.abs(curve).max()) >= _LEAST_SHARP


def _corner(bend: Bend, span: tuple[int, int]) -> Corner:
    curve = _curve(bend, span)
    height = np.abs(curve)
    peak = float(height.max())
    inside = np.flatnonzero(height >= _EDGE * peak)
    core = np.flatnonzero(height >= _CORE * peak)
    apex = round(float((core * height[core]).sum() / height[core].sum()))
    start, middle, end = (_place(bend, span[0] + at) for at in (int(inside[0]), apex, int(inside[-1])))
    lap = np.floor(middle)  # the apex lies on this lap; the start may lie before its line
    return Corner(
        number=0,
        start=float(start - lap),
        apex=float(middle - lap),
        end=float(end - lap),
        side="left" if curve.sum() > 0 else "right",
        radius_m=1 / peak,
        turn_deg=abs(float(np.degrees(curve.sum() * bend.step_m))),
    )


def _place(bend: Bend, at: int) -> float:
    lap, index = divmod(at, len(bend.pct))
    return float(bend.pct[index]) + lap


def _numbered(corners: list[Corner]) -> list[Corner]:
    return [msgspec.structs.replace(corner, number=at) for at, corner in enumerate(corners, 1)]
