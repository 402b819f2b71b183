"""A collector in this process whose radio hangs."""

import time
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from paired import Machine, pair, wait_for

from pitbox.model.ids import SessionId
from pitbox.model.role import Role
from pitbox.sim.synthetic.scenario import SCENARIOS
from pitbox.sim.synthetic.source import SyntheticSource
from pitbox.sync.station import Station
from pitbox.wall import driver
from pitbox.wall.driver import Collector
from pitbox.wall.health import HealthRegistry
from pitbox.wall.hub import Durable
from pitbox.wall.profile import find_profile
from pitbox.wall.settings import Settings, Storage
from pitbox.wall.share import Sharing, radio_plan

HANG_S = 10.5
SETTINGS = Settings(storage=Storage(reserve_bytes=1 << 20))


class Outcome(NamedTuple):
    hung_s: float
    ticks_lost: int
    worst_commit_gap_s: float


def record_beside_a_hanging_radio(root: Path, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    here, there = Machine(root / "here", Role.DRIVER), Machine(root / "there", Role.ENGINEER)
    pair(here, there)
    hung: list[float] = []

    async def hang(self: Station) -> None:
        time.sleep(HANG_S)  # noqa: ASYNC251 - this is the fault: the loop stands still
        hung.append(HANG_S)

    monkeypatch.setattr(Station, "_rounds", hang)
    monkeypatch.setattr(driver, "projection_command", lambda name: ["true"])
    profile = find_profile("default", {"PITBOX_HOME": str(here.home)})
    plan = msgspec.structs.replace(SCENARIOS["duel"], race_s=60.0)
    source = SyntheticSource(plan, 1.0, session=SessionId("local-hang"))
    collector = Collector(profile, SETTINGS, source, HealthRegistry(time.time))
    collector.sharing = Sharing(
        radio_plan(profile, SETTINGS, Role.DRIVER, port=here.port),
        collector.hub,
        collector.office.book,
        collector.health.tell,
    )
    acknowledged: list[float] = []
    passed_on = collector.hub.durable.heard
    assert passed_on is not None

    def note(durable: Durable) -> None:
        acknowledged.append(time.monotonic())
        passed_on(durable)

    collector.hub.durable.heard = note
    collector.start()
    wait_for(lambda: hung, HANG_S + 10)
    ticks = collector.source.tick_count
    assert ticks > 60 * (HANG_S - 2)
    lost = collector.source.missed_count
    collector.stop()
    gaps = [after - before for before, after in pairwise(acknowledged)]
    return Outcome(hung[0], lost, max(gaps))
