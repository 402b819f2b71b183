"""A synthetic race that a window can open on: recorded and folded by the real parts, in this process."""

import secrets
import time
from typing import Any

import msgspec

from pitbox.crew.thread import Hand
from pitbox.identity.device import Identity
from pitbox.model.ids import SessionId
from pitbox.sim.synthetic.scenario import SCENARIOS
from pitbox.sim.synthetic.source import SyntheticSource
from pitbox.wall.feed import Link, Spring
from pitbox.wall.health import HealthRegistry
from pitbox.wall.hub import Hub
from pitbox.wall.profile import Profile
from pitbox.wall.secretary import Secretary
from pitbox.wall.settings import Settings
from pitbox.wall.wall import Wall


class DemoRace:
    """A `Feed` with its own wall. Started and stopped by whoever made it."""

    spring = Spring.DEMO
    moments = None

    def __init__(
        self,
        profile: Profile,
        settings: Settings,
        scenario: str = "endurance",
        *,
        minutes: float | None = None,
        speed: float = 1.0,
        seed: int | None = None,
        health: HealthRegistry | None = None,
    ) -> None:
        changes: dict[str, Any] = {} if seed is None else {"seed": seed}
        if minutes is not None:
            changes["race_s"] = minutes * 60
        plan = msgspec.structs.replace(SCENARIOS[scenario], **changes)
        self.speed = speed
        self.session = SessionId(f"local-{secrets.token_hex(6)}")
        self.source = SyntheticSource(plan, speed, session=self.session)
        self.health = health or HealthRegistry(time.time)
        self.wall = Wall(profile, settings, self.source, is_paced_by_us=True, health=self.health)
        signer = Identity.load_or_create(profile.identity_folder)
        self.office = Secretary(
            self.wall.shelf, signer, settings, self.hub, self.health.tell, session=lambda: self.session
        )
        self._talking = Hand("office", self.office.main, self.health.tell)

    @property
    def hub(self) -> Hub:
        return self.wall.hub

    @property
    def has_ended(self) -> bool:
        return self.wall.has_ended

    @property
    def link(self) -> Link:
        return Link(machines=1, is_recorded=not self.wall.has_ended)

    def errors(self) -> list[Exception]:
        return self.wall.errors()

    def start(self) -> None:
        self.wall.start()
        self._talking.start()

    def stop(self) -> bool:
        is_done = self._talking.stop(timeout_s=10.0)
        return self.wall.stop() and is_done
