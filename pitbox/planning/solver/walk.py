"""A race walked through stretch by stretch: who could sit in the car next, if only rest and time say no.

All that stands between two stretches is who is rested, and how often the driver has to change yet, so each
moment has few ways to come to it that are worth keeping. Sums and windows are left out: no walk means no
plan, and a walk is a plan if those allow it.
"""

from collections.abc import Sequence

from pitbox.planning.solver.arcs import Arc
from pitbox.planning.solver.bounds import Bounds, changes_due, is_change, rested_at
from pitbox.planning.solver.crowd import Crowd
from pitbox.planning.solver.grid import Grid
from pitbox.planning.solver.problem import Problem
from pitbox.planning.solver.terms import Terms

_Rested = tuple[tuple[int, ...], ...]
"""Of each crowd, when its people may drive again, as numbers of moments; 0: at once."""
_State = tuple[_Rested, int]
"""With how many changes of drivers are missing."""
_Ways = dict[_State, "tuple[_State, int, Arc] | None"]
_Step = tuple[Arc, int, int]
"""When its driver has rested from it, and whether it is a change."""
_MOST_STEPS = 30_000


def walk(
    problem: Problem, terms: Terms, grid: Grid, crowds: Sequence[Crowd], arcs: Sequence[Arc]
) -> tuple[bool | None, list[Arc]]:
    """Whether one leads to the flag, and which; None where there were too many ways to look at."""
    steps = _steps(problem, terms, grid, arcs)
    last, left = len(grid.starts_s) - 1, _MOST_STEPS
    due = changes_due(problem, terms)
    most = _most_changes(problem, terms, grid, crowds, arcs) if due else []
    ways: list[_Ways] = [{} for _ in grid.starts_s]
    ways[0][tuple((0,) * len(crowd) for crowd in crowds), due] = None
    for moment in range(last):
        for state in _best(ways[moment]):
            for arc, ready, changes in steps[moment]:
                if not _has_rested(state, arc.seat):
                    continue
                left -= 1
                if left < 0:
                    return None, []
                missing = max(0, state[1] - changes)
                rested = _after(state[0], arc, ready)
                if missing and missing > _changes_left(most, rested, arc.last, last):
                    continue
                ways[arc.last].setdefault((rested, missing), (state, moment, arc))
    return (True, _path(ways)) if ways[last] else (False, [])


def _most_changes(
    problem: Problem, terms: Terms, grid: Grid, crowds: Sequence[Crowd], arcs: Sequence[Arc]
) -> list[list[int]]:
    """Of each crowd, how many stretches one of it can begin from each moment on."""
    bounds = Bounds(problem, terms, grid, arcs, crowds)
    return [bounds.stretches(seat) for seat in range(len(crowds))]


def _changes_left(most: Sequence[Sequence[int]], rested: _Rested, moment: int, last: int) -> int:
    """At most: everybody's own as if nobody else drove, between any two of them one of somebody else."""
    own = [
        (of[max(moment, when)], when <= moment)
        for of, some in zip(most, rested, strict=True)
        for when in some
    ]
    every = sum(count for count, _ in own)
    others = min(2 * (every - count) + could for count, could in own)
    return min(every, others, last - moment)


def _steps(problem: Problem, terms: Terms, grid: Grid, arcs: Sequence[Arc]) -> list[list[_Step]]:
    """From each moment, with when its driver has rested from it."""
    rest_s = [terms.rest_s(seat.key) for seat in problem.drivers]
    out: list[list[_Step]] = [[] for _ in grid.starts_s]
    for arc in arcs:
        out[arc.first].append((arc, rested_at(grid, arc, rest_s[arc.seat]), is_change(problem, arc)))
    return out


def _has_rested(state: _State, crowd: int) -> bool:
    return state[0][crowd][0] == 0


def _after(rested: _Rested, arc: Arc, ready: int) -> _Rested:
    def at(when: int) -> int:
        return when if when > arc.last else 0

    return tuple(
        tuple(sorted([*(at(when) for when in some[1:]), ready] if number == arc.seat else map(at, some)))
        for number, some in enumerate(rested)
    )


def _best(ways: _Ways) -> list[_State]:
    """Without those in which everybody is back later than in another, and no fewer changes are missing."""
    out: list[_State] = []
    for state in sorted(ways, key=lambda one: (one[1], sum(map(sum, one[0])))):
        if not any(_is_no_later(other[0], state[0]) for other in out):
            out.append(state)
    return out


def _is_no_later(one: _Rested, other: _Rested) -> bool:
    return all(a <= b for some, more in zip(one, other, strict=True) for a, b in zip(some, more, strict=True))


def _path(ways: Sequence[_Ways]) -> list[Arc]:
    out: list[Arc] = []
    way = next(iter(ways[-1].values()))
    while way is not None:
        state, moment, arc = way
        out.append(arc)
        way = ways[moment][state]
    return out[::-1]
