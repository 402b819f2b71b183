"""Many readers, or one who takes the database away from them for a moment."""

import contextlib
import threading
from collections.abc import Iterator

import duckdb

from pitbox.store.database import Database
from pitbox.store.errors import StoreClosedError, StoreDamagedError, StoreError

_RETRY_S = 2.0
"""For a new try, where it is known why there is no database."""


class Gate:
    """Hands out cursors while a database is open, and makes it be left before it is closed."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._database: Database | None = None
        self._shut_count = 0
        self._cursors: set[duckdb.DuckDBPyConnection] = set()
        self._reason: StoreError = StoreClosedError("The store is not open yet.")

    @property
    def is_refused(self) -> bool:
        """There is no database for a reason that lasts: another process has it, the disk is full."""
        with self._changed:
            return self._is_refused()

    def open(self, database: Database) -> None:
        with self._changed:
            self._database = database
            self._changed.notify_all()

    def shut(self, reason: StoreError, timeout_s: float = 2.0) -> None:
        """No more readers; those inside are waited for, then interrupted, then left to their fate."""
        with self._changed:
            self._database, self._reason = None, reason
            self._shut_count += 1
            self._changed.notify_all()
            if self._changed.wait_for(lambda: not self._cursors, timeout_s):
                return
            for cursor in self._cursors:
                cursor.interrupt()
            self._changed.wait_for(lambda: not self._cursors, timeout_s)

    @contextlib.contextmanager
    def cursor(self, timeout_s: float) -> Iterator[duckdb.DuckDBPyConnection]:
        """Waits while the database is being opened or swapped; then raises why there is none."""
        with self._changed:
            if self._is_refused():
                tried = self._shut_count
                is_tried = lambda: self._database is not None or self._shut_count > tried  # noqa: E731
                self._changed.wait_for(is_tried, min(timeout_s, _RETRY_S))
            else:
                self._changed.wait_for(lambda: self._database is not None or self._is_refused(), timeout_s)
            if self._database is None:
                raise self._reason
            database = self._database
            cursor = database.cursor()
            self._cursors.add(cursor)
        try:
            with database.faults():
                yield cursor
        finally:
            with contextlib.suppress(duckdb.Error):
                cursor.close()
            with self._changed:
                self._cursors.discard(cursor)
                self._changed.notify_all()

    def _is_refused(self) -> bool:
        return self._database is None and not isinstance(self._reason, _FOR_A_MOMENT)


_FOR_A_MOMENT = (StoreClosedError, StoreDamagedError)
"""It is opened, swapped or made anew."""
