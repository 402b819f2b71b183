"""Files into the log: once, into the right session and run, and only what is missing there."""

import struct
from collections import defaultdict

import numpy as np
import pytest
import zstandard
from disk_image import CODES, MODERN, SIZES, blank, drive, ibt
from replayed import replayed

from pitbox.identity.device import Identity
from pitbox.log.merge import merged
from pitbox.log.scribe import Scribe, ScribeLimits
from pitbox.log.shelf import Shelf
from pitbox.log.verify import verify_log
from pitbox.model.fact import Lap
from pitbox.model.ids import SessionId
from pitbox.model.source import InfoChanged, Opened, Ticks
from pitbox.sim.iracing.disk import IbtFile
from pitbox.sim.synthetic.disk import write_ibt
from pitbox.sim.synthetic.scenario import SCENARIOS
from pitbox.sim.synthetic.source import SyntheticSource
from pitbox.timing.race import RaceFold
from pitbox.wall import importer
from pitbox.wall.importer import import_file, recordings
from pitbox.wire.record import BlockRecord, LostRecord, RunRecord, TextRecord, decode

LIMITS = ScribeLimits(reserve_bytes=0)


@pytest.fixture
def identity(tmp_path):
    return Identity.load_or_create(tmp_path / "identity")


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "log")


@pytest.fixture
def put(tmp_path):
    def write(name, data):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def records_of(shelf, session):
    return [decode(entry.payload) for reader in shelf.readers(session) for entry in reader.entries()]


def laps_by_car(shelf, session):
    """Laps out of all logs of a session, as the wall folds them."""
    fold, laps = RaceFold(), defaultdict(dict)
    for item in merged(shelf.readers(session)):
        for fact in fold.fold(item.record, item.log):
            if isinstance(fact, Lap):
                laps[fact.car_idx][fact.run, fact.lap] = fact
    return laps


def folded(shelf, session, car_idx):
    return laps_by_car(shelf, session)[car_idx]


def row_count(shelf, session):
    """Own rows in all logs."""
    return sum(
        r.row_count for r in records_of(shelf, session) if isinstance(r, BlockRecord) and r.layout_no == 0
    )


def test_a_file_driven_offline_is_a_session_by_itself(shelf, identity, put):
    rows = drive(95)
    rows[0] = blank(rows[0])
    done = import_file(put("a.ibt", ibt(rows)), shelf, identity)
    assert (done.state, done.car, done.track) == ("imported", "GT3", "Ring")
    assert (done.records, done.new_records, done.laps) == (5700, 5699, 4)
    assert done.session.startswith("ibt-")
    assert "nothing of the car" in done.problems[0]
    assert shelf.sessions() == [done.session]
    assert verify_log(shelf.readers(done.session)[0]).is_whole
    assert sorted(lap for _, lap in folded(shelf, done.session, 2)) == [2, 3, 4, 5]
    texts = [r for r in records_of(shelf, done.session) if isinstance(r, TextRecord)]
    with IbtFile(put("b.ibt", ibt(rows))) as file:
        assert [zstandard.decompress(record.text) for record in texts] == [file.text]


def test_the_same_file_twice_is_one_session_whatever_its_name(shelf, identity, put):
    data = ibt(drive(30))
    first = import_file(put("a.ibt", data), shelf, identity)
    again = import_file(put("b.ibt", data), shelf, identity)
    assert (again.state, again.session, again.new_records, again.laps) == (
        "known",
        first.session,
        0,
        first.laps,
    )
    assert len(shelf.logs(first.session)) == 1
    assert row_count(shelf, first.session) == 1800


def test_files_of_one_session_on_a_server_come_together(shelf, identity, put):
    early, late = ibt(drive(40), sub=55), ibt(drive(40, start=0.1, from_s=300.0), sub=55)
    for name, data in (("late.ibt", late), ("early.ibt", early)):
        done = import_file(put(name, data), shelf, identity)
        assert done.session == "sub-55"
    assert shelf.sessions() == ["sub-55"]
    assert {r.run for r in records_of(shelf, SessionId("sub-55")) if isinstance(r, RunRecord)} == {0}


def test_progress_is_told_to_the_end(shelf, identity, put):
    told = []
    import_file(
        put("a.ibt", ibt(drive(130))), shelf, identity, lambda done, total: told.append((done, total))
    )
    assert told[-1] == (7800, 7800)
    assert len({done for done, _ in told}) > 2
    assert told == sorted(told)


def test_what_cannot_be_read_is_told_in_the_result(shelf, identity, put, tmp_path):
    for path in (put("a.ibt", b""), put("b.ibt", b"\x02\0\0\0"), tmp_path / "none.ibt"):
        done = import_file(path, shelf, identity)
        assert done.state == "refused"
        assert path.name in done.problems[0]
    assert shelf.sessions() == []


def damaged(rows, column, value):
    """A file in which one column says this, whatever the type's own limits."""
    data = bytearray(ibt(rows))
    at = sum(SIZES[kind] for name, kind in MODERN[: [name for name, _ in MODERN].index(column)])
    length = sum(SIZES[kind] for _, kind in MODERN)
    code = CODES[dict(MODERN)[column]][1]
    start = len(data) - length * len(rows) + at
    for number in range(len(rows)):
        struct.pack_into(f"<{code}", data, start + number * length, value(number))
    return bytes(data)


@pytest.mark.parametrize("time_s", [float("nan"), float("inf"), 1e300, 1e9, -1.0])
def test_a_file_without_one_possible_time_is_refused_in_words(shelf, identity, put, time_s):
    done = import_file(put("mad.ibt", damaged(drive(2), "SessionTime", lambda _: time_s)), shelf, identity)
    assert (done.state, done.session, shelf.sessions()) == ("refused", "", [])
    assert done.problems == ("mad.ibt: Of its 120 records none says where the car was.",)


def test_times_that_cannot_be_cost_their_records_only(shelf, identity, put):
    data = damaged(drive(65), "SessionTime", lambda at: 1e300 if at > 3600 else 100 + at / 60)
    done = import_file(put("late.ibt", data), shelf, identity)
    assert (done.state, done.new_records) == ("imported", 3601)
    assert "299 records say nothing" in done.problems[0]


@pytest.mark.parametrize("told", [1, 360, 3600])
def test_a_head_that_lies_about_its_rate_changes_nothing(shelf, identity, put, told):
    data = bytearray(ibt(drive(10)))
    struct.pack_into("<i", data, 8, told)
    done = import_file(put("rate.ibt", bytes(data)), shelf, identity)
    assert (done.state, done.new_records) == ("imported", 600)
    records = records_of(shelf, done.session)
    assert not [record for record in records if isinstance(record, LostRecord)]
    assert sum(isinstance(record, BlockRecord) for record in records) < 60


def test_the_readable_part_of_a_cut_file_is_imported_and_the_rest_when_it_is_there(shelf, identity, put):
    whole = ibt(drive(60), sub=9)
    row = (len(whole) - len(ibt([], sub=9))) // 3600
    cut = import_file(put("a.ibt", whole[: -row * 1800 - 7]), shelf, identity)
    assert (cut.state, cut.new_records) == ("imported", 1799)
    assert any("1799 of 3600 records are whole" in problem for problem in cut.problems)
    rest = import_file(put("a.ibt", whole), shelf, identity)
    assert (rest.state, rest.new_records) == ("filled", 1801)
    assert row_count(shelf, rest.session) == 3600


def test_an_import_that_was_killed_is_gone_on_with(shelf, identity, put, monkeypatch):
    """Whatever was committed stays; the next attempt brings the rest and nothing twice."""
    path = put("a.ibt", ibt(drive(150)))
    monkeypatch.setattr(importer, "_COMMIT_BYTES", 1)

    def fall(done, total):
        if done >= 3600:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_file(path, shelf, identity, fall)
    (session,) = shelf.sessions()
    assert row_count(shelf, session) == 3600
    done = import_file(path, shelf, identity)
    assert (done.session, done.state, done.new_records) == (session, "filled", 5400)
    assert row_count(shelf, session) == 9000
    assert sorted(lap for _, lap in folded(shelf, session, 2)) == [2, 3, 4, 5, 6, 7]
    assert import_file(path, shelf, identity).state == "known"


def test_a_restart_inside_a_file_is_another_run_and_known_the_second_time(shelf, identity, put):
    rows = [*drive(45), *drive(65, start=0.05, from_s=90.0)]
    path = put("a.ibt", ibt(rows, sub=3))
    done = import_file(path, shelf, identity)
    assert done.new_records == 110 * 60
    runs = {r.run: r.reason for r in records_of(shelf, SessionId("sub-3")) if isinstance(r, RunRecord)}
    assert runs == {0: "resumed", 1: "restarted"}
    assert sorted(folded(shelf, SessionId("sub-3"), 2)) == [(0, 2), (1, 2), (1, 3)]
    assert import_file(path, shelf, identity).state == "known"


def test_two_files_of_the_same_times_from_before_and_after_a_restart(shelf, identity, put):
    """The clock alone cannot tell them apart; where the car was can."""
    import_file(put("a.ibt", ibt(drive(60, start=0.3), sub=3)), shelf, identity)
    other = import_file(put("b.ibt", ibt(drive(60, start=0.8), sub=3)), shelf, identity)
    assert other.new_records == 3600, "none of it is known"
    assert {r.run for r in records_of(shelf, SessionId("sub-3")) if isinstance(r, RunRecord)} == {0, 1}


SCENARIO = SCENARIOS["duel"]
SESSION = SessionId(f"sub-{90_000_000 + SCENARIO.seed}")
MINUTES = 9.0


@pytest.fixture(scope="module")
def race(tmp_path_factory):
    """The own car of one race, as its disk and as its collector saw it."""
    path = tmp_path_factory.mktemp("race") / "race.ibt"
    write_ibt(SCENARIO, path, MINUTES)
    events, seen_s = [], 0.0
    source = SyntheticSource(SCENARIO, session=SESSION)
    while seen_s < MINUTES * 60:
        for event in source.poll(0.0):
            events.append(event)
            seen_s = float(event.own["SessionTime"][-1]) if isinstance(event, Ticks) else seen_s
    source.close()
    return path, events


def live_log(shelf, identity, events, holes=()):
    """A collector's log that was not there at some times."""
    scribe = Scribe(shelf.root, identity, limits=LIMITS)
    is_away = False
    context = {}
    for event in events:
        if isinstance(event, Opened | InfoChanged):
            context[type(event)] = event
        if isinstance(event, Ticks):
            at_s = float(event.own["SessionTime"][0])
            was_away, is_away = is_away, any(a <= at_s < b for a, b in holes)
            if is_away and not was_away:
                scribe.close("killed")
            if was_away and not is_away:
                scribe.take(list(context.values()))
            if is_away:
                continue
        scribe.take([event])
        scribe.tick()
    scribe.close("done")


@pytest.mark.slow
def test_a_live_recording_gets_the_laps_it_missed(race, shelf, identity, tmp_path):
    path, events = race
    own = next(event.info.own.car_idx for event in events if isinstance(event, InfoChanged))
    whole = Shelf(tmp_path / "whole")
    live_log(whole, identity, events)
    truth = folded(whole, SESSION, own)
    assert len(truth) >= 3
    live_log(shelf, identity, events, holes=[(150.0, 330.0)])
    before = folded(shelf, SESSION, own)
    assert any(lap.kind.is_broken for lap in before.values()) or len(before) < len(truth)
    done = import_file(path, shelf, identity)
    assert (done.state, done.session) == ("filled", SESSION)
    assert done.new_records == pytest.approx(180 * 60, abs=30), "the hole and nothing else"
    after = folded(shelf, SESSION, own)
    assert {key: (lap.start_s, lap.end_s, lap.kind.is_broken) for key, lap in after.items()} == {
        key: (pytest.approx(lap.start_s, abs=0.002), pytest.approx(lap.end_s, abs=0.002), False)
        for key, lap in truth.items()
    }
    assert import_file(path, shelf, identity).state == "known"


@pytest.mark.slow
def test_a_field_that_a_team_mate_recorded_is_not_hidden_by_our_file(race, shelf, identity, tmp_path):
    path, events = race
    mate = Identity.load_or_create(tmp_path / "mate")
    live_log(shelf, mate, events)
    cars = {
        entry.car_idx for event in events if isinstance(event, InfoChanged) for entry in event.info.entries
    }
    before = laps_by_car(shelf, SESSION)
    done = import_file(path, shelf, identity)
    assert done.state == "filled"
    assert done.new_records > MINUTES * 60 * 60 * 0.99, "our own figures are only in our file"
    after = laps_by_car(shelf, SESSION)
    for car in cars:
        assert {key: (lap.start_s, lap.end_s) for key, lap in after[car].items()} == {
            key: (lap.start_s, lap.end_s) for key, lap in before[car].items()
        }


def test_folders_are_searched_and_nothing_is_taken_twice(tmp_path):
    (tmp_path / "deep").mkdir()
    for name in ("b.ibt", "deep/a.IBT", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    found = recordings([tmp_path, tmp_path / "b.ibt", tmp_path / "notes.txt"])
    assert [path.name for path in found] == ["b.ibt", "a.IBT", "notes.txt"]


def test_the_log_holds_every_bit_of_the_file(shelf, identity, put):
    data = ibt(drive(20))
    done = import_file(put("a.ibt", data), shelf, identity)
    events = replayed(shelf.readers(done.session)[0])
    rows = np.concatenate([event.own for event in events if isinstance(event, Ticks)])
    with IbtFile(put("b.ibt", data)) as file:
        for name, column in file.copied_columns().items():
            np.testing.assert_array_equal(rows[name], column)
