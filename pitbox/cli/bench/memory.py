"""`pitbox bench ui --hours`: whether the engineer's window grows over a long race.

A driver's process records and sends the race; what is measured is this process alone: radio, fold, window.
"""

import os
import tempfile
import threading

import psutil  # type: ignore[import-untyped]

from pitbox.cli.bench.figure import Figure
from pitbox.wall.profile import find_profile
from pitbox.wall.settings import Settings

_WARM_S = 3600.0
"""Of racing: every panel has drawn, every car has stopped."""
_LOOK_S = 60.0
_MB = 1e6


def measure_memory(hours: float, speed: float) -> list[Figure]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="pitbox-bench-") as folder:
        seen = _watch(folder, hours, speed)
    warm = [rss_mb for sim_time_s, rss_mb in seen if sim_time_s >= _WARM_S] or [seen[-1][1]]
    took_h = (seen[-1][0] - _WARM_S) / 3600
    tail = warm[-max(1, len(warm) // 10) :]
    growth = (sum(tail) / len(tail) / warm[0] - 1) * 100
    return [
        Figure("resident, after an hour", warm[0], "MB", how=f"63 cars at {speed:g} x"),
        Figure("resident, at the end", tail[-1], "MB", how=f"{took_h:.1f} h later"),
        Figure("growth", growth, "%", 5, how="the last tenth against the first look"),
    ]


def _watch(folder: str, hours: float, speed: float) -> list[tuple[float, float]]:
    """(sim time, resident MB) each simulated minute."""
    from pitbox.ui.engineer.desk import EngineerDesk
    from pitbox.wall.demo_team import DemoPlan, DemoTeam

    profile, settings = find_profile("bench", {"PITBOX_HOME": folder}), Settings()
    team = DemoTeam(profile, settings, DemoPlan("endurance", minutes=hours * 60, speed=speed))
    seen: list[tuple[float, float]] = []
    process = psutil.Process()
    asked = threading.Event()

    def look() -> bool:
        standings = team.hub.standings.take()[1]
        if standings is not None and (not seen or standings.sim_time_s - seen[-1][0] >= _LOOK_S):
            seen.append((standings.sim_time_s, process.memory_info().rss / _MB))
        return _is_over(seen, hours) or team.has_ended

    team.start()
    try:
        EngineerDesk(team, profile, settings).run(asked, until=look)
    finally:
        team.stop()
    for error in team.errors():
        raise error
    return seen


def _is_over(seen: list[tuple[float, float]], hours: float) -> bool:
    return bool(seen) and seen[-1][0] >= hours * 3600
