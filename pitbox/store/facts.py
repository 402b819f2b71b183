"""The second half of the projection: all logs of a session in axis order, through the fold, to facts.

Facts, roster, the fold's state and the mark of each log commit together. Records that come late, before
what is folded already, make the session fold again from its start; the rows that stand remain until the
new ones replace them in one transaction.
"""

from collections.abc import Iterator, Mapping, Sequence

import duckdb
import msgspec

from pitbox.log.merge import Merged, merged
from pitbox.log.reader import LogReader
from pitbox.model.fact import Fact
from pitbox.model.ids import Axis, DeviceId, LogId, SessionId
from pitbox.store.database import Database
from pitbox.store.factrow import TABLES, fact_key, fact_rows
from pitbox.store.roster import Roster
from pitbox.store.rows import BatchSize
from pitbox.store.saying import TABLE as SAID
from pitbox.store.saying import saying_of, saying_rows
from pitbox.store.sheet import Row, insert_rows
from pitbox.store.statement import delete_where
from pitbox.timing.errors import CheckpointError
from pitbox.timing.race import RaceFold
from pitbox.wire.errors import WireError

_MAX_RECORDS = 4096
"""Of one transaction."""
_DERIVED = (
    *(table.name for table in TABLES.values()),
    *("runs", "drivers", "entries", "session_parts", "sessions", "fold_marks", "fold_checkpoints"),
    SAID,
)


class FoldMark(msgspec.Struct, frozen=True):
    next_seq: int
    axis: Axis
    """Of the last record folded."""


class FactProjection:
    """One session's. After an error let it go and make a new one: it starts from what is committed."""

    def __init__(self, database: Database, session: SessionId, size: BatchSize) -> None:
        self._database = database
        self._session = session
        self._size = size
        self._facts: dict[tuple[object, ...], Fact] = {}
        self._sayings: list[Row] = []
        self._first_axes: dict[LogId, Axis] = {}
        self.marks = _read_marks(database.connection, session)
        self.is_refolding = False
        try:
            self._fold, self._roster = _read_checkpoint(database.connection, session)
        except (CheckpointError, msgspec.MsgspecError):
            self.start_over()  # of another version of the rules

    @property
    def front(self) -> Axis | None:
        """How far the session is folded."""
        return max((mark.axis for mark in self.marks.values()), default=None)

    def next_seq(self, log: LogId) -> int:
        mark = self.marks.get(log)
        return mark.next_seq if mark else 0

    def is_late(self, reader: LogReader) -> bool:
        """True when the log's next record lies before something that another log has brought."""
        others = [
            (other.axis, log, other.next_seq - 1) for log, other in self.marks.items() if log != reader.log
        ]
        head = next(self._merged([reader]), None) if others else None
        return head is not None and (head.axis, head.log, head.seq) < max(others)

    def start_over(self) -> None:
        """Fold again from the first record; what is committed stands until the new facts are complete."""
        self._fold, self._roster = RaceFold(), Roster(self._session)
        self.marks, self._facts, self._sayings = {}, {}, []
        self.is_refolding = True

    def advance(self, readers: Sequence[LogReader], until: Axis | None) -> Iterator[int]:
        """Folds what lies before `until`; yields the count of facts after each batch."""
        batch: list[Merged] = []
        for item in self._merged(readers):
            if until is not None and item.axis >= until:
                break
            if batch and self._is_full(batch, item):
                yield self._take(batch)
                batch = []
            batch.append(item)
        if batch:
            yield self._take(batch)
        if self.is_refolding:
            self._commit()

    def forget(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Delete all that was derived for the session; goes with the caller's transaction."""
        for table in _DERIVED:
            connection.execute(delete_where(table, "session_id"), [self._session])

    def _merged(self, readers: Sequence[LogReader]) -> Iterator[Merged]:
        seqs = {log: mark.next_seq for log, mark in self.marks.items()}
        axes = {log: mark.axis for log, mark in self.marks.items()}
        for reader in readers:
            axis = axes.get(reader.log) or self._first_axis(reader)
            if axis is not None:
                axes[reader.log] = axis
        return merged(readers, seqs, axes)

    def _first_axis(self, reader: LogReader) -> Axis | None:
        """Where a log begins. Its layouts name no place; they stand there, not before the whole session."""
        if reader.log not in self._first_axes:
            begun = (item.axis for item in merged([reader]) if item.axis.session_num >= 0)
            axis = next(begun, None)
            if axis is None:
                return None
            self._first_axes[reader.log] = axis
        return self._first_axes[reader.log]

    def _is_full(self, batch: Sequence[Merged], item: Merged) -> bool:
        first, now = batch[0].axis, item.axis
        is_same_run = (first.session_num, first.run) == (now.session_num, now.run)
        span_s = now.sim_time_s - first.sim_time_s if is_same_run else 0.0
        return span_s >= self._size.seconds or len(batch) >= _MAX_RECORDS

    def _take(self, batch: Sequence[Merged]) -> int:
        count = 0
        for item in batch:
            try:
                facts = self._fold.fold(item.record, item.log)
            except WireError:
                facts = []  # the rows of the log say that it was lost
            for fact in facts:
                self._facts[fact_key(fact)] = fact
            if facts:
                self._sayings.append(saying_of(item, facts))
            count += len(facts)
            self._roster.take(item.record)
            self.marks[item.log] = FoldMark(item.seq + 1, item.axis)
        if not self.is_refolding:
            self._commit()
        return count

    def _commit(self) -> None:
        with self._database.transaction() as connection:
            if self.is_refolding:
                self.forget(connection)
            for table, rows in (fact_rows(self._session, self._facts.values()) | self._roster.cut()).items():
                insert_rows(connection, table, rows, is_replacing=True)
            insert_rows(connection, SAID, saying_rows(self._sayings))
            connection.execute(
                "INSERT OR REPLACE INTO fold_checkpoints VALUES (?, ?, ?)",
                [self._session, self._fold.to_bytes(), self._roster.to_bytes()],
            )
            connection.executemany(
                "INSERT OR REPLACE INTO fold_marks VALUES (?, ?, ?, ?, ?, ?, ?)", _mark_rows(self.marks)
            )
        self._facts, self._sayings = {}, []
        self.is_refolding = False


def folded_seqs(connection: duckdb.DuckDBPyConnection) -> dict[LogId, int]:
    """The first record of each log that is not folded yet."""
    rows = connection.execute("SELECT session_id, device_id, epoch, next_seq FROM fold_marks").fetchall()
    return {LogId(SessionId(s), DeviceId(device), epoch): seq for s, device, epoch, seq in rows}


def _mark_rows(marks: Mapping[LogId, FoldMark]) -> list[list[object]]:
    return [
        [
            log.session,
            log.device,
            log.epoch,
            mark.next_seq,
            mark.axis.session_num,
            mark.axis.run,
            mark.axis.sim_time_s,
        ]
        for log, mark in marks.items()
    ]


def _read_marks(connection: duckdb.DuckDBPyConnection, session: SessionId) -> dict[LogId, FoldMark]:
    rows = connection.execute(
        "SELECT device_id, epoch, next_seq, session_num, run, sim_time_s "
        "FROM fold_marks WHERE session_id = ?",
        [session],
    ).fetchall()
    return {
        LogId(session, DeviceId(device), epoch): FoldMark(next_seq, Axis(num, run, time_s))
        for device, epoch, next_seq, num, run, time_s in rows
    }


def _read_checkpoint(connection: duckdb.DuckDBPyConnection, session: SessionId) -> tuple[RaceFold, Roster]:
    rows = connection.execute(
        "SELECT fold, roster FROM fold_checkpoints WHERE session_id = ?", [session]
    ).fetchall()
    if not rows:
        return RaceFold(), Roster(session)
    fold, roster = rows[0]
    return RaceFold.from_bytes(fold), Roster(session, roster)
