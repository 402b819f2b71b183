"""Says new messages aloud, one after another, and never in a corner where the driver wants quiet.

Nothing here waits: `step` looks, starts or ends a child process, and returns.
"""

import subprocess
from collections import deque
from typing import Protocol

import msgspec

from pitbox.crew.health import Health, HealthSink, Level
from pitbox.model.errors import EditError

_MOST_WAITING = 3
"""What is older than these by then is read, not heard."""
_LONGEST_S = 20.0
_SHORTEST_S = 0.2
"""Whoever says less than that has said nothing: espeak-ng ends well where there is no loudspeaker."""
_PATIENCE_S = 60.0
"""In quiet zones, or behind others; then it is too late to be said."""


class Speaker(Protocol):
    def speak(self, text: str, volume_percent: int) -> "subprocess.Popen[bytes]": ...


class QuietZone(msgspec.Struct, frozen=True):
    """A part of the lap, as fractions; over the line where it starts behind its end."""

    start: float
    end: float

    def holds(self, lap_pct: float) -> bool:
        if self.start <= self.end:
            return self.start <= lap_pct <= self.end
        return lap_pct >= self.start or lap_pct <= self.end


class _Words(msgspec.Struct, frozen=True):
    key: str
    text: str
    since_s: float


class Herald:
    def __init__(
        self,
        speaker: Speaker | None,
        on_health: HealthSink,
        *,
        volume_percent: int = 80,
        zones: tuple[QuietZone, ...] = (),
        missing: str = "",
    ) -> None:
        """`speaker` is None where nothing can speak; `missing` says why, and is told once."""
        self._speaker = speaker
        self._on_health = on_health
        self._volume = volume_percent
        self._zones = zones
        self._waiting: deque[_Words] = deque(maxlen=_MOST_WAITING)
        self._child: subprocess.Popen[bytes] | None = None
        self._started_s = 0.0
        self._heard: set[str] = set()
        self._is_failing = False
        self._speaking = ""
        self.spoken: list[str] = []
        """Keys of what was said to its end, until somebody takes them."""
        self.spoken_count = 0
        if speaker is None:
            words = f"Messages are shown and not spoken: {missing}."
            on_health(Health("wall", "speech", Level.NOTE, words))

    def put(self, key: str, text: str, now_s: float) -> None:
        """Say it when there is quiet; the same message is said once."""
        if self._speaker is not None and key not in self._heard:
            self._heard.add(key)
            self._waiting.append(_Words(key, text, now_s))

    def keep(self, keys: set[str]) -> None:
        """Only these are still worth saying: the others were read, or are too old."""
        left = [words for words in self._waiting if words.key in keys]
        self._waiting.clear()
        self._waiting.extend(left)

    def step(self, now_s: float, lap_pct: float | None) -> None:
        """`lap_pct` is None while the driver is not on the track, where no zone counts."""
        if self._child is not None and not self._has_ended(self._child, now_s):
            return
        while self._waiting and now_s - self._waiting[0].since_s > _PATIENCE_S:
            self._waiting.popleft()
        is_quiet = lap_pct is not None and any(zone.holds(lap_pct) for zone in self._zones)
        if self._waiting and not is_quiet and self._speaker is not None:
            self._start(self._speaker, self._waiting.popleft(), now_s)

    def close(self) -> None:
        """Be silent at once."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait(timeout=5.0)

    def _start(self, speaker: Speaker, words: _Words, now_s: float) -> None:
        try:
            self._child, self._started_s = speaker.speak(words.text, self._volume), now_s
            self._speaking = words.key
        except OSError as error:
            self._fail(f"it cannot be started ({error.strerror or error})")

    def _has_ended(self, child: "subprocess.Popen[bytes]", now_s: float) -> bool:
        code = child.poll()
        if code is None:
            if now_s - self._started_s <= _LONGEST_S:
                return False
            self.close()
            self._fail(f"it did not come to an end within {_LONGEST_S:.0f} s")
            return True
        self._child = None
        if code:
            self._fail(f"it ended with {code}")
        elif now_s - self._started_s < _SHORTEST_S:
            self._fail("it ended at once, as it does without a loudspeaker")
        else:
            self.spoken_count += 1
            self.spoken.append(self._speaking)
            if self._is_failing:
                self._is_failing = False
                self._on_health(Health("wall", "speech", Level.OK, "Messages are spoken."))
        return True

    def _fail(self, what: str) -> None:
        self._is_failing = True
        words = f"The system's voice does not work: {what}. Messages are still shown."
        self._on_health(Health("wall", "speech", Level.NOTE, words))


def quiet_zones(setting: str) -> tuple[QuietZone, ...]:
    """`0.10-0.15, 0.93-0.02`: parts of the lap; raises EditError for what is none."""
    zones = []
    for part in filter(None, (piece.strip() for piece in setting.split(","))):
        start, _, end = part.partition("-")
        try:
            zone = QuietZone(float(start), float(end))
        except ValueError:
            raise EditError(f"{part!r} is no part of a lap; 0.10-0.15 would be one.") from None
        if not (0 <= zone.start <= 1 and 0 <= zone.end <= 1):
            raise EditError(f"{part!r} is no part of a lap: it lies between 0 and 1.")
        zones.append(zone)
    return tuple(zones)
