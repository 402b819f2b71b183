"""The thread that looks after what lies on disk: puts old sessions away, re-reads what is sealed.

A bit that flips is found while a copy can still mend it. Retention archives; it deletes nothing that was
not read back from the archive first.
"""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from pitbox.crew.health import Health, HealthSink, Level
from pitbox.log.archive import archive_session, sessions_to_archive
from pitbox.log.original import Originals
from pitbox.log.shelf import Shelf
from pitbox.log.trash import Trash
from pitbox.log.verify import scrub_segments
from pitbox.model.clock import Clock
from pitbox.model.errors import PitBoxError
from pitbox.model.ids import LogId

_log = logging.getLogger("pitbox.log")


_LONGEST_PAUSE_S = 30.0


class Care(msgspec.Struct, frozen=True):
    archive_folder: Path
    keep_days: int = 0
    """0 keeps everything here for ever."""
    pause_s: float = 2.0
    """Between two segments of 4 MiB, at least: about 2 MB/s of reading."""
    most_share: float = 0.001
    """Of a core: a slower machine re-reads more slowly."""


class Caretaker:
    def __init__(
        self,
        shelf: Shelf,
        care: Care,
        clock: Clock,
        on_health: HealthSink,
        on_damage: Callable[[tuple[LogId, int]], None] = lambda _: None,
    ) -> None:
        """`on_damage` hears (log, first record that is gone) each round until it reads well."""
        self._shelf = shelf
        self._care = care
        self._clock = clock
        self._on_health = on_health
        self._on_damage = on_damage
        self._found: dict[Path, LogId] = {}

    def main(self, stop: threading.Event) -> None:
        """Round and round, slowly, and never in the first seconds of a race; at the end the trash goes."""
        while not stop.wait(self._care.pause_s):
            self._put_away(stop)
            self._scrub(stop)
        self._empty_trash()

    def _empty_trash(self) -> None:
        """What was deleted could be had back until the program ends, which is now."""
        trash = Trash(self._shelf)
        for session in trash.sessions():
            try:
                freed = trash.empty(session)
                Originals(self._shelf.root).forget(session)
            except (PitBoxError, OSError) as error:
                _log.warning("%s could not be deleted: %s", session, error)
            else:
                _log.info("deleted %s for good, %d bytes", session, freed)

    def _put_away(self, stop: threading.Event) -> None:
        due = sessions_to_archive(self._shelf, self._care.keep_days, self._clock.wall_s())
        for session in due:
            try:
                done = archive_session(self._shelf, session, self._care.archive_folder, is_removing=True)
            except (PitBoxError, OSError) as error:
                words = f"The session {session} could not be archived and stays here: {error}"
                self._on_health(Health("log", "archive", Level.DEGRADED, words))
                return
            _log.info("archived %s to %s", session, done.path)
            if stop.is_set():
                return

    def _scrub(self, stop: threading.Event) -> None:
        for session in self._shelf.sessions():
            for reader in self._shelf.readers(session):
                try:
                    spent_s = time.thread_time()
                    for path, hole in scrub_segments(reader):
                        self._judge(reader.log, path, is_sound=hole is None)
                        if hole is not None:
                            self._on_damage((reader.log, hole.first_seq))
                        spent_s = time.thread_time() - spent_s
                        if stop.wait(self._pause_s(spent_s)):
                            return
                        spent_s = time.thread_time()
                except (PitBoxError, OSError) as error:
                    _log.warning("%s cannot be looked after: %s", reader.log, error)

    def _pause_s(self, spent_s: float) -> float:
        """After this much of a processor's time."""
        return max(self._care.pause_s, min(spent_s / self._care.most_share, _LONGEST_PAUSE_S))

    def _judge(self, log: LogId, path: Path, *, is_sound: bool) -> None:
        if is_sound:
            mended = self._found.pop(path, None)
            if mended is not None and not self._found:
                self._on_health(Health("log", "stored data", Level.OK, "All stored segments read well."))
            return
        if path not in self._found:
            self._found[path] = log
            _log.error("segment %s of %s is damaged", path.name, log)
        count = len(self._found)
        what = "A stored segment is" if count == 1 else f"{count} stored segments are"
        words = (
            f"{what} damaged. A connected team-mate's copy mends that by itself; without one, run "
            f"`pitbox log repair {log.session}`."
        )
        self._on_health(Health("log", "stored data", Level.DEGRADED, words))
