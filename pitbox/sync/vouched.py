"""Whom our engineers vouch for: devices that are paired with one of them and not with us. From any thread.

An engineer is in the middle of most teams. What people plan passes through his machine, and he alone knows
who they are; his word makes their edits of plans count here. It gives nobody more than he has himself: he may
write any plan. It is not passed on, nor taken of others, and goes with his own line in the book of peers.

Each change is a file written and plans judged anew. So who changes his mind without end is heard now and
then: his last word waits, and takes the place of those before it.
"""

import logging
import os
import threading
import time
from collections.abc import Callable

import msgspec

from pitbox.model.ids import DeviceId
from pitbox.model.role import Role
from pitbox.sync.message import Member
from pitbox.sync.trust import PeerBook

_log = logging.getLogger("pitbox.sync")

VOUCHED_FILE = "vouched.json"
_MOST_BYTES = 1 << 20
_BURST = 16.0
"""Changes of one voucher that are stored at once ..."""
_REFILL_PER_S = 0.5
"""... and how many a second after that."""
_LEAST_FIRST = (Role.VIEWER, Role.DRIVER, Role.ENGINEER)


class _Document(msgspec.Struct, frozen=True):
    vouchers: dict[str, tuple[Member, ...]]
    version: int = 1


class VouchBook:
    """Kept beside the book of peers, since an engineer may be away when his word is needed."""

    def __init__(self, book: PeerBook, clock: Callable[[], float] = time.monotonic) -> None:
        self._book = book
        self._path = book.path.with_name(VOUCHED_FILE)
        self._lock = threading.RLock()
        self._clock = clock
        self._said: dict[str, tuple[Member, ...]] = {}
        self._waiting: dict[str, tuple[Member, ...]] = {}
        """The last word of each who has said too much of late."""
        self._spent: dict[str, tuple[float, float]] = {}
        """(changes that are not forgotten yet, when that was) by voucher."""
        self._stamp: tuple[int, int, int] | None = None
        self.refresh()

    def role_of(self, device: DeviceId) -> Role | None:
        """Our own line if there is one, else the least that an engineer of ours says; None for a stranger."""
        own = self._book.find(device)
        if own is not None:
            return own.role
        said = {role for voucher in self._heard() for role in _roles(self._said[voucher], device)}
        return next((role for role in _LEAST_FIRST if role in said), None)

    def hear(self, voucher: DeviceId, members: tuple[Member, ...]) -> None:
        """All that this one says from now on; passed over unless he is an engineer in our own book."""
        with self._lock:
            self._look()
            self._waiting.pop(voucher, None)
            peer = self._book.find(voucher)
            if peer is None or peer.role is not Role.ENGINEER or self._said.get(voucher) == members:
                return
            if self._debt(voucher) + 1.0 > _BURST:
                self._waiting[voucher] = members
                return
            self._spent[voucher] = (self._debt(voucher) + 1.0, self._clock())
            said = {name: self._said[name] for name in self._heard()} | {voucher: members}
            try:
                self._store(said)
            except OSError as error:  # he says it again with the next link
                _log.warning("what %s vouches for is not stored: %s", peer.name, error.strerror)

    def forget(self, voucher: DeviceId) -> None:
        """With his line in the book his word goes: a later line begins without it. Raises OSError."""
        with self._lock:
            self._look()
            self._waiting.pop(voucher, None)
            if voucher in self._said:
                self._store({name: some for name, some in self._said.items() if name != voucher})

    def refresh(self) -> None:
        """Read the file if it is another one than last time, and store what has waited long enough."""
        with self._lock:
            self._look()
            for voucher, members in list(self._waiting.items()):
                self.hear(DeviceId(voucher), members)

    def _look(self) -> None:
        stamp = self._stamp_now()
        if stamp != self._stamp:
            self._stamp, self._said = stamp, self._read()

    def _debt(self, voucher: str) -> float:
        spent, at_s = self._spent.get(voucher, (0.0, 0.0))
        return max(0.0, spent - (self._clock() - at_s) * _REFILL_PER_S)

    def _heard(self) -> list[str]:
        """Whose word counts now."""
        found = {name: self._book.find(name) for name in self._said}
        return [name for name, peer in found.items() if peer is not None and peer.role is Role.ENGINEER]

    def _read(self) -> dict[str, tuple[Member, ...]]:
        try:
            with self._path.open("rb") as file:
                return msgspec.json.decode(file.read(_MOST_BYTES), type=_Document).vouchers
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            _log.warning("%s cannot be read: engineers say again whom they vouch for", self._path)
            return {}

    def _store(self, said: dict[str, tuple[Member, ...]]) -> None:
        new = self._path.with_name(f".{VOUCHED_FILE}.{os.getpid()}")
        new.write_bytes(msgspec.json.encode(_Document(said)))
        new.replace(self._path)
        self._said, self._stamp = said, self._stamp_now()

    def _stamp_now(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


def _roles(members: tuple[Member, ...], device: DeviceId) -> list[Role]:
    """None for a role that only newer versions know."""
    return [Role(m.role) for m in members if m.device == device and m.role in set(Role)]
