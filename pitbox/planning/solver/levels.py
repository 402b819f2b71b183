"""One aim after the other: each is brought as far as it goes, then held while the next is sought."""

import math
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from pitbox.model.plan_offer import Level
from pitbox.planning.solver.arcs import Arc, disturbed_s, lost_s, wishes_s
from pitbox.planning.solver.program import Program, taken, ticks_s

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

AIMS = ("balance", "changes", "preference", "pace")
_NEAR = 0.002
"""Of an aim's scale: a better answer than this is not worth waiting for."""

_DETERMINISTIC = 1.5
"""The solver's own time in a second of CPU, a little less than was seen."""


class Found(msgspec.Struct):
    """What a search brought: the stretches, and how good each level is."""

    arcs: list[Arc] = []
    levels: list[Level] = []
    is_impossible: bool = False
    """Proved; else time ran out first."""


class Search:
    """Asks one program for its aims in turn, within a deadline.

    `spent_s`: of this thread's own CPU time, when it has to be done; a busy machine gives the same answers.
    """

    def __init__(
        self,
        program: Program,
        *,
        seed: int,
        deadline_s: float,
        spent_s: float = math.inf,
        stop: Callable[[], bool],
        told: Callable[[list[Arc]], None],
    ) -> None:
        self._program, self._seed, self._deadline_s = program, seed, deadline_s
        self._spent_s, self._stop, self._told = spent_s, stop, told

    def run(self, aims: Sequence[str], held_s: dict[str, float]) -> Found:
        """`held_s`: by how much an aim may get worse for those after it."""
        found = Found(levels=[Level("feasible", 0.0, 0.0, "")])
        if not self._program.arcs:
            return Found(is_impossible=True)
        if self._program.grid.is_fine or not aims:
            self._fewest(found)
            if not found.arcs:
                return found
        for at, aim in enumerate(aims):
            if found.is_impossible or (found.arcs and (self._stop() or self._left_s() <= 0.02)):
                break
            share = 1.0 / (len(aims) - at)
            self._aim(aim, found, held_s.get(aim, 0.0), share if at or len(aims) == 1 else 0.6)
        return found

    def _fewest(self, found: Found) -> None:
        """A first plan; between fine moments the one with the fewest stops, and no more from then on."""
        program = self._program
        if program.grid.is_fine:
            program.model.minimize(program.stints)
        solver, status = self._solve(0.5)
        if self._judge(status, found):
            self._keep(solver, found)
            program.model.add(program.stints <= sum(len(arc.spans) for arc in found.arcs))

    def _judge(self, status: Any, found: Found) -> bool:
        """True where there is an answer."""
        from ortools.sat.python import cp_model  # noqa: PLC0415

        found.is_impossible = status in (cp_model.INFEASIBLE, cp_model.MODEL_INVALID)
        return status in (cp_model.OPTIMAL, cp_model.FEASIBLE)

    def _aim(self, aim: str, found: Found, held_s: float, share: float) -> None:
        program = self._program
        expression = expression_of(program, aim)
        if found.arcs and isinstance(expression, int):
            found.levels.append(Level(aim, ticks_s(expression), ticks_s(expression)))
            return
        program.model.minimize(expression)
        solver, status = self._solve(share)
        if self._judge(status, found):
            self._keep(solver, found)
            value, bound = solver.objective_value, solver.best_objective_bound
            found.levels.append(Level(aim, ticks_s(value), ticks_s(min(bound, value))))
            program.model.add(expression <= int(value) + int(held_s * 10))

    def _keep(self, solver: "cp_model.CpSolver", found: Found) -> None:
        values = [bool(solver.boolean_value(take)) for take in self._program.takes]
        found.arcs = taken(self._program, values)
        self._program.hint_taken(values)

    def _solve(self, share: float) -> "tuple[cp_model.CpSolver, Any]":
        from ortools.sat.python import cp_model  # noqa: PLC0415

        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = self._seed
        solver.parameters.max_time_in_seconds = max(0.02, self._left_s() * share)
        if self._spent_s < math.inf:
            left_s = max(0.02, self._spent_s - time.thread_time())
            solver.parameters.max_deterministic_time = left_s * share * _DETERMINISTIC
        solver.parameters.relative_gap_limit = _NEAR
        solver.parameters.linearization_level = 2
        return solver, solver.solve(self._program.model, better_plans(self._program, self._told))

    def _left_s(self) -> float:
        return self._deadline_s - time.monotonic()


def better_plans(program: Program, told: Callable[[list[Arc]], None]) -> "cp_model.CpSolverSolutionCallback":
    """Tells each better answer as it is found."""
    from ortools.sat.python import cp_model  # noqa: PLC0415

    class Teller(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            told(taken(program, [bool(self.boolean_value(take)) for take in program.takes]))

    return Teller()


def expression_of(program: Program, aim: str) -> Any:
    if aim == "balance":
        return program.unequal()
    costs = {"changes": disturbed_s, "preference": wishes_s, "pace": lost_s}
    return program.cost(costs[aim])
