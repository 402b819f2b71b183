"""A place in a log, from which its records are read as they lie there: raw, checked, in order.

Cheap beside a writer: each call reads what came since the last one, not the file again.
"""

from pathlib import Path

import msgspec

from pitbox.log.errors import SegmentError
from pitbox.log.reader import LogReader
from pitbox.log.segment import segment_number, segment_path, unpack_head
from pitbox.wire.errors import WireError
from pitbox.wire.framing import HEAD, HEAD_SIZE, unframe
from pitbox.wire.limit import MAX_PAYLOAD

_MOST_HEAD = 80 << 10


class Stretch(msgspec.Struct, frozen=True):
    """Consecutive records, framed as on disk."""

    first_seq: int
    end_seq: int
    data: bytes


class Gap(msgspec.Struct, frozen=True):
    """Records that should stand here and cannot be read."""

    first_seq: int
    end_seq: int


class Cursor:
    """One reader's; it may stand still for hours and holds no file open."""

    def __init__(self, reader: LogReader, next_seq: int = 0) -> None:
        self._reader = reader
        self._path: Path | None = None
        self._offset = 0
        self.next_seq = next_seq

    def take(self, most_bytes: int, end_seq: int) -> Stretch | Gap | None:
        """What stands next, before `end_seq`: one record at least; None when there is nothing before it.

        After a Gap the cursor stands behind it.
        """
        if self.next_seq >= end_seq:
            return None
        try:
            if self._path is None:
                self._find()
            while self._path is not None:
                stretch = self._read(most_bytes, end_seq)
                if stretch is not None:
                    return stretch
                self._turn_page()
        except OSError:
            self._path = None
        return self._gap(end_seq)

    def _find(self) -> None:
        """The last file that may hold the next record."""
        fitting = [s for s in self._reader.segments() if s.first_seq is not None]
        path = next((s.path for s in reversed(fitting) if (s.first_seq or 0) <= self.next_seq), None)
        if path is not None:
            self._open(path)

    def _open(self, path: Path) -> None:
        with path.open("rb") as file:
            head, self._offset = unpack_head(memoryview(file.read(_MOST_HEAD)))
        is_ours = head.log == self._reader.log and head.first_seq <= self.next_seq
        self._path = path if is_ours and head.number == segment_number(path) else None

    def _turn_page(self) -> None:
        """To the file behind this one, if it goes on from here."""
        assert self._path is not None
        following = segment_path(self._reader.folder, segment_number(self._path) + 1)
        self._path = None
        try:
            self._open(following)
        except (OSError, SegmentError):
            later = [s for s in self._reader.segments() if s.path > following and s.first_seq is not None]
            if later and (later[0].first_seq or 0) <= self.next_seq:
                self._open(later[0].path)

    def _read(self, most_bytes: int, end_seq: int) -> Stretch | None:
        """Records from this file; None when it has no more that are sound."""
        assert self._path is not None
        first_seq, wanted = self.next_seq, max(most_bytes, 4096)
        with self._path.open("rb") as file:
            while True:
                file.seek(self._offset)
                data = memoryview(file.read(wanted))
                begin, end = self._walk(data, most_bytes, end_seq)
                self._offset += end
                if end > begin:
                    return Stretch(first_seq, self.next_seq, bytes(data[begin:end]))
                if end == 0 and (len(data) < wanted or wanted > MAX_PAYLOAD + HEAD_SIZE):
                    return None
                if end == 0:
                    wanted = MAX_PAYLOAD + HEAD_SIZE + 1

    def _walk(self, data: memoryview, most_bytes: int, end_seq: int) -> tuple[int, int]:
        """(begin, end) of the records to take; moves `next_seq` over them."""
        begin = at = 0
        while at + HEAD_SIZE <= len(data):
            seq, size, _ = HEAD.unpack_from(data, at)
            behind = at + HEAD_SIZE + size
            if seq < self.next_seq and size <= MAX_PAYLOAD and behind <= len(data) and at == begin:
                begin = at = behind  # read before, in a file that was abandoned
                continue
            if seq != self.next_seq or seq >= end_seq or (behind - begin > most_bytes and at > begin):
                break
            try:
                _, _, at = unframe(data, at)
            except WireError:
                break
            self.next_seq = seq + 1
        return begin, at

    def _gap(self, end_seq: int) -> Gap | None:
        first_seq = self.next_seq
        sound = next((entry.seq for entry in self._reader.entries(first_seq)), None)
        if sound == first_seq:  # a file was rewritten under the cursor: look again with the next call
            return None
        self.next_seq = end_seq if sound is None else min(sound, end_seq)
        self._path = None
        return Gap(first_seq, self.next_seq)
