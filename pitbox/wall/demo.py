"""A synthetic race that a window can open on: recorded and folded by the real parts, in this process."""

import secrets
import tempfile
import threading
import time
from pathlib import Path

from pitbox.crew.thread import Hand
from pitbox.identity.device import Identity
from pitbox.model.ids import SessionId
from pitbox.sim.synthetic.scenario import Scenario, scenario_of
from pitbox.sim.synthetic.source import SyntheticSource
from pitbox.wall.author import author_name
from pitbox.wall.demo_plan import demo_planner
from pitbox.wall.feed import Link, Spring
from pitbox.wall.following import Following
from pitbox.wall.health import HealthRegistry
from pitbox.wall.hub import Hub
from pitbox.wall.moment import Moments
from pitbox.wall.profile import Profile
from pitbox.wall.radio import Team
from pitbox.wall.secretary import Secretary
from pitbox.wall.settings import Settings
from pitbox.wall.wall import Wall

_SAFE_S = 0.25
"""Between two looks at how far the log is safe."""


class DemoRace:
    """A `Feed` with its own wall. Started and stopped by whoever made it."""

    spring = Spring.DEMO

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
        has_past: bool = True,
        head_start_s: float = 0.0,
    ) -> None:
        """Without a past the log is folded once only, as in an engineer's own process.

        `head_start_s`: so much of the race is over as soon as it can be worked out.
        """
        plan = scenario_of(scenario, minutes, seed)
        self.speed = speed
        self.session = SessionId(f"local-{secrets.token_hex(6)}")
        self.source = SyntheticSource(plan, speed, session=self.session, head_start_s=head_start_s)
        self.health = health or HealthRegistry(time.time)
        self.wall = Wall(profile, settings, self.source, is_paced_by_us=True, health=self.health)
        self._plans = tempfile.TemporaryDirectory(prefix="pitbox-plans-", ignore_cleanup_errors=True)
        signer = Identity.load_or_create(profile.identity_folder)
        self.office = self._open_office(signer, settings, plan)
        self._following = Following(self.wall.shelf, Hub(fact_bound=1), lambda _, __: None)
        self.moments = Moments(self._following.past) if has_past else None
        mains = {"office": self.office.main}
        if self.moments is not None:
            mains |= {"looking back": self.moments.main, "following": self._following.main}
            mains["safe so far"] = self._hear
        self._hands = [Hand(name, main, self.health.tell) for name, main in mains.items()]

    def _open_office(self, signer: Identity, settings: Settings, race: Scenario) -> Secretary:
        return Secretary(
            self.wall.shelf,
            signer,
            settings,
            self.hub,
            self.health.tell,
            session=lambda: self.session,
            planner=demo_planner(Path(self._plans.name), signer, race, author_name(settings)),
        )

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
        for hand in self._hands:
            hand.start()

    def stop(self) -> bool:
        is_done = True
        for hand in self._hands:
            is_done &= hand.stop(timeout_s=10.0)
        self._plans.cleanup()
        return self.wall.stop() and is_done

    def _hear(self, stop: threading.Event) -> None:
        """The log is folded a second time as far as it is safe, with what it takes to go back in it."""
        self._following.hear_team(Team())
        version = 0
        while not stop.wait(_SAFE_S):
            version, durable = self.hub.durable.take(version)
            if durable is not None:
                self._following.hear(durable.log, durable.end_seq)
