"""Whole races, run once and kept: what the world shows and what it says is true."""

from dataclasses import dataclass

import msgspec
import numpy as np
import pytest

from pitbox.model.source import Closed, InfoChanged, Opened, RowArray, Ticks
from pitbox.sim.synthetic.scenario import SCENARIOS, CautionPlan, Mishaps, Scenario
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
    streams = [np.concatenate([getattr(tick, name) for tick in ticks]) for name in ("own", "field", "slow")]
    return Recording(scenario, opened[0], *streams, infos, closed[0], source.truth)


@pytest.fixture(scope="session")
def duel():
    """Four cars, twenty minutes, stops and swaps every few laps, one caution."""
    return record(SCENARIOS["duel"])


@pytest.fixture(scope="session")
def rough():
    """Much goes wrong: spins, tows, penalties and cars that give up."""
    return record(
        msgspec.structs.replace(
            SCENARIOS["duel"],
            name="rough",
            seed=5,
            race_s=800.0,
            classes=tuple(msgspec.structs.replace(plan, cars=6) for plan in SCENARIOS["duel"].classes),
            own_car_idx=8,
            mishaps=Mishaps(off_track=0.1, tow=0.06, retirement=0.03, penalty=0.06),
            caution=CautionPlan(),
        )
    )
