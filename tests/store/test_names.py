"""Names come from files and peers: whatever they are, they are columns and nothing else."""

import numpy as np
import pytest
import zstandard
from recorded import SESSION, Recording, assert_same, contents, project

from pitbox.identity.device import Identity
from pitbox.log.shelf import Shelf
from pitbox.log.writer import LogWriter
from pitbox.model.channel import Channel, Layout, Stream
from pitbox.model.ids import LogId
from pitbox.model.session import OwnCar, SessionInfo, Track
from pitbox.model.source import InfoChanged, Opened, Ticks
from pitbox.store import column
from pitbox.store.database import Database
from pitbox.store.fault import busy_fault
from pitbox.store.projector import Projector
from pitbox.store.rebuild import rebuild
from pitbox.store.trace import channel_names
from pitbox.wire.record import BlockRecord, LayoutRecord, encode

TIME = (Channel("SessionTime", "f8", unit="s"), Channel("SessionTick", "i4"))
NUM = (Channel("SessionNum", "i4"), Channel("SessionUniqueID", "i4"))
FIELD = Layout(Stream.FIELD, (*TIME, Channel("CarIdxTrackSurface", "i4", 4)))
SLOW = Layout(Stream.SLOW, (*TIME, Channel("CarIdxClass", "i4", 4)))
HOSTILE = (
    'x"; DROP TABLE laps; --',
    "x'; DROP TABLE laps; --",
    " ",
    "a\x00b",
    "line\nbreak",
    "epoch",
    "RUN",
    "rowid",
    "select",
    "Δv ⚡",
    "n" * 5000,
    "n" * 5001,
    "$1",
    "%s",
)


def record(root, channels, fill=1.5, device="kai"):
    own = Layout(Stream.OWN, (*TIME, *NUM, *channels))
    recording = Recording(root, device)
    track = Track(1, "ring", "", 5000.0, 20.0)
    info = SessionInfo("te'st\"", 0, track, (), (), (), OwnCar(1, 60.0, 0.75), title="'; DROP TABLE laps; --")
    rows = [np.zeros(30, layout.dtype) for layout in (own, FIELD, SLOW)]
    for stream in rows:
        stream["SessionTime"] = 10 + np.arange(30) / 60
        stream["SessionTick"] = np.arange(30)
    for channel in channels:
        rows[0][channel.name] = fill
    recording.feed([Opened(SESSION, own, FIELD, SLOW), InfoChanged(0, 10.0, info), Ticks(*rows)])
    return recording.stop()


def columns(path):
    with Database(path, is_read_only=True) as database:
        rows = database.connection.execute(
            "SELECT channel, kind, is_array, column_name FROM channels WHERE table_name = 'own_car'"
        ).fetchall()
        tables = {name for (name,) in database.connection.execute("SHOW TABLES").fetchall()}
    assert {"laps", "own_car"} <= tables
    return {(channel, kind, is_array): name for channel, kind, is_array, name in rows}


def test_hostile_names_are_columns_and_nothing_else(tmp_path):
    logs = tmp_path / "logs"
    record(logs, [Channel(name, "f4", unit="'", description="'; DROP TABLE laps; --") for name in HOSTILE])
    path = project(tmp_path / "pitbox.duckdb", logs)
    found = columns(path)
    assert {name for name, _, _ in found} >= set(HOSTILE)
    assert len(set(found.values())) == len(found)
    with Database(path, is_read_only=True) as database:
        rows = database.connection.execute("SELECT * FROM own_car").fetchnumpy()
        assert set(HOSTILE) <= set(channel_names(database.connection))
        titles = database.connection.execute("SELECT title FROM sessions").fetchall()
    assert titles == [("'; DROP TABLE laps; --",)]
    for name in HOSTILE:
        assert np.all(rows[found[name, "f4", False]] == 1.5), name
    before = contents(path)
    rebuild(path, Shelf(logs))
    assert_same(contents(path), before)


@pytest.mark.parametrize(
    "channels",
    [
        (*TIME, Channel("", "f4")),
        (Channel("SessionTime", "f4"), TIME[1]),
        (TIME[0], Channel("SessionTick", "i4", 3)),
    ],
)
def test_a_layout_that_makes_no_table_is_a_loss_and_no_obstacle(tmp_path, channels):
    logs = tmp_path / "logs"
    identity = Identity.load_or_create(tmp_path / "peer")
    writer = LogWriter(logs, LogId(SESSION, identity.device, 5), identity)
    size = sum(int(channel.kind[1]) * channel.count for channel in channels)
    writer.append(encode(LayoutRecord(sim_time_s=1.0, layout_no=0, layout=Layout(Stream.OWN, channels))))
    data = zstandard.compress(bytes(2 * size))
    block = BlockRecord(sim_time_s=1.0, session_num=0, run=0, layout_no=0, row_count=2, data=data)
    writer.append(encode(block))
    writer.close(1.0, "done")
    path = project(tmp_path / "pitbox.duckdb", logs)
    with Database(path, is_read_only=True) as database:
        lost = database.connection.execute("SELECT reason FROM lost").fetchall()
        assert database.connection.execute("SELECT count(*) FROM own_car").fetchall() == [(0,)]
    assert "unreadable" in lost[0][0]


def test_names_that_differ_in_case_only_are_two_columns(tmp_path):
    logs = tmp_path / "logs"
    names = (("Speed", "f4"), ("speed", "f4"), ("SPEED", "i4"), ("sPeed", "f4"))
    record(logs, [Channel(name, kind) for name, kind in names])
    found = columns(project(tmp_path / "pitbox.duckdb", logs))
    assert found["Speed", "f4", False] == "Speed"
    assert found["speed", "f4", False] == "speed__f4"
    assert found["SPEED", "i4", False] == "SPEED__i4"
    assert found["sPeed", "f4", False] == "sPeed__f4_2"


def test_a_channel_whose_type_changes_is_another_column(tmp_path):
    """A newer sim, or another car: nothing that is stored is converted, nothing is lost."""
    logs = tmp_path / "logs"
    record(logs, [Channel("Gear", "i4")], fill=3)
    record(logs, [Channel("Gear", "f8")], fill=3.5)
    record(logs, [Channel("Gear", "f4", 6)], fill=2.5)
    path = project(tmp_path / "pitbox.duckdb", logs)
    found = {key: name for key, name in columns(path).items() if key[0] == "Gear"}
    assert len(found) == 3
    assert set(found.values()) <= {"Gear", "Gear__i4", "Gear__f8", "Gear__f4s"}
    with Database(path, is_read_only=True) as database:
        for key, value in ((("Gear", "i4", False), 3), (("Gear", "f8", False), 3.5)):
            stored = database.connection.table("own_car").select(f'"{found[key]}"').fetchall()
            assert [number for (number,) in stored if number is not None] == [value] * 30
        name = found["Gear", "f4", True]
        stored = database.connection.table("own_car").select(f'"{name}"').fetchall()
        assert [numbers for (numbers,) in stored if numbers is not None] == [[2.5] * 6] * 30


def test_a_new_channel_joins_the_table_and_older_rows_are_null(tmp_path):
    logs, path = tmp_path / "logs", tmp_path / "pitbox.duckdb"
    record(logs, [Channel("Speed", "f4")])
    project(path, logs)
    charge = Channel("HybridCharge", "f4", unit="%", description="of the battery")
    record(logs, [Channel("Speed", "f4"), charge])
    project(path, logs)
    with Database(path, is_read_only=True) as database:
        counted = database.connection.execute("SELECT count(*), count(HybridCharge) FROM own_car").fetchall()
        words = database.connection.execute(
            "SELECT comment FROM duckdb_columns() WHERE column_name = 'HybridCharge'"
        ).fetchall()
    assert counted == [(60, 30)]
    assert words == [("of the battery [%]",)]


def test_a_flood_of_names_ends_at_a_bound(tmp_path, monkeypatch):
    monkeypatch.setattr(column, "MAX_COLUMNS", 40)
    logs = tmp_path / "logs"
    record(logs, [Channel(f"flood {number}", "i1") for number in range(100)], fill=1)
    path = project(tmp_path / "pitbox.duckdb", logs)
    found = columns(path)
    assert sum(name is not None for name in found.values()) == 40 - 5
    assert sum(name is None for name in found.values()) == len(found) - 35
    with Database(path, is_read_only=True) as database:
        assert database.connection.execute("SELECT count(*) FROM own_car").fetchall() == [(30,)]


def test_impossible_numbers_in_the_session_text_do_not_stop_the_projection(tmp_path):
    logs = tmp_path / "logs"
    recording = Recording(logs)
    own = Layout(Stream.OWN, (*TIME, *NUM))
    track = Track(2**63, "ring", "", float("nan"), 20.0)
    info = SessionInfo("test", 2**64 - 1, track, (), (), (), OwnCar(2**40, 60.0, 0.75))
    rows = [np.zeros(30, layout.dtype) for layout in (own, FIELD, SLOW)]
    for stream in rows:
        stream["SessionTime"] = 10 + np.arange(30) / 60
    recording.feed([Opened(SESSION, own, FIELD, SLOW), InfoChanged(0, 10.0, info), Ticks(*rows)])
    recording.stop()
    path = project(tmp_path / "pitbox.duckdb", logs)
    with Database(path, is_read_only=True) as database:
        assert database.connection.execute("SELECT count(*) FROM own_car").fetchall() == [(30,)]
        assert database.connection.execute("SELECT own_car_idx FROM logs").fetchall() == [(None,)]


def test_a_column_of_a_rolled_back_transaction_is_made_again(tmp_path, monkeypatch):
    """The disk is full in the middle of the first batch: afterwards the books agree with the table."""
    logs, path = tmp_path / "logs", tmp_path / "pitbox.duckdb"
    record(logs, [Channel("Speed", "f4")])
    with Database(path) as database:
        projector = Projector(database, Shelf(logs))
        with monkeypatch.context() as patch:
            patch.setattr("pitbox.store.rows.write_mark", lambda *_: (_ for _ in ()).throw(busy_fault(path)))
            with pytest.raises(Exception, match="Another process"):
                projector.catch_up()
        assert database.connection.execute("SELECT count(*) FROM channels").fetchall() == [(0,)]
        projector.catch_up()
        assert database.connection.execute('SELECT count("Speed") FROM own_car').fetchall() == [(30,)]
