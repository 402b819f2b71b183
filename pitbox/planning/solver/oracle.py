"""Whether any plan exists under given terms: what an explanation asks again and again."""

import math
import time

from pitbox.planning.solver.grid import even, fine, stints_left
from pitbox.planning.solver.problem import Problem
from pitbox.planning.solver.program import Program
from pitbox.planning.solver.terms import Demand, Terms

_ONE_CHECK_S = 10.0


class Oracle:
    """Is there any plan under these terms? Remembers its answers."""

    def __init__(self, problem: Problem, seed: int) -> None:
        self._problem, self._seed = problem, seed
        self.deadline_s = math.inf
        """Of this thread's own CPU time; from then on it answers only what it knows."""
        self.is_unsure = False
        """An answer was taken for yes that nobody proved, since the oracle was told to be sure again."""
        self._effort = 2.0
        """In the solver's own deterministic time: a busy machine gives the same answers."""
        self._known: dict[tuple[tuple[Demand, float], ...], bool] = {}
        self._guessed: set[tuple[tuple[Demand, float], ...]] = set()

    def can(self, terms: Terms) -> bool:
        """What was not proved impossible within its time counts as possible: such a demand is not blamed."""
        key = tuple(sorted(terms.loosened.items()))
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

    def _ask(self, terms: Terms, key: tuple[tuple[Demand, float], ...]) -> bool:
        from ortools.sat.python import cp_model  # noqa: PLC0415

        stints = stints_left(self._problem, terms)
        for grid in (even(self._problem, stints), fine(self._problem, stints)):
            program = Program(self._problem, terms, grid)
            if not program.arcs:
                continue
            solver = cp_model.CpSolver()
            solver.parameters.num_workers = 1
            solver.parameters.random_seed = self._seed
            solver.parameters.max_deterministic_time = self._effort
            solver.parameters.max_time_in_seconds = _ONE_CHECK_S
            solver.parameters.stop_after_first_solution = True
            status = solver.solve(program.model)
            if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
                return True
            if grid.is_fine and status == cp_model.UNKNOWN:
                self._guessed.add(key)
                return True
        return False
