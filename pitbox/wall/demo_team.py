"""A demo race as a real one comes: a driver's process records and sends it, this one follows it.

    child: `pitbox driver --headless --demo ...` ══ TLS on loopback ══► Engineer ─► hub

Both have throw-away identities in a temporary home, and are paired there; neither announces itself.
"""

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import msgspec

from pitbox.crew.health import Health, Level
from pitbox.crew.thread import Hand
from pitbox.identity.device import Identity
from pitbox.model.ids import SessionId
from pitbox.model.role import Role
from pitbox.sim.synthetic.scenario import SCENARIOS, Scenario, scenario_of
from pitbox.wall.author import author_name
from pitbox.wall.demo_plan import demo_planner
from pitbox.wall.engineer import Engineer
from pitbox.wall.errand import pitbox_command
from pitbox.wall.errors import AlreadyRunningError, WallError
from pitbox.wall.feed import Link, Spring
from pitbox.wall.health import HealthRegistry
from pitbox.wall.hub import Hub
from pitbox.wall.instance import Instance
from pitbox.wall.moment import Moments
from pitbox.wall.office import Office
from pitbox.wall.profile import HOME_VARIABLE, Profile, find_profile
from pitbox.wall.radio import RadioPlan
from pitbox.wall.settings import Settings
from pitbox.wall.wall import folders_of

_PREFIX = "pitbox-demo-"
_LOOPBACK = "127.0.0.1"
_PATIENCE_S = 10.0
_CAUGHT_UP_S = 1.5
"""Without another picture, once the driver has ended."""


class DemoPlan(msgspec.Struct, frozen=True):
    scenario: str = "endurance"
    minutes: float | None = None
    speed: float = 1.0
    seed: int | None = None

    def race(self) -> Scenario | None:
        """None for a name that the driver's process will complain of."""
        is_known = self.scenario in SCENARIOS
        return scenario_of(self.scenario, self.minutes, self.seed) if is_known else None

    def words(self) -> list[str]:
        """As `pitbox driver` takes them."""
        said = ["--demo", self.scenario, "--speed", f"{self.speed:g}"]
        if self.minutes is not None:
            said += ["--minutes", f"{self.minutes:g}"]
        return said if self.seed is None else [*said, "--seed", str(self.seed)]


class DemoTeam:
    """A `Feed`. Started and stopped by whoever made it."""

    spring = Spring.DEMO

    def __init__(
        self, profile: Profile, settings: Settings, plan: DemoPlan, health: HealthRegistry | None = None
    ) -> None:
        """What comes is kept in this profile, like any race."""
        sweep()
        self.plan = plan
        self.home = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self.health = health or HealthRegistry(time.time)
        self._driver = find_profile("default", {HOME_VARIABLE: str(self.home / "driver")})
        own = self.home / "engineer"
        _pair(self._driver.identity_folder, own)
        self.folders = folders = folders_of(profile, settings)
        """Where its races lie, and the database that is made of them."""
        radio = RadioPlan(
            role=Role.ENGINEER,
            name="Engineer",
            identity_folder=own,
            logs=folders.logs,
            port=0,
            keep_free_bytes=settings.storage.warn_free_bytes,
            is_watching=True,
            is_announced=False,
        )
        self._own = own
        signer = Identity.load_or_create(own)
        planner = demo_planner(self.home / "plans", signer, plan.race(), author_name(settings))
        self.engineer = Engineer(radio, folders, self.health, settings=settings, planner=planner)
        self.child: subprocess.Popen[str] | None = None
        self._listening = Hand("demo driver", self._listen, self.health.tell)
        self._is_over = self._is_following = False
        self._words = "The demo's driver starts"
        self._last = (0, time.monotonic())
        """Version of the last picture, and since when it is the last."""

    @property
    def hub(self) -> Hub:
        return self.engineer.hub

    @property
    def office(self) -> Office | None:
        return self.engineer.office

    @property
    def moments(self) -> Moments:
        return self.engineer.moments

    @property
    def session(self) -> SessionId | None:
        return self.hub.session

    @property
    def has_ended(self) -> bool:
        """The race is over and all of it is here, or its driver is gone."""
        version = self.hub.standings.take()[0]
        if version != self._last[0]:
            self._last = version, time.monotonic()
        return self._is_over and time.monotonic() - self._last[1] > _CAUGHT_UP_S

    @property
    def link(self) -> Link:
        link = self.engineer.link
        return msgspec.structs.replace(link, words=link.words or self._words)

    def start(self) -> None:
        with (self.home / "driver.log").open("wb") as complaints:
            self.child = subprocess.Popen(  # noqa: S603 - our own command, by our own interpreter
                [
                    *pitbox_command("default", "driver", "--headless", "--behind-demo", "--port", "0"),
                    *self.plan.words(),
                ],
                stdin=subprocess.PIPE,  # it ends when this closes: with us, however we end
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
                errors="replace",
                env={**os.environ, HOME_VARIABLE: str(self.home / "driver"), "PYTHONUNBUFFERED": "1"},
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        self._listening.start()

    def stop(self) -> bool:
        """The driver first: its last words still come."""
        self._end_child()
        is_done = self._listening.stop(_PATIENCE_S)
        if self._is_following:
            self._is_following = False
            is_done = self.engineer.stop() and is_done
        shutil.rmtree(self.home, ignore_errors=True)
        return is_done

    def errors(self) -> list[Exception]:
        heard = [] if self._listening.error is None else [self._listening.error]
        return heard + self.engineer.errors()

    def _end_child(self) -> None:
        child = self.child
        if child is None:
            return
        assert child.stdin is not None
        with contextlib.suppress(OSError):
            child.stdin.close()
        try:
            child.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def _listen(self, stop: threading.Event) -> None:
        """What the driver says, until it is gone."""
        child = self.child
        assert child is not None
        assert child.stdout is not None
        with child.stdout:
            for line in child.stdout:
                with contextlib.suppress(json.JSONDecodeError, KeyError, TypeError):
                    self._hear(json.loads(line), stop)
        self._is_over = True
        if child.wait() and not stop.is_set() and not self._is_following:
            said = (self.home / "driver.log").read_text(errors="replace").strip().splitlines()
            words = f"The demo's driver did not start: {said[-1] if said else 'it said nothing'}"
            self.health.tell(Health("wall", "demo", Level.FAILED, words))
            raise WallError(words)

    def _hear(self, line: dict[str, object], stop: threading.Event) -> None:
        if line["event"] == "listening" and not self._is_following and not stop.is_set():
            self._follow(int(str(line["port"])))
        elif line["event"] == "state" and line.get("state") == "ended":
            self._is_over = True

    def _follow(self, port: int) -> None:
        from pitbox.sync.address import Address, PlaceBook  # noqa: PLC0415 - a radio loads the same, later

        driver = Identity.load_or_create(self._driver.identity_folder)
        PlaceBook(self._own).note_reached(driver.device, Address(_LOOPBACK, port))
        self._is_following, self._words = True, ""
        self.engineer.start()


def demo_place(settings: Settings) -> tuple[Profile, Settings]:
    """Where demo races of a window lie: a profile of their own and its folders, whatever the team chose."""
    storage = msgspec.structs.replace(settings.storage, data_folder="", archive_folder="")
    return find_profile("demo"), msgspec.structs.replace(settings, storage=storage)


def sweep() -> None:
    """Homes of demos whose process was killed; their drivers have ended by themselves."""
    for home in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        lock = find_profile("default", {HOME_VARIABLE: str(home / "driver")}).lock_file
        with contextlib.suppress(OSError, WallError, AlreadyRunningError):
            if lock.exists() and time.time() - home.stat().st_mtime > _PATIENCE_S:
                Instance.claim(lock, "sweep", time.time()).release()
                shutil.rmtree(home, ignore_errors=True)


def _pair(driver: Path, engineer: Path) -> None:
    """Both books as pairing writes them."""
    from pitbox.sync.trust import PairedPeer, PeerBook  # noqa: PLC0415 - a radio loads the same, later

    for here, there, name, role in (
        (driver, engineer, "Engineer", Role.ENGINEER),
        (engineer, driver, "Demo driver", Role.DRIVER),
    ):
        peer = Identity.load_or_create(there)
        PeerBook(here).add(PairedPeer(peer.device, name, role, peer.certificate))
