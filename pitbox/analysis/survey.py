"""Learns a track's outline and where its pit lane lies, from own rows in order; any split gives the same.

    survey = Survey(track.length_m)
    survey.take(rows)
    survey.outline      # None until one lap was driven whole

Latitude and longitude tell it at once; a live sim keeps them to itself, so there velocity and yaw are summed
up from line to line. What the sum misses at the line is spread evenly over the lap.
"""

import numpy as np
from numpy.typing import NDArray

from pitbox.analysis.lane import LaneSeen
from pitbox.analysis.outline import POINTS, Floats, Outline, Source
from pitbox.model.code import TrackSurface
from pitbox.model.source import RowArray, row_field

NDArrayComplex = NDArray[np.complex128]
_TIME, _PCT, _VX, _VY, _YAW, _NORTH, _LAT, _LON, _IS_GOOD = range(9)
_GAP_S = 0.35
_LEAP = 0.02
"""Of a lap between two rows: a reset or a tow."""
_LONGEST_ROWS = 60 * 60 * 20
"""A lap of twenty minutes; who takes longer shows no line."""
_MOST_MISS = 0.05
"""Of the lap: a sum that misses its start by more is a spin, not a track."""
_MOST_WRONG_LENGTH = 0.15
_ENOUGH_LAPS = 3
_NORTH_COHERENCE = 0.99
_DEGREE_M = 111_320.0


class Survey:
    def __init__(self, length_m: float = 0.0) -> None:
        """`length_m`: as the sim tells it; 0 where it does not."""
        self.outline: Outline | None = None
        self.lane = LaneSeen()
        self.laps = 0
        """Driven whole, whether they were of use or not."""
        self._length_m = length_m
        self._last: Floats | None = None
        self._lap: list[Floats] | None = None
        """From the last crossing of the line; None while the lap is not whole."""
        self._count = 0

    @property
    def is_settled(self) -> bool:
        """More laps would tell little more."""
        outline = self.outline
        return outline is not None and (outline.source is Source.POSITION or self.laps >= _ENOUGH_LAPS)

    @property
    def is_settled_with_lane(self) -> bool:
        return self.is_settled and self.lane.span is not None

    def take(self, rows: RowArray) -> None:
        steps = _steps(rows)
        in_lane = _column(rows, "OnPitRoad", 0.0) > 0
        self.lane.take(_column(rows, "LapDistPct", -1.0)[in_lane & (_column(rows, "Speed", 0.0) > 1.0)])
        if self._last is not None:
            steps = np.concatenate((self._last[None, :], steps))
        if not len(steps):
            return
        new = 0 if self._last is None else 1
        self._last = steps[-1]
        move, span_s = np.diff(steps[:, _PCT]), np.diff(steps[:, _TIME])
        is_line = move < -0.5
        is_good = (steps[1:, _IS_GOOD] > 0) & (steps[:-1, _IS_GOOD] > 0)
        is_broken = ~is_good | (span_s <= 0) | (span_s > _GAP_S) | (np.abs(move - np.rint(move)) > _LEAP)
        for edge in np.flatnonzero(is_line | is_broken).tolist():
            self._collect(steps[new : edge + 1])
            new = edge + 1
            if is_broken[edge]:
                self._lap = None
                continue
            self._close(_shifted(steps[edge + 1], 1.0))
            self._lap, self._count = [_shifted(steps[edge], -1.0)], 1
        self._collect(steps[new:])

    def _collect(self, steps: Floats) -> None:
        if self._lap is None or not len(steps):
            return
        self._lap.append(steps)
        self._count += len(steps)
        if self._count > _LONGEST_ROWS:
            self._lap = None

    def _close(self, after: Floats) -> None:
        if self._lap is None:
            return
        self.laps += 1
        found = _drawn(np.concatenate((*self._lap, after)), self._length_m)
        if found is not None and (self.outline is None or _rank(found) < _rank(self.outline)):
            self.outline = found


def _rank(outline: Outline) -> tuple[bool, float]:
    return outline.source is not Source.POSITION, outline.closing_m


def _shifted(step: Floats, laps: float) -> Floats:
    moved = step[None, :].copy()
    moved[0, _PCT] += laps
    return moved


def _drawn(lap: Floats, length_m: float) -> Outline | None:
    """One lap, with a row before the line at its start and one behind it at its end."""
    lap = lap[np.concatenate(([True], np.diff(np.maximum.accumulate(lap[:, _PCT])) > 0))]  # who rolls back
    pct = lap[:, _PCT]
    even = np.arange(POINTS + 1) / POINTS
    is_placed = bool(np.isfinite(lap[:, _LAT]).all() and (np.abs(lap[:, _LAT]) > 0).all())
    way = _on_earth(lap) if is_placed else _summed(lap)
    x_m, y_m = np.interp(even, pct, way.real), np.interp(even, pct, way.imag)
    miss = complex(x_m[-1] - x_m[0], y_m[-1] - y_m[0])
    x_m, y_m = (x_m - even * miss.real)[:-1], (y_m - even * miss.imag)[:-1]
    time_s = np.interp(even, pct, lap[:, _TIME])
    outline = Outline(
        source=Source.POSITION if is_placed else Source.MOTION,
        x_m=x_m - (x_m.max() + x_m.min()) / 2,
        y_m=y_m - (y_m.max() + y_m.min()) / 2,
        phase=((time_s - time_s[0]) / (time_s[-1] - time_s[0]))[:-1],
        closing_m=abs(miss),
    )
    long_m = outline.length_m
    if not np.isfinite(long_m) or long_m < 1.0 or outline.closing_m > _MOST_MISS * long_m:
        return None
    is_wrong = length_m > 0 and abs(long_m / length_m - 1.0) > _MOST_WRONG_LENGTH
    return None if is_wrong else outline


def _on_earth(lap: Floats) -> NDArrayComplex:
    lat, lon = lap[:, _LAT], lap[:, _LON]
    east_m = (lon - lon[0]) * _DEGREE_M * np.cos(np.radians(lat.mean()))
    way: NDArrayComplex = east_m + 1j * (lat - lat[0]) * _DEGREE_M
    return way


def _summed(lap: Floats) -> NDArrayComplex:
    """Velocity in the car's own axes, forward and left, turned by its yaw, which counts anticlockwise."""
    speed = (lap[:, _VX] + 1j * lap[:, _VY]) * np.exp(1j * lap[:, _YAW])
    steps = (speed[1:] + speed[:-1]) / 2 * np.diff(lap[:, _TIME])
    way: NDArrayComplex = np.concatenate(([0j], np.cumsum(steps)))
    # YawNorth counts clockwise from north. A build that says something else is not followed.
    turn = np.exp(1j * (np.pi / 2 - lap[:, _NORTH] - lap[:, _YAW])).mean()
    return way * (turn / abs(turn)) if abs(turn) > _NORTH_COHERENCE else way


def _steps(rows: RowArray) -> Floats:
    """The columns that count, of rows that say where the car is."""
    surface = _column(rows, "PlayerTrackSurface", float(TrackSurface.ON_TRACK))
    is_good = (_column(rows, "IsOnTrack", 1.0) > 0) & (_column(rows, "OnPitRoad", 0.0) == 0)
    is_good &= (surface == TrackSurface.ON_TRACK) | (surface == TrackSurface.OFF_TRACK)
    lat = _column(rows, "Lat", np.nan)
    steps = np.stack(
        (
            _column(rows, "SessionTime", 0.0),
            _column(rows, "LapDistPct", 0.0),
            _column(rows, "VelocityX", np.nan),
            _column(rows, "VelocityY", np.nan),
            _column(rows, "Yaw", np.nan),
            _column(rows, "YawNorth", np.nan),
            lat,
            _column(rows, "Lon", np.nan),
            is_good.astype(np.float64),
        ),
        axis=1,
    )
    # A row of zeros, as at each reset: it says nothing.
    is_blank = (steps[:, _PCT] == 0) & ((lat == 0) | (_column(rows, "Speed", 0.0) == 0))
    is_damaged = ~np.isfinite(steps[:, _TIME]) | ~np.isfinite(steps[:, _PCT]) | (np.abs(steps[:, _PCT]) > 2)
    kept: Floats = steps[~is_blank & ~is_damaged]
    return kept


def _column(rows: RowArray, name: str, default: float) -> Floats:
    fields = rows.dtype.fields
    if fields is None or name not in fields:
        return np.full(len(rows), default)
    column = row_field(rows, name)
    return (column if column.ndim == 1 else column[:, -1]).astype(np.float64)
