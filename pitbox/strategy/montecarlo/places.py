"""The order of one lap in numpy, as `passing` finds it compiled: a place down, a race across."""

from typing import Any

import numpy as np

from pitbox.strategy.montecarlo.draws import Floats
from pitbox.strategy.montecarlo.fate import FAR_S
from pitbox.strategy.montecarlo.tables import Whole

_FAR, _0 = np.float32(FAR_S), np.float32(0.0)
Some = np.ndarray[Any, Any]


class Places:
    """Cars as they arrive, in an order that changes while they meet."""

    def __init__(
        self, order: Whole, arrival: Floats, shut: Some, race: dict[str, Any], need_s: Floats
    ) -> None:
        self.order, self._race, self._need_s = order, race, need_s
        at = order.astype(np.int64) * order.shape[1] + np.arange(order.shape[1])
        self.time_s: Some = arrival.take(at)
        self._shut = shut.take(at)
        self._duel_s = np.full(order.shape, race["duel_s"], np.float32)
        self.near_s = np.full(order.shape, _FAR, np.float32)

    def meet(self, i: int) -> None:
        """The car at place `i` goes up as far as it passes, in every race; most meet nobody."""
        apart = self.time_s[i] - self.time_s[i - 1]
        least = np.where(self._shut[i], self._race["slow_gap_s"], self._race["gap_s"])
        free = apart >= least
        self.near_s[i] = np.where(free & ~self._shut[i], apart, _FAR)
        at = np.flatnonzero(~free)
        while len(at) and i > 0:
            at = self._come_up(i, at)
            i -= 1

    def _come_up(self, i: int, at: Some) -> Some:
        """In races `at`; gives those in which the car at place `i` went up one."""
        x, ahead = self.time_s[i, at], self.time_s[i - 1, at]
        shut, is_home = self._shut[i, at], ahead < _FAR
        least = np.where(shut, self._race["slow_gap_s"], self._race["gap_s"])
        close = x - ahead < least
        fights = close & is_home & ~shut
        ahead = np.where(fights, ahead + self._duel_s[i - 1, at], ahead)
        own = np.where(fights, x + self._duel_s[i, at], x)
        self._duel_s[i - 1, at[fights]] = self._duel_s[i, at[fights]] = _0
        needed = self._need_s[self.order[i, at], self.order[i - 1, at]]
        stays = fights & (ahead - own < needed)
        moves = close & np.where(is_home, fights & ~stays, x < _FAR)
        gap = own - ahead
        near = np.where(close, np.where(stays, np.maximum(gap, least), _FAR), gap)
        held = (stays & (gap < least)) | (close & is_home & shut)
        self.time_s[i, at] = np.where(held, ahead + least, own)
        self.time_s[i - 1, at] = np.where(fights & moves, ahead + self._race["loser_s"], ahead)
        self.near_s[i, at] = np.where(shut, _FAR, near)
        moved: Some = at[moves]
        for rows in (self.order, self.time_s, self._shut, self._duel_s, self.near_s):
            rows[i, moved], rows[i - 1, moved] = rows[i - 1, moved], rows[i, moved]
        return moved
