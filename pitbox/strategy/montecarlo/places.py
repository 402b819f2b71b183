"""The order of one lap in numpy, as `passing` finds it compiled: a place down, a race across.

Most cars meet nobody: a row is compared with the one ahead, and only races in which two cars come close are
picked out. Rows are picked from one at a time, which numpy does three times as quickly as from all of them.
"""

from typing import Any

import numpy as np

from pitbox.strategy.montecarlo.draws import Floats
from pitbox.strategy.montecarlo.fate import FAR_S
from pitbox.strategy.montecarlo.tables import Whole

_FAR, _0 = np.float32(FAR_S), np.float32(0.0)
_FOUGHT = 1
"""In `_code`, below the number of a car: it fought on this lap, and pays for that once."""
Some = np.ndarray[Any, Any]


class Fights:
    """What a race says about cars that meet; the same on every lap."""

    def __init__(self, race: dict[str, Any], need_s: Floats) -> None:
        self.gap_s, self.slow_gap_s, self.loser_s = race["gap_s"], race["slow_gap_s"], race["loser_s"]
        self.cars = len(need_s)
        self.duel_s = np.tile(np.array([race["duel_s"], _0], np.float32), self.cars)
        # Negative, for a gap counts the other way round; by codes, so that no bit has to be taken off.
        self.short_s = np.repeat(np.repeat(-need_s, 2, axis=0), 2, axis=1).ravel()


class Places:
    """Cars as they arrive, in an order that changes while they meet; whoever is out stands last."""

    def __init__(self, order: Whole, arrival: Floats, shut: Some, fights: Fights) -> None:
        self._fights, self._races = fights, order.shape[1]
        at = order * self._races + np.arange(self._races)
        self.time_s: Some = arrival.take(at)
        self._shut = shut.take(at) if shut.any() else None
        is_close = np.greater_equal(self.time_s, _FAR)
        if self._shut is not None:
            is_close |= self._shut
        self._never = is_close if is_close.any() else None
        """Who fights with nobody ahead: it is out, or follows under a caution."""
        self._code = order << 1

    @property
    def order(self) -> Whole:
        found: Whole = self._code >> 1
        return found

    @property
    def near_s(self) -> Floats:
        """Behind the car ahead, at the line."""
        found = np.empty_like(self.time_s)
        found[0] = _FAR
        np.subtract(self.time_s[1:], self.time_s[:-1], out=found[1:])
        return found

    def meet(self, i: int) -> None:
        """The car at place `i` goes up as far as it passes, in every race; most meet nobody."""
        apart = self.time_s[i] - self.time_s[i - 1]
        close = apart < self._fights.gap_s
        if self._never is not None:
            close &= ~self._never[i]
        at = close.nonzero()[0]
        if self._shut is not None:
            held = (self._shut[i] & (apart < self._fights.slow_gap_s)).nonzero()[0]
            self.time_s[i][held] = self.time_s[i - 1].take(held) + self._fights.slow_gap_s
        x = self.time_s[i].take(at)
        while len(at):
            at, x = self._come_up(i, at, x)
            i -= 1
            if i == 0:
                break
            close = (x - self.time_s[i - 1].take(at) < self._fights.gap_s).nonzero()[0]
            at, x = at.take(close), x.take(close)

    def _come_up(self, i: int, at: Some, x: Some) -> tuple[Some, Some]:
        """Two cars fight in races `at`; gives those where the one at place `i` went up, and its time."""
        fights = self._fights
        time, code, time_ahead, code_ahead = (
            self.time_s[i], self._code[i], self.time_s[i - 1], self._code[i - 1],
        )  # fmt: skip
        own, other = code.take(at), code_ahead.take(at)
        x = x + fights.duel_s.take(own)
        ahead = time_ahead.take(at)
        ahead += fights.duel_s.take(other)
        gap = x - ahead
        moves = (gap <= fights.short_s.take(own * (2 * fights.cars) + other)).nonzero()[0]
        own |= _FOUGHT
        other |= _FOUGHT
        # As if all of them stayed behind, then those who do not.
        held = (gap < fights.gap_s).nonzero()[0]
        stays = x.copy()
        stays[held] = ahead.take(held) + fights.gap_s
        time[at], time_ahead[at] = stays, ahead
        code[at], code_ahead[at] = own, other
        at, x = at.take(moves), x.take(moves)
        time[at], time_ahead[at] = ahead.take(moves) + fights.loser_s, x
        code[at], code_ahead[at] = other.take(moves), own.take(moves)
        return at, x


def put_out_last(order: Some, arrival: Floats, races: Some) -> None:
    """Everybody passes a car that is out; done at once, in races where one just went."""
    some = order.take(races, axis=1)
    is_out = arrival.take(some * order.shape[1] + races) >= _FAR
    order[:, races] = np.take_along_axis(some, np.argsort(is_out, axis=0, kind="stable"), axis=0)


def rejoined(order: Some, time_s: Floats, owed_s: Floats) -> None:
    """Whoever stopped falls in where it comes out; nobody fights for that."""
    races = np.flatnonzero((owed_s > _0).any(axis=0))
    some = order.take(races, axis=1)
    at = some * order.shape[1] + races
    owed = owed_s.take(at)
    out = time_s.take(at) + owed
    # As a rule the others are in the order of their times: then sorting does it. Else, one by one.
    others = np.maximum.accumulate(np.where(owed > _0, -_FAR, out), axis=0)
    is_odd = (out < others).any(axis=0)
    sort = np.argsort(np.ascontiguousarray(out.T), axis=1, kind="stable").T
    order[:, races] = np.take_along_axis(some, sort, axis=0)
    for n in is_odd.nonzero()[0]:
        order[:, races[n]] = _sunk(some[:, n].tolist(), out[:, n].tolist(), owed[:, n].tolist())


def _sunk(order: list[int], out_s: list[float], owed_s: list[float]) -> list[int]:
    """From the back, each car that stopped sinks while the one behind it is sooner out."""
    found = list(zip(out_s, owed_s, order, strict=True))
    for i in range(len(found) - 2, -1, -1):
        j = i
        while found[j][1] > 0.0 and j + 1 < len(found) and found[j + 1][0] < found[j][0]:
            found[j], found[j + 1] = found[j + 1], found[j]
            j += 1
    return [car for _, _, car in found]
