"""Rows of a car that laps a made-up road of which every point is known."""

import numpy as np

from pitbox.sim.synthetic.circuit import Circuit

LENGTH_M = 5200.0
RATE = 60
TURN = 0.7
"""By which the sim's own axes are turned against north."""


def circuit(seed: int = 5) -> Circuit:
    return Circuit(LENGTH_M, np.random.default_rng(seed))


def laps(road: Circuit, count: float, *, start: float = 0.9, north: bool = True, earth: bool = False):
    """Rows at 60 Hz from `start` of a lap on."""
    names = ["SessionTime", "LapDistPct", "Speed", "VelocityX", "VelocityY", "Yaw", "IsOnTrack", "OnPitRoad"]
    names += ["YawNorth"] * north + ["Lat", "Lon"] * earth
    ticks = np.arange(round(count * road.lap_s * RATE))
    phase = road.phase(start) + ticks / RATE / road.lap_s
    fraction = road.fraction(np.mod(phase, 1.0))
    rows = np.zeros(len(ticks), [(name, "<f8") for name in names])
    speed, _, _, _, _, heading = road.signals(fraction).T
    slip = 0.04 * np.sin(fraction * 40)  # the nose points beside the way
    rows["SessionTime"] = 100.0 + ticks / RATE
    rows["LapDistPct"], rows["Speed"] = fraction, speed
    rows["VelocityX"], rows["VelocityY"] = speed * np.cos(slip), speed * np.sin(slip)
    rows["Yaw"] = np.mod(heading - slip + np.pi, 2 * np.pi) - np.pi
    rows["IsOnTrack"] = 1
    if north:
        rows["YawNorth"] = np.pi / 2 - rows["Yaw"] - TURN
    if earth:
        x_m, y_m = truth(road, fraction)
        rows["Lat"], rows["Lon"] = 48.0 + y_m / 111_320, 6.0 + x_m / (111_320 * np.cos(np.radians(48.0)))
    return rows


def truth(road: Circuit, fraction):
    x_m, y_m = road.outline()
    even = np.linspace(0.0, 1.0, len(x_m))
    return np.interp(fraction, even, x_m), np.interp(fraction, even, y_m)


def miss_m(x_m, y_m, other_x_m, other_y_m, *, is_turned: bool):
    """Root mean square distance of two shapes, one laid on the other; also the angle that it took."""
    one, other = x_m + 1j * y_m, other_x_m + 1j * other_y_m
    one, other = one - one.mean(), other - other.mean()
    turn = np.vdot(other, one) if is_turned else 1.0
    turn /= abs(turn)
    return float(np.sqrt((abs(one - other * turn) ** 2).mean())), float(np.angle(turn))
