"""Sessions and Laps over one real database, in a window that nobody keeps one for: both by the same hand."""

import shutil
import sys
import time
from collections.abc import Callable

import pytest
from lap_room import SESSION, store_race
from made_once import MadeOnce

from pitbox.model.ids import SessionId
from pitbox.report.errors import PdfEngineError
from pitbox.store.database import Database
from pitbox.ui.engineer import loader
from pitbox.ui.engineer.loader import Loader
from pitbox.ui.sessions import reporting
from pitbox.wall.archives import Archives
from pitbox.wall.folders import Folders


class Both:
    """A window whose pages read what lies in its profile."""

    def __init__(self, room) -> None:
        self.room = room
        self.sessions, self.laps = room.window.sessions, room.window.laps

    def settle(self, is_done: Callable[[], bool], seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while not is_done():
            assert time.monotonic() < deadline, "the pages never came to rest"
            self.room.pull()
            time.sleep(0.005)

    def look(self, page: str) -> None:
        self.room.window.go_to("race")
        self.room.window.go_to(page)


@pytest.fixture
def both(opened, profile, made_once: MadeOnce) -> Both:
    made = made_once("lap-race", store_race)
    shutil.copytree(made / "log", profile.data / "log")
    shutil.copy(made / "race.duckdb", profile.data / "pitbox.duckdb")
    room = opened()
    room.feed.hub.enter(SESSION)
    return Both(room)


def test_both_pages_read_one_database_and_say_who_else_has_it(both: Both, profile) -> None:
    board, listed = both.sessions.board, both.laps.board
    with Database(profile.data / "pitbox.duckdb"):  # DuckDB's word for another process is the same
        both.look("laps")
        both.settle(lambda: listed.list is not None and listed.list.trouble != "")
        both.look("sessions")
        both.settle(lambda: board.is_read and board.is_idle)
        assert "open already" in listed.list.trouble
        assert "open already" in board.shelved.fault
        assert [one.session for one in board.shown] == [SESSION], "the list is there all the same"
    both.room.run("sessions.again")
    both.settle(lambda: board.is_idle and board.shelved.fault == "" and board.one.laps)
    both.look("laps")
    both.settle(lambda: listed.list is not None and len(listed.list.laps) > 0)
    assert board.one.own_laps == sum(one.is_own for one in listed.list.laps)
    best = board.one.best_lap_s
    assert best == pytest.approx(min(one.time_s for one in listed.list.laps if one.is_own and one.is_clean))


def test_from_a_session_to_its_laps_and_to_its_report(both: Both, monkeypatch) -> None:
    board, listed, page = both.sessions.board, both.laps.board, both.sessions
    both.room.feed.hub.enter(SessionId("sub-elsewhere"))
    both.look("sessions")
    both.settle(lambda: board.is_idle and board.near.closeup.parts != () and bool(board.one.laps))
    page.detail.moment.slider.setValue(page.detail.moment.slider.maximum() // 2)
    at = page.detail.moment.axis
    both.room.run("sessions.laps")
    both.settle(lambda: bool(listed.picks))
    (lap,) = listed.picks
    assert (both.room.window.page, listed.session, lap.is_own) == ("laps", SESSION, True)
    assert lap.start_s <= at.sim_time_s < lap.start_s + lap.time_s
    assert both.laps.table.lap == lap
    assert both.room.desk.bridge.feed is both.room.feed, "the race on show stays"

    def fail(*_: object, **__: object) -> None:
        raise PdfEngineError("No engine.")

    opened: list[str] = []
    monkeypatch.setattr("pitbox.wall.reporter.write_pdf", fail)
    monkeypatch.setattr(reporting, "open_outside", lambda path: opened.append(path.name) or True)
    both.look("sessions")
    said: list[str] = []
    page.reporting.changed.connect(lambda: said.append(page.reporting.step))
    both.room.run("sessions.report")
    panel = page.deck.docks["report"].panel
    assert not panel.start.isEnabled()
    both.settle(lambda: not page.reporting.running)
    (file,) = page.reporting.files
    assert "There is no PDF: No engine." in panel.words.text()
    assert file.read_text("utf-8").startswith("<!doctype html>")
    assert any(step.startswith("Asking the database: ") for step in said)
    panel.page.click()
    panel.folder.click()
    assert opened == ["report.html", SESSION]
    assert panel.book.isHidden()
    panel.start.click()
    panel.cancel.click()
    both.settle(lambda: not page.reporting.running)
    assert panel.words.text() == "Stopped; no report is there."


def test_each_session_is_read_where_it_lies(tmp_path) -> None:
    home, demo = Folders(tmp_path / "home"), Folders(tmp_path / "demo")
    (demo.logs / "local-demo").mkdir(parents=True)
    (home.logs / "sub-1").mkdir(parents=True)
    hired: list[Folders] = []
    archives = Archives(home, lambda folders: hired.append(folders) or _Nobody())
    archives.add(demo)
    archives.add(home)
    of_demo = archives.of(SessionId("local-demo"))
    assert archives.of(SessionId("sub-1")) is archives.home is archives.of(SessionId("sub-2"))
    assert of_demo is not archives.home
    assert hired == [], "no database is opened before somebody asks"
    of_demo.submit(lambda database: None)
    of_demo.submit(lambda database: None)
    assert hired == [demo]
    archives.stop()


class _Nobody:
    def start(self) -> None: ...

    def stop(self) -> None: ...

    def submit(self, work: object) -> None: ...


def test_what_a_page_needs_is_loaded_beside_the_window(tmp_path, monkeypatch) -> None:
    (tmp_path / "slow_page.py").write_text("import threading\nloaded_by = threading.current_thread().name\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(loader, "PAGES", {"slow": "slow_page"})
    assert Loader().is_ready("slow"), "the engine is loaded already"
    monkeypatch.setattr(loader, "_ENGINE", "an_engine_of_nobody")
    pages = Loader()
    assert pages.is_ready("race")
    deadline = time.monotonic() + 60.0
    while not pages.is_ready("slow"):
        assert time.monotonic() < deadline
        time.sleep(0.002)
    assert sys.modules.pop("slow_page").loaded_by == "pitbox-load slow"
