"""The one writer: projects by itself, heals by itself, and says what it did."""

import subprocess
import sys
import threading
import time

import duckdb
import pytest
from recorded import Recording, assert_same, contents, sprint, starts_s, until

from pitbox.crew.health import Level
from pitbox.log.shelf import Shelf
from pitbox.store import clerk as clerk_module
from pitbox.store.clerk import Clerk
from pitbox.store.database import Database
from pitbox.store.errors import StoreBusyError, StoreClosedError, StoreDamagedError, StoreError

DEADLINE_S = 30.0


@pytest.fixture
def clerks():
    """Makes clerks, and stops them."""
    made = []

    def make(path, logs, *, is_started=True, **more):
        heard = []
        clerk = Clerk(path, Shelf(logs), on_health=heard.append, **more)
        made.append(clerk)
        if is_started:
            clerk.start()
        return clerk, heard

    yield make
    for clerk in made:
        clerk.stop()


def wait_for(condition):
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.01)


def count(clerk, table="own_car"):
    with clerk.cursor() as cursor:
        return len(cursor.table(f"pitbox.{table}").select("epoch").fetchall())


def test_projects_by_itself_what_is_recorded(tmp_path, clerks):
    logs = tmp_path / "logs"
    clerk, _ = clerks(tmp_path / "pitbox.duckdb", logs, period_s=0.05)
    recording = Recording(logs)
    recording.feed(until(sprint(), 10.0))
    recording.scribe.commit()
    wait_for(lambda: count(clerk) > 500)
    before = count(clerk)
    recording.feed(event for event in sprint() if starts_s(event) >= 10.0)
    recording.stop()
    wait_for(lambda: count(clerk) > before + 1000)


def test_what_is_projected_anew_is_said_until_it_is_done(tmp_path, sprint_logs, clerks, monkeypatch):
    """A day takes many rounds: words of the first of them would be gone long before the rows are back."""
    path, segment = tmp_path / "pitbox.duckdb", next(sprint_logs.rglob("*.seg"))
    whole = segment.read_bytes()
    half = len(whole) // 2
    segment.write_bytes(whole[:half] + bytes(100) + whole[half + 100 :])
    monkeypatch.setattr(clerk_module, "_ROUND_S", 3600.0)
    clerk, heard = clerks(path, sprint_logs, period_s=3600.0)
    wait_for(lambda: [health for health in heard if health.subject == "projection"])
    rows = count(clerk)
    new = segment.with_suffix(".new")
    new.write_bytes(whole)
    new.replace(segment)
    monkeypatch.setattr(clerk_module, "_ROUND_S", 0.0)
    clerk.poke()
    wait_for(lambda: [health for health in heard if health.level is Level.NOTE])
    assert "are back" in heard[-1].words
    wait_for(lambda: count(clerk) > rows)
    levels = [health.level for health in heard if health.subject == "projection"]
    assert levels[levels.index(Level.NOTE) :] == [Level.NOTE], "not taken back before the rows were there"


def test_project_now_is_up_to_date_when_it_returns(tmp_path, sprint_logs, clerks):
    clerk, heard = clerks(tmp_path / "pitbox.duckdb", sprint_logs, period_s=3600.0)
    clerk.project_now().result(DEADLINE_S)
    assert count(clerk) > 2000
    assert clerk.submit(lambda database: database.path.name).result(DEADLINE_S) == "pitbox.duckdb"
    assert {health.level for health in heard} == {Level.OK}


def test_another_process_has_the_file_and_then_lets_go(sprint_logs, sprint_store, clerks):
    script = (
        "import sys, duckdb\nc = duckdb.connect(sys.argv[1])\nprint('open', flush=True)\nsys.stdin.read()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", script, sprint_store], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with other:
        assert other.stdout.readline() == b"open\n"
        clerk, heard = clerks(sprint_store, sprint_logs, period_s=0.1)
        with pytest.raises(StoreBusyError, match=f"process {other.pid}"):
            clerk.project_now().result(DEADLINE_S)
        with pytest.raises(StoreBusyError), clerk.cursor(0.0):
            pass
        assert heard[0].level is Level.FAILED
        assert "Parquet" in heard[0].words
        other.stdin.close()
    wait_for(lambda: heard[-1].level is Level.OK)
    assert count(clerk) > 2000


def test_a_damaged_file_is_made_again_and_said(tmp_path, sprint_logs, sprint_store, clerks):
    good = contents(sprint_store)
    sprint_store.write_bytes(b"garbage" * 10_000)
    clerk, heard = clerks(sprint_store, sprint_logs)
    clerk.project_now().result(DEADLINE_S)
    clerk.stop()
    assert (tmp_path / "pitbox.duckdb.damaged-1").exists()
    assert any(health.level is Level.NOTE and "made again from the log" in health.words for health in heard)
    assert_same(contents(sprint_store), good)


def test_an_engine_that_fails_once_is_opened_again(tmp_path, sprint_logs, sprint_store, clerks):
    clerk, _ = clerks(sprint_store, sprint_logs, period_s=3600.0)
    seen = []

    def work(database):
        seen.append(database)
        if len(seen) == 1:
            raise duckdb.FatalException("database has been invalidated")
        return database.connection.execute("SELECT count(*) FROM own_car").fetchall()

    assert clerk.submit(work).result(DEADLINE_S)[0][0] > 2000
    assert len(set(map(id, seen))) == 2
    assert not list(tmp_path.glob("*.damaged-*"))


def test_an_engine_that_fails_again_gets_a_new_file(tmp_path, sprint_logs, sprint_store, clerks):
    good = contents(sprint_store)
    clerk, heard = clerks(sprint_store, sprint_logs, period_s=3600.0)
    seen = []

    def work(database):
        seen.append(database)
        if len(seen) < 3:
            raise duckdb.InternalException("the cat sat on it")

    clerk.submit(work).result(DEADLINE_S)
    clerk.project_now().result(DEADLINE_S)
    clerk.stop()
    assert len(list(tmp_path.glob("*.damaged-1"))) == 1
    assert any("put aside" in health.words for health in heard)
    assert_same(contents(sprint_store), good)


def test_an_error_of_the_question_is_no_damage(sprint_logs, sprint_store, clerks):
    clerk, _ = clerks(sprint_store, sprint_logs, period_s=3600.0)
    with pytest.raises(duckdb.ParserException):
        clerk.submit(lambda database: database.connection.execute("SELEC 1")).result(DEADLINE_S)
    with pytest.raises(duckdb.CatalogException), clerk.cursor() as cursor:
        cursor.execute("FROM nothing")
    assert count(clerk) > 2000


def test_a_reader_that_meets_damage_makes_the_clerk_look_again(
    tmp_path, sprint_logs, sprint_store, clerks, monkeypatch
):
    clerk, _ = clerks(sprint_store, sprint_logs, period_s=3600.0)

    def meet_damage():
        with pytest.raises(StoreDamagedError), clerk.cursor():
            raise duckdb.Error("Corrupt database file: computed checksum 1 does not match")
        clerk.project_now().result(DEADLINE_S)

    meet_damage()
    assert not list(tmp_path.glob("*.damaged-*")), "all of it could be read: it was the engine"

    def damaged(database):
        raise StoreDamagedError("The table laps cannot be read.")

    monkeypatch.setattr(clerk_module, "examine", damaged)
    meet_damage()
    assert list(tmp_path.glob("*.damaged-1"))
    assert count(clerk) > 2000


def test_a_rebuild_waits_for_readers_and_readers_for_it(sprint_logs, sprint_store, clerks):
    good = contents(sprint_store)
    clerk, _ = clerks(sprint_store, sprint_logs, period_s=3600.0)
    inside, leave = threading.Event(), threading.Event()

    def read():
        with clerk.cursor() as cursor:
            inside.set()
            leave.wait(DEADLINE_S)
            cursor.execute("SELECT count(*) FROM laps").fetchall()

    reader = threading.Thread(target=read)
    reader.start()
    assert inside.wait(DEADLINE_S)
    rebuilt = clerk.rebuild()
    leave.set()
    reader.join(DEADLINE_S)
    assert rebuilt.result(DEADLINE_S).row_count > 2000
    assert count(clerk) > 2000
    clerk.stop()
    assert_same(contents(sprint_store), good)


def test_a_reader_who_stays_is_interrupted(sprint_logs, sprint_store, clerks):
    clerk, _ = clerks(sprint_store, sprint_logs, period_s=3600.0)
    clerk.project_now().result(DEADLINE_S)
    inside, ended = threading.Event(), []

    def read():
        try:
            with clerk.cursor() as cursor:
                inside.set()
                cursor.execute("SELECT count(*) FROM range(100000000000)").fetchall()
        except (StoreError, duckdb.Error) as error:
            ended.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    assert inside.wait(DEADLINE_S)
    assert clerk.stop()
    reader.join(DEADLINE_S)
    assert len(ended) == 1


def test_after_the_stop_nothing_waits_for_ever(sprint_logs, sprint_store, clerks):
    clerk, _ = clerks(sprint_store, sprint_logs)
    clerk.project_now().result(DEADLINE_S)
    assert clerk.stop()
    with pytest.raises(StoreClosedError):
        clerk.project_now().result(DEADLINE_S)
    with pytest.raises(StoreClosedError), clerk.cursor(0.1):
        pass
    Database(sprint_store).close()


def test_too_much_to_do_is_refused(sprint_logs, sprint_store, clerks):
    clerk, _ = clerks(sprint_store, sprint_logs, is_started=False)
    futures = [clerk.submit(lambda database: database.path) for _ in range(300)]
    with pytest.raises(StoreClosedError, match="too much"):
        futures[-1].result(0)
    clerk.start()
    assert futures[0].result(DEADLINE_S) == sprint_store
