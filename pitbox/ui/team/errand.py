"""Work that takes longer than a frame, done beside the window; what comes of it is told on main."""

import logging
import threading
from collections.abc import Callable
from typing import Any

import msgspec

from pitbox.crew.queue import BoundedQueue, Full
from pitbox.crew.thread import Hand
from pitbox.model.errors import PitBoxError

_log = logging.getLogger("pitbox.ui")
_BOUND = 64
_LOOK_S = 0.5


class _Done(msgspec.Struct, frozen=True):
    then: Callable[[Any], object]
    found: Any


class Errands:
    """`ask`, `pull` and `stop` from main. One after the other, in the order in which they were asked."""

    def __init__(self, name: str) -> None:
        self._asked: BoundedQueue[Callable[[], _Done]] = BoundedQueue(_BOUND, Full.REFUSE)
        self._done: BoundedQueue[_Done] = BoundedQueue(_BOUND, Full.REFUSE)
        self._hand = Hand(name, self._main)
        self._left = 0

    @property
    def is_idle(self) -> bool:
        """Nothing is asked that was not told."""
        return not self._left

    def start(self) -> None:
        self._hand.start()

    def stop(self) -> bool:
        self._asked.close()
        return self._hand.stop()

    def ask(
        self, run: Callable[[], Any], then: Callable[[Any], object], failed: Callable[[str], object]
    ) -> bool:
        """`failed` is told why not. False: too much is asked already, and this is not done."""

        def errand() -> _Done:
            try:
                return _Done(then, run())
            except PitBoxError as error:
                return _Done(failed, str(error))
            except Exception as error:  # noqa: BLE001 - a window goes on without what one errand would bring
                _log.exception("an errand of a page failed")
                return _Done(failed, f"It was not done ({type(error).__name__}: {error}).")

        if not self._asked.put(errand):
            return False
        self._left += 1
        return True

    def pull(self) -> None:
        """Tell what is done by now."""
        for done in self._done.take_all(0.0):
            self._left -= 1
            done.then(done.found)

    def _main(self, stop: threading.Event) -> None:
        while not stop.is_set():
            for errand in self._asked.take_all(_LOOK_S):
                if stop.is_set():
                    return
                self._done.put(errand())
