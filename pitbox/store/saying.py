"""When the fold said each fact, and how it read then: what is mended later stands in later rows."""

from collections.abc import Iterator, Sequence

import duckdb
import msgspec
import pyarrow as pa

from pitbox.log.merge import Merged
from pitbox.model.fact import Fact
from pitbox.model.ids import SessionId
from pitbox.store.sheet import Row, arrow_rows
from pitbox.wire.record import BlockRecord

TABLE = "said_facts"
_ROWS_PER_S = 60.0
_SCHEMA = pa.schema(
    {
        "session_id": pa.string(),
        "session_num": pa.int32(),
        "run": pa.int32(),
        "at_s": pa.float64(),
        "until_s": pa.float64(),
        "device_id": pa.string(),
        "epoch": pa.uint64(),
        "seq": pa.uint64(),
        "facts": pa.binary(),
    }
)
_SAID = f"""
SELECT until_s, facts FROM {TABLE} WHERE session_id = ? AND session_num = ? AND run = ?
ORDER BY at_s, device_id, epoch, seq
"""  # noqa: S608 - no value of anybody's
_LATE_S = 60.0
"""The fold never says its first fact of a run so long after the first lap was over."""
_UNTOLD = f"""
SELECT DISTINCT l.session_id
FROM (SELECT session_id, session_num, run, min(end_s) AS end_s FROM laps GROUP BY ALL) AS l
LEFT JOIN (
    SELECT session_id, session_num, run, min(at_s) AS at_s FROM {TABLE} GROUP BY ALL
) AS s USING (session_id, session_num, run)
WHERE s.at_s IS NULL OR s.at_s > l.end_s + ?
"""  # noqa: S608 - no value of anybody's
_FACTS = msgspec.msgpack.Decoder(tuple[Fact, ...])


def saying_of(item: Merged, facts: Sequence[Fact]) -> Row:
    """What the fold said at this record, as a row."""
    axis, log = item.axis, item.log
    return {
        "session_id": log.session,
        "session_num": axis.session_num,
        "run": axis.run,
        "at_s": axis.sim_time_s,
        "until_s": axis.sim_time_s + _length_s(item),
        "device_id": log.device,
        "epoch": log.epoch,
        "seq": item.seq,
        "facts": msgspec.msgpack.encode(tuple(facts)),
    }


def saying_rows(rows: Sequence[Row]) -> pa.Table:
    return arrow_rows(rows, _SCHEMA)


def said_facts(
    cursor: duckdb.DuckDBPyConnection, session: SessionId, session_num: int, run: int
) -> Iterator[tuple[float, Fact]]:
    """Each saying with the sim time from which it was known; none in a database of before."""
    known = cursor.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [TABLE]).fetchone()
    if known is None:
        return
    for until_s, data in cursor.execute(_SAID, [session, session_num, run]).fetchall():
        for fact in _FACTS.decode(data):
            yield until_s, fact


def untold_sessions(connection: duckdb.DuckDBPyConnection) -> set[SessionId]:
    """Those with laps, or first laps of a run, of which it is not stored when they were said."""
    return {SessionId(session) for (session,) in connection.execute(_UNTOLD, [_LATE_S]).fetchall()}


def _length_s(item: Merged) -> float:
    """A block holds the rows of a quarter of a second, and what it says may be of its last one."""
    record = item.record
    return record.row_count / _ROWS_PER_S if isinstance(record, BlockRecord) else 0.0
