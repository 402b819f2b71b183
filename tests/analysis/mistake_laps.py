"""Laps on a made-up road with hands of their own, and mistakes put in of which everything is known."""

import msgspec
import numpy as np

from pitbox.analysis.driven import Corner, DrivenLap, MistakeKind
from pitbox.sim.synthetic.circuit import Circuit

LENGTH_M = 5200.0
STEP_M = 0.5
_DEGREE_M = 111_320.0
WHEELS = ("LFspeed", "RFspeed", "LRspeed", "RRspeed")
_GEAR_TOP = np.array([20.0, 29.0, 39.0, 51.0, 65.0, 90.0])


class Injected(msgspec.Struct, frozen=True):
    kind: MistakeKind
    at: float
    """Lap fraction."""
    lasts_s: float = 0.5
    deep: float = 0.5
    """Slip, or metres wide."""


class Road:
    """A circuit, its corners, and one driver who is never twice the same."""

    def __init__(self, seed: int = 5) -> None:
        self.circuit = Circuit(LENGTH_M, np.random.default_rng(seed))
        self.pct = np.arange(0.0, 1.0, STEP_M / LENGTH_M)
        signals = self.circuit.signals(self.pct)
        self.speed, self.accel, self.curve, self.throttle, self.brake, self.heading = signals.T
        self.corners = corners_of(self.curve, self.pct, self.speed)

    def braking_points(self):
        """Fractions at which hard braking begins."""
        hard = self.brake > 0.5
        return self.pct[1:][hard[1:] & ~hard[:-1]]

    def flat_out(self, least: float = 0.02):
        """(start, end) of stretches at full throttle that are longer than so much of the lap."""
        flat = np.concatenate(([0], (self.throttle > 0.97).astype(int), [0]))
        starts, ends = np.flatnonzero(np.diff(flat) > 0), np.flatnonzero(np.diff(flat) < 0) - 1
        spans = [(self.pct[a], self.pct[b]) for a, b in zip(starts, ends, strict=True)]
        return [span for span in spans if span[1] - span[0] > least]


def corners_of(curve, pct, speed) -> tuple[Corner, ...]:
    """Where the speed is held back by the road: the slowest place of each bend."""
    bends = np.concatenate(([0], (np.abs(curve) > 0.004).astype(int), [0]))
    starts, ends = np.flatnonzero(np.diff(bends) > 0), np.flatnonzero(np.diff(bends) < 0) - 1
    found = []
    for a, b in zip(starts, ends, strict=True):
        apex = a + int(np.argmin(speed[a : b + 1]))
        side = "left" if curve[apex] > 0 else "right"
        found.append(Corner(len(found) + 1, pct[a], pct[apex], pct[b], side, 1 / abs(curve[apex]), 0.0))
    return tuple(found)


def lap(road: Road, rng, name: str, injected=(), *, rate: float = 60.0, without=()) -> DrivenLap:
    """Driven by hands with ordinary scatter, sampled at `rate`."""
    m = road.pct * LENGTH_M
    pace = 1.0 - 0.004 * np.abs(rng.standard_normal()) - 0.002 * _slow(rng, m, 400.0)
    speed = road.speed * pace
    shift = 4.0 * rng.standard_normal()  # metres by which this lap brakes and lifts earlier or later
    throttle, brake = (np.interp(m + shift, m, each) for each in (road.throttle, road.brake))
    line = 0.25 * _slow(rng, m, 60.0)
    wheel_slip = np.zeros((4, len(m)))
    engine = np.zeros(len(m))
    surface, slide = np.full(len(m), 3.0), np.zeros(len(m))
    is_weak = np.zeros(len(m), bool)
    for each in injected:
        first = int(each.at * len(m))
        last = first + int(each.lasts_s * speed[first] / STEP_M)
        on = slice(first, last)
        ramp = np.clip((np.arange(len(m)) - last) * STEP_M / 250.0, 0.0, 1.0)
        ramp[:first] = 1.0
        if each.kind is MistakeKind.LOCK_UP:
            wheel_slip[0, on] = wheel_slip[1, on] = -each.deep
            brake[on] = np.maximum(brake[on], 0.6)
            is_weak[on] = True
            speed *= 1.0 - 0.06 * (1.0 - ramp)
        elif each.kind is MistakeKind.WHEELSPIN:
            wheel_slip[2, on] = wheel_slip[3, on] = each.deep
            engine[on] = each.deep
            throttle[on] = np.maximum(throttle[on], 0.5)
            speed *= 1.0 - 0.04 * (1.0 - ramp)
        elif each.kind is MistakeKind.EARLY_LIFT:
            throttle[on] = 0.1
            speed *= 1.0 - 0.07 * (1.0 - ramp)
        elif each.kind is MistakeKind.OFF:
            surface[on] = 0.0
            speed *= 1.0 - 0.4 * (1.0 - ramp)
        elif each.kind is MistakeKind.SPIN:
            slide[on] = np.linspace(0.0, np.pi, last - first)
            speed *= 1.0 - 0.85 * (1.0 - ramp)
        else:
            width = 40.0 / STEP_M
            side = -1.0 if road.curve[first] > 0 else 1.0  # to the left is positive
            line = line + side * each.deep * np.exp(-(((np.arange(len(m)) - first) / width) ** 2))
            speed *= 1.0 - 0.03 * (1.0 - ramp)
    driven = {
        "speed": speed, "throttle": throttle, "brake": brake, "line": line, "slip": wheel_slip,
        "engine": engine, "surface": surface, "slide": slide, "is_weak": is_weak,
    }  # fmt: skip
    time_s, at_s, where, channels = _sampled(road, rng, rate, m, **driven)
    kept = {key: value for key, value in channels.items() if key not in without}
    return DrivenLap(name, time_s, LENGTH_M, at_s, where / LENGTH_M, where, kept)


def _sampled(road, rng, rate, m, *, speed, throttle, brake, line, slip, engine, surface, slide, is_weak):
    t = np.concatenate(([0.0], np.cumsum(STEP_M / speed[:-1])))
    time_s = float(t[-1] + STEP_M / speed[-1])
    at_s = np.append(np.arange(0.0, time_s, 1.0 / rate), time_s)
    where = np.interp(at_s, np.append(t, time_s), np.append(m, LENGTH_M))
    path = np.cumsum(np.exp(1j * road.heading)) * STEP_M + 1j * np.exp(1j * road.heading) * line
    nose = np.unwrap(np.angle(np.gradient(path)))
    at = np.minimum((where / STEP_M).astype(int), len(m) - 1)
    v = speed[at]
    noise = rng.standard_normal((8, len(at)))
    hand = np.clip(throttle[at] + 0.01 * noise[0] * (throttle[at] < 0.98), 0.0, 1.0)
    foot = np.clip(brake[at] + 0.01 * noise[1] * (brake[at] > 0.02), 0.0, 1.0)
    accel = np.gradient(v, at_s)
    accel = np.where(foot > 0.02, -(13.0 * foot + 0.001 * v**2), accel) + 0.3 * noise[2]
    accel = np.where(is_weak[at], 0.5 * accel, accel)
    gear = 1.0 + np.searchsorted(_GEAR_TOP[:-1], v)
    yaw = np.interp(where, m, nose)
    channels = {
        "Speed": v,
        "Throttle": hand,
        "Brake": foot,
        "Gear": gear,
        "RPM": 8200.0 * v / _GEAR_TOP[gear.astype(int) - 1] * (1.0 + engine[at]) * (1 + 0.005 * noise[3]),
        "SteeringWheelAngle": 13.0 * np.arctan(2.8 * np.interp(where, m, road.curve)) + 0.012 * noise[4],
        "LongAccel": accel,
        "PlayerTrackSurface": surface[at],
        "VelocityX": v * np.cos(slide[at]),
        "VelocityY": v * np.sin(slide[at]),
        "Yaw": np.mod(yaw - slide[at] + np.pi, 2 * np.pi) - np.pi,
        "YawRate": np.gradient(yaw, at_s),
        "Lat": 48.0 + np.interp(where, m, path.imag) / _DEGREE_M,
        "Lon": 6.0 + np.interp(where, m, path.real) / (_DEGREE_M * np.cos(np.radians(48.0))),
    }
    turn = 0.8 * channels["YawRate"]
    braking = 0.08 * foot[None, :]
    driving = 0.05 * hand * (np.arange(4)[:, None] > 1)
    road_mps = np.array([channels["VelocityX"] - turn, channels["VelocityX"] + turn] * 2)
    wheels = road_mps * (1.0 - braking + driving + slip[:, at] + 0.005 * rng.standard_normal((4, len(at))))
    channels.update(dict(zip(WHEELS, wheels, strict=True)))
    return time_s, at_s, where, channels


def _slow(rng, m, length_m: float):
    """Noise of size 1 that wanders over so many metres."""
    count = max(4, int(m[-1] / length_m))
    knots = rng.standard_normal(count + 1)
    return np.interp(m, np.linspace(0.0, m[-1], count + 1), knots)
