"""A whole race of the world, kept: what it shows and what it says is true."""

from dataclasses import dataclass

from pitbox.model.source import Closed, InfoChanged, Opened, RowArray, Ticks, joined_rows
from pitbox.sim.synthetic.scenario import Scenario
from pitbox.sim.synthetic.source import SyntheticSource
from pitbox.sim.synthetic.truth import Truth


@dataclass
class Recording:
    scenario: Scenario
    opened: Opened
    own: RowArray
    field: RowArray
    slow: RowArray
    infos: list[InfoChanged]
    closed: Closed
    truth: Truth

    def car_rows(self, name: str, car_idx: int):
        return self.field[name][:, car_idx]

    @property
    def times_s(self):
        return self.field["SessionTime"]


def record(scenario: Scenario) -> Recording:
    source = SyntheticSource(scenario)
    opened, closed, infos, ticks = [], [], [], []
    while not closed:
        for event in source.poll(0.0):
            kind = {Opened: opened, Closed: closed, InfoChanged: infos, Ticks: ticks}[type(event)]
            kind.append(event)
    assert source.poll(0.0) == ()
    streams = [joined_rows([getattr(tick, name) for tick in ticks]) for name in ("own", "field", "slow")]
    return Recording(scenario, opened[0], *streams, infos, closed[0], source.truth)
