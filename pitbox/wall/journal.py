"""The journal: what the rooms log, as JSON lines in a rotating file, for a user to follow.

Each room has its stdlib logger, `pitbox.<room>`. Nobody passes keys, codes or names of people to them.
"""

import logging
import time
import traceback
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import msgspec

from pitbox.crew.health import Health, HealthSink, Level, unheard
from pitbox.wall.repeat import RepeatLimit
from pitbox.wall.rotation import RotatingFile

_ROOT = "pitbox"
_FILE_BYTES = 2 << 20
_FILES = 4
_RECENT_S = 300.0
_RECENT_LINES = 5000
_REPEATS, _REPEAT_WINDOW_S = 10, 60.0


class Journal:
    """Open from `open` to `close`; then the loggers are as they were before."""

    def __init__(
        self,
        folder: Path,
        on_health: HealthSink = unheard,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.file = folder / "pitbox.log"
        self._handler = _JournalHandler(self.file, on_health, monotonic_s)
        self._level_before = logging.NOTSET

    def open(self) -> Self:
        logger = logging.getLogger(_ROOT)
        self._level_before = logger.level
        logger.setLevel(logging.INFO)
        logger.addHandler(self._handler)
        return self

    def close(self) -> None:
        """Say what was withheld, and let go of the file. Again is no fault."""
        logger = logging.getLogger(_ROOT)
        if self._handler in logger.handlers:
            logger.removeHandler(self._handler)
            logger.setLevel(self._level_before)
            self._handler.close()

    def recent(self) -> list[str]:
        """The lines of the last five minutes, those that did not reach the disk included."""
        return self._handler.recent()

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()


class _JournalHandler(logging.Handler):
    """`handle` of the base class calls `emit` under a lock."""

    def __init__(self, file: Path, on_health: HealthSink, monotonic_s: Callable[[], float]) -> None:
        super().__init__()
        self._file = RotatingFile(file, _FILE_BYTES, _FILES)
        self._on_health = on_health
        self._monotonic_s = monotonic_s
        self._limit = RepeatLimit(_REPEATS, _REPEAT_WINDOW_S)
        self._recent: deque[tuple[float, str]] = deque(maxlen=_RECENT_LINES)
        self._is_failing = False

    def emit(self, record: logging.LogRecord) -> None:
        now_s = self._monotonic_s()
        self._say_withheld(now_s)
        if self._limit.admits((record.name, record.levelno, str(record.msg)), now_s):
            self._say(_line(record), now_s)

    def close(self) -> None:
        self.acquire()
        try:
            self._say_withheld(float("inf"))
            self._file.close()
        finally:
            self.release()
        super().close()

    def recent(self) -> list[str]:
        self.acquire()
        try:
            oldest_s = self._monotonic_s() - _RECENT_S
            return [line for at_s, line in self._recent if at_s >= oldest_s]
        finally:
            self.release()

    def _say_withheld(self, now_s: float) -> None:
        for (name, level, message), count in self._limit.ended(now_s):
            words = f"{count} more of: {message}"
            self._say(
                _line(logging.LogRecord(name, level, "", 0, words, None, None)),
                min(now_s, self._monotonic_s()),
            )

    def _say(self, line: str, now_s: float) -> None:
        self._recent.append((now_s, line))
        try:
            self._file.append(line)
        except OSError as error:
            # No line about it: where should it go? Recording does not depend on the journal.
            if not self._is_failing:
                words = f"The journal cannot be written ({error.strerror}). Everything else goes on."
                self._tell(Level.DEGRADED, words)
            self._is_failing = True
        else:
            if self._is_failing:
                self._tell(Level.OK, "The journal is written again.")
            self._is_failing = False

    def _tell(self, level: Level, words: str) -> None:
        self._on_health(Health("wall", "journal", level, words))


def _line(record: logging.LogRecord) -> str:
    """One record as JSON; what can be read by a person comes first."""
    at = datetime.fromtimestamp(record.created, UTC)
    line: dict[str, Any] = {
        "at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "room": record.name.removeprefix(f"{_ROOT}."),
        "words": _words(record),
        "thread": record.threadName,
    }
    if record.exc_info:
        line["trace"] = "".join(traceback.format_exception(*record.exc_info))
    return msgspec.json.encode(line).decode()


def _words(record: logging.LogRecord) -> str:
    try:
        words = record.getMessage()
    except (TypeError, ValueError):  # the message and its arguments do not fit: half a line beats none
        words = f"{record.msg} {record.args}"
    return words.encode(errors="backslashreplace").decode()
