"""The report of a race is due once, when its session is over and somebody wants it."""

import threading
from pathlib import Path

from pitbox.crew.health import unheard
from pitbox.model.ids import SessionId
from pitbox.wall.projection import Projection
from pitbox.wall.race_report import RaceReports
from pitbox.wall.settings import Report

SESSION = SessionId("sub-1")


def test_it_is_due_once_for_who_wants_it(tmp_path: Path) -> None:
    reports = RaceReports("team", Report(at_race_end=True), tmp_path)
    assert reports.command() == []
    reports.session_over(SESSION)
    command = reports.command()
    assert command[-5:] == ["report", SESSION, "--out", str(tmp_path / "reports" / SESSION), "--race-only"]
    assert reports.command() == []


def test_nobody_gets_one_unasked(tmp_path: Path) -> None:
    reports = RaceReports("team", Report(), tmp_path)
    reports.session_over(SESSION)
    assert reports.command() == []


def test_it_is_written_after_the_database_is_up_to_date(tmp_path: Path) -> None:
    first, then = tmp_path / "first", tmp_path / "then"
    told = threading.Event()

    def follow_up() -> list[str]:
        assert first.exists(), "the database comes first"
        told.set()
        return ["touch", str(then)]

    projection = Projection(["touch", str(first)], unheard, then=follow_up)
    stop = threading.Event()
    projection.wish()
    thread = threading.Thread(target=projection.main, args=(stop,))
    thread.start()
    try:
        assert told.wait(60.0)
    finally:
        while projection.is_due and thread.is_alive():
            stop.wait(0.02)
        stop.set()
        thread.join(60.0)
    assert then.exists()
