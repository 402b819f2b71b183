"""Edits in logs: which logs hold them, what they say, and the writer of one's own.

A person's edits lie in logs of their own beside the recordings of a session: same folders, same signatures,
same ways to other machines.
"""

import contextlib
import secrets
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from pitbox.crew.clock import SystemClock
from pitbox.log.errors import LogWriteError
from pitbox.log.reader import LogReader, log_folder
from pitbox.log.segment import segment_paths
from pitbox.log.shelf import Shelf
from pitbox.log.writer import Committed, LogWriter
from pitbox.model.clock import Clock
from pitbox.model.edit import Edit
from pitbox.model.ids import TEAM_PLANS, Axis, LogId, SessionId
from pitbox.model.sign import Signer
from pitbox.model.stamp import Stamp
from pitbox.wire.errors import WireError
from pitbox.wire.record import EditRecord, decode, encode, kind_of


def is_edit_log(folder: Path) -> bool:
    """True for a log whose first record is an edit; False while nothing of it is here."""
    return first_kind(folder) == EditRecord.KIND


def first_kind(folder: Path) -> int | None:
    """The kind of a log's first record; None while it cannot be read, which may be a moment later."""
    try:
        return _first_kind(segment_paths(folder)[0])
    except (LookupError, WireError, OSError):
        return None


def races(shelf: Shelf) -> list[SessionId]:
    """The sessions in which something is driven, by name: what is planned before any race is none of them."""
    return [session for session in shelf.sessions() if session != TEAM_PLANS]


def edit_readers(shelf: Shelf, session: SessionId) -> list[LogReader]:
    return [reader for reader in shelf.readers(session) if is_edit_log(reader.folder)]


def recordings(shelf: Shelf, session: SessionId) -> list[LogReader]:
    """The session's logs that a fold of the race reads."""
    return [reader for reader in shelf.readers(session) if not is_edit_log(reader.folder)]


def edits_of(reader: LogReader, from_seq: int = 0) -> Iterator[tuple[int, Edit | None]]:
    """(seq, edit) for each record that can be read; None for marks and for what is no edit."""
    for entry in reader.entries(from_seq):
        try:
            record = decode(entry.payload) if kind_of(entry.payload) == EditRecord.KIND else None
        except WireError:
            record = None
        yield entry.seq, _edit(reader.log, record) if isinstance(record, EditRecord) else None


class Author:
    """Writes one device's edits of one session. The log is opened with the first edit."""

    def __init__(self, root: Path, session: SessionId, signer: Signer, clock: Clock | None = None) -> None:
        self.log = LogId(session, signer.device, secrets.randbits(64))
        self._root = root
        self._signer = signer
        self._clock = clock or SystemClock()
        self._writer: LogWriter | None = None
        self._sim_time_s = 0.0

    @property
    def stamp(self) -> Stamp:
        """What every edit of this log has in common; the number is the ledger's to give."""
        return Stamp(0, self.log.device, self.log.epoch)

    def append(self, edits: Sequence[Edit]) -> None:
        """Raises LogWriteError when no log can be opened."""
        if self._writer is None and edits:
            self._writer = self._open()
        for edit in edits:
            assert self._writer is not None
            self._sim_time_s = edit.at.sim_time_s
            self._writer.append(encode(_record(edit)))

    def _open(self) -> LogWriter:
        self._root.mkdir(parents=True, exist_ok=True)
        try:
            return LogWriter(self._root, self.log, self._signer, clock=self._clock)
        except OSError as error:
            with contextlib.suppress(OSError):  # an empty folder would be in the way of the next attempt
                log_folder(self._root, self.log).rmdir()
            raise LogWriteError(f"No log can be opened: {error.strerror or error}.") from error

    def commit(self) -> Committed | None:
        """Make durable what was appended; raises LogWriteError, and then the next commit tries again."""
        return None if self._writer is None else self._writer.commit(self._sim_time_s)

    def close(self) -> Committed | None:
        """Seal the log; what comes later goes into a new one."""
        writer, self._writer = self._writer, None
        if writer is None:
            return None
        try:
            return writer.close(self._sim_time_s, "no more edits")
        finally:
            writer.abandon()


@lru_cache(maxsize=4096)
def _first_kind(path: Path) -> int:
    """Of a file's first record; raises LookupError, which is not remembered, where none can be read."""
    folder = path.parent
    for entry in LogReader(folder).entries():
        return kind_of(entry.payload)
    raise LookupError(folder)


def _record(edit: Edit) -> EditRecord:
    return EditRecord(
        sim_time_s=edit.at.sim_time_s,
        session_num=edit.at.session_num,
        run=edit.at.run,
        lamport=edit.stamp.lamport,
        entity=edit.entity,
        field=edit.field,
        value=edit.value,
        seen=edit.seen,
        wall_s=edit.wall_s,
    )


def _edit(log: LogId, record: EditRecord) -> Edit:
    return Edit(
        stamp=Stamp(record.lamport, log.device, log.epoch),
        entity=record.entity,
        field=record.field,
        value=record.value,
        seen=record.seen,
        at=Axis(record.session_num, record.run, record.sim_time_s),
        wall_s=record.wall_s,
    )
