"""Who was at the wheel, where nobody says: odds for each spell out of the plan, visits, pace and answers.

All tellings of the race that matter are kept side by side, each with its chance. Two kinds of team are told
apart: one that follows its plan, and one that goes its own way by the habits of endurance crews; how much
the plan is believed follows from what people answered and, with less weight, from what was seen.
"""

from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

UNKNOWN = -1
_Floats = NDArray[np.float64]
_Whole = NDArray[np.int64]

# Means of ten races of 6 to 24 hours, 488 cars.
_CHANGE = np.array([0.0, 0.17, 0.38, 0.61, 0.68, 0.7])
"""Chance of another driver after so many spells in a row."""
_VISIT_EDGES = (-0.35, -0.15, -0.05, 0.02, 0.08, 0.15, 0.3, 0.8)
_VISIT_SIGNS = (-2.8, -0.9, -0.4, -0.2, 0.4, 0.5, 0.6, 0.4, 0.2)
"""Log odds of a change by how much longer than usual the visit was."""
_SEEN_CHANGE = 4.0
_HABIT = 12.0
"""A team's own habit counts as much as the usual one after so many stops."""
_TURN_ORDER, _REST = 1.0, 0.7
_WITHIN, _BETWEEN = 7.0, 4.0
"""Pace in thousandths of a lap: of one person from spell to spell, and of people of one team."""
_MOST_OFF, _ODD, _ODD_DENSITY = 15.0, 0.07, 0.03
_FOLLOWED, _IS_FOLLOWED, _SEEN_WEIGHT = 0.7, 0.35, 0.25
_SURE_START = 0.97
_TEMPER = 1.8
"""Signs lean on each other and few tellings are kept, so that chances are too sure by this power."""
_TELLINGS = 200
_NEVER = -1e6


class Sign(msgspec.Struct, frozen=True):
    """What was seen of one spell, and who the plan has in it."""

    length_s: float
    planned: int = UNKNOWN
    """A seat's place among those who may drive."""
    known: int = UNKNOWN
    """Who it was, where somebody says it."""
    visit: float | None = None
    """How much longer than this car's usual one the visit before it was, as a share."""
    pace: float | None = None
    """Slower than the class at that time, in thousandths of a lap."""
    is_swap: bool = False
    """It was seen that another driver got in."""


Odds = tuple[tuple[float, ...], ...]
"""By spell and seat; each spell's sum is one."""


@lru_cache(maxsize=16)
def wheel(signs: tuple[Sign, ...], seats: int) -> Odds:
    """`seats`: how many may drive."""
    if not signs or seats < 1:
        return ()
    free, free_log = _told(signs, seats, followed=0.0)
    planned, planned_log = _told(signs, seats, followed=_FOLLOWED)
    unsaid = tuple(msgspec.structs.replace(sign, known=UNKNOWN) for sign in signs)
    seen = said = planned_log - free_log
    if unsaid != signs:
        seen = _told(unsaid, seats, followed=_FOLLOWED)[1] - _told(unsaid, seats, followed=0.0)[1]
        said -= seen
    else:
        said = 0.0
    # What people say counts whole; signs are not independent of each other, so they count for less.
    odds = np.log(_IS_FOLLOWED / (1.0 - _IS_FOLLOWED)) + _SEEN_WEIGHT * seen + said
    trust = 1.0 / (1.0 + np.exp(-np.clip(odds, -30.0, 30.0)))
    mixed = _tempered(trust * planned + (1.0 - trust) * free, signs)
    return tuple(tuple(float(chance) for chance in row) for row in mixed)


def _tempered(odds: _Floats, signs: tuple[Sign, ...]) -> _Floats:
    """As sure as names turn out to be right; who starts and what somebody says is known, and stays."""
    is_open = np.array([at > 0 and sign.known == UNKNOWN for at, sign in enumerate(signs)])
    calm: _Floats = odds ** (1.0 / _TEMPER)
    calm /= calm.sum(axis=1, keepdims=True)
    return np.where(is_open[:, None], calm, odds)


def _told(signs: tuple[Sign, ...], seats: int, *, followed: float) -> tuple[_Floats, float]:
    """Odds by spell and seat, and the log chance of everything that was seen and said."""
    tellings = _Tellings(signs, seats, followed)
    for at in range(1, len(signs)):
        tellings.step(at)
    return tellings.odds(), tellings.log


class _Tellings:
    """Rows are tellings of the race so far, the likeliest few."""

    def __init__(self, signs: tuple[Sign, ...], seats: int, followed: float) -> None:
        self._signs, self._seats, self._followed = signs, seats, followed
        paces = [sign.pace for sign in signs if sign.pace is not None]
        self._middle = float(np.median(paces)) if paces else 0.0
        self._usual_s = max(60.0, float(np.median([sign.length_s for sign in signs])))
        self.log = 0.0
        self._who: _Whole = np.arange(seats)
        self._row: _Whole = np.ones(seats, dtype=np.int64)
        self._path: _Whole = np.zeros((seats, len(signs)), dtype=np.int64)
        self._path[:, 0] = self._who
        self._pace, self._paces = np.zeros((seats, seats)), np.zeros((seats, seats))
        self._driven = np.zeros((seats, seats))
        self._after = np.zeros((seats, seats, seats))
        self._habit = np.zeros((seats, len(_CHANGE), 2))
        self._weight = self._start()
        self._count(0)

    def _start(self) -> _Floats:
        first = self._signs[0]
        weight = np.full(self._seats, 1.0 / self._seats)
        if first.planned != UNKNOWN and self._seats > 1:
            weight[:] = (1.0 - _SURE_START) / (self._seats - 1)
            weight[first.planned] = _SURE_START
        log: _Floats = np.log(weight)
        if first.known != UNKNOWN:
            self.log = float(log[first.known])
            log = np.where(self._who == first.known, 0.0, _NEVER)
        return log

    def step(self, at: int) -> None:
        """To the next spell: everybody may be in it."""
        sign, rows = self._signs[at], np.arange(len(self._who))
        log = np.log(self._chances(sign, rows) + 1e-12)
        change = _visit_sign(sign)
        log += change
        log[rows, self._who] -= change
        if sign.pace is not None:
            log += self._pace_log(self._off(sign.pace))
        if sign.known != UNKNOWN:
            others = np.arange(self._seats) != sign.known
            log[:, others] = _NEVER
        every = (self._weight[:, None] + log).ravel()
        whole = _log_sum(every)
        self.log += whole
        kept = np.argsort(-every, kind="stable")[:_TELLINGS]
        self._keep(at, kept, every[kept] - whole)
        self._count(at)

    def _chances(self, sign: Sign, rows: _Whole) -> _Floats:
        """Of each seat to be in the next spell, before that is looked at."""
        level = np.minimum(self._row, len(_CHANGE) - 1)
        stops = self._habit[rows, level]
        change = (stops[:, 1] + _HABIT * _CHANGE[level]) / (stops.sum(axis=1) + _HABIT)
        others = np.log(_TURN_ORDER + self._after[rows, self._who]) - _REST * self._driven
        others[rows, self._who] = _NEVER
        chance: _Floats = np.exp(others - others.max(axis=1, keepdims=True))
        chance *= (change / chance.sum(axis=1))[:, None]
        chance[rows, self._who] = 1.0 - change if self._seats > 1 else 1.0
        if sign.planned != UNKNOWN and self._followed:
            chance *= 1.0 - self._followed
            chance[:, sign.planned] += self._followed
        return chance

    def _pace_log(self, off: float) -> _Floats:
        """Of this pace for each seat, by what that seat drove before in the same telling."""
        within, between = _WITHIN**2, _BETWEEN**2
        left = within * between / (within + self._paces * between)
        spread = left + within
        off_by = off - left * self._pace / within
        likely = (1.0 - _ODD) * np.exp(-(off_by**2) / (2.0 * spread)) / np.sqrt(spread)
        log: _Floats = np.log(likely + _ODD * _ODD_DENSITY)
        return log

    def _keep(self, at: int, kept: _Whole, weight: _Floats) -> None:
        parent, who = np.divmod(kept, self._seats)
        before, level = self._who[parent], np.minimum(self._row[parent], len(_CHANGE) - 1)
        is_change = who != before
        self._pace, self._paces = self._pace[parent], self._paces[parent]
        self._driven, self._after = self._driven[parent], self._after[parent]
        self._habit, self._path = self._habit[parent], self._path[parent]
        rows = np.arange(len(parent))
        self._habit[rows, level, is_change.astype(np.int64)] += 1
        self._after[rows, before, who] += is_change
        self._row = np.where(is_change, 1, self._row[parent] + 1)
        self._who, self._weight = who, weight - _log_sum(weight)
        self._path[:, at] = who

    def _count(self, at: int) -> None:
        sign, rows = self._signs[at], np.arange(len(self._who))
        self._driven[rows, self._who] += sign.length_s / self._usual_s
        if sign.pace is not None:
            self._pace[rows, self._who] += self._off(sign.pace)
            self._paces[rows, self._who] += 1.0

    def _off(self, pace: float) -> float:
        return float(np.clip(pace - self._middle, -_MOST_OFF, _MOST_OFF))

    def odds(self) -> _Floats:
        weight = np.exp(self._weight - _log_sum(self._weight))
        found: Any = [
            np.bincount(self._path[:, at], weight, self._seats) for at in range(self._path.shape[1])
        ]
        return np.asarray(found, dtype=np.float64)


def _visit_sign(sign: Sign) -> float:
    if sign.is_swap:
        return _SEEN_CHANGE
    if sign.visit is None:
        return 0.0
    return _VISIT_SIGNS[int(np.digitize(sign.visit, _VISIT_EDGES))]


def _log_sum(logs: _Floats) -> float:
    most = float(logs.max())
    return most + float(np.log(np.exp(logs - most).sum()))
