"""One log, read-only: its records in order, and an account of what cannot be read.

Safe beside a living writer: a record that is half written is not there yet.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from pitbox.log.errors import SegmentError
from pitbox.log.scan import Entry, Hole, find_next, scan
from pitbox.log.segment import (
    SegmentHead,
    is_head_cut,
    segment_number,
    segment_paths,
    unpack_head,
)
from pitbox.model.ids import DeviceId, LogId, SessionId


class Damage(msgspec.Struct, frozen=True):
    """Something of a log that is not there, or not readable."""

    path: str
    first_seq: int
    end_seq: int | None
    """One past the last; None when it cannot be known."""
    size: int
    """Bytes passed over; 0 where a whole file is missing."""
    is_unfinished: bool
    """A last write that was cut short: nothing acknowledged is missing."""
    words: str


class Segment(msgspec.Struct, frozen=True):
    """One file, as far as its head goes."""

    path: Path
    head: SegmentHead | None
    """None when the head is damaged; its records may still be readable."""
    first_seq: int | None


class LogReader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = log_of_folder(folder)
        self.damages: list[Damage] = []
        """Found by the last walk over the entries."""

    @property
    def certificate(self) -> bytes:
        """Of the device that wrote the log; empty when no head can be read."""
        return next((s.head.certificate for s in self.segments() if s.head is not None), b"")

    @property
    def next_seq(self) -> int:
        """One past the last record on disk now."""
        last = -1
        for entry in self.entries(self.last_segment_seq):
            last = entry.seq
        return last + 1

    def segments(self) -> list[Segment]:
        return [_segment(path, self.log) for path in segment_paths(self.folder)]

    def entries(self, from_seq: int = 0) -> Iterator[Entry]:
        """Records with this number or greater, in order; fills `damages` on the way."""
        self.damages = []
        segments = self.segments()
        certificate = next((s.head.certificate for s in segments if s.head is not None), b"")
        next_seq = 0
        for at, segment in enumerate(segments):
            bound = bound_of(segments, at)
            if bound is not None and bound <= from_seq:
                next_seq = bound
                continue
            for item in read_segment(segment, self.log, certificate, next_seq):
                if isinstance(item, Hole):
                    self._note(segment, item, bound)
                    next_seq = max(next_seq, item.end_seq or 0)
                elif bound is None or item.seq < bound:
                    if item.seq > next_seq:
                        self._note_gap(segment, next_seq, item.seq)
                    next_seq = item.seq + 1
                    if item.seq >= from_seq:
                        yield item
                else:
                    break  # an abandoned commit: the next file holds these records
            if bound is not None and next_seq < bound and segments[at + 1].head is not None:
                self._close_gap(segment, next_seq, bound)
                next_seq = bound

    def _note(self, segment: Segment, hole: Hole, bound: int | None) -> None:
        if bound is not None and hole.first_seq >= bound:
            return  # the tail of an abandoned file: nothing is missing
        end = hole.end_seq if hole.end_seq is not None else bound
        words = (
            f"{hole.size} bytes of an unfinished write"
            if hole.is_unfinished and end is None
            else f"{hole.size} damaged bytes at offset {hole.offset}"
        )
        self.damages.append(
            Damage(
                path=segment.path.name,
                first_seq=hole.first_seq,
                end_seq=end,
                size=hole.size,
                is_unfinished=hole.is_unfinished and end is None,
                words=words,
            )
        )

    def _note_gap(self, segment: Segment, first_seq: int, end_seq: int) -> None:
        """Records that should stand before these; once for each range."""
        if self.damages and self.damages[-1].end_seq == end_seq:
            return
        self.damages.append(
            Damage(segment.path.name, first_seq, end_seq, 0, is_unfinished=False, words="missing")
        )

    def _close_gap(self, segment: Segment, first_seq: int, end_seq: int) -> None:
        if self.damages and self.damages[-1].end_seq == end_seq:
            return
        self.damages.append(
            Damage(segment.path.name, first_seq, end_seq, 0, is_unfinished=False, words="cut off")
        )

    @property
    def last_segment_seq(self) -> int:
        """The first record of the newest file."""
        starts = [s.first_seq for s in self.segments() if s.first_seq is not None]
        return max(starts, default=0)


def log_of_folder(folder: Path) -> LogId:
    """The log's name, which its path spells: `<session>/<device>/<epoch>`."""
    try:
        epoch = int(folder.name, 16)
    except ValueError as error:
        raise SegmentError(f"The folder {folder.name!r} is not a log's.") from error
    return LogId(SessionId(folder.parent.parent.name), DeviceId(folder.parent.name), epoch)


def log_folder(root: Path, log: LogId) -> Path:
    return root / log.session / log.device / f"{log.epoch:016x}"


def read_segment(segment: Segment, log: LogId, certificate: bytes, next_seq: int) -> Iterator[Entry | Hole]:
    """The records of one file; `next_seq` helps where the head is damaged."""
    try:
        data = memoryview(segment.path.read_bytes())
    except OSError:
        yield Hole(next_seq, None, 0, 1, is_unfinished=False)
        return
    if segment.head is not None:
        _, offset = unpack_head(data)
        yield from scan(data, offset, segment.head.first_seq, log, certificate)
        return
    found = find_next(data, 0, next_seq, log, certificate)
    if found is None:
        yield Hole(next_seq, None, 0, len(data), is_unfinished=is_head_cut(data))
        return
    offset, seq = found
    yield Hole(next_seq, seq, 0, offset, is_unfinished=False)
    yield from scan(data, offset, seq, log, certificate)


def _segment(path: Path, log: LogId) -> Segment:
    """A head of another log, or of another place in this one, says nothing here."""
    try:
        with path.open("rb") as file:
            head, _ = unpack_head(memoryview(file.read(80 << 10)))
    except (OSError, SegmentError):
        return Segment(path=path, head=None, first_seq=None)
    if head.log != log or head.number != segment_number(path):
        return Segment(path=path, head=None, first_seq=None)
    return Segment(path=path, head=head, first_seq=head.first_seq)


def bound_of(segments: list[Segment], at: int) -> int | None:
    """The first record of the next file whose head is good: this file's records end before it."""
    return next((s.first_seq for s in segments[at + 1 :] if s.first_seq is not None), None)
