"""The thread that reads session texts: a full field takes longer than a tick, so the sampler does not."""

import threading
from collections.abc import Callable

import msgspec

from pitbox.crew.health import Health, HealthSink, Level, unheard
from pitbox.crew.mailbox import Mailbox
from pitbox.crew.queue import BoundedQueue, Full
from pitbox.crew.thread import Hand
from pitbox.model.ids import SessionId
from pitbox.model.session import SessionInfo

TextReader = Callable[[bytes], SessionInfo | None]
"""A session text's content; None for one that names no drivers."""

_WAIT_S = 0.5


class Reading(msgspec.Struct, frozen=True):
    """What a text of a session said."""

    session: SessionId
    text: bytes
    info: SessionInfo


class Lector:
    """Takes texts, gives readings; of several that wait the newest is read."""

    def __init__(self, read: TextReader, on_health: HealthSink = unheard) -> None:
        self._read = read
        self._on_health = on_health
        self._texts: BoundedQueue[tuple[SessionId, bytes]] = BoundedQueue(8, Full.REFUSE)
        self._readings: Mailbox[Reading] = Mailbox()
        self._seen = 0
        self._is_bad = False
        self._hand = Hand("lector", self._main, on_health)

    def start(self) -> None:
        self._hand.start()

    def stop(self) -> None:
        self._texts.close()
        self._hand.stop()

    def put(self, session: SessionId, text: bytes) -> bool:
        """False when it has to be offered again later."""
        return self._texts.put((session, text))

    def take(self) -> Reading | None:
        """The newest reading that was not taken yet. For one taker."""
        self._seen, reading = self._readings.take(self._seen)
        return reading

    def _main(self, stop: threading.Event) -> None:
        while not stop.is_set():
            texts = self._texts.take_all(_WAIT_S)
            if texts:
                self._one(*texts[-1])

    def _one(self, session: SessionId, text: bytes) -> None:
        """A text that breaks the reader costs this reading only: the last good one stays."""
        try:
            info = self._read(text)
        except Exception as error:  # noqa: BLE001 - a thread's main: names from anywhere must not end it
            self._is_bad = True
            words = f"The session text could not be read ({type(error).__name__}); what was known stays."
            self._on_health(Health("sim", "session text", Level.DEGRADED, words))
            return
        if info is None or not info.entries:
            return
        self._readings.put(Reading(session, text, info))
        if self._is_bad:
            self._is_bad = False
            self._on_health(Health("sim", "session text", Level.OK, "The session text is read again."))
