"""What people can do at the most, whoever else does what: what is above that, no search has to look for.

All of it follows from the rules of the program; said beforehand, it shows at once what cannot be.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import pairwise

from pitbox.model.plan_check.course import EXACT_S
from pitbox.model.relay import RuleName
from pitbox.planning.solver.arcs import Arc
from pitbox.planning.solver.grid import Grid
from pitbox.planning.solver.problem import Problem
from pitbox.planning.solver.terms import Terms


class Bounds:
    """Of the stretches that a grid allows; of each crowd, what one of its people can do."""

    def __init__(
        self,
        problem: Problem,
        terms: Terms,
        grid: Grid,
        arcs: Sequence[Arc],
        crowds: Sequence[tuple[str, ...]],
    ) -> None:
        self._problem, self._terms, self._grid, self._crowds = problem, terms, grid, crowds
        self._arcs: list[list[Arc]] = [[] for _ in problem.drivers]
        for arc in arcs:
            self._arcs[arc.seat].append(arc)
        self._alone_s: dict[int, float] = {}

    def alone_s(self, seat: int) -> float:
        """At the wheel in all, what is past included, if nobody else drove."""
        if seat not in self._alone_s:
            past_s = self._problem.driven_s.get(self._problem.drivers[seat].key, 0.0)
            self._alone_s[seat] = past_s + self._most(seat, lambda arc: arc.driven_s)[0]
        return self._alone_s[seat]

    def stretches(self, seat: int) -> list[int]:
        """From each moment on, with the rests between them."""
        return [round(most) for most in self._most(seat, lambda _: 1.0)]

    def _most(self, seat: int, worth: Callable[[Arc], float]) -> list[float]:
        starts = self._grid.starts_s
        rest_s = self._terms.rest_s(self._problem.drivers[seat].key)
        by_first: list[list[Arc]] = [[] for _ in starts]
        for arc in self._arcs[seat]:
            by_first[arc.first].append(arc)
        most = [0.0] * (len(starts) + 2)
        for moment in range(len(starts) - 1, -1, -1):
            most[moment] = most[moment + 1]
            for arc in by_first[moment]:
                most[moment] = max(most[moment], worth(arc) + most[rested_at(self._grid, arc, rest_s)])
        return most

    def has_too_few_hours(self) -> bool:
        """Those whom a most drive time is set cannot fill the race, however few stops are made."""
        problem, most_s = self._problem, self._problem.relay.rules.most_drive_s
        stints = min(self._grid.most_stints, len(self._grid.starts_s) - 1)
        left_s = problem.end_s - problem.start_s - stints * problem.stop_s
        past_s = sum(problem.driven_s.get(one.key, 0.0) for one in problem.drivers)
        room_s = sum(
            len(crowd)
            * max(problem.driven_s.get(one.key, 0.0), self._terms.most_s(RuleName.MOST, one.key, most_s))
            for one, crowd in zip(problem.drivers, self._crowds, strict=True)
        )
        return room_s < past_s + left_s - len(self._grid.starts_s)

    def asks_too_much(self) -> bool:
        """More least time at the wheel than there is of the race, however few stops are made."""
        problem, least_s = self._problem, self._problem.relay.rules.least_drive_s
        missing_s = [
            self._terms.least_s(RuleName.LEAST, one.key, least_s) - problem.driven_s.get(one.key, 0.0)
            for one, crowd in zip(problem.drivers, self._crowds, strict=True)
            for _ in crowd
        ]
        asked_s = [one_s for one_s in missing_s if one_s > 0]
        stops_s = len(asked_s) * problem.stop_s - problem.relay.swap_s
        return sum(asked_s) > problem.end_s - problem.start_s - stops_s + 1.0

    def least_is_out_of_reach(self, seat: int) -> bool:
        person, least_s = self._problem.drivers[seat], self._problem.relay.rules.least_drive_s
        return self._terms.least_s(RuleName.LEAST, person.key, least_s) > self.alone_s(seat) + EXACT_S


def rested_at(grid: Grid, arc: Arc, rest_s: float) -> int:
    """The first moment at which its driver may begin again; one past the last: not before the flag."""
    return max(arc.last + 1, bisect_left(grid.starts_s, arc.end_s + rest_s - 0.5))


def changes_due(problem: Problem, terms: Terms) -> int:
    """How often the driver still has to change at the least."""
    rules = problem.relay.rules
    if "swap" not in rules.stop_service or not terms.is_kept(RuleName.SERVICE):
        return 0
    made = sum(a.driver != b.driver for a, b in pairwise(problem.fixed))
    return max(0, rules.mandatory_stops - made)


def is_change(problem: Problem, arc: Arc) -> bool:
    """Whether somebody takes over with it: nobody does who starts, or goes on."""
    goes_on = problem.drivers[arc.seat].key == problem.holder
    return arc.first > 0 or (bool(problem.fixed) and not goes_on)
