"""Several devices: whatever comes when, the facts are those of all logs in axis order."""

from itertools import pairwise

from recorded import Recording, assert_same, contents, project, record, since, sprint, starts_s, until

from pitbox.log.shelf import Shelf
from pitbox.store.database import Database
from pitbox.store.projector import Projector
from pitbox.store.rows import BatchSize

FACTS = ("laps", "stints", "drivers", "runs", "fold_marks", "fold_checkpoints")


def late(tmp_path):
    """Kai records the second half, is projected, and only then Mei's log of the first half arrives."""
    logs, path = tmp_path / "logs", tmp_path / "pitbox.duckdb"
    record(logs, since(sprint(), 20.0), "kai")
    project(path, logs)
    record(logs, until(sprint(), 25.0), "mei")
    return logs, path


def test_a_log_that_comes_late_folds_its_session_again(tmp_path):
    logs, path = late(tmp_path)
    before = contents(path)
    with Database(path) as database:
        progress = Projector(database, Shelf(logs)).catch_up()
    assert any("came late" in words for words in progress.words)
    after = contents(path)
    assert len(after["laps"][1]) > len(before["laps"][1]), "now the first lap has a beginning"
    assert_same(after, contents(project(tmp_path / "once.duckdb", logs)))


def test_a_checkpoint_of_other_rules_folds_its_session_again(tmp_path):
    logs, path = tmp_path / "logs", tmp_path / "pitbox.duckdb"
    recording = Recording(logs)
    recording.feed(until(sprint(), 20.0))
    recording.scribe.commit()
    project(path, logs)
    with Database(path) as database:
        database.connection.execute("UPDATE fold_checkpoints SET fold = 'of another age'::BLOB")
    recording.feed(event for event in sprint() if starts_s(event) >= 20.0)
    recording.stop()
    with Database(path) as database:
        progress = Projector(database, Shelf(logs)).catch_up()
    assert "worked out again" in progress.words[0]
    assert_same(contents(path), contents(project(tmp_path / "once.duckdb", logs)))


def test_what_an_older_pitbox_stored_is_told_again_by_a_patient_round_only(tmp_path):
    """As it was before there was a table of sayings."""
    logs, path = tmp_path / "logs", tmp_path / "pitbox.duckdb"
    record(logs, sprint())
    project(path, logs)
    whole = contents(path)
    with Database(path) as database:
        database.connection.execute("DELETE FROM said_facts")
        assert Projector(database, Shelf(logs)).catch_up(5.0, is_final=False).fact_count == 0
        assert any("worked out again" in one for one in Projector(database, Shelf(logs)).catch_up().words)
        assert Projector(database, Shelf(logs)).catch_up().fact_count == 0
    assert_same(contents(path), whole)


def test_folding_again_can_be_interrupted(tmp_path):
    """While it goes on, what stood before is there; a kill in the middle (here: a new object) only delays."""
    logs, path = late(tmp_path)
    before = contents(path)
    for _ in range(2):
        with Database(path) as database:
            projector = Projector(database, Shelf(logs), BatchSize(seconds=3.0))
            progress = projector.catch_up(0.0)
            while "came late" not in " ".join(progress.words):
                progress = projector.catch_up(0.0)
            for _ in range(3):
                assert not projector.catch_up(0.0).is_done
        assert_same(*({table: found[table] for table in FACTS} for found in (contents(path), before)))
    project(path, logs)
    assert_same(contents(path), contents(project(tmp_path / "once.duckdb", logs)))


def test_two_who_record_at_once_are_waited_for(tmp_path):
    """Mei's log is a few seconds behind Kai's in each round: nothing is folded twice."""
    logs, path = tmp_path / "logs", tmp_path / "pitbox.duckdb"
    recordings = ((Recording(logs, "kai"), 0.0), (Recording(logs, "mei"), 3.0))
    words: list[str] = []
    with Database(path) as database:
        projector = Projector(database, Shelf(logs))
        for low, high in pairwise([0.0, 9.0, 18.0, 27.0, 99.0]):
            for recording, lag_s in recordings:
                start = low - lag_s if low else 0.0
                recording.feed(event for event in sprint() if start <= starts_s(event) < high - lag_s)
                recording.scribe.commit()
            words += projector.catch_up(is_final=False).words
        for recording, _ in recordings:
            recording.stop()
        words += projector.catch_up().words
    assert not words
    assert_same(contents(path), contents(project(tmp_path / "once.duckdb", logs)))


def test_a_late_log_that_still_arrives_is_not_folded_piece_by_piece(tmp_path):
    """Mei was away; her backlog comes in over several rounds while Kai goes on. One new fold, at its end."""
    logs, path = tmp_path / "logs", tmp_path / "pitbox.duckdb"
    kai, mei = Recording(logs, "kai"), Recording(logs, "mei")
    late = 0
    with Database(path) as database:
        projector = Projector(database, Shelf(logs))
        kai.feed(until(sprint(), 30.0))
        projector.catch_up(is_final=False)
        for low, high in pairwise([0.0, 10.0, 20.0, 29.9]):
            mei.feed(event for event in sprint() if low <= starts_s(event) < high)
            mei.scribe.commit()
            late += sum("came late" in words for words in projector.catch_up(is_final=False).words)
        for recording, start in ((kai, 30.0), (mei, 29.9)):
            recording.feed(event for event in sprint() if starts_s(event) >= start)
            recording.stop()
        late += sum("came late" in words for words in projector.catch_up().words)
    assert late == 1
    assert_same(contents(path), contents(project(tmp_path / "once.duckdb", logs)))
