"""`pitbox bench ui`: the engineer's window on a live race of 63 cars."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pitbox.cli.bench.figure import Figure
from pitbox.wall.profile import find_profile
from pitbox.wall.settings import Settings

if TYPE_CHECKING:
    from pitbox.ui.engineer.meter import Meter

_HEAD_START_S = 50.0
"""Behind the pace car nothing changes: by then the race is under way. It takes a fraction of that."""
_PATIENCE_S = 60.0
"""At most, until the window shows it; a slow machine is measured all the same."""
_SETTLE_S = 3.0
_OPENINGS = 4
AROUND_S = 20.0
"""What all but the measured seconds takes, about: the openings, the head start, the end."""
_OPENING = """
import sys, time
from pitbox.ui.engineer.desk import EngineerDesk
from pitbox.ui.engineer.meter import open_once
from pitbox.wall.feed import StillFeed
from pitbox.wall.health import HealthRegistry
from pitbox.wall.profile import find_profile
from pitbox.wall.settings import Settings
desk = EngineerDesk(StillFeed(HealthRegistry(time.time)), find_profile("bench"), Settings())
open_once(desk)
print(time.time() - float(sys.argv[1]))
desk.close()
"""


def measure_ui(seconds: float, speed: float) -> list[Figure]:
    """Offscreen where nothing else is said; 1600 x 1000."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    where = os.environ["QT_QPA_PLATFORM"]
    with tempfile.TemporaryDirectory(prefix="pitbox-bench-") as folder:
        home = {"PITBOX_HOME": folder}
        opened_s = [_opening_s(home) for _ in range(_OPENINGS)][1:]
        meter = _live(home, seconds, speed)
        laps = _laps(home)
    turns, work, lags = meter.turns_s, meter.work_s, meter.lags_s
    how = f"63 cars at {speed:g} x, {where}"
    return [
        Figure("slots on main, p95", _at(turns, 95), "ms", 8, how=how),
        Figure("slots on main, p99", _at(turns, 99), "ms", 12, how="painting included"),
        Figure("slots on main, longest", max(turns) * 1e3, "ms", 50),
        Figure("work on main, p95", _at(work, 95), "ms", how="the thread's own CPU"),
        Figure("work on main, p99", _at(work, 99), "ms"),
        Figure("work on main, longest", max(work) * 1e3, "ms"),
        Figure("bridge, one beat, p99", _at(meter.pulls_s, 99), "ms", how="pull, scene, model"),
        Figure("tick to painted table, p50", _at(lags, 50), "ms"),
        Figure("tick to painted table, p95", _at(lags, 95), "ms", 350, how="a commit closes each 250 ms"),
        Figure("tick to painted map, p95", _at(meter.map_lags_s, 95), "ms", 120, how="live rows"),
        Figure("painting the map, p50", _at(meter.map_work_s, 50), "ms", how="CPU"),
        Figure("painting the map, p95", _at(meter.map_work_s, 95), "ms", how="CPU"),
        *laps,
        Figure("window visible", min(opened_s), "s", 1.5, how="from the start of the process, warm"),
    ]


def _laps(home: dict[str, str]) -> list[Figure]:
    """The traces of eight laps, eight channels each."""
    from pitbox.ui.engineer.desk import EngineerDesk
    from pitbox.ui.laps.meter import measure_traces
    from pitbox.wall.feed import StillFeed
    from pitbox.wall.health import HealthRegistry

    desk = EngineerDesk(StillFeed(HealthRegistry(time.time)), find_profile("bench", home), Settings())
    try:
        desk.open()
        desk.window.go_to("laps")
        took = measure_traces(desk.window.laps)
    finally:
        desk.end()
    how = "8 laps x 8 channels; traces, map, corners and figure"
    return [
        Figure("laps, cursor, p95", _at(took.cursor_s, 95), "ms", 16, how=how),
        Figure("laps, cursor, p95 at work", _at(took.cursor_cpu_s, 95), "ms", how="CPU"),
        Figure("laps, zoom, p95", _at(took.draft_s, 95), "ms", 33, how="stretched at once"),
        Figure("laps, zoom, p95 at work", _at(took.draft_cpu_s, 95), "ms", how="CPU"),
        Figure("laps, zoom drawn whole, p95", _at(took.whole_s, 95), "ms", 100, how="at the next beat"),
        Figure("laps, zoom drawn whole, longest at work", max(took.whole_cpu_s) * 1e3, "ms", how="CPU"),
    ]


def _live(home: dict[str, str], seconds: float, speed: float) -> "Meter":
    from pitbox.ui.engineer.desk import EngineerDesk
    from pitbox.ui.engineer.meter import Arrivals, Meter, TimedApplication, open_once, run_until
    from pitbox.wall.demo import DemoRace

    app = TimedApplication()
    profile, settings = find_profile("bench", home), Settings()
    race = DemoRace(profile, settings, "endurance", speed=speed, has_past=False, head_start_s=_HEAD_START_S)
    arrivals = Arrivals(race.hub)
    desk = EngineerDesk(race, profile, settings)
    race.start()
    try:
        open_once(desk)
        run_until(lambda: desk.bridge.scene.head.sim_time_s >= _HEAD_START_S, _PATIENCE_S)
        Meter(app, desk, arrivals).run(_SETTLE_S)
        meter = Meter(app, desk, arrivals)
        meter.run(seconds)
    finally:
        desk.end()
        race.stop()
    return meter


def _opening_s(home: dict[str, str]) -> float:
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", _OPENING, str(time.time())],
        env={**os.environ, **home},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return float(done.stdout)


def _at(seconds: list[float], percent: float) -> float:
    return float(np.percentile(seconds, percent)) * 1e3
