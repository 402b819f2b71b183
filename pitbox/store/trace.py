"""The channels of one lap, as arrays: what an overlay draws."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.model.ids import SessionId
from pitbox.store.errors import NotStoredError
from pitbox.store.statement import select_span


class LapKey(msgspec.Struct, frozen=True):
    session: SessionId
    session_num: int
    run: int
    car_idx: int
    lap: int


class Trace(msgspec.Struct, frozen=True):
    """The rows of one lap that one device recorded, in order of time."""

    epoch: int
    start_s: float
    end_s: float
    times_s: NDArray[np.float64]
    channels: dict[str, NDArray[Any]]
    """By the sim's own name; an array channel has shape (n, count). A value that is missing is NaN."""


def own_columns(cursor: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The sim's names of all channels of own cars, by the alphabet, and the first column made for each."""
    rows = cursor.execute(
        "SELECT channel, column_name FROM channels WHERE table_name = 'own_car' AND column_name IS NOT NULL"
    ).fetchall()
    rows.sort(key=lambda row: (row[0], -len(row[1])))  # a dict keeps the last: the shortest
    return dict(rows)


def channel_names(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    return list(own_columns(cursor))


def lap_channels(
    cursor: duckdb.DuckDBPyConnection,
    key: LapKey,
    channels: Sequence[str],
    *,
    epoch: int | None = None,
    margin_s: float = 0.0,
    columns: Mapping[str, str] | None = None,
) -> Trace:
    """One lap as its car recorded it; of several recordings, by the device with the driver in the car.

    `margin_s`: so much before and behind it too, for who looks for the line. `columns` are those of
    `own_columns`, from who has them. Raises NotStoredError when nobody recorded the lap from inside, or has
    no such channel.
    """
    if columns is None:
        columns = own_columns(cursor)
    if missing := [name for name in channels if name not in columns]:
        raise NotStoredError(f"No channel named {missing[0]!r} was recorded.")
    start_s, end_s = _span(cursor, key)
    span_s = start_s - margin_s, end_s + margin_s
    epochs = [epoch] if epoch is not None else _epochs(cursor, key, columns, (start_s, end_s))
    for found in epochs:
        times_s, values = _rows(cursor, key, found, [columns[name] for name in channels], span_s)
        if len(times_s):
            return Trace(found, start_s, end_s, times_s, dict(zip(channels, values, strict=True)))
    raise NotStoredError(f"Nobody recorded lap {key.lap} of car {key.car_idx} from inside.")


def _span(cursor: duckdb.DuckDBPyConnection, key: LapKey) -> tuple[float, float]:
    rows = cursor.execute(
        "SELECT start_s, end_s FROM laps "
        "WHERE session_id = ? AND session_num = ? AND run = ? AND car_idx = ? AND lap = ?",
        [key.session, key.session_num, key.run, key.car_idx, key.lap],
    ).fetchall()
    if not rows:
        raise NotStoredError(f"There is no lap {key.lap} of car {key.car_idx} in {key.session}.")
    return rows[0][0], rows[0][1]


def _epochs(
    cursor: duckdb.DuckDBPyConnection, key: LapKey, columns: Mapping[str, str], span_s: tuple[float, float]
) -> list[int]:
    """The logs of this car, those first in which the driver sat in it during these seconds."""
    rows = cursor.execute(
        "SELECT device_id, epoch FROM logs WHERE session_id = ? AND own_car_idx = ?",
        [key.session, key.car_idx],
    ).fetchall()
    epochs = [epoch for _, epoch in sorted(rows)]
    if len(epochs) < 2 or "IsOnTrack" not in columns:
        return epochs
    driven: dict[int, int] = {}
    for epoch in epochs:
        _, (is_in,) = _rows(cursor, key, epoch, [columns["IsOnTrack"]], span_s)
        driven[epoch] = int(np.count_nonzero(is_in == 1))  # NaN, where it was not recorded, is nobody
    return sorted(epochs, key=lambda epoch: -driven[epoch])


def _rows(
    cursor: duckdb.DuckDBPyConnection,
    key: LapKey,
    epoch: int,
    columns: Sequence[str],
    span_s: tuple[float, float],
) -> tuple[NDArray[np.float64], list[NDArray[Any]]]:
    """SessionTime, rising, and the columns.

    They lie in the order in which they were recorded, so the engine is not asked to sort all of them.
    """
    values = [epoch, key.session_num, key.run, *span_s]
    found = cursor.execute(select_span(columns), values).fetchnumpy()
    arrays = [_array(found[str(at)]) for at in range(len(columns) + 1)]
    times_s = arrays[0]
    if (np.diff(times_s) < 0).any():
        order = np.argsort(times_s, kind="stable")
        arrays = [values[order] for values in arrays]
    return arrays[0], arrays[1:]


def _array(values: NDArray[Any]) -> NDArray[Any]:
    is_gap = np.ma.getmaskarray(values)
    if values.dtype != np.object_:
        plain: NDArray[Any] = np.ma.getdata(values)
        return np.where(is_gap, np.nan, plain) if is_gap.any() else plain
    if is_gap.any() or len({len(row) for row in values}) > 1:
        raise NotStoredError("The lap has rows from before this channel was an array.")
    return np.array(values.tolist())
