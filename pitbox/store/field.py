"""The other cars as rows: four times a second what moves, and each change of what seldom does.

Both are functions of the log alone: where a block or a batch was cut makes no difference.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.model.channel import Channel, Layout
from pitbox.model.code import TrackSurface
from pitbox.model.source import RowArray
from pitbox.store.column import Named
from pitbox.store.sheet import Sheet, Values

SAMPLES_PER_S = 4

STATE_COLUMNS = (
    Named("CarIdxLap", "i4", "lap"),
    Named("CarIdxLapCompleted", "i4", "laps_completed"),
    Named("CarIdxLapDistPct", "f4", "lap_pct"),
    Named("CarIdxTrackSurface", "i4", "surface"),
    Named("CarIdxOnPitRoad", "b1", "is_on_pit_road"),
    Named("CarIdxPosition", "i4", "position"),
    Named("CarIdxClassPosition", "i4", "class_position"),
    Named("CarIdxTireCompound", "i4", "compound"),
    Named("CarIdxSessionFlags", "u4", "car_flags"),
    Named("SessionState", "i4", "session_state"),
    Named("SessionFlags", "u4", "session_flags"),
)
CHANGE_COLUMNS = (
    Named("CarIdxLastLapTime", "f4", "last_lap_s"),
    Named("CarIdxBestLapTime", "f4", "best_lap_s"),
    Named("CarIdxBestLapNum", "i4", "best_lap"),
    Named("CarIdxF2Time", "f4", "f2_time_s"),
    Named("CarIdxFastRepairsUsed", "i4", "fast_repairs_used"),
    Named("CarIdxClass", "i4", "class_id"),
    Named("CarIdxQualTireCompound", "i4", "qual_compound"),
)


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Whose rows these are: the keys that a block gives to all of them."""

    epoch: int
    session_num: int
    run: int

    def keys(self, count: int) -> dict[str, NDArray[Any]]:
        return {
            "epoch": np.full(count, self.epoch, np.uint64),
            "session_num": np.full(count, self.session_num, np.int32),
            "run": np.full(count, self.run, np.int32),
        }


class Sample(msgspec.Struct, frozen=True, array_like=True):
    """The quarter of a second that was last written of a log."""

    session_num: int
    run: int
    slot: int


def sample(rows: RowArray, place: Place, last: Sample | None) -> tuple[RowArray, Sample | None]:
    """The first row of each quarter of a second that has none yet."""
    times = rows["SessionTime"]
    live = rows[np.isfinite(times) & (times > 0) & (times < 2**40)]  # a dead row is all zeros
    if not len(live):
        return live, last
    slots = np.floor(live["SessionTime"] * SAMPLES_PER_S).astype(np.int64)
    is_same = last is not None and (last.session_num, last.run) == (place.session_num, place.run)
    before = last.slot if last is not None and is_same else -1
    picked = np.diff(slots, prepend=before) != 0
    return live[picked], Sample(place.session_num, place.run, int(slots[-1]))


def state_sheet(layout: Layout, place: Place, rows: RowArray) -> Sheet:
    """A row for each car in the world in each of these rows."""
    cars = car_count(layout)
    return _sheet("field_state", layout, place, rows, _in_world(layout, rows, cars))


def change_sheet(layout: Layout, place: Place, rows: RowArray, before: RowArray | None) -> Sheet:
    """A row for each car of which something differs from the row before; `before` is None at first."""
    cars = car_count(layout)
    changed = np.zeros((len(rows), cars), bool)
    for channel in _car_channels(layout, cars):
        values = _bits(rows[channel.name])
        changed[1:] |= values[1:] != values[:-1]
        if before is not None:
            changed[0] |= values[0] != _bits(before[channel.name])[0]
        else:
            first = rows[channel.name][0]
            changed[0] |= (first != 0) & (first != -1)  # a slot without a car holds nothing else
    return _sheet("field_changes", layout, place, rows, changed)


def car_count(layout: Layout) -> int:
    """Slots of the per-car arrays: the size that most of them have."""
    sizes = [channel.count for channel in layout.channels if channel.count > 1]
    return max(set(sizes), key=lambda size: (sizes.count(size), size)) if sizes else 0


def _in_world(layout: Layout, rows: RowArray, cars: int) -> NDArray[np.bool_]:
    names = {channel.name for channel in _car_channels(layout, cars)}
    if "CarIdxTrackSurface" in names:
        return np.asarray(rows["CarIdxTrackSurface"] > TrackSurface.NOT_IN_WORLD)
    if "CarIdxLapDistPct" in names:
        return np.asarray(rows["CarIdxLapDistPct"] > -1)
    return np.ones((len(rows), cars), bool)


def _sheet(table: str, layout: Layout, place: Place, rows: RowArray, wanted: NDArray[np.bool_]) -> Sheet:
    cars = car_count(layout)
    row_no, car_idx = np.nonzero(wanted)
    keys = place.keys(len(row_no))
    keys["sim_time_s"] = rows["SessionTime"][row_no].astype(np.float64)
    keys["car_idx"] = car_idx.astype(np.int32)
    channels = [Values(channel, rows[channel.name][wanted]) for channel in _car_channels(layout, cars)]
    channels += [Values(channel, rows[channel.name][row_no]) for channel in _scalars(layout)]
    return Sheet(table, keys, tuple(channels))


def _car_channels(layout: Layout, cars: int) -> Iterator[Channel]:
    return (channel for channel in layout.channels if channel.count == cars and cars > 1)


def _scalars(layout: Layout) -> Iterator[Channel]:
    return (channel for channel in layout.channels[2:] if channel.count == 1)


def _bits(values: NDArray[Any]) -> NDArray[Any]:
    """Values to compare: a NaN that stays is no change."""
    packed = np.ascontiguousarray(values)
    return packed.view(f"u{packed.itemsize}")
