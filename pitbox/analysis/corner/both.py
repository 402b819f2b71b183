"""Corners of a live session: the shape of the road says which there are, the laps say where they are driven.

The apex of a bend moves to its slowest place. Where cars brake for a place that the shape does not show (a
narrow gate, a dip, a bend below the threshold), that is a corner of its own.
"""

from collections.abc import Sequence

import msgspec

from pitbox.analysis.corner.geometry import corners_by_bend
from pitbox.analysis.corner.slow import corners_by_speed
from pitbox.analysis.corner.turned import turned
from pitbox.analysis.driven import Corner, DrivenLap
from pitbox.analysis.outline import Outline

_MARGIN = 0.005
"""Of the lap: cars are slowest a little before or behind the tightest place."""


def corners_of(laps: Sequence[DrivenLap], outline: Outline | None = None) -> tuple[Corner, ...]:
    """By the outline where it is learnt, else by what the laps felt; empty where neither tells anything."""
    bend = turned(laps)
    if outline is not None and outline.is_learnt:
        bent = corners_by_bend(outline)
    else:
        bent = corners_by_bend(bend) if bend is not None else ()
    slow = corners_by_speed(laps, bend)
    found = [_moved(corner, slow) for corner in bent]
    found += [place for place in slow if not any(_is_in(place.apex, corner) for corner in bent)]
    found.sort(key=lambda corner: corner.apex)
    return tuple(msgspec.structs.replace(corner, number=at) for at, corner in enumerate(found, 1))


def _moved(corner: Corner, slow: Sequence[Corner]) -> Corner:
    """To the slowest place between its own start and end, if there is one."""
    inside = [place for place in slow if _offset(place.apex, corner.start) <= corner.end - corner.start]
    if not inside:
        return corner
    nearest = min(inside, key=lambda place: abs(_offset(place.apex, corner.apex - 0.5) - 0.5))
    apex = corner.start + _offset(nearest.apex, corner.start)
    lap = float(apex // 1.0)
    return msgspec.structs.replace(corner, start=corner.start - lap, apex=apex - lap, end=corner.end - lap)


def _is_in(apex: float, corner: Corner) -> bool:
    return _offset(apex, corner.start - _MARGIN) <= corner.end - corner.start + 2 * _MARGIN


def _offset(place: float, start: float) -> float:
    return (place - start) % 1.0
