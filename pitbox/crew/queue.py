"""A queue with a bound and a written policy."""

import threading
from collections import deque
from enum import Enum
from typing import Generic, TypeVar

T = TypeVar("T")


class Full(Enum):
    """What a put does when the queue is full."""

    WAIT = "wait"
    """Until there is room or the queue is closed: for producers that can be late."""
    REFUSE = "refuse"
    """Return False and count: for producers that must not wait and say what they lost."""


class BoundedQueue(Generic[T]):
    def __init__(self, bound: int, full: Full) -> None:
        if bound < 1:
            raise ValueError(f"A queue needs room for one item at least, not {bound}.")
        self._bound = bound
        self._full = full
        self._items: deque[T] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._worth = 1
        self.refused = 0
        self.high_water = 0

    def __len__(self) -> int:
        return len(self._items)

    @property
    def is_closed(self) -> bool:
        return self._closed

    def put(self, item: T) -> bool:
        """True when the item will be delivered."""
        with self._changed:
            if self._full is Full.WAIT:
                self._changed.wait_for(lambda: self._closed or len(self._items) < self._bound)
            if self._closed or len(self._items) >= self._bound:
                self.refused += 1
                return False
            self._items.append(item)
            self.high_water = max(self.high_water, len(self._items))
            if len(self._items) >= self._worth:
                self._changed.notify_all()
            return True

    def take_all(self, timeout_s: float, worth: int = 1) -> list[T]:
        """Everything that lies here, as soon as it is `worth` items, after `timeout_s`, or when closed.

        More than one is for a queue's only taker, who is then not woken for each item.
        """
        with self._changed:
            self._worth = min(worth, self._bound)
            # Another taker's notice wakes this one too: look again instead of coming back empty-handed.
            self._changed.wait_for(lambda: len(self._items) >= self._worth or self._closed, timeout_s)
            self._worth = 1
            items = list(self._items)
            self._items.clear()
            if items:
                self._changed.notify_all()
            return items

    def close(self) -> None:
        """No more puts; what lies here can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
