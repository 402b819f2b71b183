"""The one place that makes durable: appends records, commits them in groups, seals segments.

Single-threaded; the scribe owns it. `acknowledged` means that the sync call returned. A failed write or
sync abandons the file, and the same bytes go into the next one: no sequence number is used for two
different records, and nothing is acknowledged that was not synced in the file it lies in.
"""

import contextlib
from pathlib import Path

import msgspec

from pitbox.crew.clock import SystemClock
from pitbox.log.disk import Disk
from pitbox.log.errors import LogWriteError
from pitbox.log.hold import Hold
from pitbox.log.reader import log_folder
from pitbox.log.seal import Trail, first_chain, next_chain, signed_message
from pitbox.log.segment import SegmentHead, pack_head, segment_path
from pitbox.model.clock import Clock
from pitbox.model.ids import LogId
from pitbox.model.sign import Signer
from pitbox.wire.framing import HEAD_SIZE, frame, record_head
from pitbox.wire.record import SCHEMA, EndRecord, MarkRecord, SealRecord, TrailRecord, encode


class WriterLimits(msgspec.Struct, frozen=True):
    segment_bytes: int = 4 << 20
    segment_s: float = 300.0
    trail_marks: int = 64
    """Marks that one trail record binds."""


class Committed(msgspec.Struct, frozen=True):
    """What one commit made durable."""

    log: LogId
    first_seq: int
    entries: tuple[tuple[int, bytes], ...]
    """(seq, payload), marks and seals left out."""
    durable_seq: int
    """One past the last durable record."""
    sync_s: float
    sim_time_s: float = 0.0
    """Of the last row that is durable."""


class _Group(msgspec.Struct, frozen=True):
    """A signed group of records on its way to the disk."""

    data: tuple[bytes, bytes]
    """The records, and the mark or seal."""
    size: int
    entries: tuple[tuple[int, bytes], ...]
    first_seq: int
    end_seq: int
    chain_before: bytes
    seal_before: bytes
    is_sealed: bool


class LogWriter:
    def __init__(
        self,
        root: Path,
        log: LogId,
        signer: Signer,
        *,
        disk: Disk | None = None,
        clock: Clock | None = None,
        limits: WriterLimits | None = None,
    ) -> None:
        """Opens nothing yet: the first commit makes the first file."""
        self.log = log
        self.folder = log_folder(root, log)
        self.folder.mkdir(parents=True, exist_ok=False)
        self._disk = disk or Disk()
        self._clock = clock or SystemClock()
        self._limits = limits or WriterLimits()
        self._signer = signer
        for folder in (self.folder.parent, self.folder.parent.parent, root):
            self._disk.sync_folder(folder)
        self._hold = Hold(self.folder)
        self._parts: list[bytes] = []
        self._part_bytes = 0
        self._groups: list[_Group] = []
        self._group_bytes = 0
        self._group_until_s = 0.0
        self._next_seq = 0
        self._group_first_seq = 0
        self._durable_seq = 0
        self._chain = first_chain(log)
        self._trail = Trail()
        self._context: dict[str, bytes] = {}
        self._fd: int | None = None
        self._file_number = -1
        self._is_file_in_use = self._is_context_due = False
        self._unsealed_bytes = 0
        self._unsealed_since_s = self._clock.monotonic_s()
        self._seal_count = 0
        self._seal_first_seq = 0
        self._last_seal = b""

    @property
    def next_seq(self) -> int:
        return self._next_seq

    @property
    def durable_seq(self) -> int:
        """One past the last record that a power cut would leave."""
        return self._durable_seq

    @property
    def pending_bytes(self) -> int:
        """Appended since the last commit was begun."""
        return self._part_bytes

    @property
    def backlog_bytes(self) -> int:
        """All that is in memory only."""
        return self._part_bytes + self._group_bytes

    def append(self, payload: bytes) -> int:
        """The record's sequence number. Never refuses: who appends keeps an eye on `backlog_bytes`."""
        seq = self._next_seq
        self._parts += (record_head(seq, payload), payload)
        self._part_bytes += HEAD_SIZE + len(payload)
        self._next_seq = seq + 1
        return seq

    def set_context(self, key: str, payload: bytes) -> None:
        """Append it, and again at the start of each later segment, so that each can be read alone."""
        if self._context.get(key) == payload:
            return
        self.append(payload)
        self._context[key] = payload

    def commit(self, sim_time_s: float) -> Committed | None:
        """Make durable all that was appended; None when there was nothing.

        Raises LogWriteError when the disk refuses: all is kept, and the next commit tries again.
        """
        if self._parts:
            self._leave_trail(sim_time_s)
            self._close_group(sim_time_s, is_sealed=self._is_segment_full())
        return self._store() if self._groups else None

    def close(self, sim_time_s: float, reason: str) -> Committed | None:
        """Write the end, seal and close; raises LogWriteError as `commit` does."""
        self._leave_trail(sim_time_s)
        self.append(encode(EndRecord(sim_time_s=sim_time_s, reason=reason)))
        self._context.clear()
        self._close_group(sim_time_s, is_sealed=True)
        committed = self._store()
        self._hold.release()
        return committed

    def abandon(self) -> None:
        """Let go of the log as a kill would: no end, no seal."""
        self._forget_file()
        self._hold.release()

    def _is_segment_full(self) -> bool:
        age_s = self._clock.monotonic_s() - self._unsealed_since_s
        size = self._unsealed_bytes + self._part_bytes
        return size >= self._limits.segment_bytes or age_s >= self._limits.segment_s

    def _leave_trail(self, sim_time_s: float) -> None:
        """Before a group is closed: its signature then covers the marks that came before it, too."""
        if self._trail.marks >= self._limits.trail_marks:
            trail, self._trail = self._trail, Trail()
            self.append(encode(TrailRecord(sim_time_s=sim_time_s, marks=trail.marks, digest=trail.value())))

    def _close_group(self, sim_time_s: float, *, is_sealed: bool) -> None:
        """Sign what was appended: from here on these bytes never change."""
        seq, chain_before, seal_before = self._next_seq, self._chain, self._last_seal
        records = b"".join(self._parts)
        chain = self._chain = next_chain(chain_before, records)
        record = self._seal(seq, sim_time_s, chain) if is_sealed else self._mark(seq, sim_time_s, chain)
        signature = self._signer.sign(signed_message(self.log, seq, record))
        mark = frame(seq, encode(msgspec.structs.replace(record, signature=signature)))
        self._trail.feed(mark)
        size = len(records) + len(mark)
        self._groups.append(
            _Group(
                data=(records, mark),
                size=size,
                entries=tuple(enumerate(self._parts[1::2], self._group_first_seq)),
                first_seq=self._group_first_seq,
                end_seq=seq + 1,
                chain_before=chain_before,
                seal_before=seal_before,
                is_sealed=is_sealed,
            )
        )
        self._group_bytes += size
        self._group_until_s = sim_time_s
        self._unsealed_bytes += size
        self._next_seq = self._group_first_seq = seq + 1
        self._parts, self._part_bytes = [], 0
        if is_sealed:
            self._seal_count += 1
            self._seal_first_seq = seq + 1
            self._last_seal = chain
            self._unsealed_bytes = 0
            self._unsealed_since_s = self._clock.monotonic_s()
            self._repeat_context()

    def _mark(self, seq: int, sim_time_s: float, chain: bytes) -> MarkRecord:
        return MarkRecord(sim_time_s=sim_time_s, count=seq, chain=chain, signature=b"")

    def _seal(self, seq: int, sim_time_s: float, chain: bytes) -> SealRecord:
        return SealRecord(
            sim_time_s=sim_time_s,
            number=self._seal_count,
            first_seq=self._seal_first_seq,
            previous_seal=self._last_seal,
            count=seq,
            chain=chain,
            signature=b"",
        )

    def _repeat_context(self) -> None:
        for payload in self._context.values():
            self.append(payload)

    def _store(self) -> Committed:
        started_s = self._clock.monotonic_s()
        done: list[tuple[int, bytes]] = []
        first_seq = self._durable_seq
        while self._groups:
            run = self._next_run()
            try:
                self._write_run(run)
            except OSError as error:
                self._abandon_file()
                raise LogWriteError(f"The log could not be stored: {error.strerror or error}.") from error
            for group in run:
                done.extend(group.entries)
                self._group_bytes -= group.size
            del self._groups[: len(run)]
            self._durable_seq = run[-1].end_seq
            if run[-1].is_sealed:
                self._forget_file()
        if self._is_context_due:
            self._is_context_due = False
            self._repeat_context()
        return Committed(
            log=self.log,
            first_seq=first_seq,
            entries=tuple(done),
            durable_seq=self._durable_seq,
            sync_s=self._clock.monotonic_s() - started_s,
            sim_time_s=self._group_until_s,
        )

    def _next_run(self) -> list[_Group]:
        """Groups that go into one file with one sync: up to the next seal."""
        for at, group in enumerate(self._groups):
            if group.is_sealed:
                return self._groups[: at + 1]
        return list(self._groups)

    def _write_run(self, run: list[_Group]) -> None:
        data = [part for group in run for part in group.data]
        is_new = self._fd is None
        if is_new:
            data.insert(0, self._open_file(run[0]))
        assert self._fd is not None
        self._disk.write(self._fd, data)
        self._disk.sync(self._fd)
        if is_new:
            self._disk.sync_folder(self.folder)
        self._is_file_in_use = True

    def _open_file(self, first: _Group) -> bytes:
        self._file_number += 1
        self._is_file_in_use = False
        self._fd = self._disk.create(segment_path(self.folder, self._file_number))
        return pack_head(
            SegmentHead(
                schema=SCHEMA,
                log=self.log,
                number=self._file_number,
                first_seq=first.first_seq,
                chain=first.chain_before,
                previous_seal=first.seal_before,
                certificate=self._signer.certificate,
            )
        )

    def _abandon_file(self) -> None:
        """After an error what the system says about this file is worth nothing; never sync it again."""
        is_empty = self._fd is not None and not self._is_file_in_use
        self._forget_file()
        self._is_context_due = True
        if is_empty:
            with contextlib.suppress(OSError):
                self._disk.remove(segment_path(self.folder, self._file_number))

    def _forget_file(self) -> None:
        fd, self._fd = self._fd, None
        if fd is not None:
            # Its data are durable or void; an error on closing changes neither.
            with contextlib.suppress(OSError):
                self._disk.close(fd)
