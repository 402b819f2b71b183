"""Channels of recorded rows, by the sim's names: a structured array of a log or a file, or arrays by name."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pitbox.analysis.outline import Floats
from pitbox.model.source import RowArray, row_field

Rows = RowArray | Mapping[str, NDArray[Any]]
"""Of one session and one run; in any order."""

ANGLES = frozenset(("Yaw", "YawNorth", "WindDir", "SolarAzimuth"))
"""Radians that go around; the way from one to the next is the shorter one."""

_STEPPED_KINDS = "biu"


def row_count(rows: Rows) -> int:
    if isinstance(rows, np.ndarray):
        return len(rows)
    return min((len(values) for values in rows.values()), default=0)


def has_column(rows: Rows, name: str) -> bool:
    if isinstance(rows, np.ndarray):
        return rows.dtype.fields is not None and name in rows.dtype.fields
    return name in rows


def column(rows: Rows, name: str) -> NDArray[Any] | None:
    """As it was recorded; of a channel with several samples a row, the last one."""
    if not has_column(rows, name):
        return None
    values = row_field(rows, name) if isinstance(rows, np.ndarray) else np.asarray(rows[name])
    return values if values.ndim == 1 else values[:, -1]


def floats(rows: Rows, name: str) -> Floats | None:
    values = column(rows, name)
    return None if values is None else values.astype(np.float64)


def is_stepped(values: NDArray[Any]) -> bool:
    """Counts and flags have no values between two of theirs."""
    return values.dtype.kind in _STEPPED_KINDS


def shorter_way(angle: Floats) -> Floats:
    """A difference of angles, as the shorter way around."""
    turned: Floats = np.mod(angle + np.pi, 2 * np.pi) - np.pi
    return turned
