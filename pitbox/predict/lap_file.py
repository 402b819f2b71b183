"""Laps on disk: Parquet, with the version of their meaning and where they came from."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import polars as pl

from pitbox.predict.errors import LapsFileError
from pitbox.predict.lap_row import LapRow, in_order

VERSION = 1
"""Of what the columns mean; a reader refuses later ones and fills in what earlier ones lack."""
_KEY = "pitbox.laps"
_TYPES = {str: pl.String, int: pl.Int64, float: pl.Float64, bool: pl.Boolean}
SCHEMA = {field.name: _TYPES[field.type] for field in msgspec.structs.fields(LapRow)}


class Provenance(msgspec.Struct, frozen=True):
    """Whence a file's laps are."""

    source: str
    """In words: a session's name, a sheet's title."""
    code: str
    """The version of PitBox that wrote it."""
    version: int = VERSION
    rows: int = 0
    fingerprint: str = ""
    """Of the rows, whatever the file looks like."""
    about: dict[str, str] = {}
    """What is known of the race beside its laps, by name; empty in files of older versions."""


def frame_of(rows: Iterable[LapRow]) -> pl.DataFrame:
    return pl.DataFrame([msgspec.structs.asdict(row) for row in rows], schema=SCHEMA)


def rows_of(frame: pl.DataFrame) -> list[LapRow]:
    """In the order of the race; raises LapsFileError where a column is missing or of the wrong kind."""
    try:
        return in_order(msgspec.convert(frame.select(list(SCHEMA)).to_dicts(), list[LapRow]))
    except (pl.exceptions.PolarsError, msgspec.ValidationError) as error:
        raise LapsFileError(f"These are no laps: {error}.") from error


def fingerprint(rows: Sequence[LapRow]) -> str:
    return hashlib.sha256(msgspec.msgpack.encode(rows)).hexdigest()[:16]


def write_laps(
    path: Path, rows: Iterable[LapRow], source: str, code: str, about: dict[str, str] | None = None
) -> Provenance:
    """Whole or not at all: a reader never sees half a file."""
    kept = in_order(rows)
    said = Provenance(source, code, rows=len(kept), fingerprint=fingerprint(kept), about=about or {})
    beside = path.with_name(f".{path.name}.part")
    try:
        frame_of(kept).write_parquet(beside, metadata={_KEY: msgspec.json.encode(said).decode()})
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return said


def read_laps(path: Path) -> tuple[list[LapRow], Provenance]:
    """Raises LapsFileError for anything that `write_laps` did not write, or wrote later than this code."""
    try:
        said = msgspec.json.decode(pl.read_parquet_metadata(path)[_KEY], type=Provenance)
        frame = pl.read_parquet(path)
    except KeyError as error:
        raise LapsFileError(f"{path.name} is no file of laps.") from error
    except (OSError, pl.exceptions.PolarsError, msgspec.DecodeError) as error:
        raise LapsFileError(f"{path.name} cannot be read: {error}.") from error
    if said.version > VERSION:
        raise LapsFileError(f"{path.name} holds laps of version {said.version}; this PitBox knows {VERSION}.")
    rows = rows_of(frame)
    if fingerprint(rows) != said.fingerprint:
        raise LapsFileError(f"{path.name} is not what was written: its laps have another fingerprint.")
    return rows, said
