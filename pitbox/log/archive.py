"""Putting a session away: one file with all its logs, checked before anything is removed.

Retention archives, it never deletes: what is not in an archive that was read back stays where it is.
"""

import contextlib
import hashlib
import os
import re
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from pitbox.log.disk import Disk
from pitbox.log.edits import races
from pitbox.log.errors import ShelfError
from pitbox.log.hold import NAME as LOCK_NAME
from pitbox.log.hold import is_held
from pitbox.log.shelf import Shelf, is_session_id
from pitbox.log.tombstone import Tombstones
from pitbox.model.ids import TEAM_PLANS, SessionId

SUFFIX = ".pitbox.tar"
_MOST_BYTES = 256 << 20
"""Of one file; segments are sealed at 4 MiB and grow beyond that only after a long failure."""
_MEMBER = re.compile(r"[a-z0-9-]+/[0-9a-f]{64}/[0-9a-f]{16}/[0-9]{8}\.seg(\.damaged(-[0-9]+)?)?")


class Archived(msgspec.Struct, frozen=True):
    session: SessionId
    path: Path
    files: int
    size: int
    is_removed: bool
    """The logs are gone from the shelf."""


def archive_session(
    shelf: Shelf, session: SessionId, folder: Path, *, is_removing: bool, disk: Disk | None = None
) -> Archived:
    """Write `<session>.pitbox.tar`, read it back, and only then, if asked, remove the logs."""
    disk = disk or Disk()
    if session not in shelf.sessions():
        raise ShelfError(f"There is no session {session!r} here.")
    if session == TEAM_PLANS and is_removing:
        raise ShelfError(
            "Plans of the team stay here, since they would not come back from anybody: keep them."
        )
    source = shelf.root / session
    if any(is_held(reader.folder) for reader in shelf.readers(session)):
        raise ShelfError(f"The session {session} is being recorded; archive it when it is over.")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{session}{SUFFIX}"
    if target.exists():
        raise ShelfError(f"{target} exists already; move it or choose another folder.")
    files = _log_files(shelf.root, source)
    need = sum(path.stat().st_size for path in files)
    if disk.free_bytes(folder) < need + (1 << 20):
        raise ShelfError(f"{folder} has too little space for {need / 2**20:.0f} MiB.")
    draft = target.with_suffix(".part")
    draft.unlink(missing_ok=True)
    try:
        _pack(draft, shelf.root, files, disk)
        _check(draft, shelf.root, files)
        draft.replace(target)
        disk.sync_folder(folder)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    if is_removing:
        Tombstones(shelf.root, disk).raise_for(session)
        _remove(source, files)
    return Archived(session, target, len(files), target.stat().st_size, is_removing)


def restore_archive(shelf: Shelf, path: Path) -> SessionId:
    """Put an archive's logs back on the shelf; a session that stands there is never touched."""
    session = path.name.removesuffix(SUFFIX)
    if not path.name.endswith(SUFFIX) or not is_session_id(session):
        raise ShelfError(f"{path.name} is not the name of a PitBox archive.")
    if not path.is_file():
        raise ShelfError(f"There is no file {path}.")
    target = shelf.root / session
    if target.exists():
        raise ShelfError(f"The session {session!r} is here already.")
    draft = shelf.root / f".{session}.part"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        with tarfile.open(path, "r:") as tar:
            _unpack(tar, session, draft)
        if not (draft / session).is_dir():
            raise ShelfError(f"{path.name} holds nothing of the session {session!r}.")
        (draft / session).replace(target)
        Tombstones(shelf.root).lift(SessionId(session))
    except (tarfile.TarError, EOFError) as error:
        raise ShelfError(f"{path.name} cannot be read: {error}.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return SessionId(session)


def sessions_to_archive(shelf: Shelf, keep_days: int, now_s: float) -> Iterator[SessionId]:
    """Races whose last byte is older than `keep_days` days; none when that is 0. Plans are never put away."""
    if keep_days <= 0:
        return
    for session in races(shelf):
        files = [path for path in (shelf.root / session).rglob("*") if path.is_file()]
        if max(path.stat().st_mtime for path in files) < now_s - keep_days * 86_400:
            yield session


def _log_files(root: Path, source: Path) -> list[Path]:
    """What belongs to a session's logs, and nothing else that may lie there; raises for a link."""
    found = sorted(source.rglob("*"))
    if links := [path for path in (source, *found) if path.is_symlink()]:
        raise ShelfError(f"{links[0]} is a link; put the files themselves there before archiving.")
    return [path for path in found if _MEMBER.fullmatch(path.relative_to(root).as_posix())]


def _remove(source: Path, files: list[Path]) -> None:
    """Just what was packed and read back, locks, and folders that are empty then."""
    for path in [*files, *source.rglob(LOCK_NAME)]:
        path.unlink(missing_ok=True)
    for folder in sorted((path for path in source.rglob("*") if path.is_dir()), reverse=True):
        with contextlib.suppress(OSError):
            folder.rmdir()
    with contextlib.suppress(OSError):
        source.rmdir()


def _pack(draft: Path, root: Path, files: list[Path], disk: Disk) -> None:
    with tarfile.open(draft, "w:", format=tarfile.PAX_FORMAT) as tar:
        for path in files:
            tar.add(path, arcname=path.relative_to(root).as_posix(), recursive=False)
    with draft.open("rb+") as file:
        disk.sync(file.fileno())


def _unpack(tar: tarfile.TarFile, session: str, folder: Path) -> None:
    """Only plain files of this session's logs, whatever the archive says they are."""
    for member in tar:
        is_plain = member.isfile() and not member.issparse() and member.size <= _MOST_BYTES
        if not is_plain or _MEMBER.fullmatch(member.name) is None:
            raise ShelfError(f"The archive holds {member.name!r}, which is no part of a log.")
        if not member.name.startswith(f"{session}/"):
            raise ShelfError(f"The archive holds {member.name!r}, not the session {session!r}.")
        inside = tar.extractfile(member)
        assert inside is not None
        path = folder / member.name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as out:
            shutil.copyfileobj(inside, out)
            out.flush()
            os.fsync(out.fileno())


def _check(draft: Path, root: Path, files: list[Path]) -> None:
    """Read the archive back and compare every byte's hash with the original."""
    wanted = {path.relative_to(root).as_posix(): _hash(path) for path in files}
    with tarfile.open(draft, "r:") as tar:
        for member in tar:
            inside = tar.extractfile(member)
            if inside is None or wanted.pop(member.name, None) != hashlib.sha256(inside.read()).digest():
                raise ShelfError(
                    f"The archive of {member.name} does not read back as it was; nothing was removed."
                )
    if wanted:
        raise ShelfError("The archive is not complete; nothing was removed.")


def _hash(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()
