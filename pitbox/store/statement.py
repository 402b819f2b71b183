"""The only statements that are made of names: quoted here, and nowhere else put together.

Names of columns come from files and from peers. Values never stand in a statement; they are parameters,
except in COMMENT, which takes none.
"""

from collections.abc import Mapping, Sequence

from pitbox.model.channel import Channel

SQL_TYPES = {
    "b1": "BOOLEAN",
    "i1": "TINYINT",
    "i2": "SMALLINT",
    "i4": "INTEGER",
    "u4": "UINTEGER",
    "f4": "FLOAT",
    "f8": "DOUBLE",
}


def identifier(name: str) -> str:
    """A quoted name of a table or column."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A quoted text, for statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"


def insert_from(table: str, source: str, *, is_replacing: bool = False) -> str:
    """All rows of a registered source, by the names of their columns."""
    how = "OR REPLACE " if is_replacing else ""
    return f"INSERT {how}INTO {identifier(table)} BY NAME SELECT * FROM {identifier(source)}"  # noqa: S608 - quoted


def delete_where(table: str, key: str) -> str:
    """Takes the key's value."""
    return f"DELETE FROM {identifier(table)} WHERE {identifier(key)} = ?"  # noqa: S608 - quoted


def select_where(table: str, key: str, columns: Mapping[str, str]) -> str:
    """Takes a list of the key's values; `columns` maps a column to its name in the answer."""
    what = ", ".join(f"{identifier(column)} AS {identifier(name)}" for column, name in columns.items())
    among = f"list_contains(?, {identifier(key)})"
    return f"SELECT {what} FROM {identifier(table)} WHERE {among} ORDER BY rowid"  # noqa: S608 - quoted


def find_where(table: str, key: str, column: str) -> str:
    """Takes a list of the key's values; a row if the column says anything in one of theirs."""
    among = f"list_contains(?, {identifier(key)}) AND {identifier(column)} IS NOT NULL"
    return f"SELECT 1 FROM {identifier(table)} WHERE {among} LIMIT 1"  # noqa: S608 - quoted


def read_all(table: str) -> str:
    """One row, for which every value of the table must be read."""
    return f"SELECT bit_xor(hash(t)) FROM {identifier(table)} AS t"  # noqa: S608 - quoted


def add_column(table: str, column: str, channel: Channel, *, is_array: bool) -> tuple[str, str]:
    """Two statements: the column, and the sim's own words about it."""
    kind = SQL_TYPES[channel.kind] + ("[]" if is_array else "")
    words = f"{channel.description} [{channel.unit}]" if channel.unit else channel.description
    return (
        f"ALTER TABLE {identifier(table)} ADD COLUMN {identifier(column)} {kind}",
        f"COMMENT ON COLUMN {identifier(table)}.{identifier(column)} IS {literal(words)}",
    )


def select_span(columns: Sequence[str]) -> str:
    """Rows of own_car in a stretch of time, in no order; takes epoch, session_num, run, from and to.

    SessionTime is called 0 in the answer, the columns 1 and so on.
    """
    what = ", ".join(f'{identifier(column)} AS "{at}"' for at, column in enumerate(columns, 1))
    return (
        f'SELECT "SessionTime" AS "0", {what} FROM own_car '  # noqa: S608 - quoted
        "WHERE epoch = ? AND session_num = ? AND run = ? "
        'AND "SessionTime" BETWEEN ? AND ?'
    )


def driven_by_bin(is_in: str | None, bin_s: float) -> str:
    """Car, epoch, session number, run, bin of time and whether the driver sat in the car in one of its rows.

    Takes a session. Not known, a driver is taken to have sat there.
    """
    sat = f"bool_or(coalesce(TRY_CAST(o.{identifier(is_in)} AS BOOLEAN), TRUE))" if is_in else "TRUE"
    return (
        "SELECT l.own_car_idx, o.epoch, o.session_num, o.run, "  # noqa: S608 - quoted
        f'CAST(floor(o."SessionTime" / {bin_s:g}) AS INTEGER) AS bin, {sat} '
        "FROM own_car AS o JOIN logs AS l ON l.epoch = o.epoch "
        "WHERE l.session_id = ? AND l.own_car_idx IS NOT NULL GROUP BY ALL"
    )


def mean_by_minute(columns: Sequence[str | None]) -> str:
    """Session number, run, minute and means of own_car's columns; takes a session. None gives no value."""
    what = ", ".join(f"avg({identifier(column)})" if column else "NULL" for column in columns)
    return (
        f'SELECT session_num, run, floor("SessionTime" / 60), {what} FROM own_car '  # noqa: S608 - quoted
        "WHERE epoch IN (SELECT epoch FROM logs WHERE session_id = ?) GROUP BY ALL"
    )
