"""Machines of a LAN that exists only here: network namespaces on one bridge, real processes in them."""

import contextlib
import itertools
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_NUMBERS = itertools.count()


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True, timeout=60)


def why_not() -> str:
    """Why namespaces cannot be had here; empty when they can."""
    name = f"pbtry{os.getpid()}"
    try:
        ip("netns", "add", name)
        ip("-n", name, "link", "add", "v0", "type", "veth", "peer", "name", "v1")
    except (OSError, subprocess.SubprocessError) as error:
        return f"network namespaces cannot be made here: {error}"
    finally:
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            ip("netns", "del", name)
    return ""


class Process:
    """A command in a machine whose standard output is JSON lines."""

    def __init__(self, words: list[str], env: dict[str, str]) -> None:
        self._child = subprocess.Popen(
            words,
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.events: list[dict[str, Any]] = []
        self._mark = 0
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, name="pitbox-test-reader")
        self._reader.start()

    def _read(self) -> None:
        assert self._child.stdout is not None
        for line in self._child.stdout:
            with contextlib.suppress(json.JSONDecodeError), self._changed:
                self.events.append({**json.loads(line), "at_s": time.monotonic()})
                self._changed.notify_all()

    def type(self, line: str) -> None:
        assert self._child.stdin is not None
        self._child.stdin.write(line + "\n")
        self._child.stdin.flush()

    def wait_for(self, event: str, timeout_s: float = 60.0, **words: Any) -> dict[str, Any]:
        """The next event of this kind with these values after the last that was waited for."""

        def found() -> int | None:
            for at in range(self._mark, len(self.events)):
                if self.events[at].get("event") == event and words.items() <= self.events[at].items():
                    return at
            return None

        self.until(lambda: found() is not None, timeout_s, f"{event} {words}")
        at = found()
        assert at is not None
        self._mark = at + 1
        return self.events[at]

    def until(self, condition: Callable[[], bool], timeout_s: float = 60.0, what: str = "") -> None:
        """Wait for a condition on `events`; fails with all that was heard."""
        with self._changed:
            if self._changed.wait_for(condition, timeout_s):
                return
        errors = "" if self._child.poll() is None or not self._child.stderr else self._child.stderr.read()
        raise AssertionError(f"no {what} in {self.events}\n{errors}")

    def end(self, timeout_s: float = 15.0) -> int:
        """Wait for it to end by itself."""
        code = self._child.wait(timeout_s)
        self._join()
        return code

    def kill(self) -> None:
        self._child.kill()
        self._child.wait(10)
        self._join()

    def _join(self) -> None:
        self._reader.join(5)
        for stream in (self._child.stdin, self._child.stdout, self._child.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


class Machine:
    """One namespace with an adapter called eth0 and a home of its own."""

    def __init__(self, name: str, address: str, home: Path) -> None:
        self.name, self.address, self.home = name, address, home
        self.processes: list[Process] = []

    def run(self, *words: str) -> str:
        """A `pitbox` command to its end; its standard output."""
        done = subprocess.run(
            [*self._inside(), sys.executable, "-m", "pitbox", *words],
            cwd=ROOT,
            env=self._env(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *words: str) -> Process:
        """A `pitbox` command that goes on."""
        return self._start([sys.executable, "-m", "pitbox", *words])

    def start_script(self, script: Path, *words: str) -> Process:
        return self._start([sys.executable, str(script), *words])

    def link(self, *, is_up: bool) -> None:
        """Pull the cable, or plug it in."""
        ip("-n", self.name, "link", "set", "eth0", "up" if is_up else "down")

    def move(self, address: str) -> None:
        """Another address, as DHCP would give it."""
        ip("-n", self.name, "addr", "flush", "dev", "eth0")
        ip("-n", self.name, "addr", "add", f"{address}/24", "dev", "eth0")
        self.address = address

    def _start(self, words: list[str]) -> Process:
        process = Process([*self._inside(), *words], self._env())
        self.processes.append(process)
        return process

    def _inside(self) -> list[str]:
        return ["ip", "netns", "exec", self.name]

    def _env(self) -> dict[str, str]:
        path = os.pathsep.join([str(ROOT), str(ROOT / "tests" / "lan")])
        return {**os.environ, "PITBOX_HOME": str(self.home), "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}


MakeMachine = Callable[[str], Machine]


@contextlib.contextmanager
def lan(folder: Path) -> Iterator[MakeMachine]:
    """A switch; what is called makes machines on it, each with its home in the folder."""
    prefix = f"pb{os.getpid() % 100000}n{next(_NUMBERS)}"
    switch = f"{prefix}s"
    made: list[Machine] = []
    ip("netns", "add", switch)
    ip("-n", switch, "link", "add", "hub", "type", "bridge")
    ip("-n", switch, "link", "set", "hub", "up")

    def make(name: str) -> Machine:
        number = len(made) + 1
        home = folder / name
        home.mkdir()
        one = Machine(f"{prefix}m{number}", f"10.77.0.{number}", home)
        ip("netns", "add", one.name)
        made.append(one)
        ip("link", "add", "eth0", "netns", one.name, "type", "veth", "peer", f"p{number}", "netns", switch)
        ip("-n", switch, "link", "set", f"p{number}", "master", "hub", "up")
        ip("-n", one.name, "link", "set", "lo", "up")
        ip("-n", one.name, "addr", "add", f"{one.address}/24", "dev", "eth0")
        ip("-n", one.name, "link", "set", "eth0", "up")
        return one

    try:
        yield make
    finally:
        for one in made:
            for process in one.processes:
                process.kill()
            ip("netns", "del", one.name)
        ip("netns", "del", switch)
