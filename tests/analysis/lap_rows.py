"""Rows at 60 Hz of laps whose speed is known at every place, so that every time and loss is known too."""

import msgspec
import numpy as np

from pitbox.sim.synthetic.circuit import Circuit

LENGTH_M = 5200.0
POINTS = 20_800
FINE = np.arange(POINTS + 1) / POINTS
"""Places a quarter of a metre apart."""
RATE = 60
_DEGREE_M = 111_320.0


def circuit(seed: int = 5, length_m: float = LENGTH_M) -> Circuit:
    return Circuit(length_m, np.random.default_rng(seed))


def pace(road: Circuit, share: float = 1.0):
    """Speed at each fine place; `share` of the fastest."""
    return road.signals(FINE)[:, 0] * share


def braked_early(speed, at: float, by_m: float, length_m: float = LENGTH_M):
    """The same, with the whole slowing down before the slowest place near `at` done earlier."""
    lowest = round(at * POINTS)
    first = lowest
    while first > 0 and speed[first - 1] >= speed[first]:
        first -= 1
    moved = round(by_m / length_m * POINTS)
    found = speed.copy()
    found[first - moved : lowest] = np.minimum(found[first - moved : lowest], speed[first : lowest + moved])
    found[lowest - moved : lowest] = speed[lowest]
    return found


def slowed(speed, at: float, by_mps: float, wide: float = 0.012):
    """The same, slower by so much around a place."""
    bell = np.exp(-0.5 * ((FINE - at) / (wide / 2)) ** 2)
    return speed - by_mps * bell


def times(speed, length_m: float = LENGTH_M):
    """Seconds from the line to each fine place."""
    step_m = length_m / POINTS
    return np.concatenate(([0.0], np.cumsum(step_m * (1 / speed[1:] + 1 / speed[:-1]) / 2)))


def lap_time(speed) -> float:
    return float(times(speed)[-1])


class Wish(msgspec.Struct, frozen=True):
    before: float = 0.1
    """Laps, at the first pace, before the first whole one; and behind the last."""
    start_s: float = 1000.0
    first_lap: int = 7
    offset_m: object = None
    """How far left of the middle each lap drives, at each fine place."""


def rows_of(road: Circuit, speeds, wish: Wish | None = None):
    """A part of a lap, the laps, a part of a lap; lap numbers count on."""
    wish = wish or Wish()
    offsets = [np.zeros(POINTS + 1)] * len(speeds) if wish.offset_m is None else wish.offset_m
    laps = [(speeds[0], offsets[0]), *zip(speeds, offsets, strict=True), (speeds[-1], offsets[-1])]
    spans = [times(speed) for speed, _ in laps]
    begins = np.concatenate(([0.0], np.cumsum([span[-1] for span in spans])))
    from_s = float(np.interp(1.0 - wish.before, FINE, spans[0]))
    until_s = begins[-2] + float(np.interp(wish.before, FINE, spans[-1]))
    at_s = np.arange(np.ceil(from_s * RATE), np.floor(until_s * RATE)) / RATE
    which = np.searchsorted(begins, at_s, side="right") - 1
    pct = np.zeros(len(at_s))
    speed, off = np.zeros(len(at_s)), np.zeros(len(at_s))
    for lap, (profile, offset) in enumerate(laps):
        here = which == lap
        pct[here] = np.interp(at_s[here] - begins[lap], spans[lap], FINE)
        speed[here] = np.interp(pct[here], FINE, profile)
        off[here] = np.interp(pct[here], FINE, offset)
    return _filled(road, (at_s + wish.start_s, which + wish.first_lap - 1), pct, speed, off)


def _filled(road, when, pct, speed, off):
    at_s, lap = when
    curve, heading = road.signals(pct)[:, 2], road.signals(pct)[:, 5]
    x_m, y_m = road.outline()
    even = np.linspace(0, 1, len(x_m))
    place = np.interp(pct, even, x_m) + 1j * np.interp(pct, even, y_m) + 1j * off * np.exp(1j * heading)
    gain = np.gradient(speed, at_s) + 1.5 + 4.0 * (speed / 78.0) ** 2
    values = {
        "SessionTime": at_s,
        "LapDistPct": pct,
        "LapDist": pct * road.length_m,
        "Lap": lap.astype("<i4"),
        "Speed": speed * (1.0 - off * curve),
        "Throttle": np.clip(gain / 7.0, 0, 1),
        "Brake": np.clip(-gain / 14.0, 0, 1),
        "Gear": np.clip(speed // 13, 1, 6).astype("<i4"),
        "Yaw": np.mod(heading + np.pi, 2 * np.pi) - np.pi,
        "YawRate": curve * speed,
        "LatAccel": curve * speed**2,
        "SteeringWheelAngle": 12 * curve,
        "VelocityX": speed,
        "VelocityY": np.zeros(len(speed)),
        "RPM": 3000 + 50 * speed,
        "Lat": 48.0 + place.imag / _DEGREE_M,
        "Lon": 6.0 + place.real / (_DEGREE_M * np.cos(np.radians(48.0))),
        "IsOnTrack": np.ones(len(speed), bool),
    }
    rows = np.zeros(len(at_s), [(name, value.dtype.str) for name, value in values.items()])
    for name, value in values.items():
        rows[name] = value
    return rows


def without(rows, *names):
    return rows[[name for name in rows.dtype.names if name not in names]].copy()
