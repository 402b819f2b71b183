"""Short synthetic races for the wall's tests."""

import msgspec

from pitbox.model.ids import SessionId
from pitbox.sim.synthetic.scenario import SCENARIOS
from pitbox.sim.synthetic.source import SyntheticSource

SESSION = SessionId("local-wall")


def race(seconds: float = 240.0, *, speed: float | None = None) -> SyntheticSource:
    plan = msgspec.structs.replace(SCENARIOS["duel"], race_s=seconds)
    return SyntheticSource(plan, speed, session=SESSION)
