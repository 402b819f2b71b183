"""Time for people and for deadlines; the race runs on sim time."""

from typing import Protocol


class Clock(Protocol):
    def monotonic_s(self) -> float:
        """For waiting and for ages; never goes back."""
        ...

    def wall_s(self) -> float:
        """Seconds since 1970, for people to read; may jump."""
        ...
