"""Machines of one team without a network: their logs are copied from shelf to shelf."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from pitbox.identity.device import Identity
from pitbox.log.shelf import Shelf
from pitbox.model.channel import Channel, Layout, Stream
from pitbox.model.ids import SessionId
from pitbox.model.role import Role
from pitbox.model.session import CarClass, Entry, OwnCar, SessionInfo, SessionPart, Track
from pitbox.model.source import Ticks
from pitbox.model.standing import Standings
from pitbox.wall.hub import Hub
from pitbox.wall.office import Office
from pitbox.wall.settings import General, Settings

SESSION = SessionId("sub-7")
OWN = Layout(
    Stream.OWN,
    (
        Channel("SessionTime", "f8"),
        Channel("SessionTick", "i4"),
        Channel("SessionNum", "i4"),
        Channel("IsOnTrack", "b1"),
        Channel("LapDistPct", "f4"),
        Channel("PitSvFlags", "u4"),
        Channel("PitSvFuel", "f4"),
    ),
)


class HandClock:
    def __init__(self) -> None:
        self.now_s, self.offset_s = 100.0, 0.0

    def monotonic_s(self) -> float:
        return self.now_s

    def wall_s(self) -> float:
        return 1.8e9 + self.now_s + self.offset_s


def info(*, is_electric: bool = False, driver: str = "Kai") -> SessionInfo:
    return SessionInfo(
        sim="iracing",
        sub_session_id=7,
        track=Track(1, "Ring", "", 5000.0, 20.0),
        parts=(SessionPart(0, "Race"),),
        classes=(CarClass(1, "GT"),),
        entries=(Entry(0, "7", 900, "Team", 500, driver, 1, "Car"),),
        own=OwnCar(0, 100.0, 0.75, is_electric),
    )


class Machine:
    """One PitBox whose race is put into its hub by hand."""

    def __init__(self, folder: Path, name: str, clock: HandClock, settings: Settings, **options: Any) -> None:
        self.clock = clock
        self.shelf = Shelf(folder / name / "log")
        self.identity = Identity.load_or_create(folder / name / "identity")
        self.device = self.identity.device
        self.hub, self.healths = Hub(), []
        self.roles: dict[str, Role] = {}
        self.session: SessionId | None = SESSION
        self.outbox = folder / name / "outbox"
        general = General(name=name)
        settings = Settings(general=general, messages=settings.messages, sim=settings.sim)
        self.office = Office(
            self.shelf,
            self.identity,
            settings,
            self.hub,
            self.healths.append,
            outbox=self.outbox,
            session=lambda: self.session,
            role_of=self.roles.get,
            clock=clock,
            **options,
        )

    def race(self, sim_time_s: float, **own: Any) -> None:
        """The hub says that this is now."""
        rows = np.zeros(1, OWN.dtype)
        rows["SessionTime"] = sim_time_s
        for name, value in own.items():
            rows[name] = value
        self.hub.live.put(Ticks(rows, rows, rows))
        self.hub.standings.put(Standings(0, 0, sim_time_s, 4, "green", None, None, ()))

    def step(self) -> None:
        self.clock.now_s += 0.05
        self.office.look_now()
        self.office.step()


class Team:
    """`meet` gives everybody everybody's logs, as the sync would."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock = folder, HandClock()
        self.machines: list[Machine] = []

    def join(self, name: str, role: Role, settings: Settings | None = None, **options: Any) -> Machine:
        machine = Machine(self.folder, name, self.clock, settings or Settings(), **options)
        for other in self.machines:
            other.roles[machine.device] = role
            machine.roles[other.device] = other.role  # type: ignore[attr-defined]
        machine.role = role  # type: ignore[attr-defined]
        self.machines.append(machine)
        machine.step()
        return machine

    def meet(self) -> None:
        for machine in self.machines:
            machine.step()
        for one in self.machines:
            for other in self.machines:
                source = one.shelf.root / SESSION / one.device
                if one is not other and source.exists():
                    target = other.shelf.root / SESSION / one.device
                    ignore: Callable[..., Any] = shutil.ignore_patterns("*.lock")
                    shutil.copytree(source, target, dirs_exist_ok=True, ignore=ignore)
        for machine in self.machines:
            machine.step()

    def close(self) -> None:
        for machine in self.machines:
            machine.office.close()
