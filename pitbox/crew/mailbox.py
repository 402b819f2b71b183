"""The live lane's crossing: the latest value wins, nobody waits."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value: T | None = None
        self._version = 0
        self.heard: Callable[[T], None] | None = None
        """Called with each value on the thread that puts it; must not wait for anybody."""

    def put(self, value: T) -> None:
        with self._lock:
            self._value = value
            self._version += 1
        if self.heard is not None:
            self.heard(value)

    def clear(self) -> None:
        """What lies here is worth nothing any more; nobody hears of that."""
        with self._lock:
            self._value = None
            self._version += 1

    def take(self, after: int = 0) -> tuple[int, T | None]:
        """(version, value) if something newer than `after` lies here, else (after, None)."""
        with self._lock:
            if self._version == after:
                return after, None
            return self._version, self._value
