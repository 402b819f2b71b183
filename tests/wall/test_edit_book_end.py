"""The end of a log of edits is told like every record in it: the seal leaves before the radio ends."""

from pathlib import Path

from pitbox.crew.clock import SystemClock
from pitbox.identity.device import Identity
from pitbox.log.shelf import Shelf
from pitbox.log.writer import Committed
from pitbox.model.edit import Draft, Entity
from pitbox.model.ids import SessionId
from pitbox.wall.edit_book import EditBook


def test_the_seal_is_told_when_the_book_is_closed(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "log")
    book = EditBook(shelf, Identity.load_or_create(tmp_path / "identity"), SystemClock())
    told: list[Committed] = []
    book.heard = told.append
    book.enter(SessionId("a-race"))
    book.write([Draft(Entity("note", "n1"), "text", "hello")])
    book.close()
    (log,) = shelf.logs(SessionId("a-race"))
    assert told[-1].durable_seq == shelf.reader(log).next_seq
