"""Simulated races in `pitbox bench strategy`: the call that the pit wall makes, every effect on."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from pitbox.cli.bench.figure import Figure
from pitbox.strategy.montecarlo.lottery import Lottery
from pitbox.strategy.montecarlo.race_model import (
    CautionModel,
    RaceCar,
    RaceModel,
    RainModel,
    Stint,
    StopPolicy,
    TrafficModel,
)

_ROUNDS = 5
_PLAIN_RACES = 2500
_FIRST = """
import time; began = time.perf_counter()
from pitbox.cli.bench.montecarlo import whole_field
from pitbox.strategy.montecarlo.lottery import Lottery
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor() as pool: Lottery(whole_field(20, 70)).run(10_000, spread=pool.map)
print(time.perf_counter() - began)
"""


def whole_field(cars: int, laps: int) -> RaceModel:
    """Three classes, four kinds of policy, every effect on."""
    tyres = (Stint(0.0, (), 0, 0.05, 25, 0.1), Stint(0.3, (), 0, 0.03, 30, 0.1))
    field = tuple(
        RaceCar(
            name=str(at),
            pace_s=90.0 + 8.0 * (at % 3) + 0.05 * at,
            class_name=str(at % 3),
            fuel_l=60.0,
            tank_l=80.0,
            lap_l=2.5,
            litre_s=0.02,
            retire_chance=0.1,
            stints=tyres,
            stops=StopPolicy(
                plan=() if at % 4 == 0 else tuple(range(18 + at % 9, laps, 26)),
                under_caution=at % 3 == 0,
                cover=str(at - 1) if at % 5 == 4 else "",
            ),
        )
        for at in range(cars)
    )
    traffic = TrafficModel(tow_s=0.3)
    return RaceModel(
        field,
        laps,
        cautions=CautionModel(0.8, virtual_share=0.3),
        rain=RainModel(0.3, 2000.0),
        traffic=traffic,
    )


def measure_montecarlo() -> list[Figure]:
    """Medians by the clock; the ratio is of CPU time, side by side."""
    first_s = _first_answer_s()
    sprint, day = Lottery(whole_field(20, 70)), Lottery(whole_field(50, 350))
    plain = Lottery(whole_field(20, 70), engine="numpy")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        sprint.run(512, spread=pool.map)
        sprint_s, sprint_cpu_s = _spent(lambda: sprint.run(10_000, spread=pool.map))
        day_s, day_cpu_s = _spent(lambda: day.run(2000, spread=pool.map))
        begun_s, _ = _spent(lambda: next(sprint.grow(10_000, pool.map)))
        plain_s, plain_cpu_s = _spent(lambda: plain.run(_PLAIN_RACES, spread=pool.map), 1)
    scale = 10_000 / _PLAIN_RACES
    lap_ns = sprint_cpu_s / (10_000 * 20 * 70) * 1e9
    ratio = plain_cpu_s * scale / sprint_cpu_s
    return [
        Figure("10,000 races", sprint_s * 1e3, "ms", 60, how="20 cars, 70 laps, every effect; aim 25 ms"),
        Figure("a car's lap", lap_ns, "ns", how=f"CPU of one thread; {sprint_cpu_s * 1e3:.0f} ms in all"),
        Figure("2,000 long races", day_s * 1e3, "ms", 150, how=f"50 cars, 350 laps; CPU {day_cpu_s:.2f} s"),
        Figure("first block", begun_s * 1e3, "ms", 30, how="256 races, the first answer of a growing one"),
        Figure(
            "10,000 in numpy", plain_s * scale, "s", 1.0, how=f"the same model, from {_PLAIN_RACES} races"
        ),
        Figure("numpy / compiled", ratio, "x", how="CPU time, side by side"),
        Figure("start to answer", first_s, "s", 1.0, how="10,000 races in a new process, compiled before"),
    ]


def _spent(ask: Callable[[], object], rounds: int = _ROUNDS) -> tuple[float, float]:
    """Medians of the clock and of CPU time."""
    clock, cpu = [], []
    for _ in range(rounds):
        began_s, busy_s = time.perf_counter(), time.process_time()
        ask()
        clock.append(time.perf_counter() - began_s)
        cpu.append(time.process_time() - busy_s)
    return statistics.median(clock), statistics.median(cpu)


def _first_answer_s() -> float:
    for _ in range(2):  # the first one may have to compile
        run = subprocess.run(  # noqa: S603 - our own modules, by our own interpreter
            [sys.executable, "-c", _FIRST], capture_output=True, text=True, check=True
        )
    return float(run.stdout)
