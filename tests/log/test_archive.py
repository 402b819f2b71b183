"""Archives are checked before anything goes, and give back what went in."""

import os
import tarfile
from pathlib import Path

import pytest
from river import SESSION, write_log

from pitbox.identity.device import Identity
from pitbox.log.archive import archive_session, restore_archive, sessions_to_archive
from pitbox.log.disk import Disk
from pitbox.log.errors import ShelfError
from pitbox.log.shelf import Shelf
from pitbox.log.tombstone import Tombstones
from pitbox.log.verify import verify_log


def tree(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*.seg"))}


def test_there_and_back(tmp_path: Path, identity: Identity) -> None:
    write_log(tmp_path / "log", identity)
    shelf = Shelf(tmp_path / "log")
    before = tree(shelf.root)
    archived = archive_session(shelf, SESSION, tmp_path / "away", is_removing=True)
    assert archived.files == len(before)
    assert shelf.sessions() == []
    assert restore_archive(shelf, archived.path) == SESSION
    assert tree(shelf.root) == before
    assert all(verify_log(reader).is_whole for reader in shelf.readers(SESSION))


def test_an_archive_that_does_not_read_back_removes_nothing(tmp_path: Path, identity: Identity) -> None:
    class LyingDisk(Disk):
        def sync(self, fd: int) -> None:
            os.pwrite(fd, b"!", 2000)

    write_log(tmp_path / "log", identity)
    shelf = Shelf(tmp_path / "log")
    before = tree(shelf.root)
    with pytest.raises(ShelfError, match="nothing was removed"):
        archive_session(shelf, SESSION, tmp_path / "away", is_removing=True, disk=LyingDisk())
    assert tree(shelf.root) == before
    assert list((tmp_path / "away").iterdir()) == []


def test_an_archive_is_never_overwritten_nor_a_session(tmp_path: Path, identity: Identity) -> None:
    write_log(tmp_path / "log", identity)
    shelf = Shelf(tmp_path / "log")
    archived = archive_session(shelf, SESSION, tmp_path / "away", is_removing=False)
    with pytest.raises(ShelfError, match="exists already"):
        archive_session(shelf, SESSION, tmp_path / "away", is_removing=True)
    with pytest.raises(ShelfError, match="is here already"):
        restore_archive(shelf, archived.path)


def test_nonsense_is_refused_in_words(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "log")
    with pytest.raises(ShelfError, match="There is no session"):
        archive_session(shelf, SESSION, tmp_path, is_removing=True)
    false = tmp_path / "local-x.pitbox.tar"
    false.write_bytes(b"no archive")
    with pytest.raises(ShelfError, match="cannot be read"):
        restore_archive(shelf, false)
    with pytest.raises(ShelfError, match="not the name"):
        restore_archive(shelf, tmp_path / "..pitbox.tar")
    assert shelf.sessions() == []


def test_an_archive_cannot_write_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "local-x.pitbox.tar"
    (tmp_path / "evil").write_bytes(b"evil")
    with tarfile.open(path, "w:") as tar:
        tar.add(tmp_path / "evil", arcname="local-x/../../evil.seg")
    shelf = Shelf(tmp_path / "log")
    with pytest.raises(ShelfError, match="no part of a log"):
        restore_archive(shelf, path)
    assert list(shelf.root.iterdir()) == []


def test_only_old_sessions_are_due(tmp_path: Path, identity: Identity) -> None:
    write_log(tmp_path, identity)
    shelf = Shelf(tmp_path)
    newest = max(p.stat().st_mtime for p in tmp_path.rglob("*.seg"))
    assert list(sessions_to_archive(shelf, 30, newest + 31 * 86_400)) == [SESSION]
    assert list(sessions_to_archive(shelf, 30, newest + 29 * 86_400)) == []
    assert list(sessions_to_archive(shelf, 0, newest + 999 * 86_400)) == []


def test_what_was_put_away_is_not_taken_from_peers_until_it_is_back(
    tmp_path: Path, identity: Identity
) -> None:
    write_log(tmp_path / "log", identity)
    shelf, stones = Shelf(tmp_path / "log"), Tombstones(tmp_path / "log")
    archived = archive_session(shelf, SESSION, tmp_path / "kept", is_removing=True)
    assert stones.sessions() == [SESSION]
    assert shelf.sessions() == []
    restore_archive(shelf, archived.path)
    assert not stones.has(SESSION)
    assert shelf.sessions() == [SESSION]
