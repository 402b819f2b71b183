"""Training stands back: by a child, after a race, cancellable, and it says how far it is."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from pitbox.crew.clock import SystemClock
from pitbox.crew.health import Health, Level
from pitbox.wall import trainer as room
from pitbox.wall.trainer import Progress, Trainer

_LONG = (
    'import time; print(\'{"event": "progress", "words": "half", "done": 0.5}\', flush=True); time.sleep(60)'
)
_DONE = 'print(\'{"event": "end", "words": "lap-time is learnt"}\')'


def wait_for(condition: Callable[[], object], within_s: float = 60.0) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


class Desk:
    def __init__(self, trainer: Trainer, told: list[Health], busy: threading.Event) -> None:
        self.trainer, self.told, self.busy = trainer, told, busy

    @property
    def progress(self) -> Progress:
        return self.trainer.progress.take()[1] or Progress()


@contextmanager
def training(code: str, *, is_by_itself: bool = False, is_busy: bool = False) -> Iterator[Desk]:
    told: list[Health] = []
    busy = threading.Event()
    if is_busy:
        busy.set()
    command = [sys.executable, "-c", code]
    trainer = Trainer(command, told.append, SystemClock(), busy.is_set, is_by_itself=is_by_itself)
    trainer.start()
    try:
        yield Desk(trainer, told, busy)
    finally:
        assert trainer.stop()


def test_the_child_reckons_on_one_core(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine, BLAS threads that wait for each other make a tyre fit thirty times as long."""
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "4")
    code = 'import os, json; print(json.dumps({"event": "end", "words": os.environ["OPENBLAS_NUM_THREADS"]}))'
    with training(code) as desk:
        desk.trainer.wish()
        wait_for(lambda: desk.told)
        assert desk.told[-1].words == "Training: 1."


def test_a_wish_is_done_and_said() -> None:
    with training(_DONE) as desk:
        desk.trainer.wish()
        wait_for(lambda: desk.told)
        assert (desk.told[-1].level, desk.told[-1].words) == (Level.OK, "Training: lap-time is learnt.")
        assert desk.progress == Progress(words="lap-time is learnt")


def test_it_is_cancelled_where_it_stands() -> None:
    with training(_LONG) as desk:
        desk.trainer.wish()
        wait_for(lambda: desk.progress == Progress(is_running=True, words="half", share=0.5))
        desk.trainer.cancel()
        wait_for(lambda: not desk.progress.is_running)
        assert desk.told[-1].words == "Training: it was cancelled."


def test_by_itself_it_waits_for_calm_and_stands_back_for_a_race(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_CALM_S", 0.0)
    with training(_LONG, is_by_itself=True, is_busy=True) as desk:
        assert not desk.progress.is_running
        desk.busy.clear()
        wait_for(lambda: desk.progress.words == "half")
        desk.busy.set()
        wait_for(lambda: not desk.progress.is_running)
        assert "a race is on" in desk.told[-1].words
        desk.busy.clear()
        wait_for(lambda: desk.progress.is_running)


def test_asked_by_hand_it_runs_during_a_race() -> None:
    with training(_LONG, is_busy=True) as desk:
        desk.trainer.wish()
        wait_for(lambda: desk.progress.words == "half")
        desk.trainer.cancel()
        wait_for(lambda: not desk.progress.is_running)


def test_trouble_is_told_with_the_last_words() -> None:
    with training("raise SystemExit('The disk is full.')") as desk:
        desk.trainer.wish()
        wait_for(lambda: desk.told)
        assert (desk.told[-1].level, desk.told[-1].words) == (Level.DEGRADED, "Training: The disk is full.")
