"""The data folder: whether it can be written, how much room there is, how long a commit takes."""

import os
import shutil
import statistics
import sys
import time
from pathlib import Path

from pitbox.wall.checkup.finding import Context, Finding

_GIB = 1 << 30
_SYNCS = 15
_PAYLOAD = bytes(16 << 10)
"""About one commit of a recording."""
_SLOW_S, _TOO_SLOW_S = 0.020, 0.080


def examine_disk(context: Context) -> list[Finding]:
    folder = context.data_folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        times_s = _sync_times_s(folder)
        free_bytes = shutil.disk_usage(folder).free
    except OSError as error:
        return [
            Finding(
                "data folder",
                "bad",
                f"{folder} cannot be written: {error.strerror}. Nothing can be recorded.",
                "Make it writable, or choose another with `pitbox settings set storage.data_folder PATH`.",
            )
        ]
    return [
        Finding("data folder", "ok", f"{folder} is writable."),
        _space(free_bytes, context.warn_free_bytes),
        _speed(times_s),
    ]


def _sync_times_s(folder: Path) -> list[float]:
    sync = os.fsync if sys.platform in ("win32", "darwin") else os.fdatasync
    probe = folder / f".doctor-{os.getpid()}-{os.urandom(4).hex()}"
    times_s = []
    try:
        with probe.open("xb", buffering=0) as file:
            for _ in range(_SYNCS):
                start_s = time.perf_counter()
                file.write(_PAYLOAD)
                sync(file.fileno())
                times_s.append(time.perf_counter() - start_s)
    finally:
        probe.unlink(missing_ok=True)
    return times_s


def _space(free_bytes: int, warn_bytes: int) -> Finding:
    words = f"{free_bytes / _GIB:.1f} GiB are free."
    if free_bytes < warn_bytes:
        return Finding(
            "disk space",
            "bad",
            f"{words} That is less than the {warn_bytes / _GIB:.1f} GiB below which PitBox warns.",
            "Free some space, or archive old sessions with `pitbox log archive`.",
        )
    # 1.2 GB is what 24 h of our own car and the field take at full rate.
    return Finding("disk space", "ok", f"{words} A 24 h race takes one to three.")


def _speed(times_s: list[float]) -> Finding:
    median_s = statistics.median(times_s)
    worst_s = max(times_s)
    words = f"A commit takes {median_s * 1000:.1f} ms, the slowest of {len(times_s)} {worst_s * 1000:.1f} ms."
    if median_s < _SLOW_S:
        return Finding("disk speed", "ok", words)
    advice = "Put the data folder on a local SSD: network and USB drives are often slow to make data safe."
    if median_s < _TOO_SLOW_S:
        return Finding("disk speed", "note", f"{words} That is slow, and enough.", advice)
    return Finding("disk speed", "bad", f"{words} A power cut would cost more than it has to.", advice)
