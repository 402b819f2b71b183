"""The clocks: the race does not depend on them, what people read does."""

from datetime import UTC, datetime

import msgspec

from pitbox.model.clock import Clock
from pitbox.wall.checkup.finding import Finding

_JUMP_S = 0.5
_READS = 1000
_EARLIEST = datetime(2025, 1, 1, tzinfo=UTC).timestamp()
_LATEST = datetime(2100, 1, 1, tzinfo=UTC).timestamp()
_ADVICE = "Set the clock, and let the system keep it by network time."


class Reading(msgspec.Struct, frozen=True):
    """Both clocks at one moment."""

    monotonic_s: float
    wall_s: float


def read_clocks(clock: Clock) -> Reading:
    return Reading(clock.monotonic_s(), clock.wall_s())


def examine_clocks(first: Reading, clock: Clock) -> list[Finding]:
    """What happened since the first reading; the more time lies between, the more can be seen."""
    reads = [clock.monotonic_s() for _ in range(_READS)]
    last = read_clocks(clock)
    if sorted(reads) != reads or last.monotonic_s < first.monotonic_s:
        return [
            Finding(
                "clock",
                "bad",
                "The system's monotonic clock went back. Ages and time limits cannot be trusted here.",
                "Restart the machine; if it is a virtual one, look at its clock source.",
            )
        ]
    at = datetime.fromtimestamp(last.wall_s, UTC) if _EARLIEST < last.wall_s < _LATEST else None
    if at is None:
        words = (
            "The date is wrong. Races are timed by the sim and stay right; file dates and reminders do not."
        )
        return [Finding("clock", "bad", words, _ADVICE)]
    jump_s = (last.wall_s - first.wall_s) - (last.monotonic_s - first.monotonic_s)
    if abs(jump_s) > _JUMP_S:
        words = f"The wall clock jumped by {jump_s:+.1f} s while PitBox looked. The race is not timed by it."
        return [Finding("clock", "note", words, _ADVICE)]
    return [Finding("clock", "ok", f"It is {at:%Y-%m-%d %H:%M} UTC; the clocks run evenly.")]
