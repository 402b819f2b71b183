"""The one hand by which a window reaches recorded data, where nobody else keeps the database.

Hired when somebody first asks, on the thread that asks: until then no database is loaded.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol, TypeVar

from pitbox.store.errors import StoreClosedError

if TYPE_CHECKING:  # a database: not before somebody asks
    from pitbox.store.clerk import Clerk
    from pitbox.store.database import Database
    from pitbox.store.recorded import Cursor

T = TypeVar("T")
_PATIENCE_S = 5.0
"""For a database that is being opened."""


class Archive(Protocol):
    """Who keeps a database open: any thread reads through it, and has work done by who writes."""

    def cursor(self, timeout_s: float = _PATIENCE_S) -> "AbstractContextManager[Cursor]":
        """Raises StoreError where the database cannot be asked."""

    def submit(self, work: "Callable[[Database], T]") -> "Future[T]": ...


class HiredClerk:
    """An `Archive`. DuckDB lets a process open a file once: pages that read one file share one of these."""

    def __init__(self, hire: "Callable[[], Clerk]") -> None:
        """`hire` gives one that is not started yet."""
        self._hire = hire
        self._clerk: Clerk | None = None
        self._is_over = False
        self._lock = threading.Lock()

    def cursor(self, timeout_s: float = _PATIENCE_S) -> "AbstractContextManager[Cursor]":
        return self._hired().cursor(timeout_s)

    def submit(self, work: "Callable[[Database], T]") -> "Future[T]":
        return self._hired().submit(work)

    def stop(self) -> None:
        """Who asks from now on is told that it is over."""
        with self._lock:
            self._is_over, clerk = True, self._clerk
        if clerk is not None:
            clerk.stop()

    def _hired(self) -> "Clerk":
        with self._lock:
            if self._is_over:
                raise StoreClosedError("The window that read the database is closed.")
            if self._clerk is None:
                clerk = self._hire()
                clerk.start()
                self._clerk = clerk
            return self._clerk
