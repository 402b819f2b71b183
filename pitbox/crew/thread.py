"""A thread with a name, a stop and an end that somebody hears of."""

import logging
import threading
from collections.abc import Callable

from pitbox.crew.health import Health, HealthSink, Level, unheard

_log = logging.getLogger("pitbox.crew")


class Hand:
    """One member of the crew. `main` runs until `stop` is set and returns by itself."""

    def __init__(
        self,
        name: str,
        main: Callable[[threading.Event], None],
        on_health: HealthSink = unheard,
        *,
        woken: threading.Event | None = None,
    ) -> None:
        """`woken`: what `main` sleeps on; set after `stop`, never before, or its waking could be lost."""
        self.name = name
        self._woken = woken
        self._main = main
        self._on_health = on_health
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"pitbox-{name}", daemon=True)
        self.error: Exception | None = None

    def start(self) -> None:
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def stop(self, timeout_s: float = 10.0) -> bool:
        """Ask to end and wait; False when the thread did not end in time, or is the one that asks."""
        self._stop.set()
        if self._woken is not None:
            self._woken.set()
        return self.join(timeout_s)

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait without asking; True when the thread has ended."""
        is_started = self._thread.ident is not None
        if is_started and self._thread is not threading.current_thread():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._main(self._stop)
        except Exception as error:  # noqa: BLE001 - the one place that may: a thread never dies unheard
            _log.exception("the %s thread ended with an error", self.name)
            what = f"{type(error).__name__}: {error}".rstrip(": .")
            words = f"The {self.name} thread ended with an error ({what}); what it did stands still."
            try:
                self._on_health(Health("crew", self.name, Level.FAILED, words))
            finally:
                self.error = error  # last: whoever sees it finds the words as well
