"""The thread that re-reads what lies on disk: a bit that flips is found while a copy can still mend it."""

import logging
import threading
from pathlib import Path

from pitbox.crew.health import Health, HealthSink, Level
from pitbox.log.shelf import Shelf
from pitbox.log.verify import scrub_segments
from pitbox.model.ids import LogId

_log = logging.getLogger("pitbox.log")
PAUSE_S = 2.0
"""Between two segments: 4 MiB each, so about 2 MB/s of reading."""


class Scrubber:
    def __init__(self, shelf: Shelf, on_health: HealthSink, pause_s: float = PAUSE_S) -> None:
        self._shelf = shelf
        self._on_health = on_health
        self._pause_s = pause_s
        self._found: dict[Path, LogId] = {}

    def main(self, stop: threading.Event) -> None:
        """Round and round over all sealed segments, slowly."""
        while not stop.wait(self._pause_s):
            for session in self._shelf.sessions():
                for reader in self._shelf.readers(session):
                    for path, hole in scrub_segments(reader):
                        self._judge(reader.log, path, is_sound=hole is None)
                        if stop.wait(self._pause_s):
                            return

    def _judge(self, log: LogId, path: Path, *, is_sound: bool) -> None:
        if is_sound:
            mended = self._found.pop(path, None)
            if mended is not None and not self._found:
                self._on_health(Health("log", "stored data", Level.OK, "All stored segments read well."))
            return
        if path not in self._found:
            self._found[path] = log
            _log.error("segment %s of %s is damaged", path.name, log)
        words = f"{len(self._found)} stored segment(s) are damaged: run `pitbox log repair {log.session}`."
        self._on_health(Health("log", "stored data", Level.DEGRADED, words))
