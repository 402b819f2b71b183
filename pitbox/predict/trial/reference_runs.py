"""What a public race simulator made of its own parameters: laps, and chances of winning."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

Times = np.ndarray[Any, np.dtype[np.float64]]


def reference_lap_ends_s(path: Path, race: str, names: list[str], laps: int) -> Times | None:
    """Lap down, car across, of the run without events; nan where a car drove none. None: no such race."""
    table = pl.read_parquet(path).filter((pl.col("race") == race) & (pl.col("case") == "clean"))
    if table.is_empty():
        return None
    found = np.full((laps + 1, len(names)), np.nan)
    at = np.array([names.index(name) for name in table["initials"]])
    found[table["lap"].to_numpy(), at] = table["racetime"].to_numpy()
    return found


def reference_win_chances(path: Path, race: str, names: list[str]) -> Times | None:
    table = pl.read_parquet(path).filter(pl.col("race") == race)
    if table.is_empty():
        return None
    won = table.filter(pl.col("position") == 1)["initials"].to_list()
    return np.array([won.count(name) for name in names]) / len(won)
