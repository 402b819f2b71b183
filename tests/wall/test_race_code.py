"""The races are compiled beside the window's process, taken over when they are there, and told when not."""

import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from pitbox.crew.health import Health
from pitbox.strategy.montecarlo import machine_code
from pitbox.wall import race_code
from pitbox.wall.errand import start_errand
from pitbox.wall.race_code import RaceCode

DEADLINE_S = 60.0


class Bench:
    """A compiler by name: what its child does is what the test says."""

    def __init__(self, words: str = "", error: OSError | None = None) -> None:
        self.words, self.error = words, error
        self.told: list[Health] = []
        self.commands: list[Sequence[str]] = []
        self.code = RaceCode(self.told.append, self.start)

    def start(self, command: Sequence[str]):
        self.commands.append(command)
        if self.error is not None:
            raise self.error
        self.child = start_errand([sys.executable, "-c", self.words])
        return self.child

    def look_until_done(self) -> None:
        self.code.look()
        self.child.wait(DEADLINE_S)
        self.code.look()


@pytest.fixture
def is_missing(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set: the file is there."""
    there = threading.Event()
    races = lambda *_: 0  # noqa: E731 - stands for machine code
    monkeypatch.setattr(machine_code, "ready", lambda: races if there.is_set() else None)
    monkeypatch.setattr(machine_code, "look_again", machine_code.ready)
    return there


def test_a_child_makes_it_once_and_it_is_taken_over(is_missing):
    bench = Bench("pass")
    bench.code.look()
    is_missing.set()
    bench.look_until_done()
    for _ in range(3):
        bench.code.look()
    assert len(bench.commands) == 1
    assert bench.told == []


def test_nothing_is_started_where_it_lies_ready(is_missing):
    is_missing.set()
    bench = Bench()
    bench.code.look()
    assert bench.commands == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("raise SystemExit('no compiler here')", "no compiler here"),
        ("pass", "the compiler ended with 0 and left nothing"),
    ],
)
def test_what_went_wrong_is_said_once_and_races_go_on(is_missing, words, why):
    bench = Bench(words)
    bench.look_until_done()
    bench.code.look()
    (told,) = bench.told
    assert why in told.words
    assert "answers are the same" in told.words


def test_a_system_without_room_for_a_process_is_no_fault_of_the_races(is_missing):
    bench = Bench(error=OSError("no more processes"))
    bench.code.look()
    bench.code.look()
    assert ["no more processes" in told.words for told in bench.told] == [True]


def test_whoever_leaves_does_not_wait_for_the_compiler(is_missing):
    bench = Bench("import time; time.sleep(600)")
    bench.code.look()
    bench.code.close()
    assert bench.child.returncode is not None
    bench.code.close()


@pytest.mark.slow
def test_the_real_child_leaves_what_the_next_start_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(machine_code.FOLDER, str(tmp_path))
    monkeypatch.setenv("NUMBA_OPT", "0")  # the way there is the same, and a third shorter
    child = start_errand(race_code._COMMAND)
    assert child.stdout is not None
    with child.stdout:
        said = child.stdout.read()
    assert child.wait(DEADLINE_S) == 0, said
    (kept,) = tmp_path.glob("races-*.code")
    assert machine_code.read(kept) is not None
