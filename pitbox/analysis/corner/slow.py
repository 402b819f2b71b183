"""Corners by what laps did: places where several laps are slow together, whatever the shape of the road.

Speed alone tells where, not which way: side, radius and angle come from what else was felt; they are empty
and 0 where nothing else was recorded.
"""

from collections.abc import Sequence

import msgspec
import numpy as np

from pitbox.analysis.corner.bend import SMOOTH_M, Bend, smoothed
from pitbox.analysis.corner.turned import turned
from pitbox.analysis.driven import Corner, DrivenLap, Floats
from pitbox.analysis.even import channel_at, grid, length_of

_STEP_M = 4.0
_LEAST_MPS = 1.5
_LEAST_SHARE = 0.035
"""What a car must slow down by, and speed up by afterwards: of the speed in the corner."""
_EDGE = 0.35
"""A corner begins and ends where the speed is by this share of the way back to what it was."""
_LEAST_TURN_DEG = 3.0


class SlowPlace(msgspec.Struct, frozen=True):
    """Indices of an even grid around the lap; `first` and `last` may lie a lap before or behind."""

    first: int
    lowest: int
    last: int


def corners_by_speed(laps: Sequence[DrivenLap], bend: Bend | None = None) -> tuple[Corner, ...]:
    """In order from the line, by the median of the laps; empty where nobody slows down or tells a speed.

    `bend`: what `turned` says of these laps, from who has asked it.
    """
    told = [lap for lap in laps if "Speed" in lap.channels]
    if not told:
        return ()
    pct = grid(length_of(told[0]), _STEP_M)[:-1]
    step_m = length_of(told[0]) / len(pct)
    speed = np.median([channel_at(lap, "Speed", pct) for lap in told], axis=0)
    speed = smoothed(speed, SMOOTH_M / 2 / step_m)
    if bend is None:
        bend = turned(told)
    corners = [_corner(place, len(pct), bend) for place in slow_places(speed)]
    corners.sort(key=lambda corner: corner.apex)
    return tuple(msgspec.structs.replace(corner, number=at) for at, corner in enumerate(corners, 1))


def slow_places(speed: Floats) -> list[SlowPlace]:
    """Of a closed profile: each lowest place between two that are clearly faster."""
    top = int(speed.argmax())
    round_ = np.append(np.roll(speed, -top), speed[top])
    lows, highs = _zigzag(round_.tolist())  # one by one, Python's own numbers are five times as quick
    places = []
    for at, low in enumerate(lows):
        before, behind = round_[highs[at]], round_[highs[at + 1]]
        least = round_[low]
        down = np.flatnonzero(round_[highs[at] : low + 1] >= least + _EDGE * (before - least))[-1]
        up = np.flatnonzero(round_[low : highs[at + 1] + 1] >= least + _EDGE * (behind - least))[0]
        places.append(SlowPlace(top + highs[at] + int(down), top + low, top + low + int(up)))
    return places


def _zigzag(values: Sequence[float]) -> tuple[list[int], list[int]]:
    """Lows and the highs around them, each apart from the next by what counts; begins and ends at the top."""
    lows, highs, low, high = list[int](), [0], -1, 0
    for at in range(1, len(values)):
        if low < 0:  # on the way down from `highs[-1]`, or still up
            if values[at] > values[highs[-1]]:
                highs[-1] = at
            elif values[highs[-1]] - values[at] > _counts(values[at]):
                low = high = at
        elif values[at] < values[low]:
            low = high = at
        elif values[at] > values[high]:
            high = at
        if low >= 0 and values[high] - values[low] > _counts(values[low]) and _is_over(values, at, high):
            lows.append(low)
            highs.append(high)
            low = -1
    if low >= 0 and values[-1] - values[low] > _counts(values[low]):
        lows.append(low)
        highs.append(len(values) - 1)
    return lows, highs


def _is_over(values: Sequence[float], at: int, high: int) -> bool:
    """It goes down again, or this is the end of the lap."""
    return at == len(values) - 1 or values[high] - values[at] > _counts(values[at])


def _counts(speed_mps: float) -> float:
    return max(_LEAST_MPS, _LEAST_SHARE * speed_mps)


def _corner(place: SlowPlace, count: int, bend: Bend | None) -> Corner:
    lap = place.lowest // count
    start, end = place.first / count - lap, place.last / count - lap
    if bend is None:
        return Corner(0, start, place.lowest / count - lap, end, "", 0.0, 0.0)
    return Corner(0, start, place.lowest / count - lap, end, *turn_within(bend, start, end))


def turn_within(bend: Bend, start: float, end: float) -> tuple[str, float, float]:
    """(side, the tightest radius, degrees) of a stretch of the lap."""
    points = len(bend.pct)
    curve = bend.curvature[np.arange(round(start * points), round(end * points) + 1) % points]
    turn_deg = float(np.degrees(curve.sum() * bend.step_m))
    side = "left" if turn_deg > _LEAST_TURN_DEG else "right" if turn_deg < -_LEAST_TURN_DEG else ""
    return side, 1 / max(float(np.abs(curve).max()), 1e-6), abs(turn_deg)
