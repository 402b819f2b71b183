"""What a car has driven since its last stop, in laps under green: the unit of its tank."""

from collections.abc import Sequence

import msgspec

from pitbox.model.fact import FlagPhase, Lap
from pitbox.strategy.story import CAUTION, RED

CAUTION_USE = 0.5
"""Of a green lap's fuel that a lap behind the safety car takes; 0.4 and 0.6 give the same forecasts."""


class SlowTime(msgspec.Struct, frozen=True):
    """How much of a lap was slow, and how old the caution was at its end."""

    slow_s: float
    age_s: float | None
    """None: it ended under green."""
    since_s: float
    """When the caution began; 0 under green."""


def slow_time(lap: Lap, phases: Sequence[FlagPhase]) -> SlowTime:
    slow_s, age_s, since_s = 0.0, None, 0.0
    for phase in reversed(phases):
        end_s = lap.end_s if phase.end_s is None else phase.end_s
        if end_s <= lap.start_s and phase.end_s is not None:
            break
        if phase.flag not in (CAUTION, RED):
            continue
        slow_s += max(0.0, min(end_s, lap.end_s) - max(phase.start_s, lap.start_s))
        if phase.start_s <= lap.end_s and (phase.end_s is None or phase.end_s > lap.end_s):
            age_s, since_s = lap.end_s - phase.start_s, phase.start_s
    return SlowTime(min(slow_s, lap.time_s), age_s, since_s)


def green_share(lap: Lap, slow_s: float, pace_s: float) -> float:
    """The share of the lap that was driven at speed; what was slow covers less ground in its time."""
    return 1.0 if slow_s <= 0 else min(1.0, max(0.0, (lap.time_s - slow_s) / pace_s))


class Outing(msgspec.Struct):
    """From one stop to the next. Grows lap by lap."""

    start_s: float
    carried: float = 0.0
    """Green laps' worth that the last visit did not fill up: it was a drive-through, or a splash."""
    laps: int = 0
    used: float = 0.0
    """In green laps, without what was carried."""
    age_s: float | None = None
    """Of the caution that ran when the last lap ended; None under green."""
    is_again: bool = False
    """It has stopped since that caution began."""

    def drive(self, lap: Lap, slow: SlowTime, pace_s: float) -> None:
        share = green_share(lap, slow.slow_s, pace_s)
        self.laps += 1
        self.used += share + CAUTION_USE * (1.0 - share)
        self.age_s = slow.age_s
        self.is_again = slow.age_s is not None and self.start_s > slow.since_s

    def measured(self, drunk: float) -> "Outing":
        """The same drive, with what a gauge says is missing."""
        return msgspec.structs.replace(self, carried=0.0, used=drunk)

    @property
    def drunk(self) -> float:
        """Green laps' worth that are missing from a full tank."""
        return self.used + self.carried
