"""A new rest of the race close to the old one, found at once: small changes, the most needed first.

Each try is judged by the rules themselves. It finds a valid plan where one lies a few changes away, and
says its best where none does; a solver may find a better one later.
"""

from collections.abc import Callable, Iterator
from itertools import combinations

import msgspec

from pitbox.model.plan_check import violations
from pitbox.model.relay import Leg, Legs, Relay, RuleName, Violation
from pitbox.model.span import common, total_s
from pitbox.planning.live.chain import fitted, stop_s
from pitbox.planning.live.wish import Task

_MOST_TRIES = 600
_WORTH_S = 3600.0
"""So much over a limit weighs as much as one more offence."""
_NEEDS_MORE = frozenset({RuleName.LEAST, RuleName.FAIR_SHARE, RuleName.DRIVERS})
_BY_LENGTH = frozenset(
    {RuleName.TANK, RuleName.AVAILABLE, RuleName.NIGHT, RuleName.LONGEST, RuleName.LEAST, RuleName.MOST}
)
_BY_STOP = frozenset({RuleName.STOPS, RuleName.TANK, RuleName.SERVICE})
_LIKED = 0.5
"""What an hour in the wet of somebody who is a second a lap slower there weighs, in changes."""


class Repaired(msgspec.Struct, frozen=True):
    legs: Legs
    """The whole race."""
    violations: tuple[Violation, ...]
    """Of what is to come."""
    tries: int

    @property
    def is_valid(self) -> bool:
        return not self.violations


class _Try(msgspec.Struct, frozen=True):
    legs: Legs
    """To come."""
    found: tuple[Violation, ...]
    price: float


def repaired(task: Task, stop: Callable[[], bool] = lambda: False) -> Repaired:
    """`stop`: asked between tries."""
    search = _Search(task, stop)
    best = search.run()
    return Repaired((*task.fixed, *best.legs), best.found, search.tries)


class _Search:
    def __init__(self, task: Task, stop: Callable[[], bool]) -> None:
        self._task, self._stop = task, stop
        self._base = {leg.key: leg for leg in task.base}
        self._drivers = [seat.key for seat in task.relay.seats if seat.can_drive]
        self._seen: set[tuple[tuple[str, str, float], ...]] = set()
        self.tries = 0

    def run(self) -> _Try:
        """Steepest descent; where that ends short of a valid plan, on from the best beside it."""
        pinned = tuple(
            msgspec.structs.replace(leg, driver=self._task.pinned.get(leg.key, leg.driver))
            for leg in self._task.base
        )
        best = at = self._judge(pinned)
        stuck = 0
        while not self._is_spent() and stuck < 4:
            beside = min(self._around(at), key=lambda one: one.price, default=None)
            if beside is None:
                break
            if not best.found and beside.price >= at.price:
                break
            at = beside
            stuck = 0 if at.price < best.price else stuck + 1
            best = min(best, at, key=lambda one: one.price)
        return best

    def _is_spent(self) -> bool:
        return self.tries >= _MOST_TRIES or self._stop()

    def _around(self, at: _Try) -> Iterator[_Try]:
        for legs in self._changes(at):
            if self._is_spent():
                return
            name = tuple((leg.key, leg.driver, round(leg.end_s - leg.start_s)) for leg in legs)
            if name not in self._seen:
                self._seen.add(name)
                yield self._judge(legs)

    def _changes(self, at: _Try) -> Iterator[Legs]:
        for found in at.found:
            yield from self._answers(at.legs, found)
        if not at.found:
            yield from self._exchanges(at.legs, range(len(at.legs)))

    def _answers(self, legs: Legs, found: Violation) -> Iterator[Legs]:
        here = [n for n, leg in enumerate(legs) if leg.key == found.leg]
        if found.rule in _NEEDS_MORE:
            lacking = [found.seat] if found.seat else self._drivers
            for seat in lacking:
                yield from (_given(legs, n, seat) for n, leg in enumerate(legs) if leg.driver != seat)
        else:
            where = here or [n for n, leg in enumerate(legs) if not found.seat or leg.driver == found.seat]
            yield from self._exchanges(legs, where)
        if found.rule in _BY_LENGTH:
            for n in here or [n for n, leg in enumerate(legs) if leg.driver == found.seat]:
                yield from _shifted(legs, n, found.over_s)
        if found.rule in _BY_STOP:
            yield from (_split(legs, n) for n in here or range(len(legs)))

    def _exchanges(self, legs: Legs, where: "list[int] | range") -> Iterator[Legs]:
        """Somebody else drives it, changes places with it, or takes all of a stretch."""
        for n in where:
            for seat in self._drivers:
                if seat != legs[n].driver:
                    yield _given(legs, n, seat)
                    run = _stretch(legs, n)
                    if len(run) > 1:
                        yield _given_all(legs, run, seat)
        wanted = set(where)
        for a, b in combinations(range(len(legs)), 2):
            if (a in wanted or b in wanted) and legs[a].driver != legs[b].driver:
                yield _given(_given(legs, a, legs[b].driver), b, legs[a].driver)

    def _judge(self, legs: Legs) -> _Try:
        self.tries += 1
        task = self._task
        laid = self._laid(legs)
        found = tuple(one for one in violations(task.relay, (*task.fixed, *laid)) if not one.is_past)
        found = tuple(one for one in found if not self._is_stop_now(one, laid))
        price = sum(1.0 + min(one.over_s / _WORTH_S, 4.0) for one in found) * 1e4
        pins = sum(leg.key in task.pinned and leg.driver != task.pinned[leg.key] for leg in laid)
        return _Try(laid, found, price + pins * 1e6 + self._changed(laid) + _disliked(task.relay, laid))

    def _is_stop_now(self, found: Violation, legs: Legs) -> bool:
        """A car that stands in the pits is nobody's offence."""
        fixed = self._task.fixed
        is_in_pits = bool(fixed) and not fixed[-1].is_driving
        return is_in_pits and found.rule is RuleName.COVER and bool(legs) and found.leg == legs[0].key

    def _laid(self, legs: Legs) -> Legs:
        if not legs:
            return ()
        task, before = self._task, self._task.holder
        start_s = task.start_s
        if task.fixed and task.fixed[-1].is_driving:
            start_s = task.fixed[-1].end_s + stop_s(task.relay, before, legs[0].driver)
        driving = task.fixed[-1] if task.fixed and task.fixed[-1].is_driving else None
        return fitted(legs, start_s, before, task.relay, driving=driving).legs

    def _changed(self, legs: Legs) -> float:
        """Stints that another person drives, and by how many hours stints are longer or shorter."""
        price = 0.0
        for leg in legs:
            was = self._base.get(leg.key)
            if was is None:
                price += 1.5
                continue
            price += was.driver != leg.driver
            price += 0.3 * abs(leg.span.length_s - was.span.length_s) / _WORTH_S
        return price + 1.5 * len(self._base.keys() - {leg.key for leg in legs})


def _given(legs: Legs, at: int, driver: str) -> Legs:
    return (*legs[:at], msgspec.structs.replace(legs[at], driver=driver), *legs[at + 1 :])


def _given_all(legs: Legs, run: range, driver: str) -> Legs:
    return tuple(
        msgspec.structs.replace(leg, driver=driver) if n in run else leg for n, leg in enumerate(legs)
    )


def _stretch(legs: Legs, at: int) -> range:
    first = last = at
    while first > 0 and legs[first - 1].driver == legs[at].driver:
        first -= 1
    while last + 1 < len(legs) and legs[last + 1].driver == legs[at].driver:
        last += 1
    return range(first, last + 1)


def _shifted(legs: Legs, at: int, by_s: float) -> Iterator[Legs]:
    """A boundary moves: what one stint loses its neighbour gains."""
    by_s = max(60.0, by_s + 1.0)
    for n, other in ((at, at + 1), (at, at - 1)):
        if not 0 <= other < len(legs):
            continue
        for sign in (-1.0, 1.0):
            lengths_s = {n: sign * by_s, other: -sign * by_s}
            if all(legs[k].span.length_s + more_s > 60.0 for k, more_s in lengths_s.items()):
                yield tuple(
                    msgspec.structs.replace(leg, end_s=leg.end_s + lengths_s.get(k, 0.0))
                    for k, leg in enumerate(legs)
                )


def _split(legs: Legs, at: int) -> Legs:
    """A stop more, in the middle of a stint."""
    leg, names = legs[at], {one.key for one in legs}
    key = next(name for name in (f"+{n}" for n in range(1, 1000)) if name not in names)
    half_s = leg.span.length_s / 2
    first = msgspec.structs.replace(leg, end_s=leg.start_s + half_s)
    second = Leg(key, leg.driver, leg.start_s + half_s, leg.end_s)
    return (*legs[:at], first, second, *legs[at + 1 :])


def _disliked(relay: Relay, legs: Legs) -> float:
    """What the wet costs with these drivers: laps slower than the best of the team there, and likings."""
    if not relay.wet:
        return 0.0
    seats = {seat.key: seat for seat in relay.seats}
    known_s = [seat.wet_lap_s for seat in relay.seats if seat.wet_lap_s is not None and seat.can_drive]
    best_s = min(known_s, default=0.0)
    price = 0.0
    for leg in legs:
        seat = seats.get(leg.driver)
        wet_h = total_s(common((leg.span,), relay.wet)) / 3600.0
        if seat is None or wet_h == 0.0:
            continue
        slower_s = 0.0 if seat.wet_lap_s is None else seat.wet_lap_s - best_s
        price += wet_h * (_LIKED * slower_s + 1.5 * (2 - seat.likes_rain))
    return price
