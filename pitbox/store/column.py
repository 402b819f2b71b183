"""Which column holds which channel.

Names come from files and from peers, so they are data: a column is named as its channel if that is free
(DuckDB minds no case), else the type is added, then a number. First come keeps the name; `channels`
tells which is which. A type that does not fit the column of that name is another channel.
"""

from collections.abc import Iterable, Sequence
from itertools import chain, count

import duckdb
import msgspec

from pitbox.model.channel import Channel
from pitbox.store.statement import add_column

MAX_COLUMNS = 1500
"""Of one table. A sim has 300 channels; a peer that invents names without end gets no further."""
_MAX_NAME = 100


class Named(msgspec.Struct, frozen=True):
    """A channel of a migration's own column."""

    channel: str
    kind: str
    column: str


class ColumnBook:
    """The columns of one table that stand for channels. Changes go with the caller's transaction."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, table: str, fixed: Sequence[Named] = ()
    ) -> None:
        self._table = table
        self._fixed = {(named.channel, named.kind, False): named.column for named in fixed}
        self._known: dict[tuple[str, str, bool], str | None] = {}
        self.reload(connection)

    def reload(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Forget what a transaction that was rolled back had added."""
        rows = connection.execute(
            "SELECT channel, kind, is_array, column_name FROM channels WHERE table_name = ?", [self._table]
        ).fetchall()
        self._known = {(channel, kind, is_array): column for channel, kind, is_array, column in rows}
        columns = connection.execute(
            "SELECT column_name FROM duckdb_columns() "
            "WHERE database_name = current_database() AND table_name = ?",
            [self._table],
        ).fetchall()
        self._taken = {_folded(column) for (column,) in columns}

    def column(
        self, connection: duckdb.DuckDBPyConnection, channel: Channel, *, is_array: bool
    ) -> str | None:
        """Its column, made if need be; None when the table has no room for it."""
        self.enter(connection, [(channel, is_array)])
        return self._known[channel.name, channel.kind, is_array]

    def enter(self, connection: duckdb.DuckDBPyConnection, channels: Iterable[tuple[Channel, bool]]) -> None:
        """Make the columns that these (with: is it an array?) lack, all at once: a sim comes with 300."""
        statements: list[str] = []
        rows: list[list[object]] = []
        for channel, is_array in channels:
            key = (channel.name, channel.kind, is_array)
            if key not in self._known:
                self._known[key] = column = self._column_for(channel, key, statements)
                rows.append([self._table, *key, column, channel.unit, channel.description])
        if statements:
            connection.execute("; ".join(statements))
        if rows:
            connection.executemany("INSERT INTO channels VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def _column_for(self, channel: Channel, key: tuple[str, str, bool], statements: list[str]) -> str | None:
        column = self._fixed.get(key)
        if column is None and len(self._taken) < MAX_COLUMNS:
            column = self._free_name(channel, is_array=key[2])
            self._taken.add(_folded(column))
            statements += add_column(self._table, column, channel, is_array=key[2])
        return column

    def _free_name(self, channel: Channel, *, is_array: bool) -> str:
        plain = "".join(c if c.isprintable() else "_" for c in channel.name[:_MAX_NAME]) or "_"
        typed = f"{plain}__{channel.kind}{'s' if is_array else ''}"
        numbered = (f"{typed}_{number}" for number in count(2))
        return next(name for name in chain((plain, typed), numbered) if _folded(name) not in self._taken)


def _folded(name: str) -> str:
    return name.casefold()
