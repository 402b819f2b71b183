"""The cars around ours on the track: who, how far by time at one place, and on what terms. Loads no Qt."""

from bisect import bisect_right
from collections import deque
from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import pairwise

import msgspec

from pitbox.strategy.catch import Closing
from pitbox.ui.scene.race import RaceScene
from pitbox.ui.scene.row import CarRow

_AWAY = ("out", "tow", "retired")
_MARKS = 100
_LEAST_MARKS = 60
"""Of a lap, seen before its shape is believed."""
_TREND_S = 8.0
"""Over which a gap's change is judged."""
_LEAST_CHANGE_S = 0.15
_MOST_LAPS = 99.0


class Terms(StrEnum):
    """How a car near us stands to us."""

    OURS = "ours"
    PLACE = "place"
    """Same class, same lap: a place is at stake."""
    LAPS_US = "laps us"
    WE_LAP = "we lap"
    CLASS = "class"
    """Another class, on its own race."""


class Trend(StrEnum):
    UNKNOWN = ""
    CLOSING = "closing"
    OPENING = "opening"
    STEADY = "steady"


class Neighbour(msgspec.Struct, frozen=True):
    row: CarRow
    gap_s: float
    """Positive: ahead of us on the track."""
    terms: Terms
    trend: Trend = Trend.UNKNOWN
    is_quicker_class: bool = False
    catch: "CatchLaps | None" = None


class CatchLaps(msgspec.Struct, frozen=True):
    """Laps until one has caught the other, at the pace of now."""

    first: float
    last: float | None
    """None: perhaps never."""


class LapShape:
    """How much of a lap's time has gone at each place of it, learnt from the car that is watched most."""

    def __init__(self) -> None:
        self._shares: list[float] = []
        self._lap = -1
        self._pcts: list[float] = []
        self._times_s: list[float] = []

    @property
    def is_known(self) -> bool:
        return bool(self._shares)

    def hear(self, lap: int, lap_pct: float, now_s: float) -> None:
        if lap != self._lap:
            self._learn(now_s)
            self._lap, self._pcts, self._times_s = lap, [], []
        if not self._pcts or (lap_pct > self._pcts[-1] and now_s > self._times_s[-1]):
            self._pcts.append(lap_pct)
            self._times_s.append(now_s)

    def share(self, lap_pct: float) -> float:
        """0 at the line, 1 at the next one; even speed as long as nothing is learnt."""
        pct = lap_pct % 1.0
        if not self._shares:
            return pct
        at = min(int(pct * _MARKS), _MARKS - 1)
        rest = pct * _MARKS - at
        return self._shares[at] + (self._shares[at + 1] - self._shares[at]) * rest

    def _learn(self, now_s: float) -> None:
        pcts, times_s = self._pcts, self._times_s
        if len(pcts) < _LEAST_MARKS or pcts[0] > 0.05 or pcts[-1] < 0.95:
            return
        if max(b - a for a, b in pairwise(pcts)) > 0.05:
            return
        start_s = times_s[0] - (now_s - times_s[0]) * pcts[0]
        lap_s = now_s - start_s
        marks = [_between(pcts, times_s, at / _MARKS, start_s, now_s) for at in range(_MARKS + 1)]
        shares = [min(max((time_s - start_s) / lap_s, 0.0), 1.0) for time_s in marks]
        if all(before <= after for before, after in pairwise(shares)):
            self._shares = shares


class Trends:
    """Remembers gaps for a few seconds, to say which way they go."""

    def __init__(self) -> None:
        self._gaps: dict[int, deque[tuple[float, float]]] = {}

    def note(self, car_idx: int, now_s: float, gap_s: float) -> Trend:
        gaps = self._gaps.setdefault(car_idx, deque())
        if gaps and (now_s < gaps[-1][0] or gap_s * gaps[-1][1] < 0):
            gaps.clear()  # the clock was turned back, or it went past
        gaps.append((now_s, gap_s))
        while now_s - gaps[0][0] > _TREND_S:
            gaps.popleft()
        if now_s - gaps[0][0] < _TREND_S / 2:
            return Trend.UNKNOWN
        change_s = abs(gap_s) - abs(gaps[0][1])
        if abs(change_s) < _LEAST_CHANGE_S:
            return Trend.STEADY
        return Trend.CLOSING if change_s < 0 else Trend.OPENING

    def keep(self, cars: set[int]) -> None:
        for car_idx in self._gaps.keys() - cars:
            del self._gaps[car_idx]


def around(
    scene: RaceScene,
    lap_times_s: Mapping[int, float],
    shape: LapShape,
    places: Mapping[int, float] | None = None,
    closings: Mapping[int, Closing] | None = None,
) -> list[Neighbour]:
    """From the one furthest ahead to the one furthest behind, ours among them; empty while it is not there.

    `lap_times_s`: what a lap of each car takes of late. `places`: newer ones than the scene's, by car.
    """
    own = scene.row(scene.own_car_idx)
    if own is None or own.status in ("out", "retired"):
        return []
    places = places or {}
    ranks = {head.class_id: head.rank for head in scene.classes}
    own_pct = places.get(own.car_idx, own.lap_pct)
    found = [Neighbour(own, 0.0, Terms.OURS)]
    for row in scene.rows:
        if row.car_idx == own.car_idx or row.status in _AWAY or row.age_s:
            continue
        gap_s = _gap_s(own, row, (own_pct, places.get(row.car_idx, row.lap_pct)), lap_times_s, shape)
        if gap_s is None:
            continue
        closing = None if closings is None else closings.get(row.car_idx)
        found.append(
            Neighbour(
                row=row,
                gap_s=gap_s,
                terms=_terms(own, row),
                is_quicker_class=ranks.get(row.class_id, 0) < ranks.get(own.class_id, 0),
                catch=_catch(closing, gap_s),
            )
        )
    return sorted(found, key=lambda one: (-one.gap_s, one.row.car_idx))


def nearest(found: Sequence[Neighbour], room: int) -> list[Neighbour]:
    """Of those around, as many as there is room for, ours in the middle where both sides have enough."""
    own = next((at for at, one in enumerate(found) if one.terms is Terms.OURS), None)
    if own is None:
        return []
    half = max(0, room - 1) // 2
    start = max(0, min(own - half, len(found) - room))
    return list(found[start : start + max(1, room)])


def _gap_s(
    own: CarRow, row: CarRow, pcts: tuple[float, float], lap_times_s: Mapping[int, float], shape: LapShape
) -> float | None:
    """What whoever follows needs to where the other one is."""
    own_pct, pct = pcts
    between = (pct - own_pct + 0.5) % 1.0 - 0.5
    follower = own.car_idx if between >= 0 else row.car_idx
    lap_s = lap_times_s.get(follower) or lap_times_s.get(own.car_idx)
    if lap_s is None:
        return None
    ahead, behind = (pct, own_pct) if between >= 0 else (own_pct, pct)
    share = (shape.share(ahead) - shape.share(behind)) % 1.0
    return lap_s * share if between >= 0 else -lap_s * share


def _terms(own: CarRow, row: CarRow) -> Terms:
    apart = row.laps + row.lap_pct - own.laps - own.lap_pct
    if row.class_id != own.class_id:
        return Terms.CLASS
    if abs(apart) <= 0.5:
        return Terms.PLACE
    return Terms.LAPS_US if apart > 0 else Terms.WE_LAP


def _catch(closing: Closing | None, gap_s: float) -> CatchLaps | None:
    if closing is None:
        return None
    pull_s = closing.gain_s if gap_s > 0 else -closing.gain_s
    wide_s = 1.28 * closing.spread_s
    if pull_s + wide_s <= 0 or abs(gap_s) / (pull_s + wide_s) > _MOST_LAPS or pull_s <= 0:
        return None
    slow_s = pull_s - wide_s
    last = abs(gap_s) / slow_s if slow_s > 0 else None
    return CatchLaps(abs(gap_s) / (pull_s + wide_s), last if last is None or last <= _MOST_LAPS else None)


def _between(
    pcts: Sequence[float], times_s: Sequence[float], pct: float, start_s: float, end_s: float
) -> float:
    at = bisect_right(pcts, pct)
    left = (pcts[at - 1], times_s[at - 1]) if at else (0.0, start_s)
    right = (pcts[at], times_s[at]) if at < len(pcts) else (1.0, end_s)
    if right[0] <= left[0]:
        return left[1]
    return left[1] + (right[1] - left[1]) * (pct - left[0]) / (right[0] - left[0])
