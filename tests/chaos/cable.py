"""Machines on a cable that can be cut, slowed and made to lose packets: namespaces of this machine only."""

import contextlib
import itertools
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

_NUMBERS = itertools.count()


def run(*words: str, text: str | None = None) -> None:
    subprocess.run(words, check=True, capture_output=True, text=True, timeout=60, input=text)


class Cable:
    """One switch; each machine has a namespace, `10.77.0.N`, and its own plug."""

    def __init__(self) -> None:
        self._name = f"pb{os.getpid()}-{next(_NUMBERS)}"
        self._plugs: list[str] = []
        run("ip", "netns", "add", self._name)
        run("ip", "-n", self._name, "link", "add", "hub", "type", "bridge")
        run("ip", "-n", self._name, "link", "set", "hub", "up")

    @property
    def count(self) -> int:
        return len(self._plugs)

    def plug(self) -> tuple[str, list[str]]:
        """(address, how to start a process there)."""
        number = len(self._plugs) + 1
        name, address = f"{self._name}-{number}", f"10.77.0.{number}"
        run("ip", "netns", "add", name)
        self._plugs.append(name)
        far = ("type", "veth", "peer", "name", "eth0", "netns", name)
        run("ip", "-n", self._name, "link", "add", f"p{number}", *far)
        run("ip", "-n", self._name, "link", "set", f"p{number}", "master", "hub", "up")
        run("ip", "-n", name, "addr", "add", f"{address}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            run("ip", "-n", name, "link", "set", device, "up")
        return address, ["ip", "netns", "exec", name]

    def lose(self, percent: int) -> None:
        """Of what arrives at each machine; 0 ends it. scripts/test sees to it that nft is there."""
        hook = "type filter hook input priority 0;"
        drop = f'iifname "eth0" numgen random mod 100 < {percent} drop'
        chain = f"table inet f {{\nchain c {{\n{hook}\n{drop}\n}}\n}}\n" if percent else ""
        rules = "flush ruleset\n" + chain
        for name in self._plugs:
            run("ip", "netns", "exec", name, "nft", "-f", "-", text=rules)

    def pull(self, number: int = 1) -> None:
        """Take a plug out at the switch's far side: neither machine sees its own link go down."""
        run("ip", "-n", self._name, "link", "set", f"p{number}", "nomaster")

    def put_back(self, number: int = 1) -> None:
        run("ip", "-n", self._name, "link", "set", f"p{number}", "master", "hub")

    def slow(self, rate: str, number: int = 1) -> None:
        shape = ("tbf", "rate", rate, "burst", "16kb", "latency", "200ms")
        self._queue(number, "add", *shape)

    def quicken(self, number: int = 1) -> None:
        self._queue(number, "del")

    def _queue(self, number: int, verb: str, *shape: str) -> None:
        run(
            "ip", "netns", "exec", self._plugs[number - 1], "tc", "qdisc", verb, "dev", "eth0", "root", *shape
        )

    def remove(self) -> None:
        for name in [*self._plugs, self._name]:
            with contextlib.suppress(subprocess.SubprocessError):
                run("ip", "netns", "del", name)


@contextlib.contextmanager
def cable() -> Iterator[Cable]:
    """Skips where namespaces cannot be made; where they can, nothing is skipped."""
    if not Path("/proc/self/ns/net").exists() or os.geteuid() != 0:
        pytest.skip("network namespaces need root on Linux")
    found = Cable()
    try:
        yield found
    finally:
        found.remove()
