"""The race that benches run on: 63 cars, own car at full rate, from the synthetic world."""

from collections.abc import Iterator

import msgspec

from pitbox.model.ids import SessionId
from pitbox.model.source import SourceEvent, Ticks
from pitbox.sim.synthetic.scenario import SCENARIOS
from pitbox.sim.synthetic.source import SyntheticSource

SESSION = SessionId("local-bench")


def race_events(seconds: float) -> Iterator[SourceEvent]:
    """The first so many seconds of the 63-car race, as fast as they can be made."""
    plan = msgspec.structs.replace(SCENARIOS["endurance"], race_s=seconds + 600)
    source = SyntheticSource(plan, session=SESSION)
    rows = 0
    while rows < seconds * 60:
        for event in source.poll(0.0):
            if isinstance(event, Ticks):
                rows += len(event)
            yield event
