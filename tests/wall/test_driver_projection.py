"""The database is brought up to the log between sessions, by a child that stands back."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pitbox.crew.health import Health, Level
from pitbox.crew.thread import Hand
from pitbox.wall.errand import start_errand
from pitbox.wall.projection import Projection


def wait_for(condition: Callable[[], object], within_s: float = 20.0) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


@contextmanager
def working(code: str) -> Iterator[tuple[Projection, list[Health]]]:
    told: list[Health] = []
    projection = Projection([sys.executable, "-c", code], told.append)
    hand = Hand("projection", projection.main, told.append)
    hand.start()
    try:
        yield projection, told
    finally:
        assert hand.stop(timeout_s=10.0)


def test_a_wish_is_done_once() -> None:
    with working("print('brought up')") as (projection, told):
        projection.wish()
        wait_for(lambda: projection.done_count == 1)
        wait_for(lambda: not projection.is_due)
        assert [health.level for health in told] == [Level.OK]


def test_trouble_is_told_with_the_childs_last_words() -> None:
    with working("print('first'); raise SystemExit('The database is in use.')") as (projection, told):
        projection.wish()
        wait_for(lambda: told)
        assert told[-1].level is Level.DEGRADED
        assert told[-1].words == "The database is behind, the log is not: The database is in use."


def test_one_that_failed_is_tried_again_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pitbox.wall.projection._RETRY_S", 0.3)
    note = tmp_path / "room"
    code = f"import pathlib; raise SystemExit(0 if pathlib.Path({str(note)!r}).exists() else 'No room.')"
    with working(code) as (projection, told):
        projection.wish()
        wait_for(lambda: told and told[-1].level is Level.DEGRADED)
        note.write_text("")
        wait_for(lambda: told[-1].level is Level.OK)


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    told: list[Health] = []
    projection = Projection([str(tmp_path / "nothing")], told.append)
    hand = Hand("projection", projection.main, told.append)
    hand.start()
    projection.wish()
    wait_for(lambda: told)
    assert hand.stop()
    assert told[-1].level is Level.DEGRADED
    assert hand.error is None


def test_a_session_ends_the_child_and_it_begins_again_afterwards(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    code = (
        f"import pathlib, time; file = pathlib.Path({str(begun)!r});"
        "n = len(file.read_text()) if file.exists() else 0; file.write_text('x' * (n + 1));"
        "time.sleep(0 if n else 60)"
    )
    with working(code) as (projection, told):
        projection.wish()
        wait_for(begun.exists)
        projection.session_opened()
        wait_for(lambda: not projection.is_running)
        assert projection.is_due
        assert told == []
        projection.session_closed()
        wait_for(lambda: projection.done_count == 1)
        assert begun.read_text() == "xx"


def test_nothing_runs_while_a_session_is_open() -> None:
    with working("print('x')") as (projection, _):
        projection.session_opened()
        projection.wish()
        threading.Event().wait(0.6)  # three looks of the thread: long enough for it to be wrong
        assert projection.done_count == 0


@pytest.mark.skipif(sys.platform == "win32", reason="priorities are asked otherwise there")
def test_the_child_stands_behind_the_sim(tmp_path: Path) -> None:
    note = tmp_path / "nice"
    code = (
        "import os, pathlib, time\n"
        "end = time.monotonic() + 10\n"
        f"while os.getpriority(os.PRIO_PROCESS, 0) <= {os.getpriority(os.PRIO_PROCESS, 0)}:\n"
        "    assert time.monotonic() < end\n"
        "    time.sleep(0.01)\n"
        f"pathlib.Path({str(note)!r}).write_text('kind')"
    )
    with working(code) as (projection, _):
        projection.wish()
        wait_for(lambda: projection.done_count == 1)
        assert note.read_text() == "kind"


@pytest.mark.skipif(sys.platform == "win32", reason="priorities are set otherwise there")
def test_where_no_sim_can_come_the_child_stands_back_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(os, "setpriority", lambda *words: asked.append(words[1]))
    for is_kind in (True, False):
        with start_errand([sys.executable, "-S", "-c", ""], is_kind=is_kind) as child:
            assert (child.pid in asked) is is_kind
