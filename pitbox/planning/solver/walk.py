"""A race walked through stretch by stretch: who could sit in the car next, if only rest and time say no.

All that stands between two stretches is who is rested, so each moment has few ways to come to it that are
worth keeping. Sums and windows are left out: no walk means no plan, and a walk is a plan if those allow it.
"""

from bisect import bisect_left
from collections.abc import Sequence

from pitbox.planning.solver.arcs import Arc
from pitbox.planning.solver.crowd import Crowd
from pitbox.planning.solver.grid import Grid
from pitbox.planning.solver.problem import Problem
from pitbox.planning.solver.terms import Terms

_State = tuple[tuple[int, ...], ...]
"""Of each crowd, when its people may drive again, as numbers of moments; 0: at once."""
_Ways = dict[_State, "tuple[_State, int, Arc] | None"]
_Step = tuple[Arc, int]
_MOST_STEPS = 30_000


def walk(
    problem: Problem, terms: Terms, grid: Grid, crowds: Sequence[Crowd], arcs: Sequence[Arc]
) -> tuple[bool | None, list[Arc]]:
    """Whether one leads to the flag, and which; None where there were too many ways to look at."""
    steps = _steps(problem, terms, grid, arcs)
    last, left = len(grid.starts_s) - 1, _MOST_STEPS
    ways: list[_Ways] = [{} for _ in grid.starts_s]
    ways[0][tuple((0,) * len(crowd) for crowd in crowds)] = None
    for moment in range(last):
        for state in _best(ways[moment]):
            for arc, ready in steps[moment]:
                if not _has_rested(state, arc.seat):
                    continue
                left -= 1
                if left < 0:
                    return None, []
                ways[arc.last].setdefault(_after(state, arc, ready), (state, moment, arc))
    return (True, _path(ways)) if ways[last] else (False, [])


def _steps(problem: Problem, terms: Terms, grid: Grid, arcs: Sequence[Arc]) -> list[list[_Step]]:
    """From each moment, with when its driver has rested from it."""
    rest_s = [terms.rest_s(seat.key) for seat in problem.drivers]
    out: list[list[_Step]] = [[] for _ in grid.starts_s]
    for arc in arcs:
        ready = bisect_left(grid.starts_s, arc.end_s + rest_s[arc.seat] - 0.5)
        out[arc.first].append((arc, max(arc.last + 1, ready)))
    return out


def _has_rested(state: _State, crowd: int) -> bool:
    return state[crowd][0] == 0


def _after(state: _State, arc: Arc, ready: int) -> _State:
    def at(when: int) -> int:
        return when if when > arc.last else 0

    return tuple(
        tuple(sorted([*(at(when) for when in some[1:]), ready] if number == arc.seat else map(at, some)))
        for number, some in enumerate(state)
    )


def _best(ways: _Ways) -> list[_State]:
    """Without those in which everybody is back later than in another."""
    out: list[_State] = []
    for state in sorted(ways, key=lambda one: sum(map(sum, one))):
        if not any(_is_no_later(other, state) for other in out):
            out.append(state)
    return out


def _is_no_later(one: _State, other: _State) -> bool:
    return all(a <= b for some, more in zip(one, other, strict=True) for a, b in zip(some, more, strict=True))


def _path(ways: Sequence[_Ways]) -> list[Arc]:
    out: list[Arc] = []
    way = next(iter(ways[-1].values()))
    while way is not None:
        state, moment, arc = way
        out.append(arc)
        way = ways[moment][state]
    return out[::-1]
