"""One lap's rows, whatever order they were stored in and whatever is missing in them."""

import duckdb
import numpy as np
import pytest

from pitbox.model.ids import SessionId
from pitbox.store.errors import NotStoredError
from pitbox.store.trace import LapKey, lap_channels, own_columns

KEY = LapKey(SessionId("s"), 0, 0, 7, 3)
_TABLES = """
CREATE TABLE laps (
    session_id TEXT, session_num INT, run INT, car_idx INT, lap INT, start_s DOUBLE, end_s DOUBLE);
INSERT INTO laps VALUES ('s', 0, 0, 7, 3, 10.0, 20.0);
CREATE TABLE logs (session_id TEXT, own_car_idx INT, device_id TEXT, epoch BIGINT);
INSERT INTO logs VALUES ('s', 7, 'a', 1);
CREATE TABLE channels (table_name TEXT, channel TEXT, column_name TEXT);
INSERT INTO channels VALUES ('own_car', 'Speed', 'Speed_2'), ('own_car', 'Speed', 'Speed'),
    ('own_car', 'Gear', 'Gear'), ('own_car', 'IsOnTrack', 'IsOnTrack'), ('own_car', 'Six', 'Six'),
    ('own_car', 'Ragged', 'Ragged'), ('field', 'Lap', 'Lap'), ('own_car', 'Gone', NULL);
CREATE TABLE own_car (epoch BIGINT, session_num INT, run INT, "SessionTime" DOUBLE, "Speed" FLOAT,
    "Speed_2" FLOAT, "Gear" INT, "IsOnTrack" BOOLEAN, "Six" FLOAT[], "Ragged" FLOAT[]);
INSERT INTO own_car SELECT 1, 0, 0, 25.0 - i, 25.0 - i, 0, CASE WHEN i = 7 THEN NULL ELSE 4 END, i <> 7,
    [i, 1, 2, 3, 4, 5], CASE WHEN i = 7 THEN NULL ELSE [i] END FROM range(20) r(i);
"""


@pytest.fixture
def cursor():
    with duckdb.connect() as connection:
        connection.execute(_TABLES)
        yield connection


def test_rows_come_in_the_order_of_time_whatever_they_were_stored_in(cursor):
    trace = lap_channels(cursor, KEY, ["Speed", "Six"], margin_s=0.5)
    assert trace.times_s.tolist() == list(range(10, 21))
    assert trace.channels["Speed"].tolist() == trace.times_s.tolist()
    assert trace.channels["Six"].shape == (11, 6)
    assert trace.channels["Six"][:, 0].tolist() == (25.0 - trace.times_s).tolist()


def test_what_is_missing_in_a_row_is_no_number(cursor):
    trace = lap_channels(cursor, KEY, ["Gear", "IsOnTrack"])
    at = int(np.flatnonzero(trace.times_s == 18.0)[0])
    assert np.flatnonzero(np.isnan(trace.channels["Gear"])).tolist() == [at]
    assert np.flatnonzero(~trace.channels["IsOnTrack"]).tolist() == [at]
    with pytest.raises(NotStoredError, match="before this channel was an array"):
        lap_channels(cursor, KEY, ["Ragged"])


def test_a_channel_is_read_from_the_first_column_made_for_it(cursor):
    columns = own_columns(cursor)
    assert list(columns) == ["Gear", "IsOnTrack", "Ragged", "Six", "Speed"]
    assert columns["Speed"] == "Speed"
    with pytest.raises(NotStoredError, match="'Gone'"):
        lap_channels(cursor, KEY, ["Gone"], columns=columns)
