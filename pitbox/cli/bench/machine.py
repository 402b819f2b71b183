"""A machine of a bench: a profile, and a process of ours when it runs."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.identity.device import Identity
from pitbox.model.role import Role
from pitbox.sync.address import Address, PlaceBook
from pitbox.sync.trust import PairedPeer, PeerBook
from pitbox.wall.profile import HOME_VARIABLE, find_profile

Pairs = NDArray[np.float64]
_HOST = "127.0.0.1"
_PATIENCE_S = 120.0


class Machine:
    def __init__(self, root: Path, name: str, role: Role, port: int) -> None:
        self.home, self.role, self.port = root / name, role, port
        self.profile = find_profile("default", {HOME_VARIABLE: str(self.home)})
        self.identity = Identity.load_or_create(self.profile.identity_folder)
        self.logs = self.profile.data / "log"
        self.trace = self.home / "trace.json"

    def pair(self, other: "Machine", *, is_placed: bool = True) -> None:
        """As if a code had been typed; where the other one is, is known only if it is `is_placed`."""
        device = other.identity.device
        peer = PairedPeer(device, other.home.name, other.role, other.identity.certificate)
        PeerBook(self.profile.identity_folder).add(peer)
        if is_placed:
            PlaceBook(self.profile.identity_folder).note_reached(device, Address(_HOST, other.port))

    @contextmanager
    def running(self, *words: str, inside: Sequence[str] = ()) -> "Iterator[subprocess.Popen[bytes]]":
        """`inside`: what starts it somewhere else, like in a network namespace."""
        mode = "driver" if self.role is Role.DRIVER else "engineer"
        arguments = [mode, "--headless", "--port", str(self.port), "--trace", str(self.trace), *words]
        with (
            (self.home / "said").open("wb") as said,
            subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
                [*inside, sys.executable, "-P", "-m", "pitbox", *arguments],
                env={**os.environ, HOME_VARIABLE: str(self.home)},
                stdout=said,
            ) as process,
        ):
            try:
                yield process
            finally:
                process.terminate()
                process.wait(_PATIENCE_S)

    def rows(self) -> Pairs:
        """(sim time, monotonic clock) of live own rows."""
        noted = msgspec.json.decode(self.trace.read_bytes(), type=dict[str, list[tuple[float, float]]])
        return np.array(noted["live"]).reshape(-1, 2)
