"""Waiting for a database that is younger than the log."""

import threading
from pathlib import Path

import pytest

from pitbox.log.shelf import Shelf
from pitbox.store.database import Database
from pitbox.store.projector import Projector
from pitbox.store.rows import BatchSize
from pitbox.wall import catching_up
from pitbox.wall.catching_up import CatchingUp, Standings


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catching_up, "_LOOK_S", 0.001)


def test_a_database_that_has_everything_keeps_nobody_waiting(race_logs: Path, race_store: Path) -> None:
    shelf, said = Shelf(race_logs), []
    with Database(race_store, is_read_only=True) as database:
        waiting = CatchingUp(shelf, shelf.sessions()[0], lambda question: question(database.cursor()))
        waiting.wait(said.append, threading.Event())
    assert said == []


def test_it_is_waited_for_step_by_step(sprint_logs: Path, tmp_path: Path) -> None:
    shelf, said = Shelf(sprint_logs), []
    with Database(tmp_path / "new.duckdb") as database:
        projector = Projector(database, shelf, BatchSize(seconds=10.0))

        def ask(question) -> Standings:
            found = question(database.cursor())
            projector.catch_up(0.0)  # one transaction between two looks
            return found

        CatchingUp(shelf, shelf.sessions()[0], ask).wait(said.append, threading.Event())
        assert projector.catch_up().fact_count == 0, "all was folded when it came back"
    assert said == sorted(said)
    assert said[0] == 0.0
    assert 0.4 < said[-1] < 1.0
    assert len(set(said)) > 3


@pytest.mark.parametrize("is_stopped", [True, False], ids=["stopped", "in vain"])
def test_it_ends_when_somebody_stops_it_and_where_nothing_comes(
    is_stopped: bool, sprint_logs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_stopped:
        monkeypatch.setattr(catching_up, "_PATIENCE_S", 0.002)
    shelf, said, stop = Shelf(sprint_logs), [], threading.Event()

    def say(share: float) -> None:
        said.append(share)
        if is_stopped:
            stop.set()

    CatchingUp(shelf, shelf.sessions()[0], lambda _: {}).wait(say, stop)
    assert set(said) == {0.0}
    assert len(said) == (1 if is_stopped else 2)
