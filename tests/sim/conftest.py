"""Races that many tests look at, run once."""

import msgspec
import pytest
from recording import record

from pitbox.sim.synthetic.scenario import SCENARIOS, CautionPlan, Mishaps


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
