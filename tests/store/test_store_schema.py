"""docs/store-schema.md names everything that a user can query, and its examples run."""

import re
from pathlib import Path

import duckdb
import pytest
from recorded import SESSION

from pitbox.store.database import Database
from pitbox.store.schema import migrate
from pitbox.store.statement import SQL_TYPES

DOC = (Path(__file__).parents[2] / "docs" / "store-schema.md").read_text("utf-8")
EXAMPLES = re.findall(r"```sql\n(.*?)```", DOC, re.DOTALL)


@pytest.fixture(scope="module")
def schema():
    """(table, column) -> (type, comment), and table -> comment, of an empty database."""
    connection = duckdb.connect()
    migrate(connection, Path("documented.duckdb"))
    columns = connection.execute(
        "SELECT table_name, column_name, data_type, comment FROM duckdb_columns() WHERE NOT internal"
    ).fetchall()
    tables = connection.execute(
        "SELECT table_name, comment FROM duckdb_tables() UNION ALL "
        "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal"
    ).fetchall()
    connection.close()
    return {(table, column): (kind, words) for table, column, kind, words in columns}, dict(tables)


def documented():
    """The same, out of the document."""
    columns, tables = {}, {}
    for name, words, body in re.findall(r"### `(\w+)`\n\n(.*?)\n\n(.*?)(?=\n#|\Z)", DOC, re.DOTALL):
        tables[name] = words
        for column, kind, meaning in re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \|$", body, re.MULTILINE):
            columns[name, column] = (kind, meaning)
    return columns, tables


def test_the_document_names_every_table_and_column(schema):
    columns, tables = documented()
    assert tables == schema[1]
    assert columns == schema[0]


def test_the_database_documents_itself(schema):
    columns, tables = schema
    assert all(tables.values())
    assert [key for key, (_, words) in columns.items() if not words] == []


def test_channels_carry_the_words_of_the_sim(race_store):
    with Database(race_store, is_read_only=True) as database:
        silent = database.connection.execute(
            "SELECT column_name FROM duckdb_columns() WHERE table_name = 'own_car' AND comment IS NULL"
        ).fetchall()
    assert silent == []


def test_kinds_are_as_documented():
    assert dict(re.findall(r"^\| `(\w\d)` \| (\w+) \|$", DOC, re.MULTILINE)) == SQL_TYPES


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_each_example_answers(race_store, number):
    sql = EXAMPLES[number]
    with Database(race_store, is_read_only=True) as database:
        rows = database.connection.execute(sql).fetchall()
    assert rows or "FROM lost" in sql, "an example that finds nothing shows nothing"
    assert SESSION in sql or "FROM lost" in sql


def test_there_are_enough_examples():
    assert len(EXAMPLES) >= 8
