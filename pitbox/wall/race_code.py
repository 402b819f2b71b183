"""Has the simulated races compiled by a child process, while numpy drives them: this process never stutters.

Compiling takes seconds of Python, which a thread would take from the window. What the child made lies in a
file that every later start finds.
"""

import logging
import subprocess
import sys
from collections.abc import Callable, Sequence

from pitbox.crew.health import Health, HealthSink, Level
from pitbox.strategy.montecarlo import machine_code
from pitbox.wall.errand import start_errand

_log = logging.getLogger("pitbox.wall")
_MAKE = "from pitbox.strategy.montecarlo.machine_code import made; made()"
_COMMAND = (sys.executable, "-P", "-c", _MAKE)
_SAID = 300
"""Characters of what a child that failed said last."""

Start = Callable[[Sequence[str]], subprocess.Popen[str]]


class RaceCode:
    """Belongs to the thread that advises; one child at most, and only once."""

    def __init__(self, on_health: HealthSink, start: Start = start_errand) -> None:
        self._on_health, self._start = on_health, start
        self._child: subprocess.Popen[str] | None = None
        self._was_asked = False

    def look(self) -> None:
        """Have it made if it is not there, and take it when it is; waits for nothing."""
        if not self._was_asked:
            self._was_asked = True
            if machine_code.ready() is None:
                self._ask()
        elif self._child is not None and self._child.poll() is not None:
            child, self._child = self._child, None
            said = _last_words(child)
            if child.returncode == 0 and machine_code.look_again() is not None:
                _log.info("simulated races run compiled from now on")
            else:
                self._tell(said or f"the compiler ended with {child.returncode} and left nothing")

    def close(self) -> None:
        """Whoever leaves does not wait for a compiler."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            _last_words(child)
            child.wait()

    def _ask(self) -> None:
        try:
            self._child = self._start(_COMMAND)
        except OSError as error:
            self._tell(str(error))

    def _tell(self, why: str) -> None:
        words = f"Simulated races run without a compiler ({why}): answers are the same and take longer."
        self._on_health(Health("strategy", "races", Level.DEGRADED, words))


def _last_words(child: subprocess.Popen[str]) -> str:
    """Its last line, and nothing of it stays open."""
    if child.stdout is None:
        return ""
    with child.stdout:
        said = child.stdout.read().strip()
    return said.splitlines()[-1][-_SAID:] if said else ""
