"""A driver and its team on one cable: real processes in namespaces, on the 63-car field."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import psutil
from cable import Cable, cable, run
from paired import Machine, pair, wait_for
from same_race import assert_same, assert_told, words_of

from pitbox.model.ids import LogId, SessionId
from pitbox.model.role import Role
from pitbox.wall.settings_file import change

_NAP_S = 0.02
_HANDS = 12
"""Threads that a live value passes between two machines; each may wait for its turn as long as a sleeper."""
RACE = ("--demo", "endurance", "--minutes", "60", "--speed")
PORT = 47300
ROOT = Path(__file__).parents[2]
WRONG_CLOCK = Path(__file__).with_name("wrong_clock")


class Plugged(Machine):
    """A machine whose processes run in a namespace of their own, under a wrong clock if need be."""

    def __init__(self, root: Path, name: str, role: Role, wire: Cable) -> None:
        address, self.inside = wire.plug()
        self.number = wire.count
        self.clock: Path | None = None
        super().__init__(root / name, role, address, PORT)

    def run_demo(self, speed: float, *words: str) -> None:
        self.start(*RACE, str(speed), *words)

    def start(self, *words: str, **_: Any) -> None:
        if self.role is not Role.DRIVER:
            words = ("--no-store", *words)
        super().start(*words, prefix=[*self.inside, *self._clock_words()])

    def set_clock(self, hours: float) -> None:
        """The wall clock of its processes, from now on; those that run jump at once."""
        self.clock = self.clock or self.home / "clock"
        draft = self.clock.with_suffix(".new")
        draft.write_text(f"{hours * 3600:+.0f}\n")
        draft.replace(self.clock)

    def set(self, **settings: Any) -> None:
        """Settings by name with `__` for the dot, for its next start."""
        file = self.home / "default" / "config" / "settings.toml"
        change(file, {name.replace("__", "."): value for name, value in settings.items()})

    def environment(self) -> dict[str, str]:
        """Of a process beside the one that runs."""
        own = {"PITBOX_HOME": str(self.home), "PYTHONPATH": str(ROOT)}
        return {**os.environ, **own}

    def command(self, *words: str) -> str:
        """What a command says, in this machine's namespace and by its clock."""
        done = subprocess.run(
            [*self.inside, *self._clock_words(), sys.executable, "-P", "-m", "pitbox", *words],
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def cpu_s(self) -> float:
        assert self.process is not None
        times = psutil.Process(self.process.pid).cpu_times()
        return times.user + times.system

    def measure(self) -> tuple[float, int]:
        """(MB of memory that is its own, open descriptors)."""
        assert self.process is not None
        process = psutil.Process(self.process.pid)
        return process.memory_full_info().uss / 1e6, process.num_fds()

    def _clock_words(self) -> list[str]:
        if self.clock is None:
            return []
        return ["env", f"WRONG_CLOCK={self.clock}", f"PYTHONPATH={WRONG_CLOCK}{os.pathsep}{ROOT}"]


class Window(NamedTuple):
    """A time in which live values had to be as fresh as this, on a machine that wakes sleepers in time."""

    what: str
    from_s: float
    until_s: float
    quantile: float
    most_ms: float
    woken_late_ms: float = 0.0
    """The latest that a sleeper woke meanwhile: the machine's own lateness, no fault of ours."""

    @property
    def allowance_ms(self) -> float:
        """How much older a value may be than on a free machine: it waits for each hand on its way."""
        return _HANDS * self.woken_late_ms


class Net:
    """A driver and an engineer with a cable between them."""

    def __init__(self, root: Path, wire: Cable, engineers: tuple[str, ...] = ("engineer",)) -> None:
        self.root, self.wire = root, wire
        self.driver = Plugged(root, "driver", Role.DRIVER, wire)
        self.engineers = [Plugged(root, name, Role.ENGINEER, wire) for name in engineers]
        self.engineer = self.engineers[0]
        self.windows: list[Window] = []
        machines = self.machines
        for at, one in enumerate(machines):
            for other in machines[at + 1 :]:
                pair(one, other)

    @property
    def machines(self) -> list[Plugged]:
        return [self.driver, *self.engineers]

    def start(self, speed: float = 1) -> None:
        for engineer in self.engineers:
            engineer.start("--trace", str(self._trace(engineer)))
        self.driver.run_demo(speed, "--trace", str(self._trace(self.driver)))
        wait_for(lambda: self.driver.told("safe", machines=len(self.machines)), 60.0)

    def restart_engineer(self) -> None:
        """Until it is connected and has said what it holds."""
        heard, ups = len(self.engineer.told("have")), len(self.engineer.told("link-up"))
        self.engineer.start()
        wait_for(lambda: len(self.engineer.told("have")) > heard)
        wait_for(lambda: len(self.engineer.told("link-up")) >= ups + 2)

    def catch_up(self, within_s: float = 30.0) -> None:
        """All have, byte for byte, what the driver had when this was called."""
        had = self.driver.frames()
        assert had

        for machine in self.engineers:
            wait_for(lambda machine=machine: holds(machine, had), within_s)

    def finish(self) -> None:
        """The driver ends first, with a word; then all have the same, on disk and folded."""
        self.driver.stop()
        for engineer in self.engineers:
            wait_for(lambda engineer=engineer: holds(engineer, self.driver.frames()), 60.0)
        words = words_of(self.driver)
        for engineer in self.engineers:
            wait_for(lambda engineer=engineer: is_told(engineer, self.driver, words))
            engineer.stop()
        assert_same(*self.machines)
        for engineer in self.engineers:
            assert_told(engineer, self.driver, words)

    def live_ms(self, from_s: float = 0.0, until_s: float = float("inf")) -> np.ndarray:
        """From the tick at the driver to the value at the engineer; both have ended."""
        sent, seen = (
            np.array(json.loads(self._trace(machine).read_text())["live"]).reshape(-1, 2)
            for machine in (self.driver, self.engineer)
        )
        seen = seen[(seen[:, 1] > max(from_s, seen[0, 1] + 1)) & (seen[:, 1] < until_s)]
        at = np.minimum(np.searchsorted(sent[:, 0], seen[:, 0]), len(sent) - 1)
        return (seen[:, 1] - sent[at, 1]) * 1000

    def stop(self) -> None:
        for machine in self.machines:
            machine.stop()

    def _trace(self, machine: Machine) -> Path:
        return self.root / f"{machine.name}.json"


def holds(machine: Machine, had: dict[LogId, bytes]) -> bool:
    """All of this, byte for byte; and perhaps what came since."""
    frames = machine.frames()
    return all(frames.get(log, b"").startswith(data) for log, data in had.items())


def is_told(engineer: Machine, origin: Machine, known: dict[SessionId, list[str]] | None = None) -> bool:
    """The engineer's process has folded all that lies on the origin's disk."""
    try:
        assert_told(engineer, origin, known)
    except AssertionError:
        return False
    return True


@contextlib.contextmanager
def team(root: Path, engineers: tuple[str, ...] = ("engineer",)) -> Iterator[Net]:
    with cable() as wire:
        net = Net(root, wire, engineers)
        try:
            yield net
        finally:
            net.stop()


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own under this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        run("umount", "--lazy", str(folder))


def fill(folder: Path) -> Path:
    """To the last byte; what to remove for room."""
    stuff = folder / "stuff"
    with stuff.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(1 << 16)):
            pass
    assert os.statvfs(folder).f_bavail == 0
    return stuff


def rest(seconds: float) -> None:
    """Let the fault last."""
    threading.Event().wait(seconds)


def doze(seconds: float) -> float:
    """Let the fault last, in short naps; the latest that one of them ended, in milliseconds."""
    latest_s, woken_s = 0.0, time.monotonic()
    until_s = woken_s + seconds
    while (lay_down_s := woken_s) < until_s:
        rest(_NAP_S)
        woken_s = time.monotonic()
        latest_s = max(latest_s, woken_s - lay_down_s - _NAP_S)
    return latest_s * 1000


def news(machine: Machine, event: str, **words: Any) -> Callable[[], list[dict[str, Any]]]:
    """Asks for what is told of this from now on."""
    before = len(machine.told(event, **words))
    return lambda: machine.told(event, **words)[before:]
