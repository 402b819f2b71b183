"""`pitbox bench laps`: two laps out of a day from click to data, what is found in an hour, a day's report."""

import itertools
import os
import random
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np

from pitbox.analysis.best import theoretical_best
from pitbox.analysis.column import Rows, row_count
from pitbox.analysis.corner.both import corners_of
from pitbox.analysis.driven import Corner, DrivenLap
from pitbox.analysis.lap_cut import CHANNELS, cut_laps
from pitbox.analysis.line import driven_line
from pitbox.analysis.loss.lap import lap_loss
from pitbox.analysis.loss.steadiness import steadiness
from pitbox.analysis.mistake.find import find_mistakes
from pitbox.cli.bench.figure import Figure
from pitbox.cli.bench.race import SESSION, race_events
from pitbox.cli.bench.report import measure_report
from pitbox.identity.device import Identity
from pitbox.log.scribe import Scribe, ScribeLimits
from pitbox.model.source import Ticks, row_field
from pitbox.store.database import Database
from pitbox.store.lap_list import ListedLap, listed_laps
from pitbox.store.measure import make_a_day, measure_projection
from pitbox.wall.lap_desk import key_of, name_of
from pitbox.wall.lap_reading import LapReading
from pitbox.wall.lap_set import lap_set

_TICKS_A_COMMIT = 15
_HOUR_S, _DAY_H = 3600.0, 24.0
_CLICK_MS, _HOUR_GOAL_S = 100.0, 1.0
_CLICKS = 100
_ALL = (*CHANNELS, "LFspeed", "RFspeed", "LRspeed", "RRspeed")

T = TypeVar("T")


def measure_laps_page(hours: float) -> list[Figure]:
    """Records so much, makes a day of it in the store and an hour of it in memory, and reports on a day."""
    with tempfile.TemporaryDirectory(prefix="pitbox-bench-") as folder:
        root = Path(folder)
        rows = _recorded(root, hours * _HOUR_S)
        database = root / "bench.duckdb"
        measure_projection(root / "log", database)
        with Database(database) as opened:
            row_count = make_a_day(opened, SESSION, max(1, round(_DAY_H / hours)))
            clicks = _clicks(opened)
            report = measure_report(opened, SESSION)
    hour = _hour(_tiled(rows, round(1 / hours) if hours < 1 else 1))
    return [*clicks.figures(row_count), *hour, *report]


class _Clicks(msgspec.Struct, frozen=True):
    """Of each: how long it took, and how much of that was work."""

    took_ms: list[float]
    busy_ms: list[float]
    unread_ms: list[float]
    """With nothing of the file in the system's memory; empty where that cannot be brought about."""

    def figures(self, row_count: int) -> list[Figure]:
        p50_ms, p95_ms = np.percentile(self.took_ms, [50, 95])
        how = f"{row_count:,} rows; read, cut, corners, delta, losses, line, {_CLICKS} clicks"
        figures = [
            Figure("two laps, click to data, p50", p50_ms, "ms", how=how),
            Figure("two laps, click to data, p95", p95_ms, "ms", _CLICK_MS),
            Figure("the same, CPU, p95", float(np.percentile(self.busy_ms, 95)), "ms"),
        ]
        if self.unread_ms:
            late_ms = float(np.percentile(self.unread_ms, 95))
            figures.append(
                Figure(
                    "the same, from disk, p95", late_ms, "ms", _CLICK_MS, how="nothing of the file in memory"
                )
            )
        return figures


def _clicks(database: Database) -> _Clicks:
    """What the Laps page's thread does for a wish; no lap is read twice."""
    with closing(database.cursor()) as cursor:
        laps = [lap for lap in listed_laps(cursor, SESSION) if lap.is_own and lap.is_valid]
    random.Random(1).shuffle(laps)  # noqa: S311 - a sample, no secret
    pairs = zip(laps[::2], laps[1::2], strict=False)
    reading = LapReading()
    _click(database, reading, next(pairs))  # modules are read
    took_ms, busy_ms, unread_ms = [], [], []
    for pair in itertools.islice(pairs, _CLICKS):
        began_s, busy_s = time.perf_counter(), time.process_time()
        _click(database, reading, pair)
        took_ms.append((time.perf_counter() - began_s) * 1e3)
        busy_ms.append((time.process_time() - busy_s) * 1e3)
    for pair in itertools.islice(pairs, _CLICKS // 4):
        if not _forget(database.path):
            break
        began_s = time.perf_counter()
        _click(database, reading, pair)
        unread_ms.append((time.perf_counter() - began_s) * 1e3)
    return _Clicks(took_ms, busy_ms, unread_ms)


def _click(database: Database, reading: LapReading, pair: tuple[ListedLap, ListedLap]) -> None:
    """Raises where what comes is not two laps and the delta between them."""
    with closing(database.cursor()) as cursor:
        found = [reading.read(cursor, key_of(lap), name_of(lap), ()) for lap in pair]
    made = lap_set(0, pair, found, None, is_metric=True)
    if len(made.laps) != len(pair):
        raise RuntimeError(f"These are not the laps that were asked for: {made.refused}")


def _forget(path: Path) -> bool:
    """Takes the file out of the system's memory, where the system can be asked to."""
    if not hasattr(os, "posix_fadvise"):
        return False
    handle = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(handle)
    return True


def _recorded(root: Path, seconds: float) -> Rows:
    """Writes a log, and keeps what laps are looked at by."""
    identity = Identity.load_or_create(root / "identity")
    scribe = Scribe(root / "log", identity, limits=ScribeLimits(reserve_bytes=0))
    kept: dict[str, list[np.ndarray]] = {}
    waiting = 0
    for event in race_events(seconds):
        scribe.take([event])
        if not isinstance(event, Ticks):
            continue
        waiting += len(event)
        for name in ("SessionTime", "LapDistPct", "Lap", "IsOnTrack", *_ALL):
            if name in (event.own.dtype.names or ()):
                kept.setdefault(name, []).append(row_field(event.own, name).copy())
        if waiting >= _TICKS_A_COMMIT:
            scribe.commit()
            waiting = 0
    scribe.close("bench")
    return {name: np.concatenate(pieces) for name, pieces in kept.items()}


def _tiled(rows: Rows, times: int) -> Rows:
    """One after the other, with the clock moved on: each seam ends a lap, as a reset does."""
    assert not isinstance(rows, np.ndarray)
    long_s = float(np.ptp(rows["SessionTime"])) + 10.0
    tiled = {name: np.concatenate([values] * times) for name, values in rows.items()}
    tiled["SessionTime"] = np.concatenate([rows["SessionTime"] + at * long_s for at in range(times)])
    return tiled


def _hour(rows: Rows) -> list[Figure]:
    took_s = dict[str, float]()

    def watch(name: str, ask: Callable[[], T]) -> T:
        began_s = time.process_time()
        found = ask()
        took_s[name] = time.process_time() - began_s
        return found

    laps = watch("cut", lambda: list(cut_laps(rows, _ALL).laps))
    corners = watch("corners", lambda: corners_of(laps))
    best = min(laps, key=lambda lap: lap.time_s)
    watch("losses, best, steadiness, line", lambda: _looked_at(laps, best, corners))
    watch("mistakes", lambda: find_mistakes(laps, corners))
    how = f"{len(laps)} laps, {len(corners)} corners, {row_count(rows):,} rows"
    parts = [Figure(f"one hour: {name}", value, "CPU s") for name, value in took_s.items()]
    return [Figure("one hour analysed", sum(took_s.values()), "CPU s", _HOUR_GOAL_S, how=how), *parts]


def _looked_at(laps: list[DrivenLap], best: DrivenLap, corners: tuple[Corner, ...]) -> None:
    for lap in laps:
        lap_loss(lap, best, corners)
    theoretical_best(laps)
    steadiness(laps, corners)
    driven_line(laps)
