"""The lap divided up: each corner from the first braking for it to full throttle; the rest is straight.

Two laps share one division, so that the losses of all stretches add up to the difference of the laps.
"""

from collections.abc import Sequence

import msgspec

from pitbox.analysis.driven import Corner, DrivenLap
from pitbox.analysis.loss.pedal import brake_point, throttle_point


class Pedals(msgspec.Struct, frozen=True):
    brake: float | None
    throttle: float | None


class Zone(msgspec.Struct, frozen=True):
    """Lap fractions between 0 and 1; a corner that the line lies in ends at it, or begins."""

    corner: Corner
    start: float
    middle: float
    """Halfway from where the corner begins to its apex."""
    middle_end: float
    """Halfway from the apex to where it ends."""
    end: float
    pedals: tuple[Pedals, ...]
    """Of each lap."""


def zones(laps: Sequence[DrivenLap], corners: Sequence[Corner]) -> list[Zone]:
    """In order and apart from each other; a corner whose apex two others leave no room for is left out."""
    apexes = [corner.apex for corner in corners]
    after = [0.0, *apexes]
    before = [*apexes[1:], 1.0]
    found: list[Zone] = []
    pedals = [
        tuple(
            Pedals(brake_point(lap, after[at], corner.apex), throttle_point(lap, corner.apex, before[at]))
            for lap in laps
        )
        for at, corner in enumerate(corners)
    ]
    starts = [_start(corner, pedals[at], after[at]) for at, corner in enumerate(corners)]
    for at, corner in enumerate(corners):
        until = starts[at + 1] if at + 1 < len(corners) else 1.0
        start = starts[at]
        middle = min(max((corner.start + corner.apex) / 2, start), corner.apex)
        end = min(max(_end(corner, pedals[at]), corner.apex), until)
        middle_end = min((corner.apex + corner.end) / 2, end)
        found.append(Zone(corner, start, middle, middle_end, end, pedals[at]))
    return found


def _start(corner: Corner, pedals: tuple[Pedals, ...], after: float) -> float:
    """Where the first of them brakes, at the latest at turn-in."""
    points = [each.brake for each in pedals if each.brake is not None]
    return min(max(min([*points, corner.start]), after, 0.0), corner.apex)


def _end(corner: Corner, pedals: tuple[Pedals, ...]) -> float:
    """Where the last of them is at full throttle, at the earliest behind the middle of the corner."""
    points = [each.throttle for each in pedals if each.throttle is not None]
    return max([*points, (corner.apex + corner.end) / 2] if points else [corner.end])
