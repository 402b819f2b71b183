"""A user's own SQL: one statement in, columns and rows out, and a sentence when it is wrong."""

from typing import Any

import duckdb
import msgspec

from pitbox.store.database import Database
from pitbox.store.errors import StoreError


class Answer(msgspec.Struct, frozen=True):
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    is_whole: bool
    """False when there are more rows than were asked for."""


def ask(database: Database, sql: str, most: int | None = None) -> Answer:
    """Run it; raises StoreError with the engine's own words. Open the database read-only for strangers."""
    try:
        statements = duckdb.extract_statements(sql)
        if len(statements) != 1:
            raise StoreError(f"One statement is asked at a time; these are {len(statements)}.")
        cursor = database.cursor()
        if database.is_read_only:  # the engine would still write other files, and read any
            cursor.execute("SET enable_external_access = false")
        cursor.execute(statements[0])
        columns = tuple(column[0] for column in cursor.description or ())
        rows = cursor.fetchall() if most is None else cursor.fetchmany(most + 1)
    except duckdb.PermissionException as error:
        raise StoreError(
            "Only the database is read here: no statement opens, writes or loads another file. "
            "`pitbox store sql --json` gives all rows, to be written wherever you want."
        ) from error
    except (duckdb.Error, ImportError, ValueError) as error:
        raise StoreError(f"The database says: {str(error).strip()}") from error
    return Answer(columns, rows[:most], most is None or len(rows) <= most)
