"""Looks at the whole field twice a second: who has lost pace where the others have not.

A look compares where each car is with where it was some looks ago, and the time it took with what its
class usually takes there. Looks fall on the first row of every half second of the session, so it makes no
difference where blocks are cut.
"""

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.model.code import TrackSurface
from pitbox.timing.field import Bools, Floats
from pitbox.timing.usual import Usual, nothing_usual

LOOK_S = 0.5
WINDOW = 4
"""Looks back to which a car is compared; less is within what traffic does."""
_BLIND_S = 1.6
"""A longer step says nothing."""
_ROAD = int(TrackSurface.ON_TRACK)
_OFF = int(TrackSurface.OFF_TRACK)


class Look(msgspec.Struct, frozen=True):
    """What one look saw, by car_idx. Shares are of the usual pace, corrected by that of the whole field."""

    at_s: float
    is_known: Bools
    """The shares below say something."""
    share: Floats
    """Over the window."""
    step_share: Floats
    """Since the look before."""
    pct: Floats


class Watch(msgspec.Struct, array_like=True):
    """The last looks, newest first, and what is usual."""

    looks: int = -1
    """Number of the half second of the last look."""
    at_s: Floats = msgspec.field(default_factory=lambda: np.full((WINDOW + 1, 0), np.nan))
    pct: Floats = msgspec.field(default_factory=lambda: np.zeros((WINDOW + 1, 0)))
    usual: Usual = msgspec.field(default_factory=nothing_usual)

    def due_rows(self, time_s: Floats) -> list[int]:
        """The rows to look at: the first of each half second."""
        if time_s[-1] // LOOK_S <= self.looks:
            return []
        numbers = np.floor(time_s / LOOK_S).astype(np.int64)
        is_due = np.diff(numbers, prepend=self.looks) > 0
        self.looks = int(numbers[-1])
        rows: list[int] = np.flatnonzero(is_due).tolist()
        return rows

    def look(
        self, at_s: float, pct: Floats, surface: NDArray[np.int32], is_seen: Bools, classes: NDArray[np.int64]
    ) -> Look:
        """`classes`: each car's class; below zero for what is no racing car."""
        self._grow(len(pct))
        on_road = is_seen & ((surface == _ROAD) | (surface == _OFF)) & (classes >= 0)
        self.at_s = np.concatenate((np.where(on_road, at_s, np.nan)[None], self.at_s[:-1]))
        self.pct = np.concatenate((pct[None], self.pct[:-1]))
        row = np.zeros(len(pct), np.intp)
        for class_id in np.unique(classes[classes >= 0]).tolist():
            row[classes == class_id] = self.usual.row(class_id)
        is_ready = np.zeros(len(pct), np.bool_)
        if len(self.usual.classes):
            is_ready = self.usual.is_ready()[row]
        step, _ = self._share(row, 1)
        share, is_whole = self._share(row, WINDOW)
        is_known = is_ready & is_whole
        field = float(np.median(share[is_known])) if is_known.sum() > 3 else 1.0
        field = min(max(field, 0.3), 1.0)
        return Look(at_s, is_known, share / field, step / field, pct)

    def learn(self, row_classes: NDArray[np.int64], is_fit: Bools) -> None:
        """Take the last step of these cars as usual for their class and place."""
        span_s, move = self.at_s[0] - self.at_s[1], _move(self.pct[0], self.pct[1])
        with np.errstate(invalid="ignore"):
            cars = np.flatnonzero(is_fit & (span_s > 0) & (span_s < _BLIND_S) & (move > 1e-4))
        rows = np.array([self.usual.row(class_id) for class_id in row_classes[cars].tolist()], np.intp)
        self.usual.learn(rows, self.pct[1][cars], move[cars], span_s[cars])

    def _share(self, row: NDArray[np.intp], back: int) -> tuple[Floats, Bools]:
        """Of the usual pace since so many looks ago, and where that can be told."""
        span_s = self.at_s[0] - self.at_s[back]
        with np.errstate(invalid="ignore"):
            is_whole = (span_s > 0) & (span_s < _BLIND_S * back)
        is_whole &= ~np.isnan(self.at_s[: back + 1]).any(axis=0)
        share = np.ones(len(row))
        if is_whole.any():
            move = np.maximum(_move(self.pct[0], self.pct[back]), 0.0)
            expected_s = self.usual.expected_s(row, self.pct[back], move)
            share[is_whole] = expected_s[is_whole] / span_s[is_whole]
        return share, is_whole

    def _grow(self, width: int) -> None:
        more = width - self.at_s.shape[1]
        if more > 0:
            self.at_s = np.concatenate((self.at_s, np.full((WINDOW + 1, more), np.nan)), axis=1)
            self.pct = np.concatenate((self.pct, np.zeros((WINDOW + 1, more))), axis=1)


def _move(pct: Floats, before: Floats) -> Floats:
    move: Floats = pct - before
    return move - np.rint(move)
