"""Where number plates stand: beside their cars, on nobody else, each with a line if it had to go farther.

Pure; loads no Qt. Whoever comes first has the first choice; who finds no room goes without. A plate stays
where it was as long as that place is free, so that a pack does not flicker.
"""

from collections.abc import Hashable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_TURNS = np.arange(12) * np.pi / 6
_REACHES = (1.0, 2.1, 3.4)
"""Distances from the car, in steps; beyond the first one a line leads to it."""
_COS, _SIN = np.tile(np.cos(_TURNS), len(_REACHES)), np.tile(np.sin(_TURNS), len(_REACHES))
_REACH = np.repeat(_REACHES, len(_TURNS))
_NEAR_FIRST = 4.0
"""A side that is not the best costs less than to go farther out."""
_TRIES = ((0, 1), (1, 8), (8, len(_REACH)))
_AIR = 1.0
"""Pixels around each plate."""


class Want(msgspec.Struct, frozen=True):
    """A plate that wants a place; the first in the list matter most."""

    key: Hashable
    x: float
    y: float
    """Of its car."""
    width: float
    height: float
    out_x: float = 0.0
    out_y: float = -1.0
    """Away from the track's middle: a plate stands there first."""
    must: bool = False
    """It is shown, whatever it hides."""


class Plate(msgspec.Struct, frozen=True):
    key: Hashable
    left: float
    top: float
    width: float
    height: float
    has_line: bool


class PlateBoard:
    """Remembers which side each plate stood on."""

    def __init__(self) -> None:
        self._sides: dict[Hashable, int] = {}

    def lay_out(
        self, wants: Sequence[Want], dots: Floats, step: float, width: float, height: float
    ) -> list[Plate]:
        """`dots`: left, top, right, bottom of what plates must not hide; `step`: from a car to its plate."""
        if not wants:
            self._sides = {}
            return []
        boxes, order = self._choices(wants, step)
        is_inside = (boxes[..., 0] >= 0) & (boxes[..., 1] >= 0)
        is_inside &= (boxes[..., 2] <= width) & (boxes[..., 3] <= height)
        taken = np.empty((len(dots) + len(wants), 4))
        taken[: len(dots)] = dots
        count, sides, plates = len(dots), dict[Hashable, int](), list[Plate]()
        for nth, want in enumerate(wants):
            at = _first_free(boxes[nth], order[nth], is_inside[nth], taken[:count])
            if at is None and not want.must:
                continue
            at = int(order[nth][0]) if at is None else at
            box = taken[count] = boxes[nth, at]
            count += 1
            sides[want.key] = at
            left, top = float(box[0]) + _AIR, float(box[1]) + _AIR
            plates.append(Plate(want.key, left, top, want.width, want.height, at // len(_TURNS) > 0))
        self._sides = sides
        return plates

    def _choices(self, wants: Sequence[Want], step: float) -> tuple[Floats, NDArray[np.intp]]:
        """(boxes by want and choice, with some air around them; in which order to try them)."""
        places = np.array([(w.x, w.y, w.width / 2, w.height / 2, w.out_x, w.out_y) for w in wants])
        mid_x, mid_y, half_w, half_h, out_x, out_y = places.T[:, :, None]
        # A plate is wider than high: beside a car it stands farther off than above it.
        x, y = mid_x + _COS * (_REACH * step + half_w), mid_y + _SIN * (_REACH * step + half_h)
        half_w, half_h = half_w + _AIR, half_h + _AIR
        boxes = np.stack((x - half_w, y - half_h, x + half_w, y + half_h), axis=2)
        cost = _REACH * _NEAR_FIRST - _COS * out_x - _SIN * out_y
        for nth, want in enumerate(wants):
            before = self._sides.get(want.key)
            if before is not None:
                cost[nth, before] = -np.inf
        return boxes, np.argsort(cost, axis=1, kind="stable")


def _first_free(
    boxes: Floats, order: NDArray[np.intp], is_inside: NDArray[np.bool_], taken: Floats
) -> int | None:
    """A few at a time: mostly the first one will do."""
    for first, last in _TRIES:
        tried = order[first:last]
        free = tried[is_inside[tried] & ~_is_hit(boxes[tried], taken)]
        if len(free):
            return int(free[0])
    return None


def _is_hit(boxes: Floats, others: Floats) -> NDArray[np.bool_]:
    """Which of the boxes stand on any of the others."""
    hit = (boxes[:, None, 0] < others[None, :, 2]) & (boxes[:, None, 2] > others[None, :, 0])
    hit &= (boxes[:, None, 1] < others[None, :, 3]) & (boxes[:, None, 3] > others[None, :, 1])
    return np.asarray(hit.any(axis=1), np.bool_)
