"""The one thread that writes to the database: projects the log every few seconds, and does what is asked.

Others read through `cursor`. What goes wrong with the file is healed here (open again, then make it anew
from the log) and said to health; it never reaches the recording.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import msgspec

from pitbox.crew.health import Health, HealthSink, Level, unheard
from pitbox.crew.queue import BoundedQueue, Full
from pitbox.crew.thread import Hand
from pitbox.log.shelf import Shelf
from pitbox.store.database import Database, Limits, examine
from pitbox.store.errors import (
    StoreClosedError,
    StoreDamagedError,
    StoreError,
    StoreFullError,
    StorePausedError,
)
from pitbox.store.gate import Gate
from pitbox.store.projector import Progress, Projector
from pitbox.store.rebuild import build_beside, open_or_renew, set_aside, swap_in
from pitbox.store.rows import BatchSize

T = TypeVar("T")
_log = logging.getLogger("pitbox.store")
_ROUND_S = 1.0
"""Of projecting between two looks at the queue."""


class _Task(msgspec.Struct, frozen=True):
    work: Callable[[Database], Any]
    future: "Future[Any]"


class Clerk:
    def __init__(
        self,
        path: Path,
        shelf: Shelf,
        *,
        limits: Limits | None = None,
        size: BatchSize | None = None,
        period_s: float = 10.0,
        on_health: HealthSink = unheard,
    ) -> None:
        self.path = path
        self._shelf = shelf
        self._limits = limits or Limits()
        self._size = size or BatchSize()
        self._period_s = period_s
        self._on_health = on_health
        self._gate = Gate()
        self._tasks: BoundedQueue[_Task] = BoundedQueue(256, Full.REFUSE)
        self._database: Database | None = None
        self._projector: Projector | None = None
        self._due_s = 0.0
        self._is_distrusted = threading.Event()
        self._told: dict[str, Health] = {}
        self._round_words: list[str] = []
        """Said since the database was last up to date: projecting a day anew takes many rounds."""
        self._hand = Hand("clerk", self._main, on_health)

    def start(self) -> None:
        """Returns at once; the file is opened by the thread."""
        self._hand.start()

    def stop(self, timeout_s: float = 10.0) -> bool:
        """Finish the transaction at hand, refuse what waits, close the file."""
        self._tasks.close()
        return self._hand.stop(timeout_s)

    def submit(self, work: Callable[[Database], T]) -> "Future[T]":
        """Have the thread do something with the database; its error comes with the future."""
        future: Future[T] = Future()
        if not self._tasks.put(_Task(work, future)):
            why = "has stopped" if self._tasks.is_closed else "has too much to do"
            future.set_exception(StoreClosedError(f"The store's clerk {why}."))
        return future

    def project_now(self) -> "Future[Progress]":
        """All that the log holds at this moment."""
        return self.submit(lambda database: self._projector_of(database).catch_up(is_final=False))

    def rebuild(self) -> "Future[Progress]":
        """Make the database again; the old one can be read until the new one takes its place."""
        return self.submit(self._rebuild)

    def poke(self) -> None:
        """There is something new in the log: do not wait for the period's end."""
        self._due_s = 0.0
        self.submit(lambda _: None)

    @contextlib.contextmanager
    def cursor(self, timeout_s: float = 5.0) -> Iterator[duckdb.DuckDBPyConnection]:
        """A reader's own connection, for one thread and a short while.

        Raises a StoreError when there is no database, or when it proves to be damaged. Who asks while another
        process has the file makes it be tried again.
        """
        if self._gate.is_refused:
            self.poke()
        try:
            with self._gate.cursor(timeout_s) as cursor:
                yield cursor
        except StoreDamagedError:
            self._is_distrusted.set()
            self.poke()
            raise

    def _main(self, stop: threading.Event) -> None:
        try:
            while not stop.is_set():
                for task in self._tasks.take_all(max(0.0, self._due_s - time.monotonic())):
                    if not task.future.set_running_or_notify_cancel():
                        continue
                    try:
                        task.future.set_result(self._attempt(task.work))
                    except Exception as error:  # noqa: BLE001 - it belongs to whoever asked
                        task.future.set_exception(error)
                if time.monotonic() >= self._due_s and not stop.is_set():
                    self._catch_up()
        finally:
            self._shut(StoreClosedError("The store is closed."))
            for task in self._tasks.take_all(0.0):
                task.future.set_exception(StoreClosedError("The store's clerk has stopped."))

    def _catch_up(self) -> None:
        self._due_s = time.monotonic() + self._period_s
        try:
            progress = self._attempt(
                lambda database: self._projector_of(database).catch_up(_ROUND_S, is_final=False)
            )
        except (StoreError, duckdb.Error, OSError) as error:
            self._tell("projection", Level.DEGRADED, f"The store is not up to date: {error}")
            return
        if not progress.is_done:
            self._due_s = 0.0
        for sentence in progress.words:
            _log.info("%s", sentence)
        words = [*self._round_words, *progress.words]
        self._tell("projection", Level.NOTE if words else Level.OK, " ".join(words))
        self._round_words = [] if progress.is_done else words

    def _attempt(self, work: Callable[[Database], T]) -> T:
        """Once more with the file opened again, then with a new one; a fault of the work itself passes."""
        if self._is_distrusted.is_set():
            self._is_distrusted.clear()
            self._look_again()
        for is_last in (False, True):
            try:
                return self._run(work)
            except StoreDamagedError as error:
                _log.warning("%s", error)
                if is_last:
                    self._renew(error)
                else:
                    self._shut(error)
        return self._run(work)

    def _run(self, work: Callable[[Database], T]) -> T:
        database = self._opened()
        try:
            with database.faults():
                return work(database)
        except (StoreError, duckdb.Error) as error:
            self._projector = None
            if isinstance(error, StoreFullError) and not isinstance(error, StorePausedError):
                self._shut(error)
            raise

    def _opened(self) -> Database:
        if self._database is None:
            try:
                self._database, words = open_or_renew(self.path, self._limits)
            except StoreError as error:
                self._shut(error)
                self._tell("database", Level.FAILED, str(error))
                raise
            self._tell("database", Level.NOTE if words else Level.OK, words)
            self._gate.open(self._database)
        return self._database

    def _projector_of(self, database: Database) -> Projector:
        if self._projector is None:
            self._projector = Projector(database, self._shelf, self._size)
        return self._projector

    def _rebuild(self, database: Database) -> Progress:
        beside, progress = build_beside(database, self._shelf, self._limits, self._size)
        self._shut(StoreClosedError("The store is being replaced by a new one."))
        swap_in(beside, self.path)
        self._opened()
        return progress

    def _look_again(self) -> None:
        """A reader met damage, in the file or only in the engine: open again and read everything once."""
        self._shut(StoreClosedError("The store is being looked at, for a reader found it damaged."))
        try:
            examine(self._opened())
        except StoreDamagedError as error:
            self._renew(error)

    def _renew(self, error: StoreDamagedError) -> None:
        """Put the file aside; the next opening makes a new one."""
        self._shut(error)
        aside = set_aside(self.path)
        self._tell(
            "database",
            Level.NOTE,
            f"{error} It was put aside as {aside.name} and is made again from the log.",
        )

    def _shut(self, reason: StoreError) -> None:
        self._gate.shut(reason)
        self._projector = None
        database, self._database = self._database, None
        if database is not None:
            database.close()

    def _tell(self, subject: str, level: Level, words: str) -> None:
        """To health, once for each change."""
        health = Health("store", subject, level, words)
        if self._told.get(subject) != health:
            self._told[subject] = health
            self._on_health(health)
            if words:
                _log.log(logging.INFO if level <= Level.NOTE else logging.WARNING, "%s", words)
