"""Whether any plan exists under given terms: what an explanation asks again and again.

It remembers plans, not only answers: what one offends against says at once under which other terms it
would do. People whom no rule tells apart are one to it, so a question is asked for one of them only.
"""

import math
import time
from collections.abc import Sequence
from enum import IntEnum

from pitbox.model.plan_check import violations
from pitbox.model.relay import Legs, RuleName, Violation
from pitbox.planning.solver.arcs import Arc
from pitbox.planning.solver.crowd import (
    Crowd,
    as_one,
    crowds_of,
    dealt,
    is_allowed,
    loosened_for,
    rows_of,
    twins_of,
)
from pitbox.planning.solver.grid import Grid, coarse, even, fine, humane, more_stints, stints_left
from pitbox.planning.solver.problem import Problem
from pitbox.planning.solver.program import Program, taken
from pitbox.planning.solver.terms import DROPPED, Demand, Terms
from pitbox.planning.solver.walk import walk

_Key = tuple["Look", object]

_ONE_CHECK_S = 60.0
_MOST_PLANS = 200


class Look(IntEnum):
    """How closely it is looked for a plan. What is found counts; what is not found may lie between."""

    EVEN = 0
    """Stints of equal length: answers at once."""
    COARSE = 1
    FINE = 2
    """As closely as plans are ever looked for: only here a no is one."""


class Oracle:
    """Is there any plan under these terms? Remembers its answers."""

    def __init__(self, problem: Problem, seed: int) -> None:
        self._problem, self.seed = problem, seed
        self._twins = twins_of(problem)
        self.deadline_s = math.inf
        """Of this thread's own CPU time; from then on it answers only what it knows."""
        self.is_unsure = False
        """An answer was taken for yes that nobody proved, since the oracle was told to be sure again."""
        self._effort = 2.0
        """In the solver's own deterministic time: a busy machine gives the same answers."""
        self._known: dict[_Key, bool] = {}
        self._guessed: set[_Key] = set()
        self._plans: list[tuple[Legs, tuple[Violation, ...]]] = []

    def can(self, terms: Terms, look: Look = Look.FINE) -> bool:
        """What was not proved impossible within its time counts as possible: such a demand is not blamed."""
        key = self._key(terms, look)
        if key not in self._known and self.plan(terms) is not None:
            self._known[key] = True
        if key not in self._known and self.is_late():
            self.is_unsure = True
            return True
        if key not in self._known:
            self._known[key] = self._ask(terms, key)
        self.is_unsure = self.is_unsure or key in self._guessed
        return self._known[key]

    def plan(self, terms: Terms) -> Legs | None:
        """A plan found before that these terms allow."""
        return next((legs for legs, broken in self._plans if is_allowed(terms, legs, broken)), None)

    def broken_s(self, terms: Terms, some: Sequence[Demand]) -> float | None:
        """The least by which a plan found before breaks any of these, where these terms allow the rest.

        None where no plan says that: how far away somebody is, or for how long in the dark.
        """
        if any(one.rule in (RuleName.AVAILABLE, RuleName.NIGHT, RuleName.IN_A_ROW) for one in some):
            return None
        free = terms.but(dict.fromkeys(some, DROPPED))
        plans = [broken for legs, broken in self._plans if is_allowed(free, legs, broken)]
        return min((_worst_s(terms, broken) for broken in plans), default=None)

    def is_refuted(self, terms: Terms) -> bool:
        """Whether people whom no rule tells apart, taken as one, have no plan: soon known, often enough."""
        crowds = crowds_of(self._twins, terms)
        return (
            self._by_crowds(terms, fine(self._problem, stints_left(self._problem, terms)), crowds)[0] is False
        )

    def give_s(self, most_s: float, effort: float = 2.0) -> None:
        """So much CPU time from now on, so much effort for each check; what was unsure is forgotten."""
        self.deadline_s, self.is_unsure = time.thread_time() + most_s, False
        self._effort = effort

    def is_late(self) -> bool:
        return time.thread_time() > self.deadline_s

    def _key(self, terms: Terms, look: Look) -> _Key:
        """The same for terms that differ only in who of those alike they are said of."""
        whole = loosened_for(terms, "")
        return look, (
            whole,
            *(tuple(sorted(loosened_for(terms, one) for one in keys)) for keys in self._twins),
        )

    def _ask(self, terms: Terms, key: _Key) -> bool:
        can: bool | None = False
        for grid in _grids(self._problem, terms, key[0]):
            found = self._between(terms, grid)
            if found:
                return True
            can = None if found is None and grid.is_fine else can
        is_close = key[0] is Look.FINE or can is None
        if is_close and any(self._between(terms, grid) for grid in more_stints(self._problem, terms)):
            return True
        if can is None:
            self._guessed.add(key)
        return can is None

    def _between(self, terms: Terms, grid: Grid) -> bool | None:
        """Between these moments; None: nobody knows."""
        crowds = crowds_of(self._twins, terms)
        can, hint = self._by_crowds(terms, grid, crowds)
        if can is not None:
            return can
        program = Program(self._problem, terms, grid)
        if hint:
            chosen = {(arc.seat, arc.first, arc.last) for arc in hint}
            program.hint_taken([(arc.seat, arc.first, arc.last) in chosen for arc in program.arcs])
        can, arcs = self._status(program)
        if not can:
            return can
        return True if self._keep(terms, arcs) else None

    def _by_crowds(
        self, terms: Terms, grid: Grid, crowds: Sequence[Crowd]
    ) -> tuple[bool | None, Sequence[Arc]]:
        """Walked through, then as a program of crowds; where that settles nothing, what is worth a try."""
        one = as_one(self._problem, crowds)
        program = Program(one, terms, grid, crowds)
        can, arcs = walk(one, terms, grid, crowds, program.arcs)
        if can is False:
            return False, []
        if can and self._keep(terms, dealt(self._problem, terms, crowds, arcs)):
            return True, []
        if all(len(crowd) == 1 for crowd in crowds):
            return None, []
        can, arcs = self._status(program)
        if can is False:
            return False, []
        hint = dealt(self._problem, terms, crowds, arcs)
        return (True if hint and self._keep(terms, hint) else None), hint

    def _keep(self, terms: Terms, arcs: Sequence[Arc]) -> bool:
        """Whether that is a plan in the eyes of whoever judges plans; then it is remembered."""
        legs = rows_of(self._problem, terms, arcs)
        if legs is None:
            return False
        stands = {leg.key for leg in self._problem.fixed}
        found = violations(self._problem.relay, legs)
        broken = tuple(one for one in found if not one.is_past and (not one.leg or one.leg not in stands))
        if not is_allowed(terms, legs, broken):
            return False
        self._plans = [(legs, broken), *self._plans[: _MOST_PLANS - 1]]
        return True

    def _status(self, program: Program) -> tuple[bool | None, list[Arc]]:
        from ortools.sat.python import cp_model  # noqa: PLC0415

        if not program.arcs:
            return False, []
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = self.seed
        solver.parameters.max_deterministic_time = self._effort
        solver.parameters.max_time_in_seconds = _ONE_CHECK_S
        solver.parameters.stop_after_first_solution = True
        solver.parameters.linearization_level = 2
        if not program.grid.is_fine:  # a plan is found sooner than its program is simplified
            solver.parameters.cp_model_probing_level = 0
            solver.parameters.max_presolve_iterations = 1
        status = solver.solve(program.model)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return True, taken(program, [bool(solver.boolean_value(take)) for take in program.takes])
        return (None if status == cp_model.UNKNOWN else False), []


def _worst_s(terms: Terms, broken: Sequence[Violation]) -> float:
    return max((one.over_s for one in broken if terms.by_s(one.rule, one.seat) != DROPPED), default=0.0)


def _grids(problem: Problem, terms: Terms, look: Look) -> list[Grid]:
    """Those first in which a plan is soon found: short stretches between few moments."""
    stints = stints_left(problem, terms)
    few = even(problem, stints)
    closer = {Look.EVEN: [], Look.COARSE: [coarse(problem, stints)], Look.FINE: [fine(problem, stints)]}
    return [humane(problem, few), few, *closer[look]]
