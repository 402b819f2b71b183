"""Local search: people move, change places and rotate as long as it makes the whole better."""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

import numpy as np

from pitbox.planning.formation.field import Whole
from pitbox.planning.formation.seating import Seating
from pitbox.planning.formation.verdict import table

Stop = Callable[[], bool]
LEAST_GAIN = 1e-7
"""Below it, two formations are of one worth: rounding must not keep a search going."""
_BENCH = -1
Changes = tuple[list[int], Whole]
"""Teams by number; for each change and each of them a row with its new members."""


class Descent:
    """Remembers which pairs of teams it has looked at and found nothing in."""

    def __init__(self, seating: Seating, seed: int) -> None:
        self.seating = seating
        self._random = np.random.default_rng(seed)
        self._age = [0] * len(seating.teams)
        self._seen: dict[tuple[int, int], tuple[int, int]] = {}

    def settle(self, is_over: Stop) -> bool:
        """Until no move, no change of places and no other car helps; True when something did."""
        was_better, is_better = False, True
        while is_better and not is_over():
            is_better = self._recar()
            for a, b in self._pairs():
                if is_over():
                    break
                is_better |= self._between(a, b)
            was_better |= is_better
        return was_better

    def rotate(self, tries: int, is_over: Stop) -> bool:
        """Three teams pass one of theirs on to the next, in either direction; `tries` random threes."""
        count, was_better = len(self.seating.teams), False
        if count < 3:
            return False
        for _ in range(tries):
            if is_over():
                break
            teams = [int(team) for team in self._random.choice(count, 3, replace=False)]
            was_better |= self._take(_rotations(self.seating, teams))
        return was_better

    def touched(self, teams: Sequence[int]) -> None:
        """Somebody else has changed these teams."""
        for team in teams:
            self._age[team] += 1

    def _pairs(self) -> Iterator[tuple[int, int]]:
        count = len(self.seating.teams)
        pairs = [*combinations(range(count), 2), *((_BENCH, team) for team in range(count))]
        for at in self._random.permutation(len(pairs)):
            yield pairs[at]

    def _between(self, a: int, b: int) -> bool:
        is_bench = a == _BENCH
        ages = (0 if is_bench else self._age[a], self._age[b])
        if not is_bench and self._seen.get((a, b)) == ages:
            return False
        was_better = False
        while self._take(_with_bench(self.seating, b) if is_bench else _exchanges(self.seating, a, b)):
            was_better = True
        if not is_bench:
            self._seen[a, b] = self._age[a], self._age[b]
        return was_better

    def _take(self, changes: Changes) -> bool:
        """The best of them, if it is better than what there is."""
        teams, rows = changes
        if not len(rows):
            return False
        seating = self.seating
        numbers = np.tile(teams, len(rows))
        values = seating.judged(rows.reshape(-1, rows.shape[2]), numbers).value
        gains = values.reshape(len(rows), -1).sum(axis=1) - seating.value[teams].sum()
        best = int(gains.argmax())
        if gains[best] < LEAST_GAIN:
            return False
        for team, row in zip(teams, rows[best].tolist(), strict=True):
            seating.teams[team] = tuple(i for i in row if i < seating.field.n)
        seating.refresh(teams)
        self.touched(teams)
        return True

    def _recar(self) -> bool:
        """Where cars are limited, two teams change theirs, or one takes what is left over."""
        seating, was_better = self.seating, False
        if not seating.has_limits:
            return False
        count = len(seating.teams)
        for a, b in [*((a, a) for a in range(count)), *combinations(range(count), 2)]:
            was_better |= seating.change_cars(a, b)
        return was_better


def _exchanges(seating: Seating, a: int, b: int) -> Changes:
    """All moves from one to the other and all changes of places."""
    places_a, places_b = seating.free_places(a), seating.free_places(b)
    base = _seats(seating, [a, b])
    at_a, at_b = _product(places_a, places_b)
    swaps = np.repeat(base[None], len(at_a), axis=0)
    each = np.arange(len(at_a))
    swaps[each, 0, at_a], swaps[each, 1, at_b] = base[1, at_b], base[0, at_a]
    found = [swaps]
    for origin, target, places in ((0, 1, places_a), (1, 0, places_b)):
        if seating.has_room((a, b)[target]):
            moves = np.repeat(base[None], len(places), axis=0)
            moves[np.arange(len(places)), target, -1] = base[origin, places]
            moves[np.arange(len(places)), origin, places] = seating.field.n
            found.append(moves)
    return [a, b], np.concatenate(found)


def _with_bench(seating: Seating, team: int) -> Changes:
    base, bench = _seats(seating, [team]), np.array(seating.bench, np.int64)
    places = seating.free_places(team)
    if seating.has_room(team):
        places = np.append(places, base.shape[1] - 1)
    at, who = _product(places, bench)
    rows = np.repeat(base[None], len(at), axis=0)
    rows[np.arange(len(at)), 0, at] = who
    return [team], rows


def _rotations(seating: Seating, teams: list[int]) -> Changes:
    base = _seats(seating, teams)
    one, two, three = (seating.free_places(team) for team in teams)
    first, second, third = (grid.ravel() for grid in np.meshgrid(one, two, three, indexing="ij"))
    found = []
    for giver in ((2, 0, 1), (1, 2, 0)):  # who gives to the first, the second, the third
        rows = np.repeat(base[None], len(first), axis=0)
        each = np.arange(len(first))
        places = (first, second, third)
        for team in range(3):
            rows[each, team, places[team]] = base[giver[team], places[giver[team]]]
        found.append(rows)
    return teams, np.concatenate(found)


def _seats(seating: Seating, teams: list[int]) -> Whole:
    """One row for each of the teams, with an empty seat at the end of each."""
    rows = table(seating.field, [seating.teams[team] for team in teams])
    nobody = np.full((len(teams), 1), seating.field.n)
    return np.hstack([rows, nobody])


def _product(a: Whole, b: Whole) -> tuple[Whole, Whole]:
    return np.repeat(a, len(b)), np.tile(b, len(a))
