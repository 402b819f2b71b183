"""What a database can be found as: damaged, ahead, newer, foreign, busy, full of orphans."""

import random
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import msgspec
import pytest
from recorded import SESSION, Recording, assert_same, contents, project, record, sprint, until

from pitbox.log.edits import recordings
from pitbox.log.shelf import Shelf
from pitbox.model.source import Missed
from pitbox.store import projector as projector_module
from pitbox.store import schema
from pitbox.store.database import Database, Limits, examine
from pitbox.store.errors import (
    StoreBusyError,
    StoreDamagedError,
    StoreError,
    StoreForeignError,
    StoreFullError,
    StoreNewerError,
)
from pitbox.store.fault import working_fault
from pitbox.store.loss import MISSING
from pitbox.store.mark import write_mark
from pitbox.store.projector import Projector
from pitbox.store.rebuild import open_or_renew, rebuild, set_aside


def heal(path, logs):
    """What a process does at its start: open, or begin anew; look at everything; catch up."""
    database, words = open_or_renew(path, Limits())
    try:
        examine(database)
    except StoreDamagedError as error:
        words = str(error)
        database.close()
        set_aside(path)
        database, _ = open_or_renew(path, Limits())
    with database:
        Projector(database, Shelf(logs)).catch_up()
    return words


@pytest.mark.chaos
def test_flipped_bits_are_found_and_the_database_is_made_again(tmp_path, start_logs, start_store):
    good, chance = contents(start_store), random.Random(3)
    data = start_store.read_bytes()
    found = 0
    for _ in range(8):
        broken = bytearray(data)
        for _ in range(3):
            broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        start_store.write_bytes(broken)
        found += heal(start_store, start_logs) != ""
        assert_same(contents(start_store), good)
    assert found >= 3, "a flip in free space harms nobody, but most of the file is in use"
    assert 1 <= len(list(tmp_path.glob("pitbox.duckdb.damaged-*"))) <= 3, "only the last few are kept"


@pytest.mark.chaos
def test_a_damaged_write_ahead_log_is_found_or_caught_up(tmp_path, start_logs, start_store):
    """Left by a kill: flipped or cut, it makes the file unopenable or shorter, never wrong."""
    good, chance = contents(start_store), random.Random(4)
    script = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from pitbox.log.shelf import Shelf\n"
        "from pitbox.store.database import Database\n"
        "from pitbox.store.projector import Projector\n"
        "database = Database(Path(sys.argv[1]))\n"
        "Projector(database, Shelf(Path(sys.argv[2]))).catch_up()\n"
        "os._exit(9)\n"
    )
    killed = tmp_path / "killed.duckdb"
    subprocess.run([sys.executable, "-c", script, killed, start_logs], check=False, timeout=60)
    wal = killed.with_name(killed.name + ".wal")
    whole, log = killed.read_bytes(), wal.read_bytes()
    assert len(log) > 100_000
    for number in range(4):
        killed.write_bytes(whole)
        broken = bytearray(log)
        if number % 2:
            broken = broken[: chance.randrange(len(broken))]
        else:
            broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        wal.write_bytes(broken)
        heal(killed, start_logs)
        assert_same(contents(killed), good)


def test_garbage_is_set_aside_and_said(tmp_path, sprint_logs, sprint_store):
    good = contents(sprint_store)
    sprint_store.write_bytes(b"no database " * 1000)
    words = heal(sprint_store, sprint_logs)
    assert "damaged" in words
    assert "pitbox.duckdb.damaged-1" in words
    assert (tmp_path / "pitbox.duckdb.damaged-1").read_bytes().startswith(b"no database")
    assert_same(contents(sprint_store), good)


def test_a_store_ahead_of_a_cut_log_projects_that_session_anew(tmp_path, sprint_logs, sprint_store):
    segment = next(sprint_logs.rglob("*.seg"))
    segment.write_bytes(segment.read_bytes()[: segment.stat().st_size // 2])
    with Database(sprint_store) as database:
        progress = Projector(database, Shelf(sprint_logs)).catch_up()
    assert "was ahead of the log" in progress.words[0]
    assert_same(contents(sprint_store), contents(project(tmp_path / "once.duckdb", sprint_logs)))


def _with_a_hole(segment: Path) -> bytes:
    """Returns the file as it was."""
    whole = segment.read_bytes()
    data = bytearray(whole)
    data[len(data) // 2] ^= 1
    segment.write_bytes(data)
    return whole


def _mend(segment: Path, whole: bytes) -> None:
    """As a repair does: a new file takes the place of the old one."""
    new = segment.with_suffix(".new")
    new.write_bytes(whole)
    new.replace(segment)


@pytest.mark.parametrize("is_same_process", [True, False])
def test_records_that_came_back_are_stored(tmp_path, sprint_logs, sprint_store, is_same_process):
    segment, path = next(sprint_logs.rglob("*.seg")), tmp_path / "holed.duckdb"
    whole = _with_a_hole(segment)
    with Database(path) as database:
        projector = Projector(database, Shelf(sprint_logs))
        projector.catch_up()
        assert not projector.catch_up().words
        _mend(segment, whole)
        if not is_same_process:
            projector = Projector(database, Shelf(sprint_logs))
        (words,) = projector.catch_up().words
        assert "are back" in words
        assert not projector.catch_up().words
    assert_same(contents(path), contents(sprint_store))


def test_a_hole_that_is_filled_from_its_middle_on_is_stored(tmp_path, sprint_logs):
    """A copy has holes of its own: what it gives need not begin where the hole does."""
    segment, path = next(sprint_logs.rglob("*.seg")), tmp_path / "holed.duckdb"
    whole = segment.read_bytes()
    first, middle, end = (len(whole) * tenths // 10 for tenths in (4, 5, 6))
    segment.write_bytes(whole[:first] + bytes(end - first) + whole[end:])
    with Database(path) as database:
        projector = Projector(database, Shelf(sprint_logs))
        projector.catch_up()
        _mend(segment, whole[:first] + bytes(middle - first) + whole[middle:])
        (words,) = projector.catch_up().words
        assert "are back" in words
        assert not projector.catch_up().words
    assert_same(contents(path), contents(project(tmp_path / "once.duckdb", sprint_logs)))


def test_a_recorder_that_speaks_of_missing_records_brings_none_back(tmp_path):
    logs, path = tmp_path / "logs", tmp_path / "pitbox.duckdb"
    recording = Recording(logs)
    recording.feed([*until(sprint(), 5.0), Missed(3, 5.0, 5.1, f"3 {MISSING}")])
    recording.stop()
    for _ in range(2):
        with Database(path) as database:
            assert not Projector(database, Shelf(logs)).catch_up().words
            assert len(database.connection.execute("SELECT * FROM lost").fetchall()) == 1


@pytest.mark.parametrize("has_hole", [True, False])
def test_a_session_that_is_put_away_while_it_is_looked_at_keeps_its_rows(
    tmp_path, sprint_logs, monkeypatch, has_hole
):
    if has_hole:
        _with_a_hole(next(sprint_logs.rglob("*.seg")))
    path = project(tmp_path / "pitbox.duckdb", sprint_logs)
    rows = contents(path)

    def put_away(shelf, session):
        found = recordings(shelf, session)
        shutil.rmtree(shelf.root)
        return found

    monkeypatch.setattr(projector_module, "recordings", put_away)
    with Database(path) as database:
        assert not Projector(database, Shelf(sprint_logs)).catch_up().words
    assert_same(contents(path), rows)


def test_what_came_back_costs_nothing_that_only_the_database_has(tmp_path, sprint_logs):
    segment, path = next(sprint_logs.rglob("*.seg")), tmp_path / "holed.duckdb"
    whole = _with_a_hole(segment)
    with Database(path) as database:
        projector = Projector(database, Shelf(sprint_logs))
        projector.catch_up()
        log = next(iter(projector._rows.marks))
        gone = msgspec.structs.replace(log, epoch=log.epoch + 1)
        write_mark(database.connection, gone, projector._rows.marks[log])
        Projector(database, Shelf(sprint_logs)).catch_up()
    before = contents(path)
    _mend(segment, whole)
    with Database(path) as database:
        (words,) = [
            said for said in Projector(database, Shelf(sprint_logs)).catch_up().words if "back" in said
        ]
    assert "stays as it is" in words
    assert_same(contents(path), before)


def test_a_newer_database_is_refused_in_words(sprint_store):
    with Database(sprint_store) as database:
        newest = schema.newest_version()
        database.connection.execute("INSERT INTO migrations VALUES (?, 'later.sql')", [newest + 1])
    before = sprint_store.read_bytes()
    for is_read_only in (False, True):
        with pytest.raises(StoreNewerError, match=f"schema {newest + 1}; this one knows up to {newest}"):
            Database(sprint_store, is_read_only=is_read_only)
    assert sprint_store.read_bytes() == before


def test_a_database_of_somebody_else_is_refused_in_words(tmp_path):
    path = tmp_path / "pitbox.duckdb"
    for version, fault in (("v1.4.0", StoreForeignError), ("latest", StoreNewerError)):
        path.unlink(missing_ok=True)
        connection = duckdb.connect()
        connection.execute(f"ATTACH '{path}' AS theirs (STORAGE_VERSION '{version}')")
        connection.execute("CREATE TABLE theirs.mine (a INTEGER)")
        connection.close()
        with pytest.raises(fault, match=r"not one of PitBox's|another program"):
            open_or_renew(path, Limits())
    assert not list(tmp_path.glob("*.damaged-*"))


def test_older_schemas_are_brought_up_to_date(tmp_path, sprint_logs, monkeypatch):
    """A file of the first schema gets the later migrations, once, and keeps what it holds."""
    path = tmp_path / "pitbox.duckdb"
    all_of_them = schema.migrations()
    with monkeypatch.context() as patch:
        patch.setattr(schema, "migrations", lambda: all_of_them[:1])
        with Database(path) as database:
            database.connection.execute(
                "INSERT INTO sessions (session_id, title) VALUES ('local-old', 'kept')"
            )
    with pytest.raises(StoreError, match="older schema"):
        Database(path, is_read_only=True)
    project(path, sprint_logs)
    with Database(path) as database:
        kept = database.connection.execute("DELETE FROM sessions WHERE title = 'kept' RETURNING session_id")
        assert kept.fetchall() == [("local-old",)]
    assert_same(contents(path), contents(project(tmp_path / "once.duckdb", sprint_logs)))


def test_a_migration_that_fails_leaves_the_file_as_it_was(sprint_store, monkeypatch):
    before = contents(sprint_store)
    bad = schema.Migration(
        99, "0099_bad.sql", "CREATE TABLE half (a INTEGER); CREATE TABLE laps (a INTEGER);"
    )
    ours = schema.migrations()
    with monkeypatch.context() as patch:
        patch.setattr(schema, "migrations", lambda: (*ours, bad))
        with pytest.raises(StoreError):
            Database(sprint_store)
    assert_same(contents(sprint_store), before)


def test_a_second_process_hears_who_has_the_file(sprint_store):
    script = (
        "import sys, duckdb\n"
        "connection = duckdb.connect(sys.argv[1])\n"
        "print('open', flush=True)\n"
        "sys.stdin.read()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", script, sprint_store], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with other:
        assert other.stdout.readline() == b"open\n"
        for is_read_only in (False, True):
            with pytest.raises(StoreBusyError, match=f"process {other.pid}.*export") as caught:
                Database(sprint_store, is_read_only=is_read_only)
        assert str(sprint_store) in str(caught.value)
        other.stdin.close()
    Database(sprint_store).close()


def test_a_second_opening_in_this_process_is_refused_and_harms_no_lock(sprint_store):
    with Database(sprint_store):
        with pytest.raises(StoreBusyError, match="This PitBox"):
            Database(sprint_store)
        done = subprocess.run(
            [sys.executable, "-c", "import duckdb, sys; duckdb.connect(sys.argv[1])", sprint_store],
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert b"lock" in done.stderr


def test_what_is_no_longer_on_the_shelf_is_kept_and_marked(tmp_path, sprint_logs, sprint_store):
    before = contents(sprint_store)
    away = tmp_path / "archive"
    shutil.move(sprint_logs / SESSION, away)
    with Database(sprint_store) as database:
        projector = Projector(database, Shelf(sprint_logs))
        assert "are no longer here" in projector.catch_up().words[0]
        assert projector.catch_up().words == []
        assert database.connection.execute("SELECT session_id, is_orphan FROM sessions").fetchall() == [
            (SESSION, True)
        ]
        assert database.connection.execute("SELECT DISTINCT is_orphan FROM logs").fetchall() == [(True,)]
    orphaned = contents(sprint_store)
    assert len(orphaned["own_car"][1]) == len(before["own_car"][1])
    rebuild(sprint_store, Shelf(sprint_logs))
    assert_same(contents(sprint_store), orphaned)
    shutil.move(away, sprint_logs / SESSION)
    project(sprint_store, sprint_logs)
    assert_same(contents(sprint_store), before)


def test_late_records_do_not_cost_facts_that_only_an_archived_log_knew(tmp_path, sprint_logs, sprint_store):
    facts = contents(sprint_store)["drivers"][1]
    shutil.rmtree(sprint_logs / SESSION)
    record(sprint_logs, until(sprint(), 20.0), "mei")
    with Database(sprint_store) as database:
        words = Projector(database, Shelf(sprint_logs)).catch_up().words
    assert any("stay as they are" in text for text in words)
    assert len(contents(sprint_store)["drivers"][1]) == len(facts)


def test_a_log_with_the_epoch_of_another_one_is_left_out(tmp_path, sprint_logs, sprint_store):
    before = contents(sprint_store)
    source = next(path for path in sprint_logs.glob("*/*/*"))
    twin = sprint_logs / "sub-1" / ("ab" * 32) / source.name
    shutil.copytree(source, twin)
    with Database(sprint_store) as database:
        words = Projector(database, Shelf(sprint_logs)).catch_up().words
    assert any("claims the epoch" in text for text in words)
    assert len(contents(sprint_store)["own_car"][1]) == len(before["own_car"][1])


def test_a_full_disk_is_no_damage():
    error = duckdb.IOException('IO Error: Could not write file "x": No space left on device')
    assert isinstance(working_fault(error, Path("x")), StoreFullError)


def test_forgetting_a_session_leaves_the_others(tmp_path, sprint_logs, sprint_store):
    before = contents(sprint_store)
    Recording(sprint_logs, "mei")
    with Database(sprint_store) as database:
        projector = Projector(database, Shelf(sprint_logs))
        projector.forget(SESSION)
        assert database.connection.execute("SELECT count(*) FROM own_car").fetchone() == (0,)
        assert database.connection.execute("SELECT count(*) FROM laps").fetchone() == (0,)
        projector.catch_up()
    assert_same(contents(sprint_store), before)
