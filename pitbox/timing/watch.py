"""Looks at the whole field twice a second: who has lost pace where the others have not.

A look compares where each car is with where it was some looks ago, and the time it took with what its
class usually takes there. Looks fall on the first row of every half second of the session, so it makes no
difference where blocks are cut.
"""

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.timing.field import Bools, Floats
from pitbox.timing.jolt import Jolts
from pitbox.timing.usual import Usual, nothing_usual

LOOK_S = 0.5
WINDOW = 4
"""Looks back to which a car is compared; less is within what traffic does."""
_BLIND_S = 1.6
"""A longer step says nothing."""
_STANDS = 3e-4
"""Laps a second; or a small share of what the field does."""
_STANDS_SHARE = 0.06
_LEAST_FIELD = 4
"""Cars, before they say how fast everybody is just now."""
_FARTHEST = 0.05
"""Laps; no step of a driving car is longer."""


class Look(msgspec.Struct, frozen=True):
    """What one look saw, by car_idx. Shares are of the usual pace, corrected by that of the whole field."""

    at_s: float
    pct: Floats
    is_known: Bools
    """The shares say something."""
    share: Floats
    """Over the window."""
    step_share: Floats
    """Since the look before."""
    is_standing: Bools
    is_rolling: Bools
    """At half of the field's speed at least, wherever on the lap."""


class Watch(msgspec.Struct, array_like=True):
    """The last looks, newest first, and what is usual; arrays by car_idx."""

    looks: int = -1
    """Number of the half second of the last look."""
    at_s: Floats = msgspec.field(default_factory=lambda: np.full((WINDOW + 1, 0), np.nan))
    pct: Floats = msgspec.field(default_factory=lambda: np.zeros((WINDOW + 1, 0)))
    usual: Usual = msgspec.field(default_factory=nothing_usual)
    quiet_until_s: Floats = msgspec.field(default_factory=lambda: np.zeros(0))
    """Until then slow is normal: out of the pits."""
    slack_s: Floats = msgspec.field(default_factory=lambda: np.zeros(0))
    """When it last drove below the usual pace, be it for others in front of it."""
    held_s: Floats = msgspec.field(default_factory=lambda: np.zeros(0))
    """When it last was below it for others in front of it."""
    jolts: Jolts = msgspec.field(default_factory=Jolts)

    def due_rows(self, time_s: Floats) -> list[int]:
        """The rows to look at: the first of each half second."""
        if time_s[-1] // LOOK_S <= self.looks:
            return []
        numbers = np.floor(time_s / LOOK_S).astype(np.int64)
        is_due = numbers > self.looks
        is_due[1:] &= numbers[1:] > numbers[:-1]
        self.looks = int(numbers[-1])
        rows: list[int] = np.flatnonzero(is_due).tolist()
        return rows

    def look(self, at_s: float, pct: Floats, is_on_road: Bools, rows: NDArray[np.intp]) -> Look:
        """`rows`: each car's class as a row of what is usual; below zero for what does not race."""
        self.make_room(len(pct))
        self.at_s = np.concatenate((np.where(is_on_road, at_s, np.nan)[None], self.at_s[:-1]))
        self.pct = np.concatenate((pct[None], self.pct[:-1]))
        until = self.usual.until()
        step, is_step_known, rate = self._share(until, rows, 1)
        share, is_known, _ = self._share(until, rows, WINDOW)
        field = _middle(share[is_known]) if is_known.sum() >= _LEAST_FIELD else 1.0
        field = min(max(field, 0.3), 1.0)
        is_moving = ~np.isnan(rate)
        field_rate = _middle(rate[is_moving]) if is_moving.sum() >= _LEAST_FIELD else 0.0
        with np.errstate(invalid="ignore"):
            is_standing = rate < max(_STANDS, _STANDS_SHARE * field_rate)
            is_rolling = rate > 0.5 * field_rate
        step[~is_step_known] = field
        return Look(at_s, pct, is_known, share / field, step / field, is_standing, is_rolling)

    def learn(self, rows: NDArray[np.intp], is_fit: Bools) -> None:
        """Take the last step of these cars as usual for their class and place."""
        span_s, move = self.at_s[0] - self.at_s[1], _move(self.pct[0], self.pct[1])
        with np.errstate(invalid="ignore"):
            is_step = (span_s > 0) & (span_s < _BLIND_S)
        cars = np.flatnonzero(is_fit & is_step & (move > 1e-4) & (move < _FARTHEST))
        self.usual.learn(rows[cars], self.pct[1][cars], move[cars], span_s[cars])

    def make_room(self, width: int) -> None:
        """For so many cars at least."""
        more = width - self.at_s.shape[1]
        if more > 0:
            self.at_s = np.concatenate((self.at_s, np.full((WINDOW + 1, more), np.nan)), axis=1)
            self.pct = np.concatenate((self.pct, np.zeros((WINDOW + 1, more))), axis=1)
            for name in ("quiet_until_s", "slack_s", "held_s"):
                setattr(self, name, np.concatenate((getattr(self, name), np.full(more, -np.inf))))

    def _share(self, until: Floats, rows: NDArray[np.intp], back: int) -> tuple[Floats, Bools, Floats]:
        """Of the usual pace since so many looks ago, where that can be told, and laps a second."""
        at_s = self.at_s[: back + 1]
        span_s = at_s[0] - at_s[back]
        with np.errstate(invalid="ignore"):
            is_whole = (span_s > 0) & (span_s < _BLIND_S * back)
        for between in at_s[1:back]:
            is_whole &= ~np.isnan(between)
        move = np.maximum(_move(self.pct[0], self.pct[back]), 0.0)
        span_s = np.where(is_whole, span_s, np.nan)
        is_known = is_whole & (rows >= 0)
        share = np.ones(len(rows))
        cars = np.flatnonzero(is_known)
        if len(cars):
            expected_s = self.usual.expected_s(until, rows[cars], self.pct[back][cars], move[cars])
            known = ~np.isnan(expected_s)
            is_known[cars[~known]] = False
            share[cars[known]] = expected_s[known] / span_s[cars[known]]
        return share, is_known, move / span_s


def _middle(values: Floats) -> float:
    """The upper median: a tenth of what numpy's own takes for so few."""
    middle = len(values) // 2
    return float(np.partition(values, middle)[middle])


def _move(pct: Floats, before: Floats) -> Floats:
    move: Floats = pct - before
    move -= np.rint(move)
    return move
