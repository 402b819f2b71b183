"""What is asked of the store, against the table it comes from."""

import numpy as np
import pytest
from recorded import SESSION, race, record, since, until

from pitbox.log.shelf import Shelf
from pitbox.model.ids import SessionId
from pitbox.model.source import Ticks, joined_rows
from pitbox.store.database import Database
from pitbox.store.errors import NotStoredError
from pitbox.store.projector import Projector
from pitbox.store.query import laps, sessions, stints, stops
from pitbox.store.trace import LapKey, channel_names, lap_channels
from pitbox.wire.block import quantise


@pytest.fixture
def cursor(race_store):
    with Database(race_store, is_read_only=True) as database:
        yield database.cursor()


def test_sessions(cursor):
    (session,) = sessions(cursor)
    assert session.session_id == SESSION
    assert session.car_count == 4
    assert session.lap_count == len(laps(cursor, SESSION)) > 0
    assert session.log_count == 1
    assert session.parts == ("Race",)
    assert session.until_s > 60
    assert not session.is_orphan


def test_laps_of_all_and_of_one(cursor):
    every = laps(cursor, SESSION)
    assert [lap.end_s for lap in every] == sorted(lap.end_s for lap in every)
    assert {lap.car_idx for lap in every} == {1, 2, 3, 4}
    own = laps(cursor, SESSION, session_num=0, car_idx=1)
    assert own == [lap for lap in every if lap.car_idx == 1]
    assert all(lap.time_s == pytest.approx(lap.end_s - lap.start_s) for lap in every)
    assert all(lap.fuel_used_l is None for lap in every if lap.car_idx != 1)
    assert any(lap.fuel_used_l for lap in own)
    assert laps(cursor, SESSION, session_num=3) == []
    assert laps(cursor, SessionId("'; DROP TABLE laps; --")) == []


def test_stints_and_stops(cursor):
    every = stops(cursor, SESSION)
    assert any(stop.is_swap for stop in every)
    for stop in every:
        before = [s for s in stints(cursor, SESSION, car_idx=stop.car_idx) if s.start_s < stop.lane_in_s]
        assert before
        assert before[-1].driver == stop.driver_in
    assert sum(stint.laps for stint in stints(cursor, SESSION)) <= len(laps(cursor, SESSION))
    assert stops(cursor, SESSION, car_idx=1) == [stop for stop in every if stop.car_idx == 1]


def test_the_channels_of_a_lap_are_those_of_its_ticks(cursor):
    rows = quantise(race()[0].own, joined_rows([event.own for event in race() if isinstance(event, Ticks)]))
    lap = laps(cursor, SESSION, car_idx=1)[0]
    names = ["Speed", "Gear", "IsOnTrack", "Throttle"]
    trace = lap_channels(cursor, LapKey(SESSION, 0, 0, 1, lap.lap), names)
    during = rows[(rows["SessionTime"] >= lap.start_s) & (rows["SessionTime"] <= lap.end_s)]
    assert len(during) > 1000
    assert np.array_equal(trace.times_s, during["SessionTime"])
    for name in names:
        assert np.array_equal(trace.channels[name], during[name])
        assert trace.channels[name].dtype == during[name].dtype
    assert set(names) <= set(channel_names(cursor))


def test_what_is_not_there_is_said(cursor):
    lap = laps(cursor, SESSION, car_idx=1)[0].lap
    with pytest.raises(NotStoredError, match="no lap 99"):
        lap_channels(cursor, LapKey(SESSION, 0, 0, 1, 99), ["Speed"])
    with pytest.raises(NotStoredError, match="No channel named 'Sped'"):
        lap_channels(cursor, LapKey(SESSION, 0, 0, 1, lap), ["Speed", "Sped"])
    with pytest.raises(NotStoredError, match="from inside"):
        lap_channels(cursor, LapKey(SESSION, 0, 0, 2, lap), ["Speed"])


def test_of_two_recordings_the_driver_speaks(tmp_path):
    """Mei watches: her collector runs in the same car, but she is not in it, and her channels are dead."""
    logs = tmp_path / "logs"
    record(logs, until(race(), 45.0), "kai")
    dead = []
    for event in until(race(), 45.0):
        if isinstance(event, Ticks):
            own = event.own.copy()
            own["Speed"], own["IsOnTrack"] = 0, False
            dead.append(Ticks(own, event.field, event.slow))
        else:
            dead.append(event)
    log = record(logs, dead, "mei")
    record(logs, since(race(), 45.0), "kai")
    with Database(tmp_path / "pitbox.duckdb") as database:
        Projector(database, Shelf(logs)).catch_up()
        cursor = database.cursor()
        lap = laps(cursor, SESSION, car_idx=1)[0]
        key = LapKey(SESSION, 0, 0, 1, lap.lap)
        trace = lap_channels(cursor, key, ["Speed"])
        assert trace.epoch != log.epoch
        assert trace.channels["Speed"].mean() > 10
        assert lap_channels(cursor, key, ["Speed"], epoch=log.epoch).channels["Speed"].max() == 0
