"""Visits to the pits of a class, and what one takes when all goes well."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import msgspec

from pitbox.model.fact import Stop
from pitbox.planning.after.estimate import quantile, scatter
from pitbox.strategy.outing import CAUTION_USE
from pitbox.strategy.pit_rule import DRIVE_THROUGH, FUEL, REPAIRS, SWAP, TYRES, PitRules
from pitbox.strategy.story import CarStory
from pitbox.timing.service import TOWED

_GOOD = 0.25
"""A quarter of all like visits is at least as quick as a good one."""
_NEAR_DRUNK = 0.2
"""Of the longest outing: visits that had to fill about as much are alike."""
_LEAST_LIKES = 4
_BEST = 0.1
_RATIO = (0.5, 2.0)
_SPREAD_S = (0.5, 12.0)


class Visit(msgspec.Struct, frozen=True):
    stop: Stop
    drunk: float
    """Green laps driven since the one before."""

    @property
    def visit_s(self) -> float | None:
        """None where the car is in there still, or a sheet does not tell what it took."""
        out_s = self.stop.lane_out_s
        took_s = 0.0 if out_s is None else out_s - self.stop.lane_in_s
        return took_s if took_s > 0.0 else None

    @property
    def stall_s(self) -> float | None:
        at_s, out_s = self.stop.stall_in_s, self.stop.stall_out_s
        return None if at_s is None or out_s is None else out_s - at_s

    @property
    def lane_s(self) -> float | None:
        visit_s, stall_s = self.visit_s, self.stall_s
        return None if visit_s is None or stall_s is None else visit_s - stall_s

    @property
    def what(self) -> frozenset[str]:
        return frozenset(service.what for service in self.stop.service)

    @property
    def is_swap(self) -> bool:
        return self.stop.user_id_out not in (0, self.stop.user_id_in)

    @property
    def is_ordinary(self) -> bool:
        return not self.what & {REPAIRS, DRIVE_THROUGH, TOWED} and not self.stop.is_tow


class Needed(msgspec.Struct, frozen=True):
    """What a visit for this service takes; `visit_s` is lane and stall together where both are known."""

    lane_s: float | None
    stall_s: float | None
    visit_s: float
    spread_s: float
    words: str
    class_visits_s: tuple[float, float, float] | None
    likes: int


def visits_of(car: CarStory) -> list[Visit]:
    found: list[Visit] = []
    by_lap = {stop.lap: stop for stop in car.stops}
    drunk = 0.0
    for lap, after in pairwise([*car.laps, None]):
        assert lap is not None
        drunk += CAUTION_USE if lap.kind.is_caution else 1.0
        stop = by_lap.get(lap.lap)
        if stop is not None and after is not None:
            found.append(Visit(stop, drunk))
            drunk = 0.0
    return found


def needed(visit: Visit, own: Sequence[Visit], mates: Iterable[Visit], rules: PitRules) -> Needed | None:
    """`own`: all visits of this car; `mates`: of its class without it. None: nothing is like it."""
    everybody = [*own, *mates]
    likes = _likes(visit, everybody)
    visits_s = [one.visit_s for one in likes if one.visit_s is not None]
    told = None
    if len(visits_s) >= _LEAST_LIKES:
        told = quantile(visits_s, 0.0), quantile(visits_s, 0.5), quantile(visits_s, 0.9)
    spread_s = min(max(scatter(visits_s), _SPREAD_S[0]), _SPREAD_S[1]) if len(visits_s) > 1 else _SPREAD_S[1]
    lanes_s = [one.lane_s for one in everybody if one.lane_s is not None and one.is_ordinary]
    stall = _stall(visit, own, likes, rules)
    if visit.lane_s is not None and lanes_s and stall is not None:
        lane_s = quantile(lanes_s, _GOOD)
        return Needed(lane_s, stall[0], lane_s + stall[0], spread_s, stall[1], told, len(visits_s))
    if told is None:
        return None
    good_s = quantile(visits_s, _GOOD)
    swaps = "with" if visit.is_swap else "without"
    words = f"a good one of {len(visits_s)} of the class {swaps} a change of driver"
    return Needed(None, None, good_s, spread_s, words, told, len(visits_s))


def _likes(visit: Visit, some: Iterable[Visit]) -> list[Visit]:
    """Itself among them: all with a change of driver, or all without.

    Of those, if they are enough, such as had about as much to fill, and of these such as had tyres alike.
    """
    known = [one for one in some if one.is_ordinary and one.is_swap == visit.is_swap]
    longest = max((one.drunk for one in known), default=0.0)
    near = [one for one in known if abs(one.drunk - visit.drunk) <= _NEAR_DRUNK * longest]
    alike = [one for one in near if _has_tyres(one) in {None, _has_tyres(visit)} or _has_tyres(visit) is None]
    return next((some for some in (alike, near) if len(some) >= _LEAST_LIKES), known)


def _has_tyres(visit: Visit) -> bool | None:
    sure = [one for one in visit.stop.service if one.what == TYRES and one.confidence >= 0.9]
    if sure:
        return True
    measured = any(one.what in (FUEL, TYRES) and one.confidence >= 1.0 for one in visit.stop.service)
    return False if measured else None


def _stall(
    visit: Visit, own: Sequence[Visit], likes: Sequence[Visit], rules: PitRules
) -> tuple[float, str] | None:
    """For litres that somebody measured by the rule of service, set right by this car's best stop."""
    if visit.stop.fuel_added_l is not None:
        ratios = [
            one.stall_s / box_s
            for one in own
            if one.is_ordinary and one.stall_s is not None and (box_s := _box_s(one, rules)) > 0
        ]
        best = min(max(quantile(ratios, _BEST), _RATIO[0]), _RATIO[1]) if ratios else 1.0
        words = f"{rules.name}, set right by this car's best stop" if ratios else rules.name
        return best * _box_s(visit, rules), words
    stalls_s = [one.stall_s for one in likes if one.stall_s is not None]
    if len(stalls_s) < _LEAST_LIKES:
        return None
    return quantile(stalls_s, _GOOD), f"a good one of {len(stalls_s)} of the class"


def _box_s(visit: Visit, rules: PitRules) -> float:
    fuel_l = visit.stop.fuel_added_l or 0.0
    return rules.box_s(fuel_l, has_tyres=_has_tyres(visit) is True, is_swap=SWAP in visit.what)
