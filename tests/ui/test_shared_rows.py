"""Sessions and Laps over one real database, in a window that nobody keeps one for: both by the same hand."""

import shutil
import time
from collections.abc import Callable

import pytest
from lap_room import SESSION, store_race
from made_once import MadeOnce

from pitbox.model.ids import SessionId
from pitbox.store.database import Database
from pitbox.wall.archives import Archives
from pitbox.wall.folders import Folders


class Both:
    """A window whose pages read what lies in its profile."""

    def __init__(self, room) -> None:
        self.room = room
        self.sessions, self.laps = room.window.sessions, room.window.laps

    def settle(self, is_done: Callable[[], bool], seconds: float = 20.0) -> None:
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
