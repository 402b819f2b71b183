"""What an error of the engine means for us: busy, full, newer, or damaged beyond use."""

from pathlib import Path

import duckdb

from pitbox.store.errors import (
    StoreBusyError,
    StoreDamagedError,
    StoreError,
    StoreForeignError,
    StoreFullError,
    StoreNewerError,
    StorePausedError,
)

_BUSY = ("Could not set lock on file", "Conflicting lock", "being used by another process")
_BUSY_HERE = ("Unique file handle conflict",)
_FULL = ("No space left on device", "There is not enough space", "disk is full", "Disk quota exceeded")
_NEWER = (
    "Trying to read a database file with version number",
    "cannot initialize database with storage version",
)
_OUT_OF_REACH = ("Cannot open file", "Permission denied", "Read-only file system", "Is a directory")
_DAMAGED = (
    "Corrupt database file",
    "not a valid DuckDB database file",
    "Could not read enough bytes",
    "Could not read all bytes",
    "Failure while replaying WAL",
    "checksum",
    "database has been invalidated",
    "Failed to load metadata pointer",
)
_FATAL = (duckdb.FatalException, duckdb.InternalException, duckdb.SerializationException)


def opening_fault(error: duckdb.Error, path: Path) -> StoreError:
    """Why a file could not be opened; what nobody can name is damage, for the log can heal that."""
    text = str(error)
    return _common_fault(error, path) or (
        StoreError(f"The store {path} cannot be opened: {_first_line(text)}")
        if _has(text, _OUT_OF_REACH)
        else StoreDamagedError(f"The store {path.name} is damaged: {_first_line(text)}")
    )


def working_fault(error: duckdb.Error, path: Path) -> StoreError | None:
    """The same in the middle of work; None for an error that is about the statement, not the file."""
    text = str(error)
    fault = _common_fault(error, path)
    if fault is None and (isinstance(error, _FATAL) or _has(text, _DAMAGED)):
        fault = StoreDamagedError(f"The store {path.name} failed: {_first_line(text)}")
    return fault


def foreign_fault(path: Path) -> StoreForeignError:
    return StoreForeignError(
        f"{path} is a DuckDB file, but not one of PitBox's. Move it away, or choose another data folder."
    )


def newer_fault(path: Path, found: int, known: int) -> StoreNewerError:
    return StoreNewerError(
        f"{path} was made by a newer PitBox (schema {found}; this one knows up to {known}). "
        "Update PitBox, or move the file away: the log holds everything, and it is made again from that."
    )


def busy_fault(path: Path, holder: str = "") -> StoreBusyError:
    by = f" ({holder})" if holder else ""
    return StoreBusyError(
        f"Another process has {path} open{by}, and DuckDB lets one process write at a time. "
        "Close the other PitBox or SQL tool, or let that one export what you need as Parquet."
    )


def busy_here_fault(path: Path) -> StoreBusyError:
    return StoreBusyError(f"This PitBox has {path} open already; ask the one that has it.")


def paused_fault(path: Path, free_mb: int) -> StorePausedError:
    return StorePausedError(
        f"Only {free_mb} MB are free: {path.name} waits until there is room, and then catches up by itself. "
        "Recording goes on."
    )


def _common_fault(error: duckdb.Error, path: Path) -> StoreError | None:
    text = str(error)
    if _has(text, _BUSY):
        return busy_fault(path, _holder(text))
    if _has(text, _BUSY_HERE):
        return busy_here_fault(path)
    if _has(text, _FULL):
        return StoreFullError(
            f"The disk has no room for {path.name}. Recording goes on; the store catches up later."
        )
    if _has(text, _NEWER):
        return StoreNewerError(
            f"{path} has a newer format than this PitBox writes: another program or a newer PitBox made it. "
            "Update PitBox, or move the file away."
        )
    return None


def _holder(text: str) -> str:
    """`PID 4711`, where the engine names it."""
    _, found, rest = text.partition("(PID ")
    number = rest.partition(")")[0]
    return f"process {number}" if found and number.isdecimal() else ""


def _has(text: str, parts: tuple[str, ...]) -> bool:
    return any(part in text for part in parts)


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0].rstrip(".") + "."
