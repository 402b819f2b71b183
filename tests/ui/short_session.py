"""A short race recorded into a profile's own shelf."""

from pathlib import Path

import msgspec

from pitbox.identity.device import Identity
from pitbox.log.scribe import Scribe, ScribeLimits
from pitbox.model.ids import SessionId
from pitbox.sim.synthetic.scenario import SCENARIOS
from pitbox.sim.synthetic.source import SyntheticSource

SESSION = SessionId("local-short")


def record(logs: Path, identity: Path) -> None:
    plan = msgspec.structs.replace(SCENARIOS["duel"], race_s=30.0)
    source = SyntheticSource(plan, session=SESSION)
    scribe = Scribe(logs, Identity.load_or_create(identity), limits=ScribeLimits(reserve_bytes=0))
    for _ in range(60):
        scribe.take(source.poll(0.0))
        scribe.commit()
    scribe.close("done")
