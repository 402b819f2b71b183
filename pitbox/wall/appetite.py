"""Which logs of the team this machine keeps, and who may edit in them: asked by the log lane's worker.

The roles in this machine's own book decide, whoever brings a log; and copies wait for disk space, since
recording stops last. A peer may offer thousands of logs, and each is asked for again and again: so what is
not here is judged without a look at the disk.
"""

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from pitbox.log.disk import Disk
from pitbox.model.ids import TEAM_PLANS, LogId, SessionId
from pitbox.model.role import Role
from pitbox.wall.log_kinds import LogKinds
from pitbox.wire.record import EditRecord

if TYPE_CHECKING:
    from pitbox.sync.library import Library
    from pitbox.sync.trust import PeerBook
    from pitbox.sync.vouched import VouchBook

_LOOK_S = 1.0
"""Between two looks at the free space, and at the races that were driven here."""


class Appetite:
    def __init__(
        self,
        library: "Library",
        book: "PeerBook",
        vouches: "VouchBook",
        kinds: LogKinds,
        *,
        role: Role,
        keep_free_bytes: int = 0,
    ) -> None:
        self._role = role
        self._library = library
        self._book = book
        self._vouches = vouches
        self._kinds = kinds
        self._keep_free_bytes = keep_free_bytes
        self._disk = Disk()
        self._room = (float("-inf"), True)
        self._driven = (float("-inf"), 0, frozenset[SessionId]())

    def wants(self, log: LogId, peer: str) -> bool:
        """Whether a copy of it is kept here, and taken from this peer."""
        author, server = self._book.find(log.device), self._book.find(peer)
        if author is not None and not author.role.can_edit:
            return False
        if server is None or (not server.role.can_edit and author is None):
            return False
        return self._concerns_us(log) and self._may_be_kept(log) and self.has_room()

    def admits(self, log: LogId, kind: int) -> bool:
        """Who edits stands in this machine's own book; for plans it is enough that an engineer of it vouches.

        An engineer who passes a stranger's edits on may know a viewer in him: bringing them proves no role.
        A recording needs none: it is proved by who wrote it, and vouched for by who brings it.
        """
        if kind != EditRecord.KIND or log.device == self._library.device:
            return True
        if self._book.find(log.device) is not None or log.session != TEAM_PLANS:
            return self._book.find(log.device) is not None
        role = self._vouches.role_of(log.device)
        return role is not None and role.can_edit

    def has_room(self) -> bool:
        looked_s, has_room = self._room
        now_s = time.monotonic()
        if now_s - looked_s > _LOOK_S:
            with suppress(OSError):
                has_room = self._disk.free_bytes(self._library.root.parent) >= self._keep_free_bytes
            self._room = (now_s, has_room)
        return has_room

    def _concerns_us(self, log: LogId) -> bool:
        # Beside a sim only what belongs to the races that were driven there, and what engineers write; and
        # every plan, since who drives next is every driver's business.
        ours = self._library.device
        if self._role is not Role.DRIVER or log.device == ours or log.session == TEAM_PLANS:
            return True
        author = self._book.find(log.device)
        if author is not None and author.role is Role.ENGINEER:
            return True
        return log.session in self._driven_here()

    def _driven_here(self) -> frozenset[SessionId]:
        looked_s, count, sessions = self._driven
        now_s, holdings = time.monotonic(), self._library.holdings
        if count != len(holdings) or now_s - looked_s > _LOOK_S:
            sessions = frozenset(held.session for held in holdings if held.device == self._library.device)
            self._driven = (now_s, len(holdings), sessions)
        return sessions

    def _may_be_kept(self, log: LogId) -> bool:
        """Its first record says so when it comes; what older versions took of strangers grows no more."""
        return (
            log not in self._library.holdings
            or self.admits(log, EditRecord.KIND)
            or self._kinds.is_recording(log)
        )
