"""`pitbox bench laps`: two laps out of a day from click to delta, and all that is found in an hour."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from pitbox.analysis.best import theoretical_best
from pitbox.analysis.column import Rows, row_count
from pitbox.analysis.corner.both import corners_of
from pitbox.analysis.delta import delta
from pitbox.analysis.driven import Corner, DrivenLap
from pitbox.analysis.even import even
from pitbox.analysis.lap_cut import CHANNELS, cut_laps
from pitbox.analysis.line import driven_line
from pitbox.analysis.loss.lap import lap_loss
from pitbox.analysis.loss.steadiness import steadiness
from pitbox.analysis.mistake.find import find_mistakes
from pitbox.cli.bench.figure import Figure
from pitbox.cli.bench.race import SESSION, race_events
from pitbox.identity.device import Identity
from pitbox.log.scribe import Scribe, ScribeLimits
from pitbox.model.source import Ticks, row_field
from pitbox.store.measure import measure_pairs, measure_projection
from pitbox.store.trace import Trace

_TICKS_A_COMMIT = 15
_HOUR_S, _DAY_H = 3600.0, 24.0
_CLICK_MS, _HOUR_GOAL_S = 100.0, 1.0
_ALL = (*CHANNELS, "LFspeed", "RFspeed", "LRspeed", "RRspeed")

T = TypeVar("T")


def measure_laps_page(hours: float) -> list[Figure]:
    """Records so much, makes a day of it in the store and an hour of it in memory."""
    with tempfile.TemporaryDirectory(prefix="pitbox-bench-") as folder:
        root = Path(folder)
        rows = _recorded(root, hours * _HOUR_S)
        database = root / "bench.duckdb"
        measure_projection(root / "log", database)
        tiles = max(1, round(_DAY_H / hours))
        pairs = measure_pairs(database, SESSION, _laid_upon_each_other, tiles)
    how = f"{pairs.row_count:,} rows, {tiles} x the recording; read, cut, delta, all evened"
    return [
        Figure("two laps, click to data, p50", pairs.p50_ms, "ms", how=how),
        Figure(
            "two laps, click to data, p95", pairs.p95_ms, "ms", _CLICK_MS, how=f"{pairs.lap_count} clicks"
        ),
        Figure("two laps, click to data, p95 CPU", pairs.cpu_p95_ms, "ms", how="of the same clicks"),
        *_hour(_tiled(rows, round(1 / hours) if hours < 1 else 1)),
    ]


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


def _laid_upon_each_other(one: Trace, other: Trace) -> None:
    """What the page needs before it draws."""
    laps = []
    for trace in (one, other):
        middle_s = (trace.start_s + trace.end_s) / 2
        lap = cut_laps({"SessionTime": trace.times_s, **trace.channels}, tuple(trace.channels)).at(middle_s)
        if lap is not None:
            laps.append(lap)
    if len(laps) == 2:
        delta(laps[0], laps[1])
        for lap in laps:
            even(lap)


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
