"""Which session and which run a file belongs to, when no server numbered it or the clock was put back."""

import os

import numpy as np
import pytest
from disk_image import TEXT, blank, drive, ibt

from pitbox.identity.device import Identity
from pitbox.log.merge import merged
from pitbox.log.scribe import Scribe, ScribeLimits
from pitbox.log.shelf import Shelf
from pitbox.model.fact import Lap
from pitbox.model.ids import SessionId
from pitbox.model.source import Ticks
from pitbox.sim.iracing.disk import IbtFile
from pitbox.sim.iracing.drive import Drive, IbtSource
from pitbox.sim.iracing.text import parse_session_text
from pitbox.timing.race import RaceFold
from pitbox.wall.importer import import_file
from pitbox.wire.record import BlockRecord, RunRecord, decode

LIMITS = ScribeLimits(reserve_bytes=0)
ZERO_S = 1_790_000_000
LOCAL = SessionId("local-0123456789abcdef")


class PcClock:
    """Time of a machine on which the drive goes on at real speed."""

    def __init__(self, zero_s):
        self.zero_s, self.sim_s = zero_s, 0.0

    def monotonic_s(self):
        return self.sim_s

    def wall_s(self):
        return self.zero_s + self.sim_s


@pytest.fixture
def identity(tmp_path):
    return Identity.load_or_create(tmp_path / "identity")


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "log")


@pytest.fixture
def put(tmp_path):
    def write(name, data):
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    return write


def record_live(shelf, identity, path, spans_s, session=LOCAL, *, zero_s=ZERO_S + 0.4):
    """What a collector has of the same drive, which ran only in these spans of session time."""
    clock = PcClock(zero_s)
    scribe = Scribe(shelf.root, identity, limits=LIMITS, clock=clock)
    with IbtFile(path) as file:
        tape = Drive(file, parse_session_text(file.text).info)
        for first_s, last_s in spans_s:
            is_there = (tape.times_s() >= first_s) & (tape.times_s() < last_s)
            source = IbtSource(tape, session, file.text, is_there)
            while events := source.poll(0.0):
                for event in events:
                    clock.sim_s = float(event.own["SessionTime"][0]) if isinstance(event, Ticks) else 0.0
                scribe.take(events)
            scribe.close("killed")


def runs_of(shelf, session):
    """Where each run's rows begin, by the order of the axis."""
    found = {}
    for reader in shelf.readers(session):
        for entry in reader.entries():
            record = decode(entry.payload)
            if isinstance(record, BlockRecord) and record.layout_no == 0:
                found[record.run] = min(found.get(record.run, np.inf), record.sim_time_s)
    return found


def laps_of(shelf, session):
    fold, laps = RaceFold(), {}
    for item in merged(shelf.readers(session)):
        for fact in fold.fold(item.record, item.log):
            if isinstance(fact, Lap):
                laps[fact.run, fact.lap] = fact
    return laps


def test_a_file_fills_the_recording_of_the_same_drive_offline(shelf, identity, put):
    path = put("a.ibt", ibt(drive(120)))
    record_live(shelf, identity, path, [(100.0, 130.0), (175.0, 230.0)])
    assert any(lap.kind.is_broken for lap in laps_of(shelf, LOCAL).values())
    done = import_file(path, shelf, identity)
    assert (done.session, done.state) == (LOCAL, "filled")
    assert done.new_records == 45 * 60
    assert shelf.sessions() == [LOCAL]
    laps = laps_of(shelf, LOCAL)
    assert sorted(laps) == [(0, lap) for lap in range(2, 7)]
    assert not any(lap.kind.is_broken for lap in laps.values())
    assert import_file(path, shelf, identity).state == "known"


def test_the_date_tells_where_no_moment_is_in_both(shelf, identity, put):
    early, late = drive(60), drive(60, start=0.9, from_s=300.0)
    record_live(shelf, identity, put("early.ibt", ibt(early)), [(0.0, 999.0)])
    assert import_file(put("late.ibt", ibt(late)), shelf, identity).session == LOCAL
    assert set(runs_of(shelf, LOCAL)) == {0}, "it is one run, with a hole"


def test_files_of_one_drive_offline_are_one_session(shelf, identity, put):
    parts = [put(f"{at}.ibt", ibt(drive(30, start=0.1 * at, from_s=100.0 + 70 * at))) for at in range(3)]
    done = [import_file(path, shelf, identity) for path in parts]
    assert len({item.session for item in done}) == 1
    assert [item.state for item in done] == ["imported", "filled", "filled"]


def test_a_car_that_stands_in_its_stall_is_no_evidence(shelf, identity, put):
    """Each test drive begins at the same place at the same session time."""
    parked = drive(30, start=0.98, lap_s=1e9)
    record_live(shelf, identity, put("a.ibt", ibt(parked + drive(40, start=0.98, from_s=130.0))), [(0, 999)])
    other = ibt(parked + drive(40, start=0.2, from_s=130.0), zero_s=ZERO_S + 7200)
    assert import_file(put("b.ibt", other), shelf, identity).session.startswith("ibt-")
    only_parked = import_file(put("c.ibt", ibt(parked, zero_s=ZERO_S + 9000)), shelf, identity)
    assert only_parked.session.startswith("ibt-")


@pytest.mark.parametrize("change", [(b"Ring", b"Rung"), (b"GT3", b"GT4")])
def test_another_car_or_track_is_another_session(shelf, identity, put, change):
    path = put("a.ibt", ibt(drive(60)))
    record_live(shelf, identity, path, [(0.0, 999.0)])
    other = put("b.ibt", ibt(drive(60), text=(TEXT % 0).replace(*change)))
    assert import_file(other, shelf, identity).session.startswith("ibt-")


def test_what_cannot_be_decided_is_said_and_kept_apart(shelf, identity, put):
    record_live(shelf, identity, put("early.ibt", ibt(drive(60))), [(0.0, 999.0)], zero_s=ZERO_S + 20)
    for log in shelf.readers(LOCAL):
        for path in log.folder.glob("*.seg"):
            os.utime(path, (ZERO_S + 200, ZERO_S + 200))
    done = import_file(put("late.ibt", ibt(drive(60, from_s=300.0))), shelf, identity)
    assert done.session.startswith("ibt-")
    assert any(LOCAL in problem and "kept apart" in problem for problem in done.problems)


def test_two_recordings_of_one_drive_get_one_answer(shelf, identity, put):
    """PitBox was started twice during it: each time it gave the session a name."""
    path = put("a.ibt", ibt(drive(120)))
    second = SessionId("local-fedcba9876543210")
    record_live(shelf, identity, path, [(100.0, 120.0)])
    record_live(shelf, identity, path, [(130.0, 220.0)], second)
    done = import_file(path, shelf, identity)
    assert (done.session, done.new_records) == (second, 30 * 60)
    assert any(LOCAL in problem for problem in done.problems)


def test_an_old_recording_without_a_date_is_still_known_by_its_places(shelf, identity, put, monkeypatch):
    path = put("a.ibt", ibt(drive(60)))
    monkeypatch.setattr(PcClock, "wall_s", lambda self: 0.0)
    record_live(shelf, identity, path, [(0.0, 130.0)])
    assert import_file(path, shelf, identity).session == LOCAL


def doubts(done):
    return [problem for problem in done.problems if "SplitTimeInfo" not in problem]


def restarts(put):
    """Three drives of one session on a server, each from the same session time on."""
    return [
        put(
            f"{at}.ibt",
            ibt(drive(60, start=0.1 + 0.3 * at, lap_s=20.0 + at), sub=3, zero_s=ZERO_S + 600 * at),
        )
        for at in range(3)
    ]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0)])
def test_runs_stand_in_the_order_in_which_they_were_driven(shelf, identity, put, order):
    paths = restarts(put)
    for at in order:
        assert doubts(import_file(paths[at], shelf, identity)) == []
    numbers = sorted(runs_of(shelf, SessionId("sub-3")))
    assert len(numbers) == 3
    lap_s = {run: lap.time_s for (run, _), lap in sorted(laps_of(shelf, SessionId("sub-3")).items())}
    assert [round(lap_s[number]) for number in numbers] == [20, 21, 22]
    for path in paths:
        assert import_file(path, shelf, identity).state == "known"


def test_a_run_between_two_others_is_said_to_be_out_of_order(shelf, identity, put):
    paths = restarts(put)
    for at in (0, 2):
        import_file(paths[at], shelf, identity)
    done = import_file(paths[1], shelf, identity)
    assert "between runs" in doubts(done)[0]
    assert sorted(runs_of(shelf, SessionId("sub-3"))) == [0, 1, 2]


def test_a_restart_inside_an_earlier_file_does_not_meet_the_run_that_is_here(shelf, identity, put):
    late = drive(60, start=0.7, lap_s=22.0)
    import_file(put("late.ibt", ibt(late, sub=3, zero_s=ZERO_S + 900)), shelf, identity)
    rows = [*drive(45), *drive(65, start=0.05, from_s=90.0)]
    done = import_file(put("early.ibt", ibt(rows, sub=3)), shelf, identity)
    assert done.new_records == 110 * 60
    assert runs_of(shelf, SessionId("sub-3")) == {-2: 100.0, -1: 90.0, 0: 100.0}


def test_a_run_says_when_its_clock_began(shelf, identity, put):
    rows = [blank(drive(1)[0]), *drive(45), *drive(65, start=0.05, from_s=90.0)]
    done = import_file(put("a.ibt", ibt(rows)), shelf, identity)
    records = [decode(e.payload) for r in shelf.readers(done.session) for e in r.entries()]
    zeros = {record.run: record.zero_utc_s for record in records if isinstance(record, RunRecord)}
    assert zeros == {0: ZERO_S, 1: pytest.approx(ZERO_S + 55, abs=0.1)}
