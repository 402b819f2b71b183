"""`pitbox say` and `pitbox ack` where no PitBox runs: written here, to travel later."""

from pathlib import Path

import pytest

from pitbox.cli.app import main
from pitbox.identity.device import Identity
from pitbox.log.edits import Author, edit_readers, edits_of
from pitbox.log.shelf import Shelf
from pitbox.log.verify import verify_log
from pitbox.model.edit import Draft, Entity
from pitbox.model.ids import SessionId
from pitbox.model.ledger import Ledger
from pitbox.model.message import messages
from pitbox.model.role import Role
from pitbox.sync.trust import PairedPeer, PeerBook


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    monkeypatch.setenv("PITBOX_HOME", str(tmp_path))
    return Shelf(tmp_path / "default" / "data" / "log")


def session(shelf: Shelf, tmp_path: Path) -> SessionId:
    """One in which somebody else has written a note."""
    author = Author(shelf.root, SessionId("sub-1"), Identity.load_or_create(tmp_path / "other"))
    author.append([Ledger().write(Draft(Entity("note", "a"), "text", "x"), author.stamp)])
    author.close()
    return SessionId("sub-1")


def texts(shelf: Shelf, name: SessionId) -> list[str]:
    ledger = Ledger()
    for reader in edit_readers(shelf, name):
        assert verify_log(reader).is_whole
        for _, edit in edits_of(reader):
            if edit is not None:
                ledger.take(edit)
    return [message.text for message in messages(ledger)]


def test_words_are_written_into_the_newest_session(
    shelf: Shelf, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = session(shelf, tmp_path)
    assert main(["say", "Radio check"]) == 0
    assert main(["say", "1"]) == 0
    assert capsys.readouterr().out.splitlines() == ["Said: Radio check", "Said: Box this lap"]
    assert texts(shelf, name) == ["Radio check", "Box this lap"]
    assert main(["ack"]) == 0
    assert capsys.readouterr().out == "There is no new message.\n"


def test_what_cannot_be_said_is_explained(
    shelf: Shelf, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["say", "Radio check"]) == 1
    assert "no session here yet" in capsys.readouterr().err
    session(shelf, tmp_path)
    for words, told in ((["x" * 161], "at most 160"), (["Hello", "--to", "Tom"], "called 'Tom'")):
        assert main(["say", *words]) == 1
        assert told in capsys.readouterr().err
    assert main(["ask", "--fuel", "42"]) == 1
    assert "No PitBox runs" in capsys.readouterr().err


def test_who_is_paired_is_spoken_to_before_they_have_written_a_word(shelf: Shelf, tmp_path: Path) -> None:
    """Two drivers called Ada: the book of peers numbers them, and so does whoever speaks to one."""
    name = session(shelf, tmp_path)
    book = PeerBook(tmp_path / "default" / "config" / "identity")
    adas = [Identity.load_or_create(tmp_path / who) for who in ("one", "two")]
    for ada in adas:
        book.add(PairedPeer(ada.device, "Ada", Role.DRIVER, ada.certificate))
    assert main(["say", "To the first", "--to", "Ada"]) == 0
    assert main(["say", "To the second", "--to", "ada 2"]) == 0
    ledger = Ledger()
    for reader in edit_readers(shelf, name):
        for _, edit in edits_of(reader):
            if edit is not None:
                ledger.take(edit)
    found = {message.text: message.to for message in messages(ledger)}
    assert found == {"To the first": adas[0].device, "To the second": adas[1].device}


def test_quick_texts_are_numbered(shelf: Shelf, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["say", "--list"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "  1  Box this lap"
