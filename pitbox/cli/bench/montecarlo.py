"""Simulated races in `pitbox bench strategy`: the call that the pit wall makes, every effect on."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from pitbox.cli.bench.figure import Figure
from pitbox.strategy.montecarlo import machine_code
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
_FIRST = """
import time; began = time.perf_counter(), time.process_time()
from pitbox.cli.bench.montecarlo import whole_field
from pitbox.strategy.montecarlo.lottery import Lottery
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor() as pool: Lottery(whole_field(20, 70), engine="best").run(10_000, spread=pool.map)
print(time.perf_counter() - began[0], time.process_time() - began[1])
"""
_COMPILE = """
import time; began = time.process_time()
from pitbox.strategy.montecarlo import machine_code
machine_code.made()
print(time.process_time() - began)
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
    """The quickest of some rounds by the clock; beside it the CPU time, which a busy machine spoils less."""
    with tempfile.TemporaryDirectory() as empty:
        compiling_s = _told(_COMPILE, empty)[0]
        again_s, again_cpu_s = _told(_FIRST, empty)
    with tempfile.TemporaryDirectory() as empty:
        first_s, first_cpu_s = _told(_FIRST, empty)
    return [
        *_driven(),
        Figure(
            "start to answer", again_s, "s", 1.0,
            how=f"10,000 races in a new process, compiled before; aim 0.5 s; CPU {again_cpu_s:.2f} s",
        ),
        Figure(
            "first start to answer", first_s, "s", 2.0,
            how=f"nothing compiled yet, so in numpy; CPU {first_cpu_s:.2f} s",
        ),
        Figure("compiling", compiling_s, "s", how="CPU, once for each version and processor"),
    ]  # fmt: skip


def _driven() -> list[Figure]:
    machine_code.made()
    sprint, day = Lottery(whole_field(20, 70)), Lottery(whole_field(50, 350))
    plain = Lottery(whole_field(20, 70), engine="numpy")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        sprint.run(512, spread=pool.map)
        sprint_s, sprint_cpu_s = _spent(lambda: sprint.run(10_000, spread=pool.map))
        day_s, day_cpu_s = _spent(lambda: day.run(2000, spread=pool.map))
        begun_s, _ = _spent(lambda: next(sprint.grow(10_000, pool.map)))
        plain_s, plain_cpu_s = _spent(lambda: plain.run(10_000, spread=pool.map), 3)
    lap_ns, day_ns = sprint_cpu_s / (10_000 * 20 * 70) * 1e9, day_cpu_s / (2000 * 50 * 350) * 1e9
    return [
        Figure(
            "10,000 races", sprint_s * 1e3, "ms", 60,
            how=f"20 cars, 70 laps, every effect; aim 25 ms; CPU {sprint_cpu_s * 1e3:.0f} ms",
        ),
        Figure("a car's lap", lap_ns, "ns", how="CPU of one thread"),
        Figure(
            "2,000 long races", day_s * 1e3, "ms", 150,
            how=f"50 cars, 350 laps; aim 60 ms; CPU {day_cpu_s:.2f} s, {day_ns:.1f} ns a lap",
        ),
        Figure("first block", begun_s * 1e3, "ms", 30, how="256 races, the first answer of a growing one"),
        Figure(
            "10,000 in numpy", plain_s, "s", 1.0, how=f"CPU {plain_cpu_s:.1f} s",
        ),
        Figure("numpy / compiled", plain_cpu_s / sprint_cpu_s, "x", how="CPU time, side by side"),
    ]  # fmt: skip


def _spent(ask: Callable[[], object], rounds: int = _ROUNDS) -> tuple[float, float]:
    """The least of the clock and of CPU time."""
    clock, cpu = [], []
    for _ in range(rounds):
        began_s, busy_s = time.perf_counter(), time.process_time()
        ask()
        clock.append(time.perf_counter() - began_s)
        cpu.append(time.process_time() - busy_s)
    return min(clock), min(cpu)


def _told(program: str, cache: str) -> list[float]:
    """What a new process prints that finds compiled races in `cache` or nowhere."""
    run = subprocess.run(  # noqa: S603 - our own modules, by our own interpreter
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, machine_code.FOLDER: cache},
    )
    return [float(word) for word in run.stdout.split()]
