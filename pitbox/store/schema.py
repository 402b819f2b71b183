"""The shape of the database: numbered `.sql` files, applied in order, each in one transaction."""

import re
from functools import cache
from importlib import resources
from pathlib import Path

import duckdb
import msgspec

from pitbox.store.fault import foreign_fault, newer_fault

_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
_VERSIONS = """
CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name VARCHAR NOT NULL);
COMMENT ON TABLE migrations IS 'Which changes of shape this file has seen.';
COMMENT ON COLUMN migrations.number IS 'They are applied in this order.';
COMMENT ON COLUMN migrations.name IS 'Name of the file.';
"""


class Migration(msgspec.Struct, frozen=True):
    number: int
    name: str
    sql: str


@cache
def migrations() -> tuple[Migration, ...]:
    """Those of this PitBox, in order."""
    folder = resources.files("pitbox.store") / "migration"
    found = [(match, item) for item in folder.iterdir() if (match := _NAME.fullmatch(item.name))]
    return tuple(
        sorted(
            (Migration(int(match[1]), match[0], item.read_text("utf-8")) for match, item in found),
            key=lambda migration: migration.number,
        )
    )


def newest_version() -> int:
    return migrations()[-1].number


def version(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    """The schema that the file has, 0 when it is empty; raises StoreForeignError when it is not ours."""
    tables = {row[0] for row in _ours(connection, "SELECT table_name FROM duckdb_tables()")}
    if "migrations" not in tables:
        if tables:
            raise foreign_fault(path)
        return 0
    rows = connection.execute("SELECT number FROM migrations ORDER BY ALL").fetchall()
    return int(rows[-1][0]) if rows else 0


def migrate(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Bring the file to the newest schema; raises StoreNewerError when it is newer than we are."""
    found = version(connection, path)
    if found > newest_version():
        raise newer_fault(path, found, newest_version())
    for migration in migrations():
        if migration.number <= found:
            continue
        connection.execute("BEGIN")
        try:
            connection.execute(_VERSIONS)
            connection.execute(migration.sql)
            connection.execute("INSERT INTO migrations VALUES (?, ?)", [migration.number, migration.name])
            connection.execute("COMMIT")
        except duckdb.Error:
            connection.execute("ROLLBACK")
            raise
    return newest_version()


def _ours(connection: duckdb.DuckDBPyConnection, select: str) -> list[tuple[str]]:
    return connection.execute(
        f"{select} WHERE database_name = current_database() AND NOT internal"
    ).fetchall()
