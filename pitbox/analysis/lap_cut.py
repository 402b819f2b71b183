"""Laps cut out of own rows, exactly at the line, all of a recording in one go; what is no lap says why.

cut = cut_laps(rows, ("Speed", "Brake"), track_m=4259.0)
cut.laps      # DrivenLap, in order
cut.rest      # stretches that are no whole lap, each with its reason
"""

import itertools
from collections.abc import Callable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.analysis.column import ANGLES, Rows, column, floats, is_stepped, shorter_way
from pitbox.analysis.driven import DrivenLap
from pitbox.analysis.outline import Floats
from pitbox.analysis.trail import Trail, summed, trail_of

CHANNELS = (
    "Speed",
    "Throttle",
    "Brake",
    "Clutch",
    "Gear",
    "RPM",
    "SteeringWheelAngle",
    "LatAccel",
    "LongAccel",
    "YawRate",
    "Yaw",
    "YawNorth",
    "VelocityX",
    "VelocityY",
    "Lat",
    "Lon",
    "PlayerTrackSurface",
    "OnPitRoad",
    "FuelLevel",
)
"""What laps are looked at by, unless somebody asks for others."""

HOLE_S = 0.1
_LEAST_S = 5.0
"""No car laps in less; what does is a car that is pushed back and forth over the line."""
_DEGREE_M = 111_320.0
_MOST_WRONG = 0.05
_LEAST_REST = 0.02
"""Of a lap: a shorter rest is the margin around a lap that was asked for."""

Naming = Callable[[int | None], str]


class Rest(msgspec.Struct, frozen=True):
    """A stretch that is no whole lap."""

    start_s: float
    end_s: float
    start: float
    end: float
    """Fractions of the lap."""
    why: str


class LapCut(msgspec.Struct, frozen=True, eq=False):
    laps: tuple[DrivenLap, ...]
    rest: tuple[Rest, ...]
    why: str = ""
    """Why there is nothing at all; empty where there are laps."""

    def at(self, time_s: float) -> DrivenLap | None:
        """The lap that was driven at a sim time."""
        for lap in self.laps:
            if lap.start_s <= time_s < lap.start_s + lap.time_s:
                return lap
        return None


def cut_laps(
    rows: Rows,
    channels: Sequence[str] = CHANNELS,
    *,
    track_m: float = 0.0,
    naming: Naming = lambda number: "" if number is None else str(number),
) -> LapCut:
    """All whole laps of the rows of one run; rows may come in any order, doubled, or with some missing."""
    trail = trail_of(rows, track_m)
    if trail.why:
        return LapCut((), (), trail.why)
    way_m = _way(rows, trail)
    if way_m is None:
        return LapCut((), (), "Neither speed nor position nor the length of the track is known.")
    bench = _Bench(rows, channels, trail, way_m, naming)
    for (first, behind), why in zip(trail.pieces, (*trail.reasons, ""), strict=True):
        bench.cut(first, behind, why)
    why = "" if bench.laps else _why_none(bench.rest)
    return LapCut(tuple(bench.laps), tuple(bench.rest), why)


def _why_none(rest: list[Rest]) -> str:
    if not rest:
        return "No lap is whole: the car hardly moved."
    return "No lap is whole: " + "; ".join(stretch.why for stretch in rest[:3]) + "."


class _Bench:
    """What is cut from, and what came of it."""

    def __init__(
        self, rows: Rows, channels: Sequence[str], trail: Trail, way_m: Floats, naming: Naming
    ) -> None:
        self.laps: list[DrivenLap] = []
        self.rest: list[Rest] = []
        self._trail, self._way_m, self._naming = trail, way_m, naming
        self._values = dict[str, Floats]()
        found = {name: column(rows, name) for name in channels}
        self._missing = tuple(name for name, values in found.items() if values is None)
        stepped = set[str]()
        for name, values in found.items():
            if values is not None:
                self._values[name] = values[trail.index].astype(np.float64)
                if is_stepped(values):
                    stepped.add(name)
        self._stepped = frozenset(stepped)
        count = floats(rows, "Lap")
        self._count = None if count is None else count[trail.index]

    def cut(self, first: int, behind: int, why: str) -> None:
        """One stretch without a break; `why` it ends."""
        place = np.maximum.accumulate(self._trail.place[first:behind])
        whole = np.floor(place)
        lines = np.flatnonzero(np.diff(whole) > 0)
        share = (whole[lines + 1] - place[lines]) / (place[lines + 1] - place[lines])
        crossings = [(first + int(at), float(part)) for at, part in zip(lines, share, strict=True)]
        edges = [(at, self._moment(at, part)) for at, part in crossings]
        self._note(first, edges[0][0] if edges else behind - 1, self._start_why(first) if edges else why)
        for (at, part), (until, part_end) in itertools.pairwise(crossings):
            lap = self._lap((at, part), (until, part_end), place - whole[at - first + 1], first)
            if lap.time_s >= _LEAST_S:
                self.laps.append(lap)
        if edges:
            self._note(edges[-1][0] + 1, behind - 1, why)

    def _start_why(self, first: int) -> str:
        return f"begins at {self._trail.place[first] % 1.0 * 100:.1f} % of the lap"

    def _note(self, first: int, last: int, why: str) -> None:
        t_s, place = self._trail.t_s, self._trail.place
        if last <= first or abs(place[last] - place[first]) < _LEAST_REST:
            return
        end = float(place[last] % 1.0)
        words = why or f"ends at {end * 100:.1f} % of the lap"
        self.rest.append(Rest(float(t_s[first]), float(t_s[last]), float(place[first] % 1.0), end, words))

    def _moment(self, at: int, share: float) -> float:
        t_s = self._trail.t_s
        return float(t_s[at] + (t_s[at + 1] - t_s[at]) * share)

    def _lap(self, start: tuple[int, float], end: tuple[int, float], place: Floats, first: int) -> DrivenLap:
        start_s, end_s = self._moment(*start), self._moment(*end)
        t_s = self._trail.t_s
        inner = np.arange(start[0] + 1, end[0] + 1)
        inner = inner[(t_s[inner] > start_s) & (t_s[inner] < end_s)]
        own_s = np.concatenate(([0.0], t_s[inner] - start_s, [end_s - start_s]))
        pct = np.concatenate(([0.0], np.clip(place[inner - first], 0.0, 1.0), [1.0]))
        way_m = np.concatenate(
            ([_between(self._way_m, *start)], self._way_m[inner], [_between(self._way_m, *end)])
        )
        # The sim counts a row before or behind the line: in the middle of the lap it is sure.
        number = None if self._count is None else int(self._count[(start[0] + end[0]) // 2])
        return DrivenLap(
            name=self._naming(number),
            time_s=end_s - start_s,
            track_m=self._trail.track_m,
            t_s=own_s,
            pct=pct,
            path_m=way_m - way_m[0],
            channels={name: self._channel(name, inner, start, end) for name in self._values},
            missing=self._missing,
            number=number,
            start_s=start_s,
            holes=_holes(own_s, pct),
            stepped=self._stepped,
        )

    def _channel(
        self, name: str, inner: NDArray[np.intp], start: tuple[int, float], end: tuple[int, float]
    ) -> Floats:
        values = self._values[name]
        if name in self._stepped:  # each end belongs to this lap
            edges = values[start[0] + 1], values[end[0]]
        else:
            is_angle = name in ANGLES
            edges = _between(values, *start, is_angle=is_angle), _between(values, *end, is_angle=is_angle)
        return np.concatenate(([edges[0]], values[inner], [edges[1]]))


def _between(values: Floats, at: int, share: float, *, is_angle: bool = False) -> float:
    step = values[at + 1] - values[at]
    return float(values[at] + (shorter_way(step) if is_angle else step) * share)


def _holes(t_s: Floats, pct: Floats) -> tuple[tuple[float, float], ...]:
    return tuple((float(pct[at]), float(pct[at + 1])) for at in np.flatnonzero(np.diff(t_s) > HOLE_S))


def _way(rows: Rows, trail: Trail) -> Floats | None:
    """Metres driven since the first row: by speed, scaled to positions where they are; else by the track."""
    speed_mps, chord_m = floats(rows, "Speed"), _chords(rows, trail)
    if speed_mps is None:
        if chord_m is not None:
            return chord_m
        return np.maximum.accumulate(trail.place) * trail.track_m if trail.track_m > 0 else None
    way_m = summed(trail.t_s, speed_mps[trail.index])
    if chord_m is not None:
        # Over long holes a chord is too short, and a tow is no way that was driven.
        near = np.diff(trail.t_s) < HOLE_S
        near[trail.breaks] = False
        scale = np.diff(chord_m)[near].sum() / max(np.diff(way_m)[near].sum(), 1e-9)
        if abs(scale - 1.0) < _MOST_WRONG:
            way_m *= scale
    return way_m


def _chords(rows: Rows, trail: Trail) -> Floats | None:
    lat, lon = floats(rows, "Lat"), floats(rows, "Lon")
    if lat is None or lon is None:
        return None
    lat, lon = lat[trail.index], lon[trail.index]
    if not (np.isfinite(lat).all() and np.isfinite(lon).all() and (np.abs(lat) > 0).all()):
        return None
    east_m = np.diff(lon) * _DEGREE_M * np.cos(np.radians(lat[0]))
    far: Floats = np.concatenate(([0.0], np.cumsum(np.hypot(east_m, np.diff(lat) * _DEGREE_M))))
    return far
