"""The thread that looks for new recordings in iRacing's folder and has them imported, between sessions.

Each is done by a child of low priority; a session that opens ends it, and the import goes on afterwards
where it was. What lay there before the watch began is left to `pitbox import`.
"""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from pitbox.crew.clock import SystemClock
from pitbox.crew.health import Health, HealthSink, Level
from pitbox.wall.errand import start_errand
from pitbox.wall.profile import Profile
from pitbox.wall.settings import Settings

_log = logging.getLogger("pitbox.wall")
_LOOK_S = 20.0
_BUSY_LOOK_S = 0.5
_SETTLED_S = 30.0
"""The sim writes into a file for as long as somebody drives: one untouched for so long is finished."""

Seen = dict[str, tuple[int, int]]
"""Size and time of change in nanoseconds, by path."""


def telemetry_folder(settings: Settings) -> Path:
    chosen = settings.sim.telemetry_folder
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_documents_path  # noqa: PLC0415 - not needed with a folder given

    return user_documents_path() / "iRacing" / "telemetry"


def ledger_of(profile: Profile) -> Path:
    return profile.config / "telemetry-seen.json"


class TelemetryFolder:
    """`command` gets a file's path at its end; `is_free` says when no session is open."""

    def __init__(
        self,
        folder: Path,
        ledger: Path,
        command: list[str],
        *,
        is_free: Callable[[], bool],
        on_import: Callable[[], None],
        on_health: HealthSink,
        look_s: float = _LOOK_S,
        settled_s: float = _SETTLED_S,
    ) -> None:
        self._folder = folder
        self._ledger = ledger
        self._command = command
        self._is_free = is_free
        self._on_import = on_import
        self._on_health = on_health
        self._look_s = look_s
        self._settled_s = settled_s
        self._clock = SystemClock()
        self._seen: Seen = {}

    def main(self, stop: threading.Event) -> None:
        self._seen = self._begin()
        while not stop.wait(self._look_s):
            for path in self._finished() if self._is_free() else ():
                if stop.is_set() or not self._import(path, stop):
                    break

    def _begin(self) -> Seen:
        """What is known from last time; the first time, what lies there now."""
        try:
            return msgspec.json.decode(self._ledger.read_bytes(), type=Seen)
        except FileNotFoundError:
            _log.info("watching %s for new recordings", self._folder)
        except (OSError, msgspec.MsgspecError) as error:
            _log.warning("what was imported before is not known any more: %s", error)
        seen = {str(path): state for path, state in self._states().items()}
        self._remember(seen)
        return seen

    def _states(self) -> dict[Path, tuple[int, int]]:
        """All recordings in the folder. One that goes away meanwhile is none."""
        states = {}
        try:
            for path in self._folder.rglob("*"):
                if path.suffix.lower() == ".ibt":
                    status = path.stat()
                    states[path] = (status.st_size, status.st_mtime_ns)
        except OSError as error:
            _log.debug("the telemetry folder cannot be read: %s", error)
        return states

    def _finished(self) -> list[Path]:
        """New or changed files that nobody writes any more, the oldest first."""
        settled_ns = int((self._clock.wall_s() - self._settled_s) * 1e9)
        new = [
            (changed_ns, path)
            for path, (size, changed_ns) in self._states().items()
            if size and changed_ns <= settled_ns and self._seen.get(str(path)) != (size, changed_ns)
        ]
        return [path for _, path in sorted(new)]

    def _import(self, path: Path, stop: threading.Event) -> bool:
        """False when it had to stand back."""
        try:
            status = path.stat()
            child = start_errand([*self._command, str(path)])
        except OSError as error:
            self._tell(Level.DEGRADED, f"{path.name} could not be imported: {error.strerror}.")
            return False
        with child:
            while child.poll() is None:
                if stop.wait(_BUSY_LOOK_S) or not self._is_free():
                    child.kill()
                    child.wait()
                    return False
            said = child.stdout.read().strip() if child.stdout else ""
        last = said.splitlines()[-1] if said else f"It ended with {child.returncode}."
        _log.info("import: %s", last)
        self._seen[str(path)] = (status.st_size, status.st_mtime_ns)
        self._remember(self._seen)
        if child.returncode == 0:
            self._tell(Level.OK, f"{path.name} is imported.")
            self._on_import()
        else:
            self._tell(Level.DEGRADED, f"{path.name} was not imported. {last}")
        return True

    def _remember(self, seen: Seen) -> None:
        try:
            self._ledger.parent.mkdir(parents=True, exist_ok=True)
            draft = self._ledger.with_suffix(".new")
            draft.write_bytes(msgspec.json.encode(seen))
            draft.replace(self._ledger)
        except OSError as error:
            _log.warning("what was imported cannot be noted: %s", error)

    def _tell(self, level: Level, words: str) -> None:
        self._on_health(Health("sim", "telemetry folder", level, words))
