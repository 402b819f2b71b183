"""A recording from disk as ticks: laps are true crossings of the line, and zeros are no laps."""

import msgspec
import numpy as np
import pytest
from disk_image import MODERN, OLD, blank, drive, ibt

from pitbox.model.code import TrackSurface
from pitbox.model.source import Closed, InfoChanged, Missed, Opened, Ticks
from pitbox.sim.iracing.disk import IbtFile
from pitbox.sim.iracing.drive import Drive, IbtSource
from pitbox.sim.iracing.errors import GarbageError
from pitbox.sim.iracing.text import session_info
from pitbox.sim.synthetic.disk import write_ibt
from pitbox.sim.synthetic.scenario import SCENARIOS, CautionPlan, Mishaps
from pitbox.wall.importer import laps_of


@pytest.fixture
def opened(tmp_path):
    files = []

    def make(data):
        path = tmp_path / f"{len(files)}.ibt"
        path.write_bytes(data)
        files.append(IbtFile(path))
        return Drive(files[-1], session_info(files[-1].text))

    yield make
    for file in files:
        file.close()


def events_of(source):
    events = []
    while got := source.poll(0.0):
        events.extend(got)
    return events


def kinds(events):
    return [type(event) for event in events]


def test_a_file_is_a_source(opened):
    made = opened(ibt(drive(70)))
    events = events_of(IbtSource(made, "local-x", b"text"))
    assert kinds(events) == [Opened, InfoChanged, Ticks, Ticks, Closed]
    assert events[0].layouts() == (made.own, made.field, made.slow)
    assert (events[1].text, events[1].info.own.car_idx) == (b"text", 2)
    ticks = [event for event in events if isinstance(event, Ticks)]
    assert sum(map(len, ticks)) == 4200
    for part in ticks:
        assert len(part.own) == len(part.field) == len(part.slow)
        assert (part.own["SessionTick"] == part.field["SessionTick"]).all()


def test_own_rows_hold_every_channel_to_the_bit(opened, tmp_path):
    data = ibt(drive(1.0))
    made = opened(data)
    (ticks,) = [event for event in events_of(IbtSource(made, "local-x")) if isinstance(event, Ticks)]
    with IbtFile(tmp_path / "0.ibt") as file:
        assert set(ticks.own.dtype.names) == set(file.columns())
        for name, column in file.columns().items():
            np.testing.assert_array_equal(ticks.own[name], column)
        del column


def test_the_field_is_our_car_in_its_place_and_nobody_else(opened):
    made = opened(ibt(drive(1.0)))
    (ticks,) = [event for event in events_of(IbtSource(made, "local-x")) if isinstance(event, Ticks)]
    field = ticks.field
    assert field["CarIdxLapDistPct"].shape == (60, 3)
    np.testing.assert_array_equal(field["CarIdxLapDistPct"][:, 2], ticks.own["LapDistPct"])
    np.testing.assert_array_equal(field["CarIdxTrackSurface"][:, 2], TrackSurface.ON_TRACK)
    assert (field["CarIdxTrackSurface"][:, :2] == TrackSurface.NOT_IN_WORLD).all()
    assert (field["CarIdxLapDistPct"][:, :2] == -1).all()


@pytest.mark.parametrize("columns", [MODERN, OLD])
def test_laps_are_crossings_of_the_line(opened, columns):
    made = opened(ibt(drive(95, columns=columns), columns=columns, version=2 if columns is MODERN else 1))
    laps = laps_of(made)
    assert [lap.lap for lap in laps] == [2, 3, 4, 5]
    assert [lap.end_s - lap.start_s for lap in laps] == pytest.approx([20.0] * 4, abs=0.002)
    assert all(lap.user_id == 7 for lap in laps)


def test_fact_5_records_of_zeros_are_no_ticks_and_no_laps(opened):
    clean, rows = drive(95), drive(95)
    rows[0] = blank(rows[0])
    for at in (700, 2000, 2001):
        rows[at] = blank(rows[at])
    made = opened(ibt(rows))
    assert made.left_out == 4
    laps, truth = laps_of(made), laps_of(opened(ibt(clean)))
    assert [(lap.lap, lap.start_s, lap.end_s) for lap in laps] == [(t.lap, t.start_s, t.end_s) for t in truth]
    events = events_of(IbtSource(made, "local-x"))
    missed = [(event.count, event.from_s) for event in events if isinstance(event, Missed)]
    assert missed == [(1, rows[699]["SessionTime"]), (2, rows[1999]["SessionTime"])]
    for ticks in events:
        if isinstance(ticks, Ticks):
            assert (ticks.own["Speed"] > 0).all()


def test_fact_5_a_reset_to_the_pits_makes_no_lap(opened):
    """Over the line, reset, and from the stall on again: the lap in between is nobody's."""
    rows = drive(25)
    reset = blank(drive(0.1, from_s=125.0)[0])
    after = drive(5, start=0.02, from_s=125.02, PlayerTrackSurface=1, OnPitRoad=True, Lap=2, LapCompleted=1)
    made = opened(ibt([*rows, reset, *after]))
    assert [lap for lap in laps_of(made) if not (lap.kind.is_tow or lap.kind.is_broken)] == []
    assert [lap.lap for lap in laps_of(made)] == []


def test_fact_6_single_ticks_go_missing_and_fractions_are_slightly_negative(opened):
    rows = drive(95)
    crossing = next(at for at in range(1, len(rows)) if rows[at]["Lap"] > rows[at - 1]["Lap"])
    rows[crossing]["LapDistPct"] = -0.0003
    del rows[1500], rows[3000]
    made = opened(ibt(rows))
    assert [lap.lap for lap in laps_of(made)] == [2, 3, 4, 5]
    assert sum(event.count for event in events_of(IbtSource(made, "x")) if isinstance(event, Missed)) == 2


def test_ticks_never_span_two_sessions_or_a_restart(opened):
    rows = [*drive(2), *drive(2, from_s=10.0), *drive(2, from_s=20.0, SessionNum=1)]
    ticks = [
        e for e in events_of(IbtSource(opened(ibt(rows)), "local-x")) if isinstance(e, Ticks | InfoChanged)
    ]
    assert kinds(ticks) == [InfoChanged, Ticks, Ticks, InfoChanged, Ticks]
    assert [float(t.own["SessionTime"][0]) for t in ticks if isinstance(t, Ticks)] == [100.0, 10.0, 20.0]


def test_what_is_not_wanted_is_not_given_and_is_no_loss(opened):
    made = opened(ibt(drive(10)))
    is_wanted = np.zeros(600, np.bool_)
    is_wanted[100:200] = is_wanted[400:450] = True
    is_known = np.zeros(600, np.bool_)
    is_known[150:] = True
    events = events_of(IbtSource(made, "local-x", b"", is_wanted, is_known))
    assert kinds(events) == [Opened, InfoChanged, Ticks, Ticks, Closed]
    first, second = (event for event in events if isinstance(event, Ticks))
    assert (len(first), len(second)) == (100, 50)
    says_something = (first.field["CarIdxLapDistPct"] != 0).any(axis=1)
    np.testing.assert_array_equal(says_something, np.arange(100) < 50)
    assert (first.own["Speed"] == 60).all(), "our own car is told all the same"


def test_a_file_without_a_place_is_refused(opened):
    columns = tuple(column for column in MODERN if column[0] != "LapDistPct")
    with pytest.raises(GarbageError, match="LapDistPct"):
        opened(ibt(drive(1, columns=columns), columns=columns))


def test_a_text_that_cannot_be_read_costs_the_names_only(opened):
    made = opened(ibt(drive(45), text=b"\xff\xfe garbage"))
    assert made.info is None
    assert [lap.lap for lap in laps_of(made)] == [2]


@pytest.mark.slow
def test_the_worlds_tows_and_laps(tmp_path):
    towed = msgspec.structs.replace(
        SCENARIOS["duel"], seed=5, mishaps=Mishaps(tow=0.5), caution=CautionPlan()
    )
    written = write_ibt(towed, tmp_path / "towed.ibt", 8.0)
    with IbtFile(tmp_path / "towed.ibt") as file:
        made = Drive(file, session_info(file.text))
        assert np.flatnonzero(~made.is_tick).tolist() == list(written.placeless)
        laps = laps_of(made)
        assert sum(lap.kind.is_tow for lap in laps) <= len(written.placeless) - 1
        assert len(laps) <= written.laps
        del made
