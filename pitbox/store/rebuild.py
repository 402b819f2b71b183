"""The same database again: made beside the old one and swapped in, or begun anew where that is damaged."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from pitbox.log.shelf import Shelf
from pitbox.store.database import Database, Limits
from pitbox.store.errors import StoreDamagedError
from pitbox.store.keep import keep_orphans
from pitbox.store.projector import Progress, Projector
from pitbox.store.rows import BatchSize

_SUFFIXES = ("", ".wal")
_KEPT_DAMAGED = 3


def open_or_renew(path: Path, limits: Limits) -> tuple[Database, str]:
    """The database, and words if it was damaged and begins anew; the damaged file is kept aside."""
    path.parent.mkdir(parents=True, exist_ok=True)
    words = ""
    try:
        database = Database(path, limits)
    except StoreDamagedError as error:
        aside = set_aside(path)
        words = f"{error} It was put aside as {aside.name} and is made again from the log."
        database = Database(path, limits)
    _sweep(path)
    return database, words


def set_aside(path: Path) -> Path:
    """Rename a damaged database to `<name>.damaged-<n>`; only the last few are kept."""
    numbers = sorted(_damaged(path))
    aside = path.with_name(f"{path.name}.damaged-{(numbers[-1] if numbers else 0) + 1}")
    for suffix in _SUFFIXES:
        found = path.with_name(path.name + suffix)
        if found.exists():
            found.replace(aside.with_name(aside.name + suffix))
    for number in numbers[: -_KEPT_DAMAGED + 1]:
        _remove(path.with_name(f"{path.name}.damaged-{number}"))
    return aside


def build_beside(old: Database, shelf: Shelf, limits: Limits, size: BatchSize) -> tuple[Path, Progress]:
    """A new file that holds all of the shelf, and of the old database what is on no shelf any more."""
    beside = old.path.with_name(old.path.name + ".new")
    _remove(beside)
    with Database(beside, limits) as new:
        keep_orphans(old, new, shelf)
        progress = Projector(new, shelf, size).catch_up()
        new.checkpoint()
    return beside, progress


def swap_in(beside: Path, path: Path) -> None:
    """Put the new file in the place of the old one, which is closed. A kill leaves one of the two whole."""
    # Its own log must go first: beside a new file it would be replayed into that.
    path.with_name(path.name + ".wal").unlink(missing_ok=True)
    beside.replace(path)


def rebuild(
    path: Path, shelf: Shelf, limits: Limits | None = None, size: BatchSize | None = None
) -> Progress:
    """Make the database at `path` again; for a process that has no clerk."""
    used, batch = limits or Limits(), size or BatchSize()
    old, words = open_or_renew(path, used)
    with old:
        beside, progress = build_beside(old, shelf, used, batch)
    swap_in(beside, path)
    progress.words[:0] = [words] if words else []
    return progress


def _sweep(path: Path) -> None:
    """What a rebuild that was killed left behind; who holds the database open knows that none runs."""
    for left in path.parent.glob(f"{path.name}.new*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _damaged(path: Path) -> Iterator[int]:
    for found in path.parent.glob(f"{path.name}.damaged-*"):
        number = found.name.rpartition("-")[2]
        if number.isdecimal():
            yield int(number)


def _remove(path: Path) -> None:
    for suffix in _SUFFIXES:
        path.with_name(path.name + suffix).unlink(missing_ok=True)
