"""Shapes and marked corners of tracks, as others write them: JSON outlines, GPX drives, JSON marks."""

import re
from pathlib import Path

import msgspec
import numpy as np

from pitbox.analysis.corner.marked import Mark
from pitbox.analysis.outline import Floats

_DEGREE_M = 111_320.0
_POINT = re.compile(r"<(?:rtept|trkpt)\b([^>]*)>")
_LEAST_POINTS = 8


class _Outline(msgspec.Struct):
    ontrack: list[tuple[float, float]]
    """Latitude and longitude, from the line on."""


class _Turn(msgspec.Struct):
    name: str = ""
    start: float | None = None
    end: float | None = None
    marker: float | None = None


class _Turns(msgspec.Struct):
    turn: list[_Turn]


def shape_in(path: Path) -> tuple[Floats, Floats, Floats]:
    """(fraction, east, north) of the closed line, in metres from its first point; raises ValueError."""
    data = path.read_bytes()
    points = _gpx(data) if path.suffix.lower() == ".gpx" else msgspec.json.decode(data, type=_Outline).ontrack
    if len(points) < _LEAST_POINTS:
        raise ValueError(f"{len(points)} points are no shape of a track.")
    lat, lon = np.array([*points, points[0]]).T
    east_m = (lon - lon[0]) * _DEGREE_M * np.cos(np.radians(lat.mean()))
    north_m = (lat - lat[0]) * _DEGREE_M
    far_m = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(east_m), np.diff(north_m)))))
    if not np.isfinite(far_m[-1]) or far_m[-1] < 1.0:
        raise ValueError("These points lie in one place.")
    return far_m / far_m[-1], east_m, north_m


def marks_in(path: Path) -> list[Mark]:
    """Stretches, or points where only those are marked."""
    turns = msgspec.json.decode(path.read_bytes(), type=_Turns).turn
    marks = []
    for turn in turns:
        start = turn.marker if turn.start is None else turn.start
        end = turn.marker if turn.end is None else turn.end
        if start is None or end is None:
            raise ValueError(f"The corner {turn.name!r} is marked nowhere.")
        marks.append(Mark(start, end if end >= start else end + 1.0, turn.name))
    return marks


def _gpx(data: bytes) -> list[tuple[float, float]]:
    points = []
    for attributes in _POINT.findall(data.decode("utf-8", "replace")):
        found = dict(re.findall(r'(lat|lon)="([^"]+)"', attributes))
        points.append((float(found["lat"]), float(found["lon"])))
    return points
