"""The thread that holds the source, and what it gives to two lanes.

The log lane loses nothing silently; in the live mailbox the newest wins.
"""

import threading
import time
from collections import deque

from pitbox.crew.queue import BoundedQueue
from pitbox.model.source import Closed, Missed, SourceEvent, Ticks, TickSource
from pitbox.wall.hub import Hub

_POLL_S = 0.1
_LAST_WAIT_S, _LAST_LOOK_S = 5.0, 0.02
_FULL = "the log lane was full"


class Sampler:
    def __init__(
        self, source: TickSource, queue: BoundedQueue[SourceEvent], hub: Hub, *, is_lasting: bool = False
    ) -> None:
        """`is_lasting`: a session that closes is not the end of the source; it ends when it is stopped."""
        self._source = source
        self._queue = queue
        self._hub = hub
        self._is_lasting = is_lasting
        self._owed: deque[SourceEvent] = deque()
        """What is not ticks is never lost: it waits here, in order, until the lane has room."""
        self.ended = threading.Event()
        """The source has closed by itself."""

    def main(self, stop: threading.Event) -> None:
        try:
            while not stop.is_set() and not self.ended.is_set():
                for event in self._source.poll(_POLL_S):
                    self._pass_on(event)
            self._pay(wait_s=_LAST_WAIT_S)
        finally:
            self._source.close()
            self.ended.set()

    def _pass_on(self, event: SourceEvent) -> None:
        if isinstance(event, Ticks) and len(event):
            self._hub.live.put(event)
        self._pay()
        if isinstance(event, Ticks):
            if self._owed or not self._queue.put(event):
                self._refuse(event)
        else:
            self._owed.append(event)
            self._pay()
        if isinstance(event, Closed) and not self._is_lasting:
            self.ended.set()

    def _pay(self, wait_s: float = 0.0) -> None:
        """Give the lane what it refused before, the oldest first."""
        deadline_s = time.monotonic() + wait_s
        while self._owed:
            if self._queue.put(self._owed[0]):
                self._owed.popleft()
            elif time.monotonic() >= deadline_s or self._queue.is_closed:
                return
            else:
                time.sleep(_LAST_LOOK_S)

    def _refuse(self, ticks: Ticks) -> None:
        """The log lane is full: remember what is missing until the log can be told."""
        times = ticks.own["SessionTime"]
        count, from_s = len(ticks), float(times[0])
        last = self._owed[-1] if self._owed else None
        if isinstance(last, Missed) and last.reason == _FULL:
            self._owed.pop()
            count, from_s = count + last.count, last.from_s
        self._owed.append(Missed(count, from_s, float(times[-1]), _FULL))
