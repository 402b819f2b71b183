"""The channels of one lap, as arrays: what an overlay draws."""

from collections.abc import Sequence
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


def lap_channels(
    cursor: duckdb.DuckDBPyConnection,
    key: LapKey,
    channels: Sequence[str],
    *,
    epoch: int | None = None,
    margin_s: float = 0.0,
) -> Trace:
    """One lap as its car recorded it; of several recordings, by the device with the driver in the car.

    `margin_s`: so much before and behind it too, for who looks for the line. Raises NotStoredError when
    nobody recorded the lap from inside, or has no such channel.
    """
    start_s, end_s = _span(cursor, key)
    columns = _columns(cursor, channels)
    span_s = start_s - margin_s, end_s + margin_s
    for found in [epoch] if epoch is not None else _epochs(cursor, key, start_s, end_s):
        table = _rows(cursor, key, found, [columns[name] for name in channels], span_s)
        if table.num_rows:
            values = [_array(column) for column in table.columns]
            return Trace(found, start_s, end_s, values[0], dict(zip(channels, values[1:], strict=True)))
    raise NotStoredError(f"Nobody recorded lap {key.lap} of car {key.car_idx} from inside.")


def channel_names(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """The sim's names of all channels of own cars, by the alphabet."""
    rows = cursor.execute(
        "SELECT DISTINCT channel FROM channels WHERE table_name = 'own_car' AND column_name IS NOT NULL "
        "ORDER BY channel"
    ).fetchall()
    return [name for (name,) in rows]


def _span(cursor: duckdb.DuckDBPyConnection, key: LapKey) -> tuple[float, float]:
    rows = cursor.execute(
        "SELECT start_s, end_s FROM laps "
        "WHERE session_id = ? AND session_num = ? AND run = ? AND car_idx = ? AND lap = ?",
        [key.session, key.session_num, key.run, key.car_idx, key.lap],
    ).fetchall()
    if not rows:
        raise NotStoredError(f"There is no lap {key.lap} of car {key.car_idx} in {key.session}.")
    return rows[0][0], rows[0][1]


def _columns(cursor: duckdb.DuckDBPyConnection, channels: Sequence[str]) -> dict[str, str]:
    """The first column that was made for each channel."""
    rows = cursor.execute(
        "SELECT channel, min_by(column_name, length(column_name)) FROM channels "
        "WHERE table_name = 'own_car' AND column_name IS NOT NULL AND list_contains(?, channel) "
        "GROUP BY channel",
        [list(channels)],
    ).fetchall()
    columns = dict(rows)
    missing = [name for name in channels if name not in columns]
    if missing:
        raise NotStoredError(f"No channel named {missing[0]!r} was recorded.")
    return columns


def _epochs(cursor: duckdb.DuckDBPyConnection, key: LapKey, start_s: float, end_s: float) -> list[int]:
    """The logs of this car, those first in which the driver sat in it during these seconds."""
    rows = cursor.execute(
        "SELECT epoch FROM logs WHERE session_id = ? AND own_car_idx = ? ORDER BY device_id, epoch",
        [key.session, key.car_idx],
    ).fetchall()
    epochs = [epoch for (epoch,) in rows]
    if len(epochs) < 2 or "IsOnTrack" not in channel_names(cursor):
        return epochs
    column = _columns(cursor, ["IsOnTrack"])["IsOnTrack"]
    driven: dict[int, int] = {}
    for epoch in epochs:
        table = _rows(cursor, key, epoch, [column], (start_s, end_s))
        driven[epoch] = int(np.count_nonzero(_array(table.column(1)))) if table.num_rows else 0
    return sorted(epochs, key=lambda epoch: -driven[epoch])


def _rows(
    cursor: duckdb.DuckDBPyConnection,
    key: LapKey,
    epoch: int,
    columns: Sequence[str],
    span_s: tuple[float, float],
) -> Any:
    """An arrow table: SessionTime, then the columns."""
    values = [epoch, key.session_num, key.run, *span_s]
    return cursor.sql(select_span(columns), params=values).to_arrow_table()


def _array(column: Any) -> NDArray[Any]:
    whole = column.combine_chunks()
    if not whole.type.num_fields:
        return np.asarray(whole.to_numpy(zero_copy_only=False))
    flat = np.asarray(whole.flatten().to_numpy(zero_copy_only=False))
    if whole.null_count or len(flat) % len(whole):
        raise NotStoredError("The lap has rows from before this channel was an array.")
    return flat.reshape(len(whole), -1)
