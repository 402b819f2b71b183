"""Plans lie among the races and are none: not shown, listed, stored, learnt from or put away."""

import shutil
from pathlib import Path

import pytest
from race_shelf import TWO_SEEN, ends_of

from pitbox.identity.device import Identity
from pitbox.log.archive import archive_session, sessions_to_archive
from pitbox.log.edits import Author, edit_readers, races
from pitbox.log.errors import ShelfError
from pitbox.log.shelf import Shelf
from pitbox.model.ids import TEAM_PLANS
from pitbox.model.ledger import Ledger
from pitbox.model.member import add_member
from pitbox.store.database import Database
from pitbox.store.projector import Projector
from pitbox.wall.checkup.cars import examine_cars
from pitbox.wall.following import Following
from pitbox.wall.hub import Hub
from pitbox.wall.lesson_book import LessonBook
from pitbox.wall.office import newest_session
from pitbox.wall.radio import Team


@pytest.fixture(scope="module")
def shelf(shelf: Shelf, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A race, and plans that somebody edited after it."""
    root = tmp_path_factory.mktemp("plans") / "log"
    shutil.copytree(shelf.root, root)
    planned = Shelf(root)
    plan_something(planned)
    return planned


def plan_something(shelf: Shelf) -> None:
    author = Author(shelf.root, TEAM_PLANS, Identity.load_or_create(shelf.root.parent / "lea"))
    ledger = Ledger()
    author.append([ledger.write(draft, author.stamp) for draft in add_member("ada", "Ada")])
    author.close()
    assert len(edit_readers(shelf, TEAM_PLANS)) == 1


def test_nobody_takes_it_for_the_race_that_is_meant(shelf: Shelf, tmp_path: Path) -> None:
    assert races(shelf) == [TWO_SEEN]
    assert newest_session(shelf) == TWO_SEEN
    book = LessonBook(shelf, tmp_path, "1")
    assert book.sessions() == [TWO_SEEN]
    assert TEAM_PLANS not in book.state()
    assert all(finding.level != "bad" for finding in examine_cars(shelf.root))


def test_the_window_follows_the_race_alone(shelf: Shelf) -> None:
    hub, ends = Hub(), ends_of(shelf)
    plans = {reader.log: reader.next_seq for reader in shelf.readers(TEAM_PLANS)}
    following = Following(shelf, hub, lambda _, __: None)
    following.hear_team(Team())
    following.hear_team(Team(ends={**plans, **ends}, promised=plans))
    while following.advance():
        pass
    assert hub.session == following.session == TWO_SEEN
    assert following.chronicle(TEAM_PLANS) is None


def test_the_database_stores_nothing_of_it(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "log")
    plan_something(shelf)
    with Database(tmp_path / "pitbox.duckdb") as database:
        progress = Projector(database, shelf).catch_up(is_final=True)
        found = database.connection.execute("SELECT count(*) FROM sessions").fetchall()
    assert (progress.row_count, progress.fact_count, progress.words, found) == (0, 0, [], [(0,)])


def test_plans_are_never_put_away(shelf: Shelf, tmp_path: Path) -> None:
    far_s = 4e9
    assert list(sessions_to_archive(shelf, 1, far_s)) == [TWO_SEEN]
    with pytest.raises(ShelfError, match="keep them"):
        archive_session(shelf, TEAM_PLANS, tmp_path, is_removing=True)
    assert archive_session(shelf, TEAM_PLANS, tmp_path, is_removing=False).files > 0
