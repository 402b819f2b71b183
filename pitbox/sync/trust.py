"""Who is paired with this device: one file of certificates with name and role. May be used from any thread.

The file may be changed by another process of the same profile (`pitbox pair` beside a running collector);
`refresh` notices. What cannot be read in it is named, kept aside before the next change, and never lost.
"""

import contextlib
import logging
import os
import threading
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from pitbox.identity.spelling import show
from pitbox.log.disk import Disk
from pitbox.model.ids import DeviceId
from pitbox.model.role import Role
from pitbox.sync.errors import TrustError

_log = logging.getLogger("pitbox.sync")

PEERS_FILE = "peers.json"
MOST_PEERS = 64
_VERSION = 1
_MOST_BYTES = 1 << 20


class PairedPeer(msgspec.Struct, frozen=True):
    device: DeviceId
    name: str
    role: Role
    """What it may do here."""
    certificate: bytes
    """DER; its SHA-256 is the device."""


class _Line(msgspec.Struct, frozen=True):
    device: str
    name: str
    role: str
    certificate: str


class _Document(msgspec.Struct, frozen=True):
    peers: list[Any]
    version: int = _VERSION


class PeerBook:
    """The paired devices of one profile."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / PEERS_FILE
        self.problems: tuple[str, ...] = ()
        """A sentence for each thing in the file that could not be used."""
        self.version = 0
        """Grows with every change that this object made or noticed."""
        self._lock = threading.RLock()
        self._peers: dict[DeviceId, PairedPeer] = {}
        self._stamp: tuple[int, int, int] | None = None
        self.refresh()

    @property
    def peers(self) -> tuple[PairedPeer, ...]:
        with self._lock:
            return tuple(sorted(self._peers.values(), key=lambda peer: (peer.name.casefold(), peer.device)))

    def find(self, device: str) -> PairedPeer | None:
        with self._lock:
            return self._peers.get(DeviceId(device))

    def named(self, text: str) -> PairedPeer:
        """The one peer that this name, or the start of its device id, means; raises TrustError."""
        wanted = text.strip().casefold()
        found = [peer for peer in self.peers if peer.name.casefold() == wanted]
        if not found and len(wanted) >= 4:
            found = [
                peer
                for peer in self.peers
                if peer.device.startswith(wanted) or show(peer.device).casefold().startswith(wanted)
            ]
        if len(found) == 1:
            return found[0]
        if found:
            raise TrustError(f"{text!r} means {len(found)} paired devices; type more of the device id.")
        raise TrustError(f"No paired device is called {text!r}; `pitbox peers` lists them.")

    def add(self, peer: PairedPeer) -> PairedPeer:
        """Trust this device from now on; a name that another one has gets a number."""
        if sha256(peer.certificate).hexdigest() != peer.device:
            raise TrustError("A device is known by its certificate; this certificate is another one's.")
        with self._lock:
            self.refresh()
            if peer.device not in self._peers and len(self._peers) >= MOST_PEERS:
                raise TrustError(f"{MOST_PEERS} devices are paired already; unpair one first.")
            taken = {other.name.casefold() for other in self._peers.values() if other.device != peer.device}
            peer = msgspec.structs.replace(peer, name=_free_name(peer.name, taken))
            self._store({**self._peers, peer.device: peer})
        return peer

    def remove(self, device: DeviceId) -> PairedPeer:
        """No longer trust this device; raises TrustError when it was not."""
        with self._lock:
            self.refresh()
            peer = self._peers.get(device)
            if peer is None:
                raise TrustError(f"The device {show(device)} is not paired with this one.")
            self._store({name: other for name, other in self._peers.items() if name != device})
        return peer

    def refresh(self) -> bool:
        """Read the file if it is another one than last time; True when something changed."""
        with self._lock:
            stamp = self._stamp_now()
            if stamp == self._stamp:
                return False
            self._stamp = stamp
            before = self._peers
            self._peers, self.problems = self._read()
            for problem in self.problems:
                _log.warning("%s", problem)
            if self._peers != before:
                self.version += 1
                return True
            return False

    def _stamp_now(self) -> tuple[int, int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self) -> tuple[dict[DeviceId, PairedPeer], tuple[str, ...]]:
        try:
            with self.path.open("rb") as file:
                text = file.read(_MOST_BYTES + 1)
        except (FileNotFoundError, NotADirectoryError):
            return {}, ()
        except OSError as error:
            return {}, (f"The file of paired devices {self.path} cannot be read: {error.strerror}.",)
        try:
            lines = msgspec.json.decode(text, type=_Document).peers
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            words = f"The file of paired devices {self.path} is damaged; nobody in it is trusted until"
            return {}, (f"{words} a copy is put back or the devices are paired again.",)
        return _peers_of(lines, self.path)

    def _store(self, peers: dict[DeviceId, PairedPeer]) -> None:
        """The old file or the new one, whatever happens in between."""
        lines = [_line_of(peer) for peer in peers.values()]
        text = msgspec.json.format(msgspec.json.encode(_Document(lines)), indent=2)
        new = self.path.with_name(f".{PEERS_FILE}.{os.getpid()}-{os.urandom(4).hex()}")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.problems:
                self._keep_aside()
            try:
                with new.open("xb") as file:
                    file.write(text + b"\n")
                    file.flush()
                    os.fsync(file.fileno())
                new.replace(self.path)
            finally:
                new.unlink(missing_ok=True)
            Disk().sync_folder(self.path.parent)
        except OSError as error:
            raise TrustError(
                f"The file of paired devices {self.path} cannot be stored: {error.strerror}."
            ) from error
        self._peers, self.problems, self._stamp = peers, (), self._stamp_now()
        self.version += 1

    def _keep_aside(self) -> None:
        number = 1
        while (aside := self.path.with_name(f"{PEERS_FILE}.broken-{number}")).exists():
            number += 1
        with contextlib.suppress(FileNotFoundError):
            self.path.rename(aside)
            _log.warning("the damaged file of paired devices is kept as %s", aside)


def _peers_of(lines: list[Any], path: Path) -> tuple[dict[DeviceId, PairedPeer], tuple[str, ...]]:
    peers: dict[DeviceId, PairedPeer] = {}
    problems = []
    for number, line in enumerate(lines, start=1):
        try:
            peer = _peer_of(line)
        except (msgspec.ValidationError, Base64Error, ValueError):
            problems.append(f"Paired device {number} in {path} cannot be used: its line is damaged.")
            continue
        peers[peer.device] = peer
    return peers, tuple(problems)


def _peer_of(value: Any) -> PairedPeer:
    line = msgspec.convert(value, _Line)
    certificate = b64decode(line.certificate, validate=True)
    if sha256(certificate).hexdigest() != line.device:
        raise ValueError
    return PairedPeer(DeviceId(line.device), line.name, Role(line.role), certificate)


def _line_of(peer: PairedPeer) -> _Line:
    return _Line(peer.device, peer.name, peer.role.value, b64encode(peer.certificate).decode("ascii"))


def _free_name(name: str, taken: set[str]) -> str:
    name = " ".join(name.split())[:40] or "Unnamed"
    if name.casefold() not in taken:
        return name
    number = 2
    while f"{name} {number}".casefold() in taken:
        number += 1
    return f"{name} {number}"
