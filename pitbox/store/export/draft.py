"""A target that is there whole or not at all: made beside it under another name, then renamed."""

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from pitbox.log.disk import Disk
from pitbox.log.hold import NAME as LOCK_NAME
from pitbox.log.hold import Hold, is_held
from pitbox.store.errors import ExportError

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


@contextlib.contextmanager
def drafted(target: Path, *, is_replacing: bool = False, disk: Disk | None = None) -> Iterator[Path]:
    """A folder to be filled, which becomes `target` at the end, or the file in it of that name does.

    Raises ExportError where something is there already; whatever ends it early leaves nothing behind.
    """
    disk = disk or Disk()
    if target.parent.exists() and not target.parent.is_dir():
        raise ExportError(f"{target.parent} is no folder; choose one to write into.")
    _refuse_existing(target, is_replacing=is_replacing)
    draft = target.with_name(f".{target.name}.part")
    if is_held(draft):
        raise ExportError(f"{target} is being written just now; wait until that is over.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        hold = Hold(draft)
        try:
            yield draft
        finally:
            hold.release()
        (draft / LOCK_NAME).unlink(missing_ok=True)
        _sync(draft, disk)
        _refuse_existing(target, is_replacing=is_replacing)
        _put_in_place(draft, target)
        disk.sync_folder(target.parent)
    except OSError as error:
        raise ExportError(_words(target, error)) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _refuse_existing(target: Path, *, is_replacing: bool) -> None:
    if os.path.lexists(target) and not is_replacing:
        raise ExportError(f"{target} exists already; choose another folder, or say --replace.")


def _sync(draft: Path, disk: Disk) -> None:
    for path in draft.rglob("*"):
        if path.is_file():
            handle = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
            try:
                disk.sync(handle)
            finally:
                os.close(handle)


def _put_in_place(draft: Path, target: Path) -> None:
    """What was there is put aside first, and back if the new one cannot take its place."""
    made = draft / target.name if (draft / target.name).is_file() else draft
    aside = target.with_name(f".{target.name}.old")
    is_there = os.path.lexists(target)
    if is_there:
        _remove(aside)
        target.rename(aside)
    try:
        made.rename(target)
    except OSError:
        if is_there:
            aside.rename(target)
        raise
    _remove(aside)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _words(target: Path, error: OSError) -> str:
    if error.errno in _NO_ROOM:
        return f"There is no room for {target}; nothing of it was left behind."
    return f"{target} cannot be written: {error.strerror or error}. Nothing of it was left behind."
