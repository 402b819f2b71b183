"""The first half of the projection: each log by itself, to own_car, field_state, field_changes and lost.

Rows and mark commit together, so that a kill at any point leaves each record in here exactly once.
"""

from collections.abc import Iterator

import duckdb
import msgspec

from pitbox.log.reader import LogReader
from pitbox.model.ids import Axis, LogId
from pitbox.store.column import ColumnBook
from pitbox.store.database import Database
from pitbox.store.field import CHANGE_COLUMNS, STATE_COLUMNS
from pitbox.store.hole import Holes
from pitbox.store.loss import loss_rows
from pitbox.store.mark import Footprint, Mark, epoch_owners, footprint, read_marks, write_mark
from pitbox.store.sheet import insert_rows, insert_sheet
from pitbox.store.statement import delete_where
from pitbox.store.tape import Batch, Tape, TapeState

_NOTHING = Mark(0, Footprint(0, 0), TapeState())


class BatchSize(msgspec.Struct, frozen=True):
    """When a transaction is large enough."""

    seconds: float = 10.0
    """Of sim time."""
    bytes: int = 16 << 20
    """Of rows."""


class RowProjection:
    def __init__(self, database: Database, size: BatchSize) -> None:
        self._database = database
        self._size = size
        connection = database.connection
        self._books = {
            "own_car": ColumnBook(connection, "own_car"),
            "field_state": ColumnBook(connection, "field_state", STATE_COLUMNS),
            "field_changes": ColumnBook(connection, "field_changes", CHANGE_COLUMNS),
        }
        self.marks = read_marks(connection)
        self._owners = epoch_owners(self.marks)
        self.holes = Holes(connection)

    def is_current(self, reader: LogReader) -> bool:
        """True when nothing can have come since the log was last read."""
        mark = self.marks.get(reader.log)
        return mark is not None and mark.footprint == footprint(reader)

    def next_seq(self, log: LogId) -> int:
        mark = self.marks.get(log)
        return mark.next_seq if mark else 0

    def end(self, log: LogId) -> Axis | None:
        """Where its last row stands; None while it has none, or when its writer closed it."""
        mark = self.marks.get(log)
        if mark is None or mark.state.end_reason is not None:
            return None
        state = mark.state
        if state.session_num is None or state.run is None or state.until_s is None:
            return None
        return Axis(state.session_num, state.run, state.until_s)

    def is_ahead(self, reader: LogReader) -> bool:
        """True when the log ends before its mark: it was cut, or restored from a backup."""
        mark = self.marks.get(reader.log)
        return mark is not None and not self.is_current(reader) and reader.next_seq < mark.next_seq

    def is_usurper(self, log: LogId) -> bool:
        """True for a log that claims the epoch of another one: its rows could not be told apart."""
        return self._owners.get(log.epoch, log) != log

    def advance(self, reader: LogReader) -> Iterator[int]:
        """Commits what the log has; yields the count of rows after each transaction."""
        mark = self.marks.get(reader.log, _NOTHING)
        seen = footprint(reader)
        if seen == mark.footprint:
            return
        tape = Tape(reader.log.epoch, mark.next_seq, mark.state)
        for entry in reader.entries(mark.next_seq):
            tape.take(entry.seq, entry.payload)
            if tape.span_s >= self._size.seconds or tape.byte_count >= self._size.bytes:
                yield self._commit(reader.log, tape.cut(), mark.footprint)
        yield self._commit(reader.log, tape.cut(), seen)

    def forget(self, connection: duckdb.DuckDBPyConnection, log: LogId) -> None:
        """Delete what came from this log; goes with the caller's transaction."""
        for table in ("own_car", "field_state", "field_changes", "lost", "logs", "projection_marks"):
            connection.execute(delete_where(table, "epoch"), [log.epoch])
        self.marks.pop(log, None)
        self._owners.pop(log.epoch, None)
        self.holes.forget(log.epoch)

    def _commit(self, log: LogId, batch: Batch, seen: Footprint) -> int:
        mark = Mark(batch.next_seq, seen, batch.state)
        try:
            with self._database.transaction() as connection:
                count = self._insert(connection, batch)
                write_mark(connection, log, mark)
        except BaseException:
            self._reload()
            raise
        self.marks[log] = mark
        self._owners[log.epoch] = log
        self.holes.note(batch.losses)
        return count

    def _insert(self, connection: duckdb.DuckDBPyConnection, batch: Batch) -> int:
        count = sum(insert_sheet(connection, self._books[sheet.table], sheet) for sheet in batch.sheets)
        insert_rows(connection, "lost", loss_rows(batch.losses))
        return count

    def _reload(self) -> None:
        """Columns that the rolled-back transaction had added are gone again."""
        try:
            for book in self._books.values():
                book.reload(self._database.connection)
        except duckdb.Error:
            return  # the database is beyond use, which the first error says
