"""Where number plates stand: beside their cars, on nobody else, each with a line if it had to go farther.

Pure; loads no Qt. Whoever comes first has the first choice; who finds no room goes without. A plate stays
where it was as long as that place is free, so that a pack does not flicker, and most need no search: whether
they may stay is found out for all of them at once.
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
_AIR = 1.0
"""Pixels around each plate."""
_PATIENCE = 2
"""Layouts that pass before who found no room looks again: a pack has none for many, and looking costs."""
_NEW = -1
"""The side of a plate that stood nowhere."""


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
    """Remembers which side each plate stood on, and who found none."""

    def __init__(self) -> None:
        self._sides: dict[Hashable, int] = {}
        self._waits: dict[Hashable, int] = {}

    def lay_out(
        self, wants: Sequence[Want], dots: Floats, step: float, width: float, height: float
    ) -> list[Plate]:
        """`dots`: left, top, right, bottom of what plates must not hide; `step`: from a car to its plate."""
        if not wants:
            self._sides = {}
            return []
        before = [self._sides.get(want.key, _NEW) for want in wants]
        room = _Room(wants, dots, step, (width, height))
        kept, stays = room.stays(np.array(before))
        sides, plates, found = dict[Hashable, int](), list[Plate](), list[list[float]]()
        waits, self._waits = self._waits, {}
        for nth, want in enumerate(wants):
            left_out = waits.get(want.key, 0)
            if left_out and not want.must:
                self._waits[want.key] = left_out - 1
                continue
            at, box = before[nth], kept[nth]
            if not stays[nth] or any(_is_on(box, other) for other in found):
                at, box = room.search(nth, at)
                if at == _NEW:
                    self._waits[want.key] = _PATIENCE
                    continue
                found.append(box)
            room.take(box)
            sides[want.key] = at
            left, top = box[0] + _AIR, box[1] + _AIR
            plates.append(Plate(want.key, left, top, want.width, want.height, at // len(_TURNS) > 0))
        self._sides = sides
        return plates


class _Room:
    """What is taken so far; knows where each plate could stand."""

    def __init__(self, wants: Sequence[Want], dots: Floats, step: float, size: tuple[float, float]) -> None:
        self._wants, self._step, self._size = wants, step, size
        self._places = np.array([(w.x, w.y, w.width / 2, w.height / 2) for w in wants])
        self._taken = np.empty((len(dots) + len(wants), 4))
        self._taken[: len(dots)] = dots
        self._count = len(dots)

    def take(self, box: list[float]) -> None:
        self._taken[self._count] = box
        self._count += 1

    def stays(self, sides: NDArray[np.int_]) -> tuple[list[list[float]], list[bool]]:
        """(the boxes on these sides, which of them are free of dots and of those before them)."""
        boxes = self._boxes(self._places, sides)
        may = (sides != _NEW) & self._is_inside(boxes) & ~_hits(boxes, self._taken[: self._count]).any(axis=1)
        clash = np.tril(_hits(boxes, boxes) & may, -1).any(axis=1)
        return boxes.tolist(), (may & ~clash).tolist()

    def search(self, nth: int, before: int) -> tuple[int, list[float]]:
        """(side, box): the best one that is free; _NEW where there is none, and it need not be shown."""
        want = self._wants[nth]
        cost = _REACH * _NEAR_FIRST - _COS * want.out_x - _SIN * want.out_y
        if before != _NEW:
            cost[before] = -np.inf
        boxes = self._boxes(self._places[nth], slice(None))
        left, top = boxes.min(axis=0)[:2]
        right, bottom = boxes.max(axis=0)[2:]
        taken = self._taken[: self._count]
        near = (taken[:, 0] < right) & (taken[:, 2] > left) & (taken[:, 1] < bottom) & (taken[:, 3] > top)
        is_free = self._is_inside(boxes) & ~_hits(boxes, taken[near]).any(axis=1)
        if not is_free.any():
            if not want.must:
                return _NEW, []
        else:
            cost[~is_free] = np.inf
        at = int(cost.argmin())
        return at, boxes[at].tolist()

    def _boxes(self, places: Floats, sides: NDArray[np.int_] | slice) -> Floats:
        """With some air around them. A plate is wider than high: beside a car it stands farther off."""
        x, y, half_w, half_h = places.T
        x = x + _COS[sides] * (_REACH[sides] * self._step + half_w)
        y = y + _SIN[sides] * (_REACH[sides] * self._step + half_h)
        half_w, half_h = half_w + _AIR, half_h + _AIR
        return np.stack((x - half_w, y - half_h, x + half_w, y + half_h), axis=1)

    def _is_inside(self, boxes: Floats) -> NDArray[np.bool_]:
        width, height = self._size
        is_inside = (boxes[:, 0] >= 0) & (boxes[:, 1] >= 0)
        return np.asarray(is_inside & (boxes[:, 2] <= width) & (boxes[:, 3] <= height), np.bool_)


def _is_on(one: list[float], other: list[float]) -> bool:
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]


def _hits(boxes: Floats, others: Floats) -> NDArray[np.bool_]:
    """(boxes, others): which stand on which."""
    hit = (boxes[:, None, 0] < others[None, :, 2]) & (boxes[:, None, 2] > others[None, :, 0])
    hit &= (boxes[:, None, 1] < others[None, :, 3]) & (boxes[:, None, 3] > others[None, :, 1])
    return np.asarray(hit, np.bool_)
