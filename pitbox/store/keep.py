"""What a rebuild must carry over: rows of logs that are archived or deleted exist nowhere else."""

from collections.abc import Sequence
from typing import Any

import msgspec

from pitbox.log.shelf import Shelf
from pitbox.model.channel import Channel
from pitbox.model.ids import LogId
from pitbox.store.column import ColumnBook
from pitbox.store.database import Database
from pitbox.store.field import CHANGE_COLUMNS, STATE_COLUMNS
from pitbox.store.orphan import known_logs
from pitbox.store.statement import find_where, insert_from, select_where

_WIDE = {"own_car": (), "field_state": STATE_COLUMNS, "field_changes": CHANGE_COLUMNS}
_BY_LOG = ("logs", "lost", "projection_marks")
_BY_SESSION = (
    *("sessions", "session_parts", "runs", "entries", "drivers", "laps", "stints", "stops", "flag_phases"),
    *("driver_stints", "tyre_stints", "incidents"),
    *("fold_checkpoints", "fold_marks", "said_facts"),
)
_CHUNK_ROWS = 30_720


class _Part(msgspec.Struct, frozen=True):
    """The rows of a table that have one of these keys; columns by old and new name."""

    table: str
    key: str
    values: Sequence[Any]
    columns: dict[str, str]


def keep_orphans(old: Database, new: Database, shelf: Shelf) -> None:
    """Copy the rows of logs that are not on the shelf; the facts only of sessions that are wholly gone."""
    present = {log for session in shelf.sessions() for log in shelf.logs(session)}
    gone = [log for log in known_logs(old) if log not in present]
    if not gone:
        return
    epochs = [log.epoch for log in gone]
    sessions = sorted({log.session for log in gone} - {log.session for log in present})
    with new.transaction():
        for table in _WIDE:
            _copy(old, new, _Part(table, "epoch", epochs, _channel_columns(old, new, table, gone)))
        for table in _BY_LOG:
            _copy(old, new, _Part(table, "epoch", epochs, _columns(old, table)))
        for table in _BY_SESSION:
            _copy(old, new, _Part(table, "session_id", sessions, _columns(old, table)))


def _columns(database: Database, table: str) -> dict[str, str]:
    rows = database.connection.execute(
        "SELECT column_name FROM duckdb_columns() "
        "WHERE database_name = current_database() AND table_name = ? ORDER BY column_index",
        [table],
    ).fetchall()
    return {name: name for (name,) in rows}


def _channel_columns(old: Database, new: Database, table: str, gone: Sequence[LogId]) -> dict[str, str]:
    """The new name of each old column; channels that these logs do not use stay away."""
    book = ColumnBook(new.connection, table, _WIDE[table])
    columns = _columns(new, table)
    rows = old.connection.execute(
        "SELECT channel, kind, is_array, column_name, unit, description FROM channels "
        "WHERE table_name = ? AND column_name IS NOT NULL ORDER BY rowid",
        [table],
    ).fetchall()
    epochs = [log.epoch for log in gone]
    for name, kind, is_array, column, unit, description in rows:
        if not old.connection.execute(find_where(table, "epoch", column), [epochs]).fetchall():
            continue
        channel = Channel(name=name, kind=kind, unit=unit, description=description)
        made = book.column(new.connection, channel, is_array=is_array)
        if made is not None:
            columns[column] = made
    return columns


def _copy(old: Database, new: Database, part: _Part) -> None:
    """In chunks: a day of channels does not fit into memory."""
    select = select_where(part.table, part.key, part.columns)
    chunks: Any = old.connection.sql(select, params=[list(part.values)]).to_arrow_reader(_CHUNK_ROWS)
    for chunk in chunks:
        new.connection.register("pitbox_kept", chunk)
        try:
            new.connection.execute(insert_from(part.table, "pitbox_kept"))
        finally:
            new.connection.unregister("pitbox_kept")
