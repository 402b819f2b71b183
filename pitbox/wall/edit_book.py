"""One session's edits on this machine: what everybody wrote, what one's own device writes.

One's own edit is in the ledger before `write` returns, and on disk with the next `step`. Others' edits come
from the shelf, wherever a log of theirs lies there. The receiver judges: an edit counts by its author's role.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from pitbox.crew.health import Health, HealthSink, Level, unheard
from pitbox.log.edits import Author, edits_of, first_kind
from pitbox.log.errors import LogError
from pitbox.log.segment import segment_paths
from pitbox.log.shelf import Shelf
from pitbox.log.writer import Committed
from pitbox.model.clock import Clock
from pitbox.model.edit import NOWHERE, Draft, Edit, check_value
from pitbox.model.errors import EditError
from pitbox.model.ids import DeviceId, LogId, SessionId
from pitbox.model.ledger import Ledger
from pitbox.model.person import name_draft, name_of, refusal
from pitbox.model.role import Role
from pitbox.model.sign import Signer
from pitbox.wire.record import EditRecord

_log = logging.getLogger("pitbox.wall")
_T = TypeVar("_T")
_LEAST_S = 1e-6
"""A clock's reading of today is told apart from one so much later."""
RoleOf = Callable[[DeviceId], Role | None]
"""Under which role this machine knows a device; None for a stranger."""


def nobody_else(_: DeviceId) -> Role | None:
    """The roles of a machine that is paired with none."""
    return None


class EditBook:
    """`write` and `ask` from any thread; `step` and `close` from one."""

    def __init__(
        self,
        shelf: Shelf,
        signer: Signer,
        clock: Clock,
        *,
        role_of: RoleOf = nobody_else,
        name: str = "",
        on_health: HealthSink = unheard,
    ) -> None:
        self.device = signer.device
        self._shelf = shelf
        self._signer = signer
        self._clock = clock
        self._role_of = role_of
        self._name = name
        self._on_health = on_health
        self._written_s = 0.0
        self._lock = threading.RLock()
        self._session: SessionId | None = None
        self.heard: Callable[[Committed], None] | None = None
        """Called with what became durable of one's own edits; must not wait for anybody."""
        self._forget()

    def _forget(self) -> None:
        self._ledger = Ledger()
        self._author: Author | None = None
        self._unwritten: list[Edit] = []
        self._aside: list[Edit] = []
        """Refused by their authors' roles; judged again, since roles change."""
        self._voices: dict[DeviceId, Role | None] = {}
        """Of others whose edits count: the role by which they were judged."""
        self._read: dict[LogId, tuple[int, int]] = {}
        """(next record, bytes on disk) of others' logs of edits."""
        self._recordings: set[LogId] = set()
        self._is_failing = False
        self.at = NOWHERE
        """Where the race is; the owner keeps it up."""

    @property
    def session(self) -> SessionId | None:
        return self._session

    @property
    def revision(self) -> tuple[SessionId | None, int]:
        """Another one with every edit that counts; the same one means the same answers."""
        return self._session, self._ledger.count

    def enter(self, session: SessionId) -> None:
        """The session whose edits are read and written from now on; the one before is sealed."""
        if session == self._session:
            return
        self.close()
        with self._lock:
            self._forget()
            self._session = session
            self._author = Author(self._shelf.root, session, self._signer, self._clock)
        self.read()

    def write(self, drafts: Sequence[Draft], base: int | None = None) -> list[Edit]:
        """Edit now; raises EditError where there is no session or a value cannot be.

        `base`: the count of edits that these are meant for; with another one nothing is written.
        """
        with self._lock:
            if self._author is None:
                raise EditError("No session is open here, and an edit needs one to be written into.")
            if base is not None and not self._ledger.is_as_at(base):
                raise EditError("Somebody has edited this meanwhile: look at it again first.")
            for draft in drafts:
                check_value(draft.value)
            if self._name and name_of(self._ledger, self.device) != self._name:
                drafts = [name_draft(self.device, self._name), *drafts]
            stamp, at, wall_s = self._author.stamp, self.at, self._moment_s()
            edits = [self._ledger.write(draft, stamp, at, wall_s) for draft in drafts]
            self._unwritten += edits
            return edits

    def ask(self, question: Callable[[Ledger], _T]) -> _T:
        """Whatever can be worked out of the ledger, while nobody changes it."""
        with self._lock:
            return question(self._ledger)

    def step(self) -> None:
        """Make durable what was written, take in what others wrote."""
        self.store()
        self.read()

    def store(self) -> None:
        """A disk that refuses is told, and it is tried again with the next call."""
        author = self._author
        if author is None:
            return
        with self._lock:
            edits, self._unwritten = self._unwritten, []
        try:
            author.append(edits)
            edits = []
            committed = author.commit()
        except (LogError, OSError) as error:
            with self._lock:
                self._unwritten = edits + self._unwritten
            self._is_failing = True
            words = f"What you wrote is not stored yet, and it is tried again: {error}"
            self._on_health(Health("wall", "edits", Level.FAILED, words))
            return
        if committed is not None and self.heard is not None:
            self.heard(committed)
        if self._is_failing:
            self._is_failing = False
            self._on_health(Health("wall", "edits", Level.OK, "What you wrote is stored."))

    def read(self) -> None:
        """New edits of all other logs of the session."""
        if self._session is None or self._author is None:
            return
        if not self._is_failing and self._are_roles_others():
            self._begin_again(self._author)
        self._judge_again()
        self._read_others(self._author)

    def close(self) -> None:
        """Seal one's own log."""
        self.store()
        author, self._author = self._author, None
        if author is not None:
            try:
                sealed = author.close()
            except (LogError, OSError) as error:
                _log.error("the log of edits %s could not be sealed: %s", author.log, error)
            else:
                if sealed is not None and self.heard is not None:
                    self.heard(sealed)  # else it left only with the next look at the shelf
        self._session = None

    def _moment_s(self) -> float:
        """Now, and never the moment of the write before: what is written together has one of its own."""
        wall_s = self._clock.wall_s()
        is_at_it = -1.0 < wall_s - self._written_s < _LEAST_S
        self._written_s = self._written_s + _LEAST_S if is_at_it else wall_s
        return self._written_s

    def _are_roles_others(self) -> bool:
        return any(self._role_of(author) is not role for author, role in self._voices.items())

    def _begin_again(self, author: Author) -> None:
        """Roles are others now: what counts is what would on a machine that starts."""
        with self._lock:
            self._ledger = Ledger(self._ledger)
            self._voices, self._aside, self._read = {}, [], {}
            own = (edit for _, edit in edits_of(self._shelf.reader(author.log), 0) if edit is not None)
            for edit in [*own, *self._unwritten]:
                self._take(edit)
            self._read_others(author)

    def _read_others(self, author: Author) -> None:
        for log in self._shelf.logs(author.log.session):
            if log != author.log and log not in self._recordings:
                self._read_log(log)

    def _read_log(self, log: LogId) -> None:
        reader = self._shelf.reader(log)
        if log not in self._read:
            kind = first_kind(reader.folder)
            if kind not in (None, EditRecord.KIND):
                self._recordings.add(log)
            if kind != EditRecord.KIND:
                return
        next_seq, size_before = self._read.get(log, (0, -1))
        size = sum(path.stat().st_size for path in segment_paths(reader.folder))
        if size == size_before:
            return
        for seq, edit in edits_of(reader, next_seq):
            next_seq = seq + 1
            if edit is not None:
                self._take(edit)
        self._read[log] = (next_seq, size)

    def _take(self, edit: Edit) -> None:
        is_own = edit.author == self.device
        role = Role.ENGINEER if is_own else self._role_of(edit.author)
        words = refusal(role, edit)
        if words:
            self._aside.append(edit)
            _log.debug("an edit of %s does not count: %s", edit.author[:8], words)
            return
        try:
            with self._lock:
                self._ledger.take(edit)
            if not is_own:
                self._voices[edit.author] = role
        except EditError as error:
            _log.warning("an edit of %s is left out: %s", edit.author[:8], error)

    def _judge_again(self) -> None:
        aside, self._aside = self._aside, []
        for edit in aside:
            self._take(edit)
