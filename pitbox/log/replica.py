"""A copy of a log that another device wrote: the same bytes, proved by that device's signed marks.

Records wait in memory until a signature vouches for them: that of the mark behind them, or of a later one
whose trail binds it. Only then they go to disk, and only what was synced is told as durable. Nothing is
ever cut or overwritten: what an interrupted write left behind stays in its file, void, and the next file
begins with the record that it should have held.
"""

import contextlib
from pathlib import Path

import msgspec

from pitbox.log.disk import Disk
from pitbox.log.errors import ForgedError, LogWriteError, ReplicaError
from pitbox.log.hold import Hold, is_held
from pitbox.log.reader import LogReader, Segment, log_folder, read_segment
from pitbox.log.scan import Entry
from pitbox.log.seal import first_chain, is_signed
from pitbox.log.segment import SegmentHead, pack_head, segment_number, segment_path
from pitbox.log.verify import ChainWalk
from pitbox.model.ids import LogId
from pitbox.wire.errors import WireError
from pitbox.wire.framing import unframe
from pitbox.wire.record import SCHEMA, EndRecord, MarkRecord, SealRecord, TrailRecord, decode, kind_of

MOST_UNPROVED_BYTES = 8 << 20
"""Records of one group that wait for their mark; a writer's groups have a megabyte or two."""
_MOST_UNSIGNED = 256
"""Marks that wait for a trail; the logs of older writers have none."""
_MOST_UNSIGNED_BYTES = 4 << 20
_MARKS = (MarkRecord.KIND, SealRecord.KIND)
_TURNS = frozenset({*_MARKS, TrailRecord.KIND, EndRecord.KIND})
"""Kinds at which the walk has to look; all others are only counted and hashed."""


class Stored(msgspec.Struct, frozen=True):
    """What is durable here of a log."""

    log: LogId
    durable_seq: int
    sim_time_s: float
    """Of the last mark; 0 before the first."""
    records: int
    """Newly durable with this one."""


class _End(msgspec.Struct):
    """Where a log stands behind its last true mark."""

    next_seq: int = 0
    chain: bytes = b""
    seal: bytes = b""
    sim_time_s: float = 0.0
    number: int = 0
    """Of the next file."""
    offset: int | None = None
    """Of the last file, where it may go on."""


class _Group(msgspec.Struct, frozen=True):
    """Records up to a mark, on their way to the disk."""

    data: tuple[memoryview, ...]
    size: int
    end: _End
    is_sealed: bool


class Replica:
    """One writer's, single-threaded. Raises ReplicaError where another process writes this very log."""

    def __init__(self, root: Path, log: LogId, certificate: bytes, disk: Disk | None = None) -> None:
        self.log = log
        self.certificate = certificate
        self._disk = disk or Disk()
        self._folder = log_folder(root, log)
        if is_held(self._folder):
            raise ReplicaError(f"The log {log} is being written here.")
        try:
            self._make_folder(root)
            self._hold = Hold(self._folder)
        except OSError as error:
            raise LogWriteError(f"The log {log} cannot be kept: {error.strerror or error}.") from error
        self._fd: int | None = None
        self._groups: list[_Group] = []
        self._end = find_end(LogReader(self._folder), certificate)
        self._stand(self._end)

    @property
    def durable_seq(self) -> int:
        return self._end.next_seq

    @property
    def expected_seq(self) -> int:
        """The next record that is of use."""
        return self._next_seq

    def stored(self, records: int = 0) -> Stored:
        return Stored(self.log, self._end.next_seq, self._end.sim_time_s, records)

    def take(self, first_seq: int, data: bytes) -> tuple[int, int]:
        """(new, known) records of these, whose bytes are kept; raises ForgedError when they cannot be true.

        `prove` says whether they are.
        """
        if first_seq > self._next_seq:
            raise ForgedError(f"The log {self.log} goes on at {self._next_seq}, not at {first_seq}.")
        view = memoryview(data)
        at, seq = self._pass_known(view, first_seq)
        known, run_at, run_count = seq - first_seq, at, 0
        while at < len(view):
            payload, behind = self._record(view, at, seq)
            if _kind(payload) in _TURNS:
                self._pass_over(view[run_at:at], run_count)
                self._turn(Entry(seq, payload, view[at:behind]))
                run_at, run_count = behind, 0
            else:
                run_count += 1
            seq, at = seq + 1, behind
        self._pass_over(view[run_at:], run_count)
        return seq - first_seq - known, known

    def prove(self, *, is_more_coming: bool = False) -> None:
        """Check the signatures that no later mark has vouched for; raises ForgedError.

        While more is coming, they may wait for that mark: one signature then stands for many.
        """
        size = sum(group.size for group in self._unsigned)
        if is_more_coming and len(self._unsigned) < _MOST_UNSIGNED and size < _MOST_UNSIGNED_BYTES:
            return
        for seq, mark in self._unchecked:
            self._check(seq, mark)
        self._vouch()

    def store(self) -> Stored | None:
        """Write what is proved and sync; None when there was nothing. Raises LogWriteError."""
        if not self._groups:
            return None
        before = self._end.next_seq
        try:
            self._write_all()
        except OSError as error:
            self._let_go()
            self._end = find_end(LogReader(self._folder), self.certificate)
            self._groups.clear()
            self._stand(self._end)
            raise LogWriteError(f"The log {self.log} cannot be kept: {error.strerror or error}.") from error
        return self.stored(self._end.next_seq - before)

    def forget_unproved(self) -> None:
        """Another peer goes on, from the last mark that is proved."""
        self._stand(self._groups[-1].end if self._groups else self._end)

    def close(self) -> None:
        self._let_go()
        self._hold.release()

    def _make_folder(self, root: Path) -> None:
        if self._folder.is_dir():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        for folder in (self._folder.parent, self._folder.parent.parent, root):
            self._disk.sync_folder(folder)

    def _stand(self, end: _End) -> None:
        self._unproved: list[memoryview] = []
        self._unproved_bytes = 0
        self._unsigned: list[_Group] = []
        self._unchecked: list[tuple[int, MarkRecord | SealRecord]] = []
        self._next_seq = end.next_seq
        is_start = end.next_seq == 0
        self._walk = ChainWalk(
            self.log,
            self.certificate,
            end.chain if not is_start else first_chain(self.log),
            next_seq=end.next_seq,
            previous_seal=b"" if is_start else None,
            is_true=self._note,
        )

    def _note(self, seq: int, mark: MarkRecord | SealRecord) -> bool:
        self._unchecked.append((seq, mark))
        return True

    def _pass_known(self, view: memoryview, seq: int) -> tuple[int, int]:
        """(offset, seq) of the first record that is new."""
        at = 0
        while at < len(view) and seq < self._next_seq:
            _, at = self._record(view, at, seq)
            seq += 1
        return at, seq

    def _record(self, view: memoryview, at: int, seq: int) -> tuple[memoryview, int]:
        try:
            found, payload, behind = unframe(view, at)
        except WireError as error:
            raise ForgedError(f"A record of {self.log} is damaged: {error}") from error
        if found != seq:
            raise ForgedError(f"Record {found} of {self.log} stands where {seq} belongs.")
        return payload, behind

    def _pass_over(self, frames: memoryview, count: int) -> None:
        if count:
            self._keep(frames, count)
            self._walk.pass_over(frames, count)

    def _keep(self, frames: memoryview, count: int) -> None:
        if self._unproved_bytes + len(frames) > MOST_UNPROVED_BYTES:
            raise ForgedError(f"No mark of {self.log} comes behind {self._unproved_bytes} bytes.")
        self._unproved.append(frames)
        self._unproved_bytes += len(frames)
        self._next_seq += count

    def _turn(self, entry: Entry) -> None:
        self._keep(entry.frame, 1)
        self._walk.step(entry)
        if self._walk.problems:
            problem = self._walk.problems[0]
            self.forget_unproved()
            raise ForgedError(f"Records of {self.log} are not what its device wrote: {problem}.")
        if self._walk.unmarked == 0:
            self._close_group(entry.seq)
            if self._walk.bound_from is not None:
                self._prove_bound(self._walk.bound_from)

    def _prove_bound(self, bound_from: int) -> None:
        """By the last mark; what came before the trail that it ends was bound by none that is known here."""
        self._check(*self._unchecked[-1])
        for seq, mark in self._unchecked[:-1]:
            if seq < bound_from:
                self._check(seq, mark)
        self._vouch()

    def _close_group(self, seq: int) -> None:
        mark = self._unchecked[-1][1]
        last = (self._unsigned or self._groups)[-1].end if self._unsigned or self._groups else self._end
        is_sealed = isinstance(mark, SealRecord)
        end = _End(seq + 1, mark.chain, mark.chain if is_sealed else last.seal, mark.sim_time_s)
        self._unsigned.append(_Group(tuple(self._unproved), self._unproved_bytes, end, is_sealed))
        self._unproved, self._unproved_bytes = [], 0
        self._walk.times.clear()

    def _check(self, seq: int, mark: MarkRecord | SealRecord) -> None:
        if not is_signed(self.certificate, self.log, seq, mark):
            self.forget_unproved()
            raise ForgedError(f"The mark at record {seq} of {self.log} is not signed by the log's device.")

    def _vouch(self) -> None:
        self._groups += self._unsigned
        self._unsigned, self._unchecked = [], []

    def _write_all(self) -> None:
        while self._groups:
            count = next((at + 1 for at, g in enumerate(self._groups) if g.is_sealed), len(self._groups))
            run = self._groups[:count]
            parts: list[bytes | memoryview] = [part for group in run for part in group.data]
            is_new = self._open()
            if is_new:
                parts.insert(0, self._head())
            assert self._fd is not None
            size = sum(map(len, parts))
            self._disk.write(self._fd, [b"".join(parts)])
            self._disk.sync(self._fd)
            if is_new:
                self._disk.sync_folder(self._folder)
            end, last = self._end, run[-1].end
            offset = size if is_new else (end.offset or 0) + size
            self._end = msgspec.structs.replace(last, number=end.number, offset=offset)
            del self._groups[:count]
            if run[-1].is_sealed:
                self._end.offset = None
                self._let_go()

    def _open(self) -> bool:
        """True when a new file begins."""
        if self._fd is not None:
            return False
        if self._end.offset is not None:
            path = segment_path(self._folder, self._end.number - 1)
            self._fd = self._disk.append(path)
            return False
        self._fd = self._disk.create(segment_path(self._folder, self._end.number))
        self._end.number += 1
        return True

    def _head(self) -> bytes:
        end = self._end
        return pack_head(
            SegmentHead(
                schema=SCHEMA,
                log=self.log,
                number=end.number - 1,
                first_seq=end.next_seq,
                chain=end.chain or first_chain(self.log),
                previous_seal=end.seal,
                certificate=self.certificate,
            )
        )

    def _let_go(self) -> None:
        fd, self._fd = self._fd, None
        if fd is not None:
            with contextlib.suppress(OSError):
                self._disk.close(fd)


def proved_end(reader: LogReader) -> int:
    """One past the last mark that a log holds: what a peer may be given."""
    return find_end(reader, reader.certificate).next_seq


def find_end(reader: LogReader, certificate: bytes) -> _End:
    """Where a log stands; what lies behind the last mark is passed over."""
    segments = reader.segments()
    number = segment_number(segments[-1].path) + 1 if segments else 0
    for at in range(len(segments) - 1, -1, -1):
        end = _end_of(segments[at], reader, certificate)
        if end is not None:
            # Only the newest file may go on, and only where nothing void lies at its end.
            offset = end.offset if at == len(segments) - 1 else None
            return msgspec.structs.replace(end, number=number, offset=offset)
    return _End(number=number)


def _end_of(segment: Segment, reader: LogReader, certificate: bytes) -> _End | None:
    end: _End | None = None
    chain_seal = segment.head.previous_seal if segment.head is not None else b""
    size, is_sound = 0, segment.head is not None
    for item in read_segment(segment, reader.log, certificate, segment.first_seq or 0):
        if not isinstance(item, Entry):
            is_sound = False
            continue
        size += len(item.frame)
        mark = _mark(item)
        if mark is None:
            continue
        is_sealed = isinstance(mark, SealRecord)
        chain_seal = mark.chain if is_sealed else chain_seal
        end = _End(item.seq + 1, mark.chain, chain_seal, mark.sim_time_s, 0, None if is_sealed else size)
    if end is None or end.offset is None or segment.head is None:
        return end
    offset = len(pack_head(segment.head)) + end.offset
    is_clean = is_sound and offset == segment.path.stat().st_size
    return msgspec.structs.replace(end, offset=offset if is_clean else None)


def _mark(entry: Entry) -> MarkRecord | SealRecord | None:
    try:
        if kind_of(entry.payload) not in _MARKS:
            return None
        record = decode(entry.payload)
    except WireError:
        return None
    return record if isinstance(record, MarkRecord | SealRecord) else None


def _kind(payload: memoryview) -> int:
    """0 for a sound frame around nonsense: it is kept like any record, and means nothing."""
    try:
        return kind_of(payload)
    except WireError:
        return 0
