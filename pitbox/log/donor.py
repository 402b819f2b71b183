"""A piece of a log that a peer gave to mend a hole here: lies apart until the signed marks have judged it."""

import shutil
from pathlib import Path

from pitbox.log.disk import Disk
from pitbox.log.errors import ForgedError
from pitbox.log.reader import LogReader, log_folder
from pitbox.log.repair import Repair, repair_log
from pitbox.log.segment import SegmentHead, pack_head, segment_path
from pitbox.model.ids import LogId
from pitbox.wire.errors import WireError
from pitbox.wire.framing import unframe
from pitbox.wire.record import SCHEMA

_FOLDER = ".donor"


class Donor:
    """Records from `first_seq` up to `end_seq`, in order."""

    def __init__(self, root: Path, log: LogId, certificate: bytes, first_seq: int, end_seq: int) -> None:
        self.log, self.end_seq = log, end_seq
        self.next_seq = first_seq
        self._root, self._disk = root, Disk()
        self._folder = log_folder(root / _FOLDER, log)
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        self._path = segment_path(self._folder, 0)
        head = SegmentHead(SCHEMA, log, 0, first_seq, b"", b"", certificate)
        self._path.write_bytes(pack_head(head))

    @property
    def is_complete(self) -> bool:
        return self.next_seq >= self.end_seq

    def take(self, first_seq: int, data: bytes) -> None:
        """The next records; raises ForgedError when they are not that."""
        view, at = memoryview(data), 0
        if first_seq != self.next_seq:
            raise ForgedError(f"The piece of {self.log} goes on at {self.next_seq}, not at {first_seq}.")
        while at < len(view):
            try:
                seq, _, at = unframe(view, at)
            except WireError as error:
                raise ForgedError(f"A record of {self.log} is damaged: {error}") from error
            if seq != self.next_seq:
                raise ForgedError(f"Record {seq} of {self.log} stands where {self.next_seq} belongs.")
            self.next_seq += 1
        with self._path.open("ab") as file:
            file.write(data)

    def mend(self) -> Repair:
        """Put back what fits; raises LogError while the log is being written."""
        ours = LogReader(log_folder(self._root, self.log))
        try:
            return repair_log(ours, [LogReader(self._folder)], self._disk)
        finally:
            self.discard()

    def discard(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
