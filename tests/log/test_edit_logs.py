"""Edits in logs: written, signed, read again, and out of the way of everything that folds a race."""

from pathlib import Path

import pytest

from pitbox.identity.device import Identity
from pitbox.log.edits import Author, edit_readers, edits_of, is_edit_log, recordings
from pitbox.log.errors import LogWriteError
from pitbox.log.merge import merged
from pitbox.log.shelf import Shelf
from pitbox.log.verify import verify_log
from pitbox.log.writer import LogWriter
from pitbox.model.edit import Draft, Edit, Entity
from pitbox.model.ids import Axis, LogId, SessionId
from pitbox.model.ledger import Ledger
from pitbox.wire.record import EndRecord, RunRecord, encode

SESSION = SessionId("sub-1")


@pytest.fixture
def identity(tmp_path: Path) -> Identity:
    return Identity.load_or_create(tmp_path / "identity")


def written(ledger: Ledger, author: Author, count: int) -> list[Edit]:
    drafts = [Draft(Entity("note", str(at)), "text", f"note {at}") for at in range(count)]
    edits = [ledger.write(draft, author.stamp, Axis(2, 1, 70.5), 1e9) for draft in drafts]
    author.append(edits)
    return edits


def read(shelf: Shelf) -> list[Edit]:
    return [e for reader in edit_readers(shelf, SESSION) for _, e in edits_of(reader) if e is not None]


def test_edits_come_back_as_they_were_written(tmp_path: Path, identity: Identity) -> None:
    shelf, ledger = Shelf(tmp_path / "log"), Ledger()
    author = Author(shelf.root, SESSION, identity)
    assert not shelf.sessions(), "who edits nothing leaves nothing"
    edits = written(ledger, author, 3)
    committed = author.commit()
    assert committed is not None
    assert read(shelf) == edits
    edits += written(ledger, author, 1)
    author.close()
    assert read(shelf) == edits
    (reader,) = shelf.readers(SESSION)
    verdict = verify_log(reader)
    assert verdict.is_whole
    assert verdict.is_closed


def test_a_new_start_is_a_new_log_and_counts_on(tmp_path: Path, identity: Identity) -> None:
    shelf, ledger = Shelf(tmp_path / "log"), Ledger()
    edits = []
    for _ in range(2):
        author = Author(shelf.root, SESSION, identity)
        edits += written(ledger, author, 2)
        author.close()
    assert len(shelf.logs(SESSION)) == 2
    again = Ledger()
    for edit in reversed(read(shelf)):
        again.take(edit)
    assert again.history() == edits


def test_folds_of_the_race_leave_logs_of_edits_out(tmp_path: Path, identity: Identity) -> None:
    shelf = Shelf(tmp_path / "log")
    author = Author(shelf.root, SESSION, identity)
    written(Ledger(), author, 2)
    author.close()
    writer = LogWriter(shelf.root, LogId(SESSION, identity.device, 7), identity)
    writer.append(encode(RunRecord(sim_time_s=1.0, session_num=0, run=0, reason="entered")))
    writer.close(2.0, "done")
    assert [reader.log.epoch for reader in recordings(shelf, SESSION)] == [7]
    kinds = [type(item.record).__name__ for item in merged(shelf.readers(SESSION))]
    assert kinds == ["RunRecord", "EndRecord", "SealRecord"]


def test_a_folder_without_a_record_is_no_log_of_edits_yet(tmp_path: Path, identity: Identity) -> None:
    folder = tmp_path / "log" / SESSION / identity.device / "0000000000000001"
    folder.mkdir(parents=True)
    assert not is_edit_log(folder)
    (folder / "00000000.seg").write_bytes(b"")
    assert not is_edit_log(folder)
    writer = LogWriter(tmp_path / "log", LogId(SESSION, identity.device, 2), identity)
    writer.append(encode(EndRecord(sim_time_s=0.0, reason="x")))
    writer.close(0.0, "x")
    assert not is_edit_log(writer.folder)


def test_a_disk_that_refuses_loses_no_edit(tmp_path: Path, identity: Identity, monkeypatch) -> None:
    from pitbox.log.disk import Disk

    shelf, ledger = Shelf(tmp_path / "log"), Ledger()
    author = Author(shelf.root, SESSION, identity)
    edits = written(ledger, author, 1)
    with monkeypatch.context() as patch:
        patch.setattr(Disk, "sync", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
        with pytest.raises(LogWriteError):
            author.commit()
    edits += written(ledger, author, 1)
    author.commit()
    assert read(shelf) == edits
    author.close()
