"""A user's own SQL: one statement in, columns and rows out, and a sentence when it is wrong."""

from typing import Any

import duckdb
import msgspec

from pitbox.store.database import Database
from pitbox.store.errors import StoreError


class Answer(msgspec.Struct, frozen=True):
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def ask(database: Database, sql: str) -> Answer:
    """Run it; raises StoreError with the engine's own words. Open the database read-only for strangers."""
    try:
        cursor = database.cursor().execute(sql)
        columns = tuple(column[0] for column in cursor.description or ())
        return Answer(columns, cursor.fetchall())
    except duckdb.Error as error:
        raise StoreError(f"The database says: {str(error).strip()}") from error
