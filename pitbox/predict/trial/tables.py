"""Tables of public data, told apart by their columns: whoever is given files takes those that he knows."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from pitbox.predict.errors import LapsFileError
from pitbox.predict.trial.race_laps import RaceLaps, read_races


def table_with(files: Sequence[Path], columns: Sequence[str]) -> pl.DataFrame | None:
    """All files that have these columns, as one; raises LapsFileError for one that cannot be read."""
    found = []
    for path in files:
        try:
            if set(columns) <= set(pl.read_parquet_schema(path)):
                found.append(pl.read_parquet(path, columns=list(columns)))
        except (OSError, pl.exceptions.PolarsError) as error:
            raise LapsFileError(f"{path.name} is no table: {error}.") from error
    return pl.concat(found, how="vertical_relaxed").unique(maintain_order=True) if found else None


def read_lap_tables(files: Sequence[Path]) -> list[RaceLaps]:
    """Races of those files that are lap tables; raises LapsFileError where none is."""
    some = [path for path in files if table_with([path], ["Season", "LapNumber", "TrackStatus"]) is not None]
    if not some:
        raise LapsFileError("None of these files is a table of race laps.")
    return read_races(some)
