"""Real processes that are paired: a profile each, the books written as pairing writes them."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pitbox.identity.device import Identity
from pitbox.log.shelf import Shelf
from pitbox.model.ids import LogId
from pitbox.model.role import Role
from pitbox.sync.address import Address, PlaceBook
from pitbox.sync.trust import PairedPeer, PeerBook

LOOPBACK = "127.0.0.1"


class Machine:
    """One machine's profile and, while it runs, its process."""

    def __init__(self, home: Path, role: Role, host: str = LOOPBACK, port: int = 0) -> None:
        self.home, self.role, self.host = home, role, host
        self.name = home.name
        self.folder = home / "default" / "config" / "identity"
        self.identity = Identity.load_or_create(self.folder)
        self.port = port or free_port()
        self.lines: list[dict[str, Any]] = []
        self.process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.home / "default" / "data" / "log")

    def as_peer(self) -> PairedPeer:
        return PairedPeer(self.identity.device, self.name, self.role, self.identity.certificate)

    def start(self, *words: str, prefix: Sequence[str] = ()) -> None:
        command = "driver" if self.role is Role.DRIVER else "engineer"
        arguments = [command, "--headless", "--port", str(self.port), *words]
        environment = {**os.environ, "PITBOX_HOME": str(self.home), "PYTHONUNBUFFERED": "1"}
        environment["PYTHONPATH"] = str(Path(__file__).parents[2])
        with (self.home / "stderr").open("ab") as complaints:
            self.process = subprocess.Popen(
                [*prefix, sys.executable, "-P", "-m", "pitbox", *arguments],
                stdout=subprocess.PIPE,
                stderr=complaints,
                env=environment,
            )
        name = f"read-{self.name}"
        self._reader = threading.Thread(target=self._read, args=(self.process,), name=name, daemon=True)
        self._reader.start()

    def _read(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                with contextlib.suppress(json.JSONDecodeError):
                    self.lines.append({**json.loads(line), "_at_s": time.monotonic()})

    def stop(self, *, is_killed: bool = False, within_s: float = 60.0) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        if process.poll() is None:
            (process.kill if is_killed else process.terminate)()
        try:
            process.wait(within_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        if self._reader is not None:
            self._reader.join(10.0)

    def told(self, event: str, **words: Any) -> list[dict[str, Any]]:
        return [
            line
            for line in list(self.lines)
            if line["event"] == event and all(line.get(key) == value for key, value in words.items())
        ]

    def frames(self) -> dict[LogId, bytes]:
        """Every record on disk up to the last mark, as it lies there."""
        from pitbox.log.replica import proved_end

        found = {}
        for session in self.shelf.sessions():
            for reader in self.shelf.readers(session):
                end = proved_end(reader)
                found[reader.log] = b"".join(bytes(e.frame) for e in reader.entries() if e.seq < end)
        return {log: data for log, data in found.items() if data}


def pair(one: Machine, other: Machine) -> None:
    """Both books as after pairing, and where each was last seen."""
    for here, there in ((one, other), (other, one)):
        PeerBook(here.folder).add(there.as_peer())
        PlaceBook(here.folder).note_reached(there.identity.device, Address(there.host, there.port))


def wait_for(condition: Callable[[], Any], within_s: float = 60.0) -> Any:
    deadline_s = time.monotonic() + within_s
    while not (found := condition()):
        assert time.monotonic() < deadline_s, "It did not happen in time."
        threading.Event().wait(0.02)
    return found


@contextlib.contextmanager
def stopping(*machines: Machine) -> Iterator[None]:
    try:
        yield
    finally:
        for machine in machines:
            machine.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
