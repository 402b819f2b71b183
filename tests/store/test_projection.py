"""The projection says what the log says, however it is cut, stopped and started."""

import numpy as np
import pytest
from recorded import (
    SESSION,
    Recording,
    assert_same,
    contents,
    project,
    race,
    record,
    since,
    sprint,
    starts_s,
    until,
)

from pitbox.log.merge import merged
from pitbox.log.shelf import Shelf
from pitbox.model.fact import FlagPhase, Lap, Stint, Stop
from pitbox.model.source import Missed, Ticks, joined_rows
from pitbox.store.database import Database
from pitbox.store.factrow import fact_key
from pitbox.store.projector import Projector
from pitbox.store.rows import BatchSize
from pitbox.timing.race import RaceFold
from pitbox.wire.block import quantise


def rows_of(stream):
    return joined_rows([getattr(event, stream) for event in race() if isinstance(event, Ticks)])


def query(path, sql, *values):
    with Database(path, is_read_only=True) as database:
        return database.connection.execute(sql, list(values)).fetchall()


def test_the_own_car_is_there_tick_by_tick(race_store):
    layout = race()[0].own
    rows = quantise(layout, rows_of("own"))
    with Database(race_store, is_read_only=True) as database:
        stored = database.connection.execute("SELECT * FROM own_car ORDER BY rowid").fetchnumpy()
    assert len(stored["SessionTime"]) == len(rows)
    for channel in layout.channels:
        assert np.array_equal(
            np.ma.getdata(stored[channel.name]), rows[channel.name], equal_nan=channel.kind[0] == "f"
        ), channel.name


def test_the_field_is_there_four_times_a_second(race_store):
    rows = quantise(race()[0].field, rows_of("field"))
    rows = rows[rows["SessionTime"] > 0]
    quarters = np.floor(rows["SessionTime"] * 4)
    picked = rows[np.diff(quarters, prepend=-1) != 0]
    expected = [
        (float(row["SessionTime"]), int(car), int(row["CarIdxLap"][car]), float(row["CarIdxLapDistPct"][car]))
        for row in picked
        for car in np.flatnonzero(row["CarIdxTrackSurface"] > -1)
    ]
    assert len(expected) > 4 * 80 * 4
    assert (
        query(race_store, "SELECT sim_time_s, car_idx, lap, lap_pct FROM field_state ORDER BY rowid")
        == expected
    )


def test_what_seldom_changes_is_there_when_it_does(race_store):
    rows = rows_of("slow")
    for name, column in (("CarIdxLastLapTime", "last_lap_s"), ("CarIdxBestLapNum", "best_lap")):
        with Database(race_store, is_read_only=True) as database:
            changes = database.connection.execute(
                "SELECT * FROM field_changes WHERE car_idx = 1 ORDER BY rowid"
            ).fetchnumpy()
        times, values = changes["sim_time_s"], np.ma.getdata(changes[column])
        at = np.searchsorted(times, rows["SessionTime"], side="right") - 1
        known = at >= 0
        assert known.sum() > 0.9 * len(rows)
        assert np.array_equal(values[at[known]], rows[name][known, 1])


def test_facts_are_those_of_the_fold(race_logs, race_store):
    fold, facts = RaceFold(), {}
    shelf = Shelf(race_logs)
    for item in merged(shelf.readers(SESSION)):
        for fact in fold.fold(item.record, item.log):
            facts[fact_key(fact)] = fact
    stored = query(race_store, "SELECT car_idx, lap, start_s, end_s, user_id, fuel_used_l FROM laps")
    laps = [f for f in facts.values() if isinstance(f, Lap)]
    assert len(laps) >= 8
    assert set(stored) == {(f.car_idx, f.lap, f.start_s, f.end_s, f.user_id, f.fuel_used_l) for f in laps}
    counts = [sum(isinstance(fact, kind) for fact in facts.values()) for kind in (Stint, Stop, FlagPhase)]
    assert all(counts)
    assert query(
        race_store,
        "SELECT (SELECT count(*) FROM stints), (SELECT count(*) FROM stops), "
        "(SELECT count(*) FROM flag_phases)",
    ) == [tuple(counts)]
    assert query(race_store, "SELECT fold FROM fold_checkpoints") == [(fold.to_bytes(),)]


def test_who_was_in_the_car(race_store):
    swaps = query(
        race_store,
        "SELECT s.car_idx FROM stops AS s WHERE user_id_in <> user_id_out AND user_id_out <> 0",
    )
    assert swaps
    for (car_idx,) in swaps:
        drivers = query(
            race_store, "SELECT DISTINCT user_id FROM drivers WHERE car_idx = ? ORDER BY ALL", car_idx
        )
        assert len(drivers) == 2
    assert query(race_store, "SELECT count(*) FROM v_laps WHERE driver IS NULL OR team IS NULL") == [(0,)]


def test_any_cut_into_batches_and_rounds_gives_the_same(tmp_path, race_store):
    """Grows by a few seconds, is projected by another process's worth of objects, and so on."""
    logs, path = tmp_path / "logs", tmp_path / "steps.duckdb"
    recording = Recording(logs)
    steps = iter(np.random.default_rng(5).uniform(6.0, 24.0, 100))
    next_s, size = 0.0, BatchSize()
    rounds = 0
    for event in race():
        if starts_s(event) > next_s:
            recording.scribe.commit()
            with Database(path) as database:
                Projector(database, Shelf(logs), size).catch_up()
            next_s = starts_s(event) + next(steps)
            size = BatchSize(seconds=next(steps) / 2)
            rounds += 1
        recording.feed([event])
    recording.stop()
    project(path, logs)
    assert rounds > 6
    assert_same(contents(path), contents(project(tmp_path / "once.duckdb", logs)))
    assert query(path, "SELECT count(*) FROM own_car") == query(race_store, "SELECT count(*) FROM own_car")


def test_a_budget_stops_a_round_and_the_next_one_goes_on(tmp_path, race_logs, race_store):
    path = tmp_path / "pitbox.duckdb"
    rounds = 0
    with Database(path) as database:
        projector = Projector(database, Shelf(race_logs))
        while not projector.catch_up(0.0).is_done:
            rounds += 1
    assert rounds > 6
    assert_same(contents(path), contents(race_store))


def test_a_round_without_news_writes_nothing(tmp_path, sprint_logs, sprint_store):
    before = contents(sprint_store)
    with Database(sprint_store) as database:
        projector = Projector(database, Shelf(sprint_logs))
        first, second = projector.catch_up(), projector.catch_up()
    assert (first.row_count, first.fact_count, second.row_count) == (0, 0, 0)
    assert_same(contents(sprint_store), before)


def test_a_restart_of_the_recorder_goes_on_in_the_same_run(tmp_path, race_store):
    logs, path = tmp_path / "logs", tmp_path / "pitbox.duckdb"
    first = Recording(logs)
    first.feed(until(race(), 60.0))
    first.scribe.commit()  # and then a kill: no end, no seal
    with Database(path) as database:
        Projector(database, Shelf(logs)).catch_up()
    record(logs, since(race(), 60.0))
    with Database(path) as database:
        progress = Projector(database, Shelf(logs)).catch_up()
    assert not progress.words, "nothing was late: the second log goes on where the first one ended"
    assert query(path, "SELECT count(*) FROM logs") == [(2,)]
    laps = "SELECT session_num, run, car_idx, lap, round(start_s, 6), round(end_s, 6) FROM laps ORDER BY ALL"
    assert query(path, laps) == query(race_store, laps)
    assert_same(contents(path), contents(project(tmp_path / "once.duckdb", logs)))


def test_losses_are_named(tmp_path):
    logs = tmp_path / "logs"
    recording = Recording(logs)
    recording.feed(until(sprint(), 10.0))
    recording.feed([Missed(30, 10.0, 10.5, "torn reads")])
    recording.feed(since(sprint(), 10.5)[2:])
    recording.stop()
    path = project(tmp_path / "pitbox.duckdb", logs)
    assert query(path, "SELECT from_s, until_s, tick_count, reason FROM lost") == [
        (10.0, 10.5, 30, "torn reads")
    ]


def test_a_hole_in_the_log_is_a_row_in_lost(tmp_path, sprint_logs):
    segment = next(sprint_logs.rglob("*.seg"))
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(data)
    path = project(tmp_path / "pitbox.duckdb", sprint_logs)
    found = query(path, "SELECT from_s, reason FROM lost")
    assert len(found) == 1
    assert "missing" in found[0][1]
    assert 0 < found[0][0] < 40


@pytest.mark.parametrize("seconds", [1.1, 7.3])
def test_the_size_of_a_batch_makes_no_difference(tmp_path, sprint_logs, sprint_store, seconds):
    path = tmp_path / "other.duckdb"
    with Database(path) as database:
        Projector(database, Shelf(sprint_logs), BatchSize(seconds=seconds)).catch_up()
    assert_same(contents(path), contents(sprint_store))
