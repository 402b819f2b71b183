"""Where a log was read past records that were missing, and whether they came back since."""

from collections.abc import Sequence

import duckdb

from pitbox.log.reader import LogReader
from pitbox.model.ids import LogId
from pitbox.store.loss import MISSING, Loss


class Holes:
    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._first_seqs: dict[int, set[int]] = {}
        """Of each epoch, the first number of each hole."""
        self._looked: dict[LogId, int] = {}
        for epoch, seq in connection.execute(
            "SELECT epoch, seq FROM lost WHERE ends_with(reason, ?)", [MISSING]
        ).fetchall():
            self._first_seqs.setdefault(epoch, set()).add(seq)

    def note(self, losses: Sequence[Loss]) -> None:
        for loss in losses:
            if loss.reason.endswith(MISSING):
                self._first_seqs.setdefault(loss.epoch, set()).add(loss.seq)

    def forget(self, epoch: int) -> None:
        self._first_seqs.pop(epoch, None)

    def is_filled(self, reader: LogReader) -> bool:
        """A record stands where one was missing. Looks again only when a file came or was replaced."""
        holes = self._first_seqs.get(reader.log.epoch)
        if not holes:
            return False
        changed_ns = reader.folder.stat().st_mtime_ns
        if self._looked.get(reader.log) == changed_ns:
            return False
        self._looked[reader.log] = changed_ns
        return any(_first_seq(reader, seq) == seq for seq in holes)


def _first_seq(reader: LogReader, from_seq: int) -> int | None:
    entry = next(reader.entries(from_seq), None)
    return None if entry is None else entry.seq
