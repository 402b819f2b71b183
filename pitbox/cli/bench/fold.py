"""`pitbox bench fold`."""

import statistics
import time

from pitbox.cli.bench.figure import Figure
from pitbox.cli.bench.race import race_events
from pitbox.log.recorder import Recorder
from pitbox.timing.race import RaceFold
from pitbox.wire.record import decode

_ROUNDS = 3


def measure_fold(seconds: float) -> list[Figure]:
    """Records of 250 ms each, as they lie in a live log: decoding is part of folding."""
    payloads = _payloads(seconds)
    speeds, standings_s = [], []
    facts = 0
    for _ in range(_ROUNDS):
        fold = RaceFold()
        began_s = time.process_time()
        facts = sum(len(fold.fold(decode(payload))) for payload in payloads)
        speeds.append(seconds / (time.process_time() - began_s))
        began_s = time.perf_counter()
        fold.standings()
        standings_s.append(time.perf_counter() - began_s)
    return [
        Figure(
            "fold", statistics.median(speeds), "x real time", 200, "more", "63 cars at 60 Hz, 250 ms blocks"
        ),
        Figure("facts found", facts, "", how=f"in {seconds:g} s of racing"),
        Figure("standings", statistics.median(standings_s) * 1e3, "ms", how="one picture of 63 cars"),
        Figure("checkpoint", len(fold.to_bytes()) / 1e3, "kB", how="the fold's whole state"),
    ]


def _payloads(seconds: float) -> list[bytes]:
    recorder = Recorder()
    return [
        item.data for event in race_events(seconds) for item in [*recorder.take(event), *recorder.flush()]
    ]
