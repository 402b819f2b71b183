"""Whether any plan exists under given terms: what an explanation asks again and again."""

import math
import time
from enum import IntEnum

from pitbox.planning.solver.grid import Grid, coarse, even, fine, humane, stints_left
from pitbox.planning.solver.problem import Problem
from pitbox.planning.solver.program import Program
from pitbox.planning.solver.terms import Demand, Terms

_Key = tuple["Look", tuple[tuple[Demand, float], ...]]

_ONE_CHECK_S = 10.0


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
        self.deadline_s = math.inf
        """Of this thread's own CPU time; from then on it answers only what it knows."""
        self.is_unsure = False
        """An answer was taken for yes that nobody proved, since the oracle was told to be sure again."""
        self._effort = 2.0
        """In the solver's own deterministic time: a busy machine gives the same answers."""
        self._known: dict[_Key, bool] = {}
        self._guessed: set[_Key] = set()

    def can(self, terms: Terms, look: Look = Look.FINE) -> bool:
        """What was not proved impossible within its time counts as possible: such a demand is not blamed."""
        key = (look, tuple(sorted(terms.loosened.items())))
        if key not in self._known and self.is_late():
            self.is_unsure = True
            return True
        if key not in self._known:
            self._known[key] = self._ask(terms, key)
        self.is_unsure = self.is_unsure or key in self._guessed
        return self._known[key]

    def give_s(self, most_s: float, effort: float = 2.0) -> None:
        """So much CPU time from now on, so much effort for each check; what was unsure is forgotten."""
        self.deadline_s, self.is_unsure = time.thread_time() + most_s, False
        self._effort = effort

    def is_late(self) -> bool:
        return time.thread_time() > self.deadline_s

    def _ask(self, terms: Terms, key: _Key) -> bool:
        from ortools.sat.python import cp_model  # noqa: PLC0415

        for grid in _grids(self._problem, terms, key[0]):
            program = Program(self._problem, terms, grid)
            if not program.arcs:
                continue
            solver = cp_model.CpSolver()
            solver.parameters.num_workers = 1
            solver.parameters.random_seed = self.seed
            solver.parameters.max_deterministic_time = self._effort
            solver.parameters.max_time_in_seconds = _ONE_CHECK_S
            solver.parameters.stop_after_first_solution = True
            if not grid.is_fine:  # a plan is found sooner than its program is simplified
                solver.parameters.cp_model_probing_level = 0
                solver.parameters.max_presolve_iterations = 1
            status = solver.solve(program.model)
            if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
                return True
            if grid.is_fine and status == cp_model.UNKNOWN:
                self._guessed.add(key)
                return True
        return False


def _grids(problem: Problem, terms: Terms, look: Look) -> list[Grid]:
    """Those first in which a plan is soon found: short stretches between few moments."""
    stints = stints_left(problem, terms)
    few = even(problem, stints)
    closer = {Look.EVEN: [], Look.COARSE: [coarse(problem, stints)], Look.FINE: [fine(problem, stints)]}
    return [humane(problem, few), few, *closer[look]]
