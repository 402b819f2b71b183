"""`pitbox bench log`."""

import hashlib
import os
import statistics
import tempfile
import time
from itertools import cycle
from pathlib import Path

from pitbox.cli.bench.figure import Figure
from pitbox.cli.bench.race import SESSION, race_events
from pitbox.identity.device import Identity
from pitbox.log.disk import Disk
from pitbox.log.reader import LogReader
from pitbox.log.recorder import Recorder
from pitbox.log.scribe import Scribe, ScribeLimits
from pitbox.log.writer import Committed, LogWriter
from pitbox.model.ids import LogId
from pitbox.model.source import SourceEvent, Ticks
from pitbox.wire.record import BlockRecord

_APPEND_BYTES = 96 << 20
_COMMIT_BYTES = 1 << 20
_ROUNDS = 5
_TICKS_A_COMMIT = 15


def measure_log(seconds: float) -> list[Figure]:
    """Each part on a folder of its own beside the system's temporary files."""
    events = list(race_events(seconds))
    with tempfile.TemporaryDirectory(prefix="pitbox-bench-") as folder:
        root = Path(folder)
        identity = Identity.load_or_create(root / "identity")
        figures = _recording(root, identity, events, seconds)
        figures += _appending(root, identity, events)
    return figures


def _recording(root: Path, identity: Identity, events: list[SourceEvent], seconds: float) -> list[Figure]:
    """The scribe's own motions at four commits a second: CPU, size, and reading it back."""
    stored: list[Committed] = []
    scribe = Scribe(
        root / "recording",
        identity,
        on_commit=stored.append,
        limits=ScribeLimits(commit_s=0.0, reserve_bytes=0),
    )
    began_s, wall_s = time.process_time(), time.perf_counter()
    _feed(scribe, events, one_by_one=True)
    cpu_s, wall_s = time.process_time() - began_s, time.perf_counter() - wall_s
    log = scribe.log
    assert log is not None
    scribe.close("bench")
    reader = LogReader(root / "recording" / log.session / log.device / f"{log.epoch:016x}")
    size = sum(path.stat().st_size for path in reader.folder.iterdir())
    syncs = sorted(committed.sync_s for committed in stored)
    return [
        Figure(
            "cost while recording",
            cpu_s / seconds,
            "CPU s/s",
            0.01,
            how="own car + 63 cars at 60 Hz, 4 commits/s",
        ),
        Figure("size of 24 h", size / seconds * 86_400 / 1e9, "GB", 3.0, how=f"from {seconds:g} s recorded"),
        Figure("commit p50", statistics.median(syncs) * 1e3, "ms", how="write + fdatasync + new files"),
        Figure("commit p99", syncs[int(len(syncs) * 0.99)] * 1e3, "ms"),
        *_scan(reader),
        *_encode(events),
    ]


def _feed(scribe: Scribe, events: list[SourceEvent], *, one_by_one: bool) -> None:
    """Ticks as a live sim gives them, one at a time; a commit every quarter of a second."""
    taken = 0
    for event in events:
        if not isinstance(event, Ticks):
            scribe.take([event])
            continue
        for at in range(len(event)) if one_by_one else ():
            piece = Ticks(event.own[at : at + 1], event.field[at : at + 1], event.slow[at : at + 1])
            scribe.take([piece])
            taken += 1
            if taken % _TICKS_A_COMMIT == 0:
                scribe.commit()


def _encode(events: list[SourceEvent]) -> list[Figure]:
    recorder = Recorder()
    raw = 0
    began_s = time.perf_counter()
    for event in events:
        recorder.take(event)
        if isinstance(event, Ticks):
            raw += event.own.nbytes + event.field.nbytes + event.slow.nbytes
            recorder.flush()
    return [Figure("encode", raw / (time.perf_counter() - began_s) / 1e6, "MB/s raw", how="rows to blocks")]


def _scan(reader: LogReader) -> list[Figure]:
    """With the checksum of every record, from the page cache."""
    rates = []
    for _ in range(_ROUNDS):
        began_s = time.perf_counter()
        size = sum(len(entry.frame) for entry in reader.entries())
        rates.append(size / (time.perf_counter() - began_s) / 1e6)
    return [Figure("scan with CRC", statistics.median(rates), "MB/s", 500, "more", "every record checked")]


def _appending(root: Path, identity: Identity, events: list[SourceEvent]) -> list[Figure]:
    """The log against bare writes of the same size with the same syncs, in turn, five times."""
    payloads = _payloads(events)
    ratios, rates, bare_rates = [], [], []
    _append_log(root, identity, payloads, 0)  # warm-up
    for number in range(1, _ROUNDS + 1):
        log_s, size = _append_log(root, identity, payloads, number)
        bare_s = _append_bare(root / f"bare-{number}", size)
        ratios.append(bare_s / log_s)
        rates.append(size / log_s / 1e6)
        bare_rates.append(size / bare_s / 1e6)
    return [
        Figure("append", statistics.median(rates), "MB/s", how="commits of 1 MiB, signed, sealed"),
        Figure("bare write + sync", statistics.median(bare_rates), "MB/s", how="the same disk, in turn"),
        Figure("SHA-256 alone", _hash_rate(), "MB/s", how="what the signed chain costs at least"),
        Figure(
            "append against bare write + sync",
            statistics.median(ratios),
            "x",
            0.7,
            "more",
            "median of 5 pairs",
        ),
    ]


def _payloads(events: list[SourceEvent]) -> list[bytes]:
    """Real blocks, encoded beforehand."""
    recorder = Recorder()
    ready = [item for event in events for item in [*recorder.take(event), *recorder.flush()]]
    return [item.data for item in ready if item.data[2] == BlockRecord.KIND]


def _append_log(root: Path, identity: Identity, payloads: list[bytes], number: int) -> tuple[float, int]:
    writer = LogWriter(root / "append", LogId(SESSION, identity.device, number), identity)
    supply = cycle(payloads)
    size = 0
    began_s = time.perf_counter()
    while size < _APPEND_BYTES:
        while writer.pending_bytes < _COMMIT_BYTES:
            writer.append(next(supply))
        size += writer.pending_bytes
        writer.commit(1.0)
    took_s = time.perf_counter() - began_s
    writer.abandon()
    return took_s, size


def _append_bare(path: Path, size: int) -> float:
    disk = Disk()
    pieces = [os.urandom(_COMMIT_BYTES) for _ in range(8)]  # a log's bytes are not in the cache either
    fd = disk.create(path)
    began_s = time.perf_counter()
    for number in range(size // _COMMIT_BYTES):
        disk.write(fd, (pieces[number % len(pieces)],))
        disk.sync(fd)
    took_s = time.perf_counter() - began_s
    disk.close(fd)
    return took_s


def _hash_rate() -> float:
    data = os.urandom(_COMMIT_BYTES)
    began_s = time.perf_counter()
    for _ in range(64):
        hashlib.sha256(data).digest()
    return 64 * len(data) / (time.perf_counter() - began_s) / 1e6
