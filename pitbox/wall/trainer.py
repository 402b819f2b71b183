"""The thread that has models trained: by a child of low priority, when nobody races, and only if wished.

The child may be killed at any time: a registry takes a version whole or not at all. While a race is on, it
is ended and begins again afterwards, unless somebody asked for it by hand.
"""

import logging
import subprocess
import threading
from collections.abc import Callable, Sequence

import msgspec

from pitbox.crew.clock import SystemClock
from pitbox.crew.health import Health, HealthSink, Level
from pitbox.crew.mailbox import Mailbox
from pitbox.crew.thread import Hand
from pitbox.model.clock import Clock
from pitbox.wall.errand import pitbox_command, start_errand
from pitbox.wall.models import ROOM
from pitbox.wall.settings import Models

_log = logging.getLogger("pitbox.predict")
_LOOK_S = 0.2
_CALM_S = 60.0
"""After a race, or the start, before training begins by itself."""
_SUBJECT = "training"


class Progress(msgspec.Struct, frozen=True):
    """What is done now; `is_running` False: nothing, and `words` say how the last one ended."""

    is_running: bool = False
    words: str = ""
    share: float = 0.0


def training_command(profile_name: str, *, is_promoting: bool) -> list[str]:
    words = ["models", "train", "--json", "--if-new"]
    return pitbox_command(profile_name, *words, *(["--promote"] if is_promoting else []))


def hire_trainer(
    profile_name: str, terms: Models, on_health: HealthSink, is_busy: Callable[[], bool]
) -> "Trainer":
    command = training_command(profile_name, is_promoting=terms.is_promoted_by_itself)
    return Trainer(command, on_health, SystemClock(), is_busy, is_by_itself=terms.is_trained_by_itself)


class Trainer:
    """`wish` asks for one; `cancel` ends it."""

    def __init__(
        self,
        command: Sequence[str],
        on_health: HealthSink,
        clock: Clock,
        is_busy: Callable[[], bool],
        *,
        is_by_itself: bool = True,
    ) -> None:
        """`is_busy`: a race is on; `is_by_itself`: after a race, and once at the start, nobody has to ask."""
        self.progress: Mailbox[Progress] = Mailbox()
        self._command, self._on_health, self._clock = list(command), on_health, clock
        self._is_busy, self._is_by_itself = is_busy, is_by_itself
        self._is_wished, self._is_cancelled = threading.Event(), threading.Event()
        self._is_asked = False
        self._calm_since_s: float | None = None
        self._is_due = is_by_itself
        self._hand: Hand | None = None

    def start(self) -> None:
        self._hand = Hand("training", self.main, self._on_health)
        self._hand.start()

    def stop(self) -> bool:
        hand, self._hand = self._hand, None
        return hand is None or hand.stop(timeout_s=10.0)

    def wish(self) -> None:
        """From any thread: now, even while a race is on."""
        self._is_asked = True
        self._is_cancelled.clear()
        self._is_wished.set()

    def cancel(self) -> None:
        """From any thread: what runs ends; nothing of it stays."""
        self._is_wished.clear()
        self._is_cancelled.set()

    def main(self, stop: threading.Event) -> None:
        while not stop.wait(_LOOK_S):
            self._look()
            if self._is_wished.is_set():
                self._is_wished.clear()
                self._train(stop)
                self._is_asked = False

    def _look(self) -> None:
        if self._is_busy():
            self._calm_since_s, self._is_due = None, self._is_by_itself
            return
        now_s = self._clock.monotonic_s()
        self._calm_since_s = now_s if self._calm_since_s is None else self._calm_since_s
        if self._is_due and now_s - self._calm_since_s >= _CALM_S:
            self._is_due = False
            self._is_wished.set()

    def _train(self, stop: threading.Event) -> None:
        self._is_cancelled.clear()
        self._say("training begins", 0.0)
        try:
            child = start_errand(self._command)
        except OSError as error:
            self._end(Level.DEGRADED, f"no process can be started: {error.strerror}")
            return
        reader = Hand("training-words", lambda _: self._read(child), self._on_health)
        self._last = ""
        reader.start()
        try:
            while child.poll() is None:
                if stop.wait(_LOOK_S) or self._is_cancelled.is_set():
                    self._kill(child, "it was cancelled")
                    return
                if not self._is_asked and self._is_busy():
                    self._is_due = True
                    self._kill(child, "a race is on: it begins again afterwards")
                    return
        finally:
            reader.join(5.0)
            child.wait()
            if child.stdout is not None:
                child.stdout.close()
        if child.returncode == 0:
            self._end(Level.OK, self._last)
        else:
            self._end(Level.DEGRADED, self._last or f"it ended with {child.returncode}")

    def _read(self, child: "subprocess.Popen[str]") -> None:
        for line in child.stdout or ():
            try:
                said = msgspec.json.decode(line, type=dict[str, object])
            except msgspec.DecodeError:
                self._last = line.strip() or self._last
                continue
            self._last = str(said.get("words", ""))
            if said.get("event") == "progress":
                share = said.get("done", 0.0)
                self._say(self._last, float(share) if isinstance(share, int | float) else 0.0)

    def _kill(self, child: "subprocess.Popen[str]", why: str) -> None:
        child.kill()
        child.wait()
        self._end(Level.OK, why)

    def _say(self, words: str, share: float) -> None:
        self.progress.put(Progress(is_running=True, words=words, share=share))

    def _end(self, level: Level, words: str) -> None:
        self.progress.put(Progress(words=words))
        text = f"Training: {words.rstrip('.')}." if words else "Training is done."
        _log.info("%s", text)
        self._on_health(Health(ROOM, _SUBJECT, level, text))
