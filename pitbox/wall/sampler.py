"""The thread that holds the source, and what it gives to two lanes.

The log lane loses nothing silently; in the live mailbox the newest wins.
"""

import threading

from pitbox.crew.queue import BoundedQueue
from pitbox.model.source import Closed, Missed, SourceEvent, Ticks, TickSource
from pitbox.wall.hub import Hub

_POLL_S = 0.1


class Sampler:
    def __init__(
        self, source: TickSource, queue: BoundedQueue[SourceEvent], hub: Hub, *, is_lasting: bool = False
    ) -> None:
        """`is_lasting`: a session that closes is not the end of the source; it ends when it is stopped."""
        self._source = source
        self._queue = queue
        self._hub = hub
        self._is_lasting = is_lasting
        self._refused: Missed | None = None
        self.ended = threading.Event()
        """The source has closed by itself."""

    def main(self, stop: threading.Event) -> None:
        try:
            while not stop.is_set() and not self.ended.is_set():
                for event in self._source.poll(_POLL_S):
                    self._pass_on(event)
        finally:
            self._source.close()
            self.ended.set()

    def _pass_on(self, event: SourceEvent) -> None:
        if isinstance(event, Ticks) and len(event):
            self._hub.live.put(event)
        if self._refused is not None and self._queue.put(self._refused):
            self._refused = None
        if not self._queue.put(event) and isinstance(event, Ticks):
            self._refuse(event)
        if isinstance(event, Closed) and not self._is_lasting:
            self.ended.set()

    def _refuse(self, ticks: Ticks) -> None:
        """The log lane is full: remember what is missing until the log can be told."""
        times = ticks.own["SessionTime"]
        count, from_s = len(ticks), float(times[0])
        if self._refused is not None:
            count, from_s = count + self._refused.count, self._refused.from_s
        self._refused = Missed(count, from_s, float(times[-1]), "the log lane was full")
