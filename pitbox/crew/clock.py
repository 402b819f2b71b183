"""The system's clocks behind `model.clock.Clock`."""

import time


class SystemClock:
    def monotonic_s(self) -> float:
        return time.monotonic()

    def wall_s(self) -> float:
        return time.time()
