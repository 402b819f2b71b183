"""`pitbox bench store`: the log is made here, the measuring is the store's own."""

import tempfile
from pathlib import Path

from pitbox.cli.bench.figure import Figure
from pitbox.cli.bench.race import SESSION, race_events
from pitbox.identity.device import Identity
from pitbox.log.scribe import Scribe, ScribeLimits
from pitbox.model.source import Ticks
from pitbox.store.measure import measure_laps, measure_projection

_TICKS_A_COMMIT = 15


def measure_store(hours: float) -> list[Figure]:
    """Record the race as a live one is recorded, project it in a child, then tile a day out of it."""
    with tempfile.TemporaryDirectory(prefix="pitbox-bench-") as folder:
        root = Path(folder)
        _record(root, hours * 3600)
        database = root / "bench.duckdb"
        cost = measure_projection(root / "log", database)
        laps = measure_laps(database, SESSION)
    return [
        Figure(
            "projection", cost.cpu_s_per_s, "CPU s/s", 0.02, how=f"{cost.recorded_s:,.0f} s in 10 s batches"
        ),
        Figure("columns of own_car", cost.column_count, ""),
        Figure("longest batch", cost.longest_batch_s, "s"),
        Figure("memory before", cost.start_rss_mb, "MB", how="engine loaded, file open"),
        Figure("memory at most", cost.peak_rss_mb, "MB", how="peak over the projection"),
        Figure("database", cost.file_mb, "MB", how=f"{cost.row_count:,} rows"),
        Figure(
            "one lap, 8 channels, p50", laps.p50_ms, "ms", how=f"{laps.row_count:,} rows, 24 x the recording"
        ),
        Figure("one lap, 8 channels, p95", laps.p95_ms, "ms", 30, how=f"any of {laps.lap_count * 24:,} laps"),
    ]


def _record(root: Path, seconds: float) -> None:
    identity = Identity.load_or_create(root / "identity")
    scribe = Scribe(root / "log", identity, limits=ScribeLimits(reserve_bytes=0))
    waiting = 0
    for event in race_events(seconds):
        scribe.take([event])
        waiting += len(event) if isinstance(event, Ticks) else 0
        if waiting >= _TICKS_A_COMMIT:
            scribe.commit()
            waiting = 0
    scribe.close("bench")
