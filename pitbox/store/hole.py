"""Where a log was read past records that were missing, and whether they came back since."""

from collections.abc import Sequence

import duckdb

from pitbox.log.reader import LogReader
from pitbox.model.ids import LogId
from pitbox.store.loss import MISSING, Loss


class Holes:
    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._spans: dict[int, set[tuple[int, int]]] = {}
        """Of each epoch, the first number of each hole, and one past the last."""
        self._looked: dict[LogId, int] = {}
        # What a recorder said of itself has a count of ticks, and may use any words.
        for row in connection.execute(
            "SELECT epoch, seq, reason FROM lost WHERE tick_count IS NULL AND ends_with(reason, ?)", [MISSING]
        ).fetchall():
            self._note(*row)

    def note(self, losses: Sequence[Loss]) -> None:
        for loss in losses:
            if loss.tick_count is None and loss.reason.endswith(MISSING):
                self._note(loss.epoch, loss.seq, loss.reason)

    def forget(self, epoch: int) -> None:
        self._spans.pop(epoch, None)

    def is_filled(self, reader: LogReader) -> bool:
        """A record stands where one was missing. Looks again only when a file came or was replaced."""
        holes = self._spans.get(reader.log.epoch)
        if not holes:
            return False
        try:
            changed_ns = reader.folder.stat().st_mtime_ns
        except OSError:
            return False  # put away this moment
        if self._looked.get(reader.log) == changed_ns:
            return False
        self._looked[reader.log] = changed_ns
        return any(_has_record(reader, *hole) for hole in holes)

    def _note(self, epoch: int, seq: int, reason: str) -> None:
        count = int(reason.removesuffix(MISSING))
        self._spans.setdefault(epoch, set()).add((seq, seq + count))


def _has_record(reader: LogReader, first_seq: int, end_seq: int) -> bool:
    """Any of these: a copy that has holes of its own fills a part, and perhaps not the first."""
    entry = next(reader.entries(first_seq), None)
    return entry is not None and entry.seq < end_seq
