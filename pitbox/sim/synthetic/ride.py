"""Our car's motion at each tick, and the fuel that it leaves."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pitbox.sim.synthetic.circuit import Circuit, Floats
from pitbox.sim.synthetic.fleet import first_tick
from pitbox.sim.synthetic.slip import engine_share, is_off_pace
from pitbox.sim.synthetic.world import Step, World

_GEAR_TOP_MPS = np.array([20.0, 29.0, 39.0, 51.0, 65.0, 90.0])
_GEAR_SHIFT_MPS = _GEAR_TOP_MPS[:-1]
_IDLE_RPM = 1900.0
_TOP_RPM = 8200.0


class Drive(NamedTuple):
    """Our car's motion at each tick."""

    is_seen: NDArray[np.bool_]
    fraction: Floats
    speed_mps: Floats
    lat_mps2: Floats
    long_mps2: Floats
    throttle: Floats
    brake: Floats
    curvature: Floats
    heading: Floats
    gear: NDArray[np.int64]
    rpm: Floats


class Ride:
    def __init__(self, world: World) -> None:
        self._world = world
        self._fraction = 0.0

    def drive(self, step: Step) -> Drive:
        world, times_s = self._world, step.times_s
        rate, accel, is_phase, is_seen = _motion(step)
        shown = step.field["CarIdxLapDistPct"][:, world.scenario.own_car_idx].astype(np.float64)
        fraction = self._held(shown, is_seen)
        length_m = world.scenario.track_length_m
        usual, long_ref, curvature, throttle, brake, heading = world.circuit.signals(fraction).T
        speed = np.where(is_phase, usual * (rate * world.circuit.lap_s), rate * length_m) * is_seen
        speed = np.maximum(speed, 0.0)
        share = speed / usual
        long_mps2 = np.where(is_phase, long_ref * share**2, accel * length_m)
        rolls = speed > 0.1
        gear, rpm = gears(speed)
        in_lane = (accel * length_m / 7.0).clip(-1.0, 1.0)
        if (slip := world.own().slip) is not None:
            off_pace = is_off_pace(slip, times_s) & is_phase
            long_mps2 = long_mps2 + off_pace * accel * usual * world.circuit.lap_s
            rpm = rpm * engine_share(slip, times_s)
        return Drive(
            is_seen=is_seen,
            fraction=fraction,
            speed_mps=speed,
            lat_mps2=curvature * speed**2,
            long_mps2=long_mps2 * rolls,
            throttle=np.where(is_phase, throttle * np.minimum(share, 1.0) ** 1.5, 0.15 + in_lane).clip(0, 1)
            * rolls,
            brake=np.where(is_phase, brake * np.minimum(share, 1.0), -in_lane).clip(0, 1),
            curvature=curvature,
            heading=heading,
            gear=gear,
            rpm=np.where(is_seen, rpm, 0.0),
        )

    def _held(self, shown: Floats, is_seen: NDArray[np.bool_]) -> Floats:
        """Our place stands still while the car is out of the world."""
        if is_seen.all():
            self._fraction = float(shown[-1])
            return shown
        held = shown.copy()
        for tick in range(len(held)):
            if is_seen[tick]:
                self._fraction = float(held[tick])
            held[tick] = self._fraction
        return held


def _motion(step: Step) -> tuple[Floats, Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """At each tick: laps a second, their change, whether they are laps of time, whether the car is seen."""
    times_s = step.times_s
    count = len(times_s)
    rate, accel = np.zeros(count), np.zeros(count)
    is_phase, is_seen = np.zeros(count, bool), np.zeros(count, bool)
    for motion in step.motions:
        ticks = slice(first_tick(times_s, motion.since_s) if motion is not step.motions[0] else 0, None)
        rate[ticks] = motion.speed + motion.accel * (times_s[ticks] - motion.since_s)
        accel[ticks] = motion.accel
        is_phase[ticks] = motion.is_phase
        is_seen[ticks] = motion.is_seen
    return rate, accel, is_phase, is_seen


def gears(speed_mps: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Gear and engine speed at these speeds; neutral and idle where a car stands."""
    rolls = speed_mps > 0.1
    gear = np.where(rolls, 1 + _GEAR_SHIFT_MPS.searchsorted(speed_mps), 0)
    top = _GEAR_TOP_MPS[np.maximum(gear, 1) - 1]
    return gear, np.where(rolls, (_TOP_RPM * speed_mps / top).clip(2400.0, 8400.0), _IDLE_RPM)


def fuel_levels(step: Step, circuit: Circuit) -> Floats:
    """Fuel at each tick: the motion and the fuel that hold then."""
    times_s = step.times_s
    if len(step.motions) == len(step.fuels) == 1:
        return step.fuels[0][1].level_at(step.motions[0], times_s, circuit)
    begins = [0, *(first_tick(times_s, motion.since_s) for motion in step.motions[1:])]
    fuels = [0, *(first_tick(times_s, at_s) for at_s, _ in step.fuels[1:])]
    level_l = np.empty(len(times_s))
    edges = sorted({*begins, *fuels, len(times_s)})
    for low, high in pairwise(edges):
        motion = step.motions[max(at for at, tick in enumerate(begins) if tick <= low)]
        fuel = step.fuels[max(at for at, tick in enumerate(fuels) if tick <= low)][1]
        level_l[low:high] = fuel.level_at(motion, times_s[low:high], circuit)
    return level_l
