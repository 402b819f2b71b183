"""An event that shows who sleeps through being woken."""

import threading
import time


class Hasty(threading.Event):
    """Whoever is woken by it is through and asleep again before `set` returns."""

    def set(self) -> None:
        super().set()
        time.sleep(0.05)
