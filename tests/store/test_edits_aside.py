"""What people write into a session leaves its laps, its rows and their projection as they were."""

from pathlib import Path

from recorded import assert_same, contents, project, record, sprint, until

from pitbox.identity.device import Identity
from pitbox.log.edits import Author
from pitbox.log.shelf import Shelf
from pitbox.model.edit import Draft, Entity
from pitbox.model.ledger import Ledger
from pitbox.store.database import Database
from pitbox.store.projector import Projector


def test_edits_fold_no_session_again(tmp_path: Path) -> None:
    logs, path = tmp_path / "logs", tmp_path / "pitbox.duckdb"
    log = record(logs, until(sprint(), 20.0))
    project(path, logs)
    before = contents(path)
    author = Author(logs, log.session, Identity.load_or_create(tmp_path / "lea"))
    author.append([Ledger().write(Draft(Entity("note", "a"), "text", "x"), author.stamp)])
    author.commit()
    with Database(path) as database:
        projector = Projector(database, Shelf(logs))
        progress = [projector.catch_up(is_final=is_final) for is_final in (False, True)]
    author.close()
    assert [(done.row_count, done.fact_count, done.words) for done in progress] == [(0, 0, [])] * 2
    assert_same(before, contents(path))
