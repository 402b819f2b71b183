"""A lap as its car recorded it, and what is found on it: nouns of lap analysis. Places are lap fractions."""

from enum import StrEnum

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class DrivenLap(msgspec.Struct, frozen=True, eq=False):
    """From line to line: the first and the last sample are interpolated onto its crossings."""

    name: str
    """For people: `12 · Ada`."""
    time_s: float
    track_m: float
    """Length of the lap as the track has it; 0 where nobody says."""
    t_s: Floats
    """0 to `time_s`, rising."""
    pct: Floats
    """0 to 1, rising; what rolled back is bridged."""
    path_m: Floats
    """Along the real path: of speed over time, scaled so that nothing is lost; rising from 0."""
    channels: dict[str, Floats]
    """By the sim's own names and units, one value a sample."""
    missing: tuple[str, ...] = ()
    """Channels that were asked for and are not there."""
    number: int | None = None
    """As the sim counts it."""
    start_s: float = 0.0
    """Sim time at its start."""
    holes: tuple[tuple[float, float], ...] = ()
    """From fraction to fraction: no row of these stretches is there, they are bridged straight."""
    stepped: frozenset[str] = frozenset()
    """Channels that hold their value until the next sample: gears, flags, counts."""


class Corner(msgspec.Struct, frozen=True):
    number: int
    start: float
    apex: float
    end: float
    """Above 1 where the line lies in the corner."""
    side: str
    """`left` or `right`."""
    radius_m: float
    """The tightest of it."""
    turn_deg: float
    name: str = ""


class CornerLoss(msgspec.Struct, frozen=True):
    """One lap against a reference through one corner, and where the time went. Seconds, positive: lost."""

    corner: int
    total_s: float
    braking_s: float
    """From where the first of both brakes to halfway between the corner's start and its apex."""
    middle_s: float
    """Around the apex, to halfway to the corner's end: minimum speed and line."""
    exit_s: float
    """To where both are at full throttle."""
    brake_point_m: float | None
    """Later than the reference: positive."""
    least_speed_mps: float | None
    """More than the reference: positive."""
    throttle_point_m: float | None
    """Full throttle later: positive."""
    offset_m: float | None
    """Line at the apex, to the outside: positive."""
    words: str = ""
    """`Brakes 12 m early, 4 km/h slower at the apex: 0.18 s lost.`"""
    line_s: float | None = None
    """Of `middle_s`: for a longer way through it, at the reference's speed."""
    throttle_s: float | None = None
    """Of `exit_s`: between the places where the first and the second of both are at full throttle."""
    start: float = 0.0
    """Where its share of the lap begins and ends; `end` is above 1 where the line lies in it."""
    end: float = 0.0


class MistakeKind(StrEnum):
    LOCK_UP = "lock-up"
    WHEELSPIN = "wheelspin"
    OFF = "off track"
    SPIN = "spin"
    MISSED_APEX = "missed apex"
    EARLY_LIFT = "early lift"


class Mistake(msgspec.Struct, frozen=True):
    kind: MistakeKind
    start: float
    end: float
    severity: float
    """0 to 1."""
    t_s: float
    """From the lap's start."""
    lost_s: float | None = None
    """Against this driver's ordinary passage of the place; None where there is none to compare with."""
    corner: int | None = None
    words: str = ""
