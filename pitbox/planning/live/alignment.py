"""Which planned stint each driven one was: the cheapest way to tell the race by the plan.

A row of the plan is driven by one spell, by several (a stop that nobody planned splits it), together with
the rows behind it (a stop was not made), later than its turn, or not at all; a spell may be in no plan. Each
of these has a price, in lengths of a stint by which the story is off; of all ways the cheapest counts.
"""

from collections.abc import Iterator

import msgspec

from pitbox.model.relay import Legs
from pitbox.planning.live.course import Course

STRANGER = "?"
"""Stands for a driver who is nobody of the team."""

_OTHER_DRIVER, _OTHER_SWAP, _UNSURE = 1.0, 0.45, 0.05
_LENGTH, _MOST_OFF = 0.8, 1.2
_SPLIT, _BARE_SPLIT, _BARE_END = 0.35, 0.02, 0.5
_MERGED, _MERGED_DRIVER = 0.35, 0.5
_MOST_OF_BOTH = 0.7
"""Rows are driven in one by a spell that is nearly as long as they are together."""
_ALIEN, _ALIEN_STINT, _SKIPPED = 0.5, 0.6, 0.9
_PUT_OFF, _STILL_OFF, _CAUGHT_UP = 0.45, 0.1, 0.1
_MOST_OFF_ROWS, _MOST_PARTS, _MOST_ROWS, _MOST_GAP = 2, 4, 3, 3
_BEAM = 16
_RECENT = 4
"""A row that was passed so many rows ago is not waited for any more."""


class Told(msgspec.Struct, frozen=True, array_like=True):
    """A run of spells and the rows that they were: one of both may be several, rows may be none."""

    spells: tuple[int, ...]
    """By index."""
    rows: tuple[int, ...]


class Alignment(msgspec.Struct, frozen=True):
    told: tuple[Told, ...]
    """In the order of the spells, all of them."""
    passed: tuple[int, ...]
    """Rows that were not driven and are not waited for."""
    to_come: tuple[int, ...]
    """Rows to be driven still, those put off first."""
    cost: float = 0.0


class _State(msgspec.Struct, frozen=True):
    """All spells before some one are told."""

    cost: float
    row: int
    """The first that is neither driven nor passed."""
    off: tuple[int, ...]
    """Rows put off."""
    last: int
    """The row driven last; -1: none."""
    told: Told | None
    before: "_State | None"


def align(course: Course, drivers: tuple[str, ...], rows: Legs) -> Alignment:
    """`drivers`: of each spell, a seat's key, `STRANGER`, or empty where nobody knows."""
    spells = course.spells
    search = _Search(course, drivers, rows)
    ways: list[list[_State]] = [[] for _ in range(len(spells) + 1)]
    ways[0] = [_State(0.0, 0, (), -1, None, None)]
    for at in range(len(spells)):
        for state in _best(ways[at]):
            for further in search.steps(state, at):
                assert further.told is not None
                ways[at + len(further.told.spells)].append(further)
    return _alignment(min(ways[-1], key=_closing), len(rows))


def _best(states: list[_State]) -> list[_State]:
    """One for each place in the plan, the cheapest few."""
    found: dict[tuple[int, tuple[int, ...], int], _State] = {}
    for state in states:
        key = (state.row, state.off, state.last)
        known = found.get(key)
        if known is None or state.cost < known.cost:
            found[key] = state
    return sorted(found.values(), key=lambda state: (state.cost, state.row, state.off))[:_BEAM]


def _closing(state: _State) -> tuple[float, int, tuple[int, ...]]:
    late = sum(state.row - row > _RECENT for row in state.off)
    return state.cost + late * (_SKIPPED - _PUT_OFF), state.row, state.off


def _alignment(state: _State, count: int) -> Alignment:
    told: list[Told] = []
    at: _State | None = state
    while at is not None and at.told is not None:
        told.append(at.told)
        at = at.before
    waiting = tuple(row for row in state.off if state.row - row <= _RECENT)
    driven = {row for each in told for row in each.rows}
    passed = tuple(row for row in range(state.row) if row not in driven and row not in waiting)
    return Alignment(tuple(reversed(told)), passed, (*waiting, *range(state.row, count)), _closing(state)[0])


class _Search:
    def __init__(self, course: Course, drivers: tuple[str, ...], rows: Legs) -> None:
        spells, now_s = course.spells, course.now_s or 0.0
        self._spells, self._drivers, self._rows = spells, drivers, rows
        self._open = len(spells) - 1 if course.running is not None or course.is_waiting else -1
        """The spell that may go on: in the lane nobody knows yet whether it is over or broken off."""
        self._lengths_s = [(now_s if s.end_s is None else s.end_s) - s.start_s for s in spells]
        self._rows_s = [max(1.0, row.end_s - row.start_s) for row in rows]
        self._usual_s = sorted(self._rows_s)[len(rows) // 2] if rows else 1.0

    def steps(self, state: _State, at: int) -> Iterator[_State]:
        yield self._alien(state, at)
        yield from self._catch_up(state, at)
        for gap in range(min(_MOST_GAP, len(self._rows) - state.row - 1) + 1):
            yield from self._beyond(state, at, gap)

    def _alien(self, state: _State, at: int) -> _State:
        # What runs still may become a whole stint.
        length = 1.0 if at == self._open else min(1.0, self._lengths_s[at] / self._usual_s)
        price = _ALIEN + _ALIEN_STINT * length
        return self._step(state, price, Told((at,), ()), row=state.row, off=state.off)

    def _catch_up(self, state: _State, at: int) -> Iterator[_State]:
        """A row that was put off: told by its driver alone."""
        for row in state.off:
            if self._drivers[at] == self._rows[row].driver != "":
                price = _CAUGHT_UP + self._length((at,), (row,))
                off = tuple(other for other in state.off if other != row)
                yield self._step(state, price, Told((at,), (row,)), row=state.row, off=off)

    def _beyond(self, state: _State, at: int, gap: int) -> Iterator[_State]:
        """Rows in between are put off where the driver is known by whom to find them again, else passed."""
        first = state.row + gap
        between = tuple(range(state.row, first))
        ways = [(state.off, _SKIPPED * gap)]
        if gap and len(state.off) + gap <= _MOST_OFF_ROWS and self._drivers[at]:
            ways.append(((*state.off, *between), _PUT_OFF * gap))
        for off, price in ways:
            for told, cost in self._tellings(state, at, first):
                yield self._step(state, price + cost, told, row=max(told.rows) + 1, off=off)

    def _tellings(self, state: _State, at: int, row: int) -> Iterator[tuple[Told, float]]:
        driver = self._driver(state, at, row)
        for parts in range(1, _MOST_PARTS + 1):
            if at + parts > len(self._spells) or not self._is_one_driver(at, parts):
                break
            some = tuple(range(at, at + parts))
            price = sum(_BARE_SPLIT if self._spells[s].is_bare else _SPLIT for s in some[:-1])
            ends_bare = self._spells[some[-1]].is_bare
            yield Told(some, (row,)), driver + price + self._length(some, (row,)) + _BARE_END * ends_bare
        for count in range(2, _MOST_ROWS + 1):
            if row + count > len(self._rows):
                break
            some = tuple(range(row, row + count))
            if self._lengths_s[at] < _MOST_OF_BOTH * sum(self._rows_s[r] for r in some):
                break
            others = sum(self._rows[r].driver != self._rows[row].driver for r in some)
            price = _MERGED * (count - 1) + _MERGED_DRIVER * others
            yield Told((at,), some), driver + price + self._length((at,), some)

    def _driver(self, state: _State, at: int, row: int) -> float:
        driver, planned = self._drivers[at], self._rows[row].driver
        if driver and planned:
            return 0.0 if driver == planned else _OTHER_DRIVER
        is_swap = self._spells[at].is_swap
        if is_swap is None or state.last < 0 or not planned:
            return _UNSURE
        return 0.0 if is_swap == (self._rows[state.last].driver != planned) else _OTHER_SWAP

    def _is_one_driver(self, at: int, parts: int) -> bool:
        last = at + parts - 1
        return parts == 1 or (
            self._drivers[last] == self._drivers[at] and self._spells[last].is_swap is not True
        )

    def _length(self, spells: tuple[int, ...], rows: tuple[int, ...]) -> float:
        """What runs still may become as long as it was planned."""
        driven_s = sum(self._lengths_s[at] for at in spells)
        planned_s = sum(self._rows_s[row] for row in rows)
        is_open = spells[-1] == self._open
        off_s = max(0.0, driven_s - planned_s) if is_open else abs(driven_s - planned_s)
        return _LENGTH * min(_MOST_OFF, off_s / planned_s)

    def _step(self, state: _State, price: float, told: Told, *, row: int, off: tuple[int, ...]) -> _State:
        waiting = _STILL_OFF * len(off) * len(told.spells)
        last = told.rows[-1] if told.rows else state.last
        return _State(state.cost + price + waiting, row, off, last, told, state)
