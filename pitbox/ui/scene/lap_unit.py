"""Channels as people read them: unit, factor and how many digits mean something. Loads no Qt."""

import math

import msgspec

from pitbox.ui.scene.words import Units, signed

_KMH, _MPH = 3.6, 2.2369363
_G = 9.80665
_DEG = 180 / math.pi


def rounded(value: float, places: int, plus: str = "") -> str:
    """What rounds to nought has no sign. `plus`: what stands before what is more than that."""
    words = f"{value:.{places}f}"
    if float(words) == 0.0:
        return words.removeprefix("-")
    return signed(words) if value < 0 else plus + words


class Scale(msgspec.Struct, frozen=True):
    """What is shown is `value * factor + offset`."""

    unit: str = ""
    factor: float = 1.0
    places: int = 2
    offset: float = 0.0

    def words(self, value: float) -> str:
        """With as many digits as mean something; a dash for what is not known."""
        if not math.isfinite(value):
            return "-"
        return rounded(value * self.factor + self.offset, self.places)


DELTA = Scale("s", places=3)
_ANGLE, _SHARE, _PUSH = Scale("°", _DEG, 0), Scale("%", 100.0, 0), Scale("g", 1 / _G, 2)
_NAMED = {
    "Throttle": _SHARE,
    "Brake": _SHARE,
    "Clutch": _SHARE,
    "LapDistPct": Scale("%", 100.0, 1),
    "SteeringWheelAngle": _ANGLE,
    "Yaw": _ANGLE,
    "YawNorth": _ANGLE,
    "YawRate": Scale("°/s", _DEG, 1),
    "LatAccel": _PUSH,
    "LongAccel": _PUSH,
    "VertAccel": _PUSH,
    "Gear": Scale(places=0),
    "RPM": Scale("rpm", places=0),
    "FuelLevel": Scale("l", places=1),
}
_BY_UNIT = {
    "%": Scale("%", 100.0, 0),
    "rad": _ANGLE,
    "rad/s": Scale("°/s", _DEG, 1),
    "m/s^2": _PUSH,
    "C": Scale("°C", places=1),
    "revs/min": Scale("rpm", places=0),
}
_FRIENDLY = {"SteeringWheelAngle": "Steering", "LatAccel": "Lateral", "LongAccel": "Longitudinal"}
_SPEED_UNITS = ("m/s",)


def scale_of(name: str, unit: str, units: Units) -> Scale:
    """By the channel's name, else by the sim's own unit; speeds and litres as the person wants them."""
    is_metric = units == "metric"
    if name == "Speed" or unit in _SPEED_UNITS:
        return Scale("km/h", _KMH, 1) if is_metric else Scale("mph", _MPH, 1)
    if name == "FuelLevel" and not is_metric:
        return Scale("gal", 1 / 3.785411784, 2)
    if unit == "C" and not is_metric:
        return Scale("°F", 1.8, 1, 32.0)
    return _NAMED.get(name) or _BY_UNIT.get(unit) or Scale(unit)


def friendly(name: str) -> str:
    """As it is called on the page; most channels are called as the sim calls them."""
    return _FRIENDLY.get(name, name)


def distance(metres: float, units: Units) -> tuple[str, str]:
    """(value, unit) of a place on the lap."""
    return (f"{metres:,.0f}", "m") if units == "metric" else (f"{metres / 0.3048:,.0f}", "ft")
