"""The outlines of tracks that were learnt here, one small file in the profile's folder.

Losing it costs nothing but a lap: a file that is no use is forgotten, and learnt anew from the recordings.
"""

import os
from pathlib import Path

import msgspec
import numpy as np

from pitbox.analysis.lane import Span
from pitbox.analysis.outline import POINTS, Outline, Source
from pitbox.model.session import Track

_FILE = "outlines.msgpack"
_VERSION = 1
_MOST = 256
"""Tracks; the sim has fewer with all their configurations."""
_STEP_M = 0.1
_PHASES = 65_536


class Chart(msgspec.Struct, frozen=True, eq=False):
    """What is known of a track's shape."""

    key: str
    outline: Outline
    lane: Span | None = None
    """Where the pit lane lies beside it."""


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    key: str
    source: Source
    x: tuple[int, ...]
    """In steps of 10 cm."""
    y: tuple[int, ...]
    phase: tuple[int, ...]
    closing_m: float
    lane: Span | None


class _Content(msgspec.Struct, frozen=True, array_like=True):
    version: int
    kept: tuple[_Kept, ...]


def chart_key(sim: str, track: Track) -> str:
    """One for each shape: a track has several, and a sim may number them anew."""
    return f"{sim}/{track.track_id}/{track.name}/{track.config}"


class OutlineShelf:
    """Belongs to one thread."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / _FILE

    def read(self, key: str) -> Chart | None:
        """None when it is not known, or of no use."""
        return next((_chart(kept) for kept in self._content() if kept.key == key and _is_sound(kept)), None)

    def keep(self, chart: Chart) -> None:
        """The newest come first; raises OSError when the disk refuses, and the old content stays."""
        others = [kept for kept in self._content() if kept.key != chart.key]
        content = _Content(_VERSION, (_kept(chart), *others)[:_MOST])
        draft = self._file.with_name(f".{_FILE}.{os.getpid()}")
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.write_bytes(msgspec.msgpack.encode(content))
        draft.replace(self._file)

    def _content(self) -> tuple[_Kept, ...]:
        try:
            content = msgspec.msgpack.decode(self._file.read_bytes(), type=_Content)
        except (OSError, msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            return ()
        return content.kept if content.version == _VERSION else ()


def _kept(chart: Chart) -> _Kept:
    outline = chart.outline
    x, y = (tuple(np.rint(axis / _STEP_M).astype(int).tolist()) for axis in (outline.x_m, outline.y_m))
    phase = tuple(np.rint(outline.phase * _PHASES).astype(int).tolist())
    return _Kept(chart.key, outline.source, x, y, phase, outline.closing_m, chart.lane)


def _chart(kept: _Kept) -> Chart:
    x_m, y_m = (np.array(axis, np.float64) * _STEP_M for axis in (kept.x, kept.y))
    phase = np.array(kept.phase, np.float64) / _PHASES
    return Chart(kept.key, Outline(kept.source, x_m, y_m, phase, kept.closing_m), kept.lane)


def _is_sound(kept: _Kept) -> bool:
    return len(kept.x) == len(kept.y) == len(kept.phase) == POINTS and all(
        after >= before for before, after in zip(kept.phase, kept.phase[1:], strict=False)
    )
