"""A whole event, part after part: each one a world of its own on the same track with the same people."""

from collections.abc import Mapping

from pitbox.model.source import RowArray
from pitbox.sim.synthetic.own import OwnRows
from pitbox.sim.synthetic.part import FIRST_TICK, Part, parts
from pitbox.sim.synthetic.policy import PitPolicy
from pitbox.sim.synthetic.scenario import Scenario
from pitbox.sim.synthetic.score import Result
from pitbox.sim.synthetic.truth import Truth
from pitbox.sim.synthetic.world import STEP_TICKS, TICKS_PER_S, Step, World


class Event:
    def __init__(self, scenario: Scenario, policies: Mapping[int, PitPolicy] | None = None) -> None:
        self.scenario = scenario
        self._policies = dict(policies or {})
        self._left = list(parts(scenario))
        self._results: dict[int, tuple[Result, ...]] = {}
        self.truths: list[tuple[Part, Truth]] = []
        """Of every part so far, the one that runs last."""
        self._grid: list[int] | None = None
        self._open(FIRST_TICK)

    @property
    def part(self) -> Part:
        return self.world.part

    @property
    def is_over(self) -> bool:
        return self.world.is_over and not self._left

    def results(self) -> dict[int, tuple[Result, ...]]:
        """By session number: what is done, and the present one as it stands."""
        return {**self._results, self.part.session_num: self.world.score.results()}

    def turn_over(self) -> bool:
        """Goes on to the next part if this one has ended; True if there is a new one."""
        if not self.world.is_over or not self._left:
            return False
        world = self.world
        self._results[self.part.session_num] = world.score.results()
        if self.part.kind == "Open Qualify":
            self._grid = self._qualified(world)
        # Each part's time begins a step after zero; the sim's ticks go on without a hole.
        self._open(world.first_tick + round(world.now_s * TICKS_PER_S) - STEP_TICKS)
        return True

    def step(self) -> tuple[Step, RowArray]:
        """The next quarter of a second, and our own car's rows of it."""
        step = self.world.step()
        return step, self._own.rows(step)

    def _open(self, first_tick: int) -> None:
        part = self._left.pop(0)
        self.world = World(self.scenario, self._policies, part=part, first_tick=first_tick, grid=self._grid)
        self._own = OwnRows(self.world)
        self.truths.append((part, self.world.truth))

    @staticmethod
    def _qualified(world: World) -> list[int]:
        """The quicker class first, as the race is started; inside it by qualifying."""
        place = {idx: at for at, idx in enumerate(world.score.order)}
        return sorted(place, key=lambda idx: (world.race.cars[idx].member.class_id, place[idx]))
