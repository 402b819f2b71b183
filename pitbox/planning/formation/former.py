"""Forms the teams: a draft at once, then a local search, then a few teams at a time anew."""

import time
from collections.abc import Callable
from enum import StrEnum

import numpy as np

from pitbox.planning.formation import companions
from pitbox.planning.formation.descent import Descent, Stop
from pitbox.planning.formation.draft import draft, snake
from pitbox.planning.formation.field import Field, Reals
from pitbox.planning.formation.noun import Formation
from pitbox.planning.formation.outcome import Proof, formation
from pitbox.planning.formation.rebuild import MOST_MAKE_UPS, make_ups, rebuilt
from pitbox.planning.formation.seating import Seating
from pitbox.planning.formation.verdict import PLACED

LIMIT_S = 7.0
_TELL_S = 0.25
"""Better formations that follow each other faster are not each told."""
_ROTATIONS = 10
"""For each team, before the solver takes over."""
_FRUITLESS = 4
"""For each team, so many attempts of the solver without gain end it."""
_MOST_BENCH = 4

_BY_WISH = 0.5

Told = Callable[[Formation], None]


class Engine(StrEnum):
    SNAKE = "snake"
    DRAFT = "draft"
    LOCAL = "local"
    CP_SAT = "cp-sat"


class Former:
    """One forming of teams. With the same seed and enough time it comes to the same teams."""

    def __init__(
        self,
        field: Field,
        engine: Engine = Engine.CP_SAT,
        *,
        seed: int = 1,
        limit_s: float = LIMIT_S,
        is_stopped: Stop = lambda: False,
        on_better: Told | None = None,
    ) -> None:
        self.field = field
        self.engine = engine
        self.seed = seed
        self._begin_s = time.perf_counter()
        self._end_s = self._begin_s + limit_s
        self._is_stopped = is_stopped
        self._on_better = on_better
        self._told_s = self._begin_s
        self._told = -float("inf")
        self._random = np.random.default_rng(seed)
        self._wishes = np.argwhere(field.wish > 0).tolist()

    def form(self) -> Formation:
        if self.engine is Engine.SNAKE:
            return self._finished(snake(self.field), Engine.SNAKE)
        seating = draft(self.field)
        self._tell(seating, Engine.DRAFT, at_once=True)
        if self.engine is Engine.DRAFT:
            return self._finished(seating, Engine.DRAFT)
        if self.engine is Engine.CP_SAT and (exact := self._exact(seating)) is not None:
            return exact
        descent = Descent(seating, self.seed)
        self._search(seating, descent)
        if self.engine is Engine.CP_SAT:
            self._rebuild(seating, descent)
        return self._finished(seating, self.engine, descent)

    def _exact(self, seating: Seating) -> Formation | None:
        """All teams at once, where the people are few enough; None where they are not."""
        teams = range(len(seating.teams))
        free = sum(len(seating.free_drivers(team)) for team in teams)
        bench = [i for i in seating.bench if self.field.can_race[i].any()]
        if seating.has_limits or make_ups(seating, teams, free + len(bench)) > MOST_MAKE_UPS:
            return None
        if not rebuilt(seating, teams, bench, self.seed).is_proven:
            return None
        placed = int(seating.verdict().drivers.sum())
        if (seating.verdict().offences > 0).any() or not placed or companions.of(self.field):
            return self._finished(seating, Engine.CP_SAT)
        proof = seating.total / placed - PLACED, "proven: every make-up was weighed"
        return self._finished(seating, "exact", proof=proof)

    def _search(self, seating: Seating, descent: Descent) -> None:
        descent.settle(self._is_over)
        self._tell(seating, Engine.LOCAL)
        while not self._is_over() and descent.rotate(_ROTATIONS * len(seating.teams), self._is_over):
            descent.settle(self._is_over)
            self._tell(seating, Engine.LOCAL)

    def _rebuild(self, seating: Seating, descent: Descent) -> None:
        """Destroys and rebuilds until nothing has come of it for long, or time is up."""
        fruitless, attempt = 0, 0
        while fruitless < _FRUITLESS * len(seating.teams) and not self._is_over():
            teams = self._teams_to_rebuild(seating)
            bench = self._bench(seating, teams)
            attempt += 1
            if rebuilt(seating, teams, bench, self.seed + attempt).is_better:
                fruitless = 0
                descent.touched(teams)
                descent.settle(self._is_over)
                self._tell(seating, Engine.CP_SAT)
            else:
                fruitless += 1

    def _teams_to_rebuild(self, seating: Seating) -> list[int]:
        """Three, or two where their people allow too many make-ups.

        Every second time those of two people who wish each other and are apart; else the worse a team, the
        sooner.
        """
        count = min(3, len(seating.teams))
        wanting = _wanting(seating)
        first = self._parted(seating) if self._random.random() < _BY_WISH else ()
        wanting[list(first)] = 0.0
        rest = self._random.choice(len(wanting), count - len(first), replace=False, p=wanting / wanting.sum())
        teams = [*first, *(int(team) for team in rest)]
        pool = sum(len(seating.free_drivers(team)) for team in teams) + min(len(seating.bench), _MOST_BENCH)
        return teams if make_ups(seating, teams, pool) <= MOST_MAKE_UPS or count < 3 else teams[:2]

    def _parted(self, seating: Seating) -> tuple[int, ...]:
        """The teams of two people of whom one wishes to be with the other."""
        team_of = {i: team for team, people in enumerate(seating.teams) for i in people}
        pairs = [(team_of[i], team_of[j]) for i, j in self._wishes if i in team_of and j in team_of]
        parted = [pair for pair in pairs if pair[0] != pair[1]]
        return parted[int(self._random.integers(len(parted)))] if parted and len(seating.teams) > 2 else ()

    def _bench(self, seating: Seating, teams: list[int]) -> list[int]:
        able = [i for i in seating.bench if self.field.can_race[i].any()]
        pool = sum(len(seating.free_drivers(team)) for team in teams)
        size = min(len(able), _MOST_BENCH)
        if any(not seating.teams[team] for team in teams):
            size = min(len(able), self.field.demand.most + 1)
        while size and make_ups(seating, teams, pool + size) > MOST_MAKE_UPS:
            size -= 1
        return [int(i) for i in self._random.permutation(able)[:size]]

    def _finished(
        self, seating: Seating, engine: str, descent: Descent | None = None, proof: Proof = None
    ) -> Formation:
        self._dissolve(seating, descent)
        companions.place(seating)
        took_s = time.perf_counter() - self._begin_s
        return formation(seating, str(engine), took_s=took_s, seed=self.seed, proof=proof)

    def _dissolve(self, seating: Seating, descent: Descent | None) -> None:
        """A team that breaks a hard rule does not stand; its people go where there is room for them."""
        descent = descent or Descent(seating, self.seed)
        # A search may fill what was dissolved with another team that breaks a rule: so many times, then none.
        searches = len(seating.teams)
        while weak := self._breaking(seating):
            seating.put(weak[0], self._kept(seating, weak[0]))
            descent.touched(weak[:1])
            if searches > 0:
                searches -= 1
                descent.settle(self._is_over)

    def _breaking(self, seating: Seating) -> list[int]:
        """Teams by number, the worst first, but for those that only people placed by hand are left in."""
        offences = seating.verdict().offences
        order = [int(team) for team in np.argsort(-offences) if offences[team] > 0]
        return [team for team in order if self._may_go(seating, team)]

    def _may_go(self, seating: Seating, team: int) -> bool:
        return len(self._kept(seating, team)) < len(seating.teams[team])

    def _kept(self, seating: Seating, team: int) -> list[int]:
        return [i for i in seating.teams[team] if i in seating.fixed[team]]

    def _tell(self, seating: Seating, engine: str, *, at_once: bool = False) -> None:
        now_s = time.perf_counter()
        is_due = at_once or now_s - self._told_s >= _TELL_S
        if self._on_better is None or not is_due or seating.total <= self._told:
            return
        self._told_s, self._told = now_s, seating.total
        self._on_better(formation(seating, engine, took_s=now_s - self._begin_s, seed=self.seed))

    def _is_over(self) -> bool:
        return self._is_stopped() or time.perf_counter() >= self._end_s


def _wanting(seating: Seating) -> Reals:
    """How much each team lacks of the best that a team can be worth, a driver."""
    drivers = np.array([max(1, len(team)) for team in seating.teams])
    lack: Reals = np.clip(1.0 + PLACED - seating.value / drivers, 0.02, 1.0)
    return lack
