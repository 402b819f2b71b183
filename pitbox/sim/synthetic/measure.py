"""How fast the world runs, for `pitbox bench`."""

import time

import msgspec

from pitbox.model.source import Closed, Ticks
from pitbox.sim.synthetic.scenario import Scenario
from pitbox.sim.synthetic.source import SyntheticSource
from pitbox.sim.synthetic.world import TICKS_PER_S


class WorldSpeed(msgspec.Struct, frozen=True):
    cars: int
    ticks: int
    cpu_s: float

    @property
    def times_real_time(self) -> float:
        """Sim seconds for each second of one core, all three streams made."""
        return self.ticks / TICKS_PER_S / self.cpu_s


def world_speed(scenario: Scenario, sim_s: float) -> WorldSpeed:
    """Runs so many seconds of the scenario, or all of it if it is shorter."""
    source = SyntheticSource(scenario)
    ticks = 0
    began_s = time.thread_time()
    is_running = True
    while is_running and ticks < sim_s * TICKS_PER_S:
        for event in source.poll(0.0):
            ticks += len(event) if isinstance(event, Ticks) else 0
            is_running = is_running and not isinstance(event, Closed)
    return WorldSpeed(scenario.cars, ticks, time.thread_time() - began_s)
