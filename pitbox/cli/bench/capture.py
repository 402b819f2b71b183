"""`pitbox bench capture`: a collector beside a sim of 63 cars, each a process of its own."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import numpy as np
import psutil  # type: ignore[import-untyped]
from numpy.typing import NDArray

from pitbox.cli.bench.figure import Figure
from pitbox.wall.profile import HOME_VARIABLE

_WARM_S = 5.0
"""Left out of the CPU figure: importing and the first commit."""
_LOOK_S = 0.5
_SILENT_S = 60.0
_WARM_SHARE = 0.2
"""Of a long run: memory is called flat from there on."""

Pairs = NDArray[np.float64]
"""(sim time, monotonic clock) of ticks, one a row."""


class Shift(msgspec.Struct, frozen=True):
    """One run of a collector beside a feed."""

    written: Pairs
    live: Pairs
    durable: Pairs
    cpu_share: float
    """Of one core, from the warm-up to the feed's end."""
    rss_mb: tuple[float, ...]
    """Twice a second."""
    taken: int = 0
    missed: int = 0
    """Ticks by the collector's own account."""

    @property
    def lost(self) -> int:
        """Rows written between the collector's first and its last one that never arrived."""
        if not len(self.live):
            return len(self.written)
        times_s = self.written[:, 0]
        first_s, last_s = self.live[0, 0], self.live[-1, 0]
        due = times_s[(times_s >= first_s) & (times_s <= last_s)]
        return int((~np.isin(due, self.live[:, 0])).sum())

    @property
    def behind(self) -> int:
        """Rows at the end of the feed that never came."""
        return int((self.written[:, 0] > self.live[-1, 0]).sum()) if len(self.live) else 0

    @property
    def unseen(self) -> int:
        """Rows that the collector neither took nor missed."""
        return len(self.written) - self.taken - self.missed

    def live_ms(self) -> Pairs:
        """From the row in memory to the live mailbox."""
        at = np.searchsorted(self.written[:, 0], self.live[:, 0])
        late_ms: Pairs = (self.live[:, 1] - self.written[at, 1]) * 1000
        return late_ms

    def acknowledged_ms(self) -> Pairs:
        """From the row in memory to the commit that has it."""
        ticks = self.written[np.isin(self.written[:, 0], self.live[:, 0])]
        ticks = ticks[ticks[:, 0] <= self.durable[-1, 0]]
        at = np.searchsorted(self.durable[:, 0], ticks[:, 0])
        late_ms: Pairs = (self.durable[at, 1] - ticks[:, 1]) * 1000
        return late_ms


def measure_capture(seconds: float) -> list[Figure]:
    """Twice: headless, and with the window on a screen that nobody sees."""
    headless = work(seconds, 1.0, ("--headless",))
    window = work(seconds, 1.0, (), {"QT_QPA_PLATFORM": "offscreen"})
    cars = "63 cars in 72 slots at 60 Hz"
    return [
        Figure("ticks written", len(headless.written), "", how=f"{cars}, {seconds:g} s, by another process"),
        Figure("ticks lost", headless.lost + headless.behind, "", 0, how="of those after the first one seen"),
        Figure("CPU headless", headless.cpu_share * 100, "%", 3.0, how="of one core"),
        Figure("memory headless", max(headless.rss_mb), "MB", 110, how="resident, at most"),
        _quantile("tick to live mailbox p99", headless.live_ms(), 10.0),
        _quantile("tick to acknowledged p99", headless.acknowledged_ms(), 400.0),
        Figure("ticks lost with window", window.lost + window.behind, "", 0),
        Figure("CPU with window", window.cpu_share * 100, "%", 3.0, how="drawn offscreen, no tray there"),
        Figure("memory with window", max(window.rss_mb), "MB", 190, how="resident, at most"),
    ]


def measure_long(hours: float, speed: float) -> list[Figure]:
    """A long race, faster than it would be: memory has to stay where it is."""
    shift = work(hours * 3600, speed, ("--headless",), is_traced=False)
    rss = np.array(shift.rss_mb)
    warm = rss[int(len(rss) * _WARM_SHARE) :]
    growth = (np.median(warm[-len(warm) // 10 :]) / np.median(warm[: len(warm) // 10]) - 1) * 100
    how = f"{hours:g} h at {speed:g} x"
    return [
        Figure("ticks written", len(shift.written), "", how=how),
        Figure("ticks lost", shift.missed, "", 0, how="overwritten in memory before they were read"),
        Figure("ticks nobody speaks of", shift.unseen, "", how="from before the collector's first look"),
        Figure("memory growth", float(growth), "%", 5.0, how="after the first fifth: last tenth to first"),
        Figure("memory", float(rss.max()), "MB", how="resident, at most"),
        Figure("CPU", shift.cpu_share * 100, "%", how=f"of one core, at {speed:g} x"),
    ]


def work(
    seconds: float,
    speed: float,
    mode: tuple[str, ...],
    more: Mapping[str, str] | None = None,
    *,
    is_traced: bool = True,
) -> Shift:
    """A collector as users start it, a feed beside it, and what both noted; a trace takes memory itself."""
    with tempfile.TemporaryDirectory(prefix="pitbox-bench-") as folder:
        root = Path(folder)
        memory, trace, stamps = root / "sim.bin", root / "trace.json", root / "stamps"
        environment = {**os.environ, HOME_VARIABLE: str(root), **(more or {})}
        words = [*mode, "--memory", str(memory), *(("--trace", str(trace)) if is_traced else ())]
        feed = [str(memory), str(seconds), str(speed), str(stamps)]
        with (
            (root / "said").open("wb") as said,
            _process(["pitbox.cli.bench.feed", *feed], environment, said) as sim,
            _process(["pitbox", "driver", *words], environment, said) as collector,
        ):
            cpu_share, rss_mb = _watch(psutil.Process(collector.pid), sim)
            time.sleep(1.0)  # for the last commit
        noted: dict[str, list[tuple[float, float]]] = {"live": [], "durable": []}
        if is_traced:
            noted = msgspec.json.decode(trace.read_bytes(), type=dict[str, list[tuple[float, float]]])
        end = _last_words(root / "said")
        return Shift(
            written=np.frombuffer(stamps.read_bytes()).reshape(-1, 2),
            live=np.array(noted["live"]),
            durable=np.array(noted["durable"]),
            cpu_share=cpu_share,
            rss_mb=tuple(rss_mb),
            taken=end.get("ticks", 0),
            missed=end.get("missed", 0),
        )


def _last_words(said: Path) -> dict[str, Any]:
    """A headless collector's last line; a window says nothing."""
    lines = said.read_bytes().splitlines()
    return msgspec.json.decode(lines[-1], type=dict[str, Any]) if lines else {}


@contextmanager
def _process(
    words: list[str], environment: Mapping[str, str], said: BinaryIO
) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(  # noqa: S603 - our own modules, by our own interpreter
        [sys.executable, "-P", "-m", *words], env=environment, stdout=said
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(_SILENT_S)
                except subprocess.TimeoutExpired:
                    process.kill()  # what it should have noted is missing then, and that is said


def _watch(collector: psutil.Process, sim: subprocess.Popen[bytes]) -> tuple[float, list[float]]:
    """Until the feed has ended: (share of one core after the warm-up, resident MB)."""
    began_s = time.monotonic()
    warm: tuple[float, float] | None = None
    rss_mb = []
    while sim.poll() is None:
        time.sleep(_LOOK_S)
        now_s = time.monotonic()
        if warm is None and now_s - began_s > _WARM_S:
            warm = (now_s, _cpu_s(collector))
        rss_mb.append(collector.memory_info().rss / 1e6)
    if warm is None:
        raise ValueError(f"A run has to last longer than {_WARM_S:g} s.")
    return (_cpu_s(collector) - warm[1]) / (time.monotonic() - warm[0]), rss_mb


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _quantile(name: str, late_ms: Pairs, goal: float) -> Figure:
    how = f"p50 {np.median(late_ms):.2f}, worst {late_ms.max():.1f}"
    return Figure(name, float(np.quantile(late_ms, 0.99)), "ms", goal, how=how)
