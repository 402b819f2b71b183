"""One open database file and its one read-write connection.

The file is attached to an engine in memory, for only so can its storage version and row groups be set.
POSIX locks fall when any handle of the file closes, so a second opening within this process is refused
before it touches the file.
"""

import contextlib
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import duckdb
import msgspec

from pitbox.store.errors import StoreClosedError, StoreDamagedError, StoreError
from pitbox.store.fault import busy_here_fault, newer_fault, opening_fault, paused_fault, working_fault
from pitbox.store.schema import migrate, newest_version, version
from pitbox.store.statement import literal, read_all

NAME = "pitbox"
"""The catalog under which the file is attached."""

_STORAGE_VERSION = "v1.4.0"
"""Older PitBoxes can still open what a newer engine wrote."""
_ROW_GROUP_ROWS = 30_720
"""A quarter of the default: with 290 columns a checkpoint rewrites less and needs less memory."""

_open_paths: set[Path] = set()
_open_paths_lock = threading.Lock()


class Limits(msgspec.Struct, frozen=True):
    """What the engine may use."""

    memory_mb: int = 384
    thread_count: int = 1
    checkpoint_mb: int = 64
    """Size of the write-ahead log at which it is merged into the file."""
    spare_mb: int = 256
    """Of free space: with less no transaction is begun, so that the disk is left to the recording."""


class Database:
    """Opens, makes or migrates the file at `path`; raises a StoreError that says what is wrong."""

    def __init__(self, path: Path, limits: Limits | None = None, *, is_read_only: bool = False) -> None:
        self.path = path
        self.is_read_only = is_read_only
        self._limits = limits or Limits()
        self._claimed = path.resolve()
        _claim(self._claimed)
        try:
            self._connection = _attach(path, self._limits, is_read_only=is_read_only)
        except BaseException:
            _release(self._claimed)
            raise
        self._is_open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """For the owner's thread only; others take a cursor."""
        if not self._is_open:
            raise StoreClosedError(f"The store {self.path.name} is closed.")
        return self._connection

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own to the same file, for reading in another thread; close it after use."""
        cursor = self.connection.cursor()
        cursor.execute(f"USE {NAME}")
        return cursor

    @contextlib.contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """All or nothing; an error that condemns the file comes out as StoreError.

        Raises StorePausedError, and begins nothing, while the disk has too little room.
        """
        connection = self.connection
        self._check_room()
        with self.faults():
            connection.execute("BEGIN")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(duckdb.Error):
                    connection.execute("ROLLBACK")
                raise

    def _check_room(self) -> None:
        try:
            free_mb = shutil.disk_usage(self.path.parent).free >> 20
        except OSError:
            return  # a file system that does not say
        if free_mb < self._limits.spare_mb:
            raise paused_fault(self.path, free_mb)

    @contextlib.contextmanager
    def faults(self) -> Iterator[None]:
        """Turns the engine's words about the file into ours; errors of a statement pass."""
        try:
            yield
        except duckdb.Error as error:
            fault = working_fault(error, self.path)
            if fault is None:
                raise
            raise fault from error

    def checkpoint(self) -> None:
        """Merge the write-ahead log into the file."""
        with self.faults():
            self.connection.execute("CHECKPOINT")

    def close(self) -> None:
        """Merges the write-ahead log, as far as that goes, and lets go of the file."""
        if not self._is_open:
            return
        self._is_open = False
        try:
            # A cursor that somebody left open would keep the file; detaching takes it from all of them.
            with contextlib.suppress(duckdb.Error):
                self._connection.execute("USE memory")
                self._connection.execute(f"DETACH {NAME}")
            self._connection.close()
        finally:
            _release(self._claimed)


def examine(database: Database) -> None:
    """Read every value once; raises StoreDamagedError when one cannot be read."""
    connection = database.connection
    tables = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() ORDER BY ALL"
    ).fetchall()
    for (table,) in tables:
        try:
            with database.faults():
                connection.execute(read_all(table)).fetchall()
        except duckdb.Error as error:
            raise StoreDamagedError(f"The table {table} of {database.path.name} cannot be read.") from error


def _attach(path: Path, limits: Limits, *, is_read_only: bool) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:", config=_config(path, limits))
    try:
        options = f"STORAGE_VERSION '{_STORAGE_VERSION}', ROW_GROUP_SIZE {_ROW_GROUP_ROWS}"
        connection.execute(f"ATTACH {literal(str(path))} AS {NAME} ({_read_only(options, is_read_only)})")
        connection.execute(f"USE {NAME}")
        if is_read_only:
            _check_version(connection, path)
        else:
            migrate(connection, path)
    except duckdb.Error as error:
        connection.close()
        raise opening_fault(error, path) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _read_only(options: str, is_read_only: bool) -> str:
    return "READ_ONLY" if is_read_only else options


def _check_version(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    found = version(connection, path)
    if found > newest_version():
        raise newer_fault(path, found, newest_version())
    if found < newest_version():
        raise StoreError(
            f"{path} has an older schema. Run `pitbox store project` once to bring it up to date."
        )


def _config(path: Path, limits: Limits) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "memory_limit": f"{limits.memory_mb}MB",
        "threads": limits.thread_count,
        "checkpoint_threshold": f"{limits.checkpoint_mb}MB",
        "temp_directory": str(path.with_name(path.name + ".tmp")),
        # Nothing is fetched from the network, whatever a statement asks for.
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }


def _claim(path: Path) -> None:
    with _open_paths_lock:
        if path in _open_paths:
            raise busy_here_fault(path)
        _open_paths.add(path)


def _release(path: Path) -> None:
    with _open_paths_lock:
        _open_paths.discard(path)
