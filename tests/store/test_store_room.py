"""A disk that fills up: the store leaves the rest to the recording and goes on when there is room."""

import shutil
import time
from typing import NamedTuple

import pytest
from recorded import project, record, sprint

from pitbox.crew.health import Level
from pitbox.log.shelf import Shelf
from pitbox.store.clerk import Clerk
from pitbox.store.database import Database, Limits
from pitbox.store.errors import StorePausedError
from pitbox.store.projector import Projector
from pitbox.store.rebuild import open_or_renew

DEADLINE_S = 30.0


class Usage(NamedTuple):
    total: int
    used: int
    free: int


class Disk:
    """What the system says of it."""

    free = 10 << 20


@pytest.fixture
def disk(monkeypatch):
    found = Disk()
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(1 << 40, 0, found.free))
    return found


def wait_for(condition):
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.01)


def test_no_transaction_is_begun_with_little_room(tmp_path, disk):
    record(tmp_path / "logs", sprint())
    with Database(tmp_path / "pitbox.duckdb") as database:
        with pytest.raises(StorePausedError, match="10 MB are free"):
            Projector(database, Shelf(tmp_path / "logs")).catch_up()
        assert database.connection.execute("SELECT count(*) FROM own_car").fetchall() == [(0,)]
        disk.free = 1 << 40
        assert Projector(database, Shelf(tmp_path / "logs")).catch_up().row_count > 1000


def _rows_of(clerk: Clerk) -> int:
    with clerk.cursor() as cursor:
        return len(cursor.table("pitbox.own_car").select("epoch").fetchall())


def test_the_clerk_pauses_says_so_and_goes_on_by_itself(tmp_path, disk):
    record(tmp_path / "logs", sprint())
    heard = []
    clerk = Clerk(tmp_path / "pitbox.duckdb", Shelf(tmp_path / "logs"), period_s=0.05, on_health=heard.append)
    clerk.start()
    try:
        wait_for(lambda: any("catches up by itself" in health.words for health in heard))
        assert heard[-1].level is Level.DEGRADED
        disk.free = 1 << 40
        wait_for(lambda: heard[-1].level is Level.OK)
        wait_for(lambda: _rows_of(clerk) > 1000)  # a round takes as much as it has time for
        assert not any("damaged" in health.words for health in heard)
    finally:
        assert clerk.stop()


def test_what_a_killed_rebuild_left_is_swept_by_the_next_who_opens(tmp_path):
    path = tmp_path / "pitbox.duckdb"
    record(tmp_path / "logs", sprint())
    project(path, tmp_path / "logs")
    for name in ("pitbox.duckdb.new", "pitbox.duckdb.new.wal"):
        (tmp_path / name).write_bytes(b"half of a database")
    (tmp_path / "pitbox.duckdb.new.tmp").mkdir()
    (tmp_path / "pitbox.duckdb.new.tmp" / "spill").write_bytes(b"x")
    kept = tmp_path / "pitbox.duckdb.damaged-1"
    kept.write_bytes(b"evidence")
    database, words = open_or_renew(path, Limits())
    database.close()
    assert not words
    assert not list(tmp_path.glob("*.new*"))
    assert kept.exists()
