"""`pitbox bench sync`: a driver and an engineer, each a process, over TLS on loopback."""

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import psutil  # type: ignore[import-untyped]

from pitbox.cli.bench.discovery import measure_discovery
from pitbox.cli.bench.figure import Figure
from pitbox.cli.bench.machine import Machine, Pairs
from pitbox.cli.bench.race import SESSION, race_events
from pitbox.log.reader import log_folder
from pitbox.log.scribe import Scribe
from pitbox.model.ids import LogId
from pitbox.model.role import Role
from pitbox.model.source import Ticks
from pitbox.sync.frame import HEAD_SIZE, pack
from pitbox.sync.live import LiveOut
from pitbox.sync.message import Subscribe

_TLS_BYTES = 22
"""Head, type and tag of one TLS 1.3 record."""
_LOOK_S = 0.02
_PATIENCE_S = 120.0
_SETTLE_S, _REST_S = 20.0, 20.0
"""What a start costs is no rest; on a loaded machine it lasts."""
_CALM_S = 2.0
"""After the pull, before live values count as undisturbed."""


def measure_sync(minutes: float, seconds: float) -> list[Figure]:
    """A late joiner pulls `minutes` of recording while a race is live, then watches for `seconds`."""
    with tempfile.TemporaryDirectory(prefix="pitbox-bench-") as folder:
        root = Path(folder)
        driver = Machine(root, "driver", Role.DRIVER, 47_391)
        engineer = Machine(root, "engineer", Role.ENGINEER, 47_392)
        driver.pair(engineer)
        engineer.pair(driver)
        log, size = _record(driver, minutes * 60)
        return [
            *_measure_pull(driver, engineer, log, size, seconds),
            *_measure_rest(driver, engineer),
            _measure_live_bytes(),
            *measure_discovery(root),
        ]


def _record(machine: Machine, seconds: float) -> tuple[LogId, int]:
    scribe = Scribe(machine.logs, machine.identity)
    log = None
    for event in race_events(seconds):
        scribe.take([event])
        if isinstance(event, Ticks):
            scribe.commit()
        log = scribe.log or log
    scribe.close("done")
    assert log is not None
    return log, _size(machine, log)


def _measure_pull(driver: Machine, engineer: Machine, log: LogId, size: int, seconds: float) -> list[Figure]:
    race = ("--demo", "endurance", "--minutes", "60")
    with ExitStack() as stack:
        stack.enter_context(driver.running(*race))
        _wait(lambda: len(list(driver.logs.glob("local-*"))) > 1)
        stack.enter_context(engineer.running("--no-store"))
        _wait(lambda: _size(engineer, log) > 0)
        began_s = time.monotonic()
        _wait(lambda: _size(engineer, log) >= size)
        ended_s = time.monotonic()
        time.sleep(_CALM_S + seconds)
    sent, seen = driver.rows(), engineer.rows()
    at = np.searchsorted(sent[:, 0], seen[:, 0])
    late_ms = (seen[:, 1] - sent[np.minimum(at, len(sent) - 1), 1]) * 1000
    is_calm = seen[:, 1] > ended_s + _CALM_S
    is_busy = (seen[:, 1] > began_s) & (seen[:, 1] < ended_s)
    how = f"{size / 1e6:.0f} MB, each record proved, synced and then acknowledged"
    return [
        Figure("late joiner", size / 1e6 / (ended_s - began_s), "MB/s", 40, "more", how),
        _quantile("live p95 meanwhile", late_ms[is_busy], 0.95, 30),
        _quantile("live p95", late_ms[is_calm], 0.95, 10),
        _quantile("live p99", late_ms[is_calm], 0.99, 15),
    ]


def _measure_rest(driver: Machine, engineer: Machine) -> list[Figure]:
    """Both connected, no race."""
    with (
        driver.running("--memory", str(driver.home / "no-sim")) as one,
        engineer.running("--no-store") as other,
    ):
        time.sleep(_SETTLE_S)
        found = [psutil.Process(process.pid) for process in (one, other)]
        before, began_s = [_cpu_s(process) for process in found], time.monotonic()
        time.sleep(_REST_S)
        span_s = time.monotonic() - began_s
        shares = [(_cpu_s(p) - b) / span_s * 100 for p, b in zip(found, before, strict=True)]
        memory_mb = found[0].memory_info().rss / 1e6
    return [
        Figure("CPU at rest, driver", shares[0], "%", 1.0, how="of one core, connected, no sim"),
        Figure("CPU at rest, engineer", shares[1], "%", 1.0, how="of one core"),
        Figure("memory of a driver that shares", memory_mb, "MB", 110, how="resident, no sim"),
    ]


def _measure_live_bytes() -> Figure:
    """What one subscriber costs, by the frames that a race makes."""
    out, size, count = LiveOut(), 0, 0
    out.subscribe(Subscribe())
    for event in race_events(10.0):
        for at in range(len(event) if isinstance(event, Ticks) else 0):
            assert isinstance(event, Ticks)
            tick = Ticks(event.own[at : at + 1], event.field[at : at + 1], event.slow[at : at + 1])
            count += 1
            messages = out.due(SESSION, "0" * 64, tick, count / 60)
            size += sum(len(pack(message)) + HEAD_SIZE + _TLS_BYTES for message in messages)
    how = "own car at 60 Hz, 63 cars at 4 Hz, with frames and TLS"
    return Figure("live values", size / (count / 60) / 1000, "kB/s", 60, how=how)


def _size(machine: Machine, log: LogId) -> int:
    return sum(path.stat().st_size for path in log_folder(machine.logs, log).glob("*.seg"))


def _wait(condition: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + _PATIENCE_S
    while not condition():
        if time.monotonic() > deadline_s:
            raise TimeoutError("The two processes did not get on with it.")
        time.sleep(_LOOK_S)


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _quantile(name: str, late_ms: Pairs, share: float, goal: float) -> Figure:
    if not len(late_ms):
        return Figure(name, float("nan"), "ms", goal, how="too short to tell")
    how = f"of {len(late_ms)} rows; p50 {np.median(late_ms):.1f}, worst {late_ms.max():.0f}"
    return Figure(name, float(np.quantile(late_ms, share)), "ms", goal, how=how)
