"""How soon two machines of one network find each other: real processes, real zeroconf, network namespaces."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import msgspec
import numpy as np

from pitbox.cli.bench.figure import Figure
from pitbox.cli.bench.machine import Machine
from pitbox.model.role import Role

_TRIES = 5
_PORT = 47_300
_SETTLE_S = 3.0
"""For the one that was there before to be quiet."""
_PATIENCE_S = 30.0
_GOAL_S = 1.0
_BEGUN, _MET = "links are taken", "is connected for log"


def measure_discovery(root: Path) -> list[Figure]:
    """From the moment a machine begins to look to the link with one that was there before, several times."""
    try:
        with _two_places() as places:
            found_s = [_find(root / f"find-{at}", places) for at in range(_TRIES)]
    except (OSError, subprocess.SubprocessError) as error:
        how = f"needs network namespaces, and they cannot be made here ({type(error).__name__})"
        return [Figure("discovery", float("nan"), "s", how=how)]
    how = f"from looking around to the link, worst of {_TRIES} (median {np.median(found_s):.2f}), by zeroconf"
    return [Figure("discovery", max(found_s), "s", _GOAL_S, how=how)]


def _find(root: Path, places: tuple[str, str]) -> float:
    """Paired, and neither knows where the other one is."""
    first = Machine(root, "driver", Role.DRIVER, _PORT)
    later = Machine(root, "engineer", Role.ENGINEER, _PORT)
    first.pair(later, is_placed=False)
    later.pair(first, is_placed=False)
    one, other = (["ip", "netns", "exec", place] for place in places)
    with first.running("--memory", str(first.home / "no-sim"), inside=one):
        _await(first, _BEGUN)
        time.sleep(_SETTLE_S)
        with later.running("--no-store", inside=other):
            return _await(later, _MET) - _await(later, _BEGUN)


def _await(machine: Machine, words: str) -> float:
    """When its journal said this first, by the clock that both lines of it share."""
    deadline_s = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline_s:
        for line in _journal(machine):
            with suppress(msgspec.DecodeError):  # it is just being written
                told = msgspec.json.decode(line, type=dict[str, object])
                if words in str(told.get("words", "")):
                    return datetime.fromisoformat(str(told["at"])).timestamp()
        time.sleep(0.05)
    raise TimeoutError("Two machines of one network did not find each other.")


def _journal(machine: Machine) -> list[bytes]:
    try:
        return (machine.profile.data / "pitbox.log").read_bytes().splitlines()
    except FileNotFoundError:
        return []


@contextmanager
def _two_places() -> Iterator[tuple[str, str]]:
    """Two namespaces with a cable between them; raises where they cannot be made."""
    one, other = (f"pbb{os.getpid()}{end}" for end in "ab")
    try:
        for place in (one, other):
            _ip("netns", "add", place)
        _ip("link", "add", "eth0", "netns", one, "type", "veth", "peer", "eth0", "netns", other)
        for number, place in enumerate((one, other), 1):
            _ip("-n", place, "addr", "add", f"10.77.9.{number}/24", "dev", "eth0")
            for device in ("lo", "eth0"):
                _ip("-n", place, "link", "set", device, "up")
        yield one, other
    finally:
        for place in (one, other):
            with suppress(OSError, subprocess.SubprocessError):
                _ip("netns", "del", place)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=20)  # noqa: S603, S607 - the system's
