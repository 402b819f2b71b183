"""A recorder to be killed: writes what it acknowledges to standard output, and goes on for ever.

usage: recording_child.py ROOT IDENTITY volatile|real [no-sync] [no-sign]
"""

import os
import random
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
from river import INFO, OPENED, ticks

from pitbox.identity.device import Identity
from pitbox.log.disk import Disk
from pitbox.log.scribe import Scribe, ScribeLimits
from pitbox.log.writer import Committed, WriterLimits


class VolatileDisk(Disk):
    """A disk whose cache dies with the process, as a machine's dies with its power."""

    def __init__(self, *, is_syncing: bool) -> None:
        self._cache: dict[int, bytearray] = {}
        self._is_syncing = is_syncing

    def write(self, fd: int, data: Sequence[bytes]) -> None:
        self._cache.setdefault(fd, bytearray()).extend(b"".join(data))

    def sync(self, fd: int) -> None:
        if not self._is_syncing:
            return
        data = bytes(self._cache.pop(fd, b""))
        half = random.randint(0, len(data))
        super().write(fd, (data[:half],))
        super().write(fd, (data[half:],))
        super().sync(fd)


class Unsigned:
    """An identity that forgets to sign."""

    def __init__(self, identity: Identity) -> None:
        self.device, self.certificate = identity.device, identity.certificate

    def sign(self, message: bytes) -> bytes:
        return b""


def main() -> None:
    root, identity_folder, kind, *faults = sys.argv[1:]
    identity = Identity.load_or_create(Path(identity_folder))
    disk = VolatileDisk(is_syncing="no-sync" not in faults) if kind == "volatile" else Disk()
    limits = ScribeLimits(commit_s=0.002, reserve_bytes=1 << 16, writer=WriterLimits(segment_bytes=5_000))
    scribe = Scribe(
        Path(root),
        Unsigned(identity) if "no-sign" in faults else identity,
        on_commit=acknowledge,
        limits=limits,
        disk=disk,
    )
    scribe.take([OPENED, INFO])
    number = 0
    pause = threading.Event()
    while True:
        scribe.take([ticks(number, 15)])
        number += 15
        scribe.tick()
        pause.wait(0.001)


def acknowledge(committed: Committed) -> None:
    data = msgspec.msgpack.encode((time.process_time(), committed.log.epoch, committed.entries))
    os.write(1, len(data).to_bytes(4, "little"))
    view = memoryview(data)
    while view:
        view = view[os.write(1, view) :]


if __name__ == "__main__":
    main()
