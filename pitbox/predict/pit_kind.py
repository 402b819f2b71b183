"""What an opponent's stop was for, from what others can see of it: how long it took, and its tank.

    told = classify_stop(StopSeen(lane_s=62.0, drunk_l=55.0), fit)
    told.kind, told.confidence

Each kind says how long such a stop takes (`pit_service`); the likeliest, with how common it is, is the
answer. A time that fits no kind is answered with little confidence rather than with the nearest one.
"""

import math
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from pitbox.predict.pit_service import Array, Service, ServiceFit

DRIVE_THROUGH, FUEL, FUEL_AND_TYRES, LONG_REPAIR = "drive-through", "fuel", "fuel and tyres", "long repair"
KINDS = (DRIVE_THROUGH, FUEL, FUEL_AND_TYRES, LONG_REPAIR)
USUAL = {DRIVE_THROUGH: 0.04, FUEL: 0.32, FUEL_AND_TYRES: 0.60, LONG_REPAIR: 0.04}
_FILL_SPREAD = 0.12
"""Of the fuel that came in: nobody outside knows it well."""
_REPAIR_S, _REPAIR_SPREAD = 90.0, 1.0
"""Median, and spread of the logarithm, on top of a service."""
_LEAST_ANCHORS, _SHIFTS = 4, 61
_STRAY = 1e-4
"""A second's chance of any other time: pushes confidence down where nothing fits."""


class StopSeen(msgspec.Struct, frozen=True):
    """NaN where nobody knows."""

    loss_s: float
    """Against driving on, or the time in the lane, as what `ServiceFit` was fitted on."""
    fuel_l: float = math.nan
    """What must have come in by the laps since the stop before."""
    stall_s: float = math.nan
    """Standing; 0 of a car that drove through."""


class StopClass(msgspec.Struct, frozen=True):
    kind: str
    confidence: float
    chances: dict[str, float]


def classify_stop(seen: StopSeen, fit: ServiceFit, usual: Mapping[str, float] | None = None) -> StopClass:
    """A stop that nobody timed is what is common, with that much confidence."""
    shares = dict(USUAL if usual is None else usual)
    weights = {kind: shares.get(kind, 0.0) * _density(kind, seen, fit) for kind in KINDS}
    total = sum(weights.values())
    if not math.isfinite(total) or total <= 0.0:
        weights, total = shares, sum(shares.values()) or 1.0
    stray = _STRAY if math.isfinite(seen.loss_s) else 0.0
    chances = {kind: weight / (total + stray) for kind, weight in weights.items()}
    kind = max(chances, key=chances.__getitem__)
    return StopClass(kind, chances[kind], chances)


def anchored(fit: ServiceFit, stops: Sequence[StopSeen]) -> ServiceFit:
    """The fit with its lane as long as makes these stops, whose service nobody knows, likeliest.

    A rule set knows the order of service and not the lane of this circuit: the kinds lie apart from each
    other, and where they lie as a whole the field shows.
    """
    seen = [stop for stop in stops if math.isfinite(stop.loss_s) and not stop.stall_s <= 0.0]
    if len(seen) < _LEAST_ANCHORS:
        return fit
    lane = fit.of("lane_s")
    spread_s = max(1.0, (lane.high - lane.low) / 3.3)
    shifts_s = np.linspace(-3.0 * spread_s, 3.0 * spread_s, _SHIFTS)
    score = -0.5 * (shifts_s / spread_s) ** 2
    for stop in seen:
        score += np.log(_mixed(stop, fit, stop.loss_s - shifts_s) + _STRAY)
    likely = np.exp(score - score.max())
    mean_s = float(likely @ shifts_s / likely.sum())
    variance = float(likely @ (shifts_s - mean_s) ** 2 / likely.sum())
    rows = [list(row) for row in fit.covariance]
    rows[0] = [0.0] * len(rows)
    for row in rows:
        row[0] = 0.0
    rows[0][0] = variance
    middle = (fit.middle[0] + mean_s, *fit.middle[1:])
    return msgspec.structs.replace(fit, middle=middle, covariance=tuple(tuple(row) for row in rows))


def _mixed(stop: StopSeen, fit: ServiceFit, loss_s: Array) -> Array:
    """The chance of a second around each loss, over the usual kinds of service."""
    fuel_l = stop.fuel_l if math.isfinite(stop.fuel_l) and stop.fuel_l > 0.0 else _usual_l(fit)
    found = np.zeros(len(loss_s))
    for kind, has_tyres in ((FUEL, False), (FUEL_AND_TYRES, True)):
        service = Service(fuel_l, has_tyres=has_tyres)
        spread_s = math.hypot(
            max(0.5, fit.noise_s), _FILL_SPREAD * fuel_l * max(0.0, fit.of("fuel_spl").value)
        )
        z = (loss_s - fit.loss(service).value) / spread_s
        found += USUAL[kind] * np.exp(-0.5 * z * z) / (spread_s * math.sqrt(2.0 * math.pi))
    return found


def _density(kind: str, seen: StopSeen, fit: ServiceFit) -> float:
    """Of the time that was seen, for this kind."""
    if seen.stall_s <= 0.0:
        return 1.0 if kind == DRIVE_THROUGH else 0.0
    if kind == DRIVE_THROUGH and seen.stall_s > 0.0:
        return 0.0
    if not math.isfinite(seen.loss_s):
        return 1.0
    fuel_l = seen.fuel_l if math.isfinite(seen.fuel_l) and seen.fuel_l > 0.0 else _usual_l(fit)
    service = {
        DRIVE_THROUGH: Service(),
        FUEL: Service(fuel_l),
        FUEL_AND_TYRES: Service(fuel_l, has_tyres=True),
        LONG_REPAIR: Service(fuel_l, has_tyres=True),
    }[kind]
    told = fit.loss(service)
    spread_s = max(0.5, fit.spread_s(service))
    if kind == LONG_REPAIR:
        extra_s = seen.loss_s - told.value
        if extra_s <= 0.0:
            return 0.0
        z = math.log(extra_s / _REPAIR_S) / _REPAIR_SPREAD
        return math.exp(-0.5 * z * z) / (extra_s * _REPAIR_SPREAD * math.sqrt(2 * math.pi))
    if kind != DRIVE_THROUGH:
        spread_s = math.hypot(spread_s, _FILL_SPREAD * fuel_l * max(0.0, fit.of("fuel_spl").value))
    z = (seen.loss_s - told.value) / spread_s
    return math.exp(-0.5 * z * z) / (spread_s * math.sqrt(2 * math.pi))


def _usual_l(fit: ServiceFit) -> float:
    """Half a minute of fuel."""
    return 30.0 / max(fit.of("fuel_spl").value, 0.05)
