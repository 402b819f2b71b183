"""What age costs a tyre: a slope for each compound, a cliff where there is one, fuel kept apart.

    fit = fit_tyres(rows, priors)              # clean laps so far, of one class
    fit.loss("HARD", from_age=12, ahead=10)    # seconds and their interval, at the same fuel and in sum

Lap times are lines: each car and driver has a level, all share what a lap of burnt fuel (and a gripping
track) gives, heat and water have their price, and a tyre costs by age. Fuel and age run together in one
stint; they part where stints began at different times, and where they do not, the prior decides and the
interval says so. Weights take mishaps down. With too few laps the prior answers alone.
"""

from collections.abc import Sequence
from math import isfinite, isnan

import msgspec
import numpy as np

from pitbox.predict.lap_row import NAN, LapRow
from pitbox.predict.tyre_design import Array, Design, design_of, with_hinges
from pitbox.predict.tyre_prior import TyreMemory, TyrePriors

PRIOR, FITTED = "prior", "fitted"
SHARE = 0.9
"""Of the intervals."""
_Z = 1.645
_LEAST_LAPS, _LEAST_SPAN = 12, 4
"""Laps, and different ones."""
_NOISE, _LEAST_NOISE = 4.0, 0.3
"""Thousandths of a lap."""
_ROUNDS = 4
_UNSETTLED = 3
_HUBER = 1.5
_MOST_ALIKE = 0.9
_KNOTS = np.arange(4.0, 45.0)
_BEYOND = 3
"""Laps beyond a cliff that must have been driven before it is one."""
_CLIFF_GAIN, _PROFILE = 12.0, 2.71
"""In variances: what a cliff must explain, and by how much other laps explain less and still may be it."""
_HINGE_SPREAD = 3.0
_WEAR_SPREAD = 0.12
"""Between drivers, of what a lap of age costs: thousandths of a lap."""


class Estimate(msgspec.Struct, frozen=True):
    """NaN where there is nothing to say."""

    value: float
    low: float
    high: float


NOTHING = Estimate(NAN, NAN, NAN)


class TyreCurve(msgspec.Struct, frozen=True):
    """One compound; seconds for each lap of age."""

    slope_s: Estimate
    cliff_age: Estimate
    """Laps after which it falls off; NaN where it never did."""
    cliff_slope_s: Estimate
    """On top of the slope, from there."""
    laps: int


class TyreFit(msgspec.Struct, frozen=True):
    curves: dict[str, TyreCurve]
    fuel_s: Estimate
    """For each lap of burnt fuel: below zero is quicker. The track's own evolution is in it."""
    heat_s: Estimate
    """For each degree of the track."""
    wet_s: Estimate
    """For each step of wetness."""
    noise_s: float
    level_s: float
    step: str
    """`fitted`, or `prior` with too few laps."""
    wear: dict[tuple[str, str], Estimate] = {}
    """By car and driver: what a lap of age costs them on top of everybody else."""

    def loss(
        self, compound: str, from_age: float, ahead: float, who: tuple[str, str] | None = None
    ) -> Estimate:
        """Of the tyre alone, between two ages; `who`: car and driver, else of the field."""
        curve = self.curves.get(compound)
        if curve is None:
            return NOTHING
        beyond = 0.0
        if not isnan(curve.cliff_age.value):
            beyond = max(0.0, from_age + ahead - curve.cliff_age.value)
            beyond -= max(0.0, from_age - curve.cliff_age.value)
        theirs = NOTHING if who is None else self.wear.get(who, NOTHING)
        return _sum((curve.slope_s, ahead), (curve.cliff_slope_s, beyond), (theirs, ahead))

    def change(
        self, compound: str, from_age: float, ahead: float, who: tuple[str, str] | None = None
    ) -> Estimate:
        """Of the lap time, with the fuel that burns meanwhile."""
        return _sum((self.loss(compound, from_age, ahead, who), 1.0), (self.fuel_s, ahead))

    def curve(self, compound: str, ages: int, who: tuple[str, str] | None = None) -> tuple[Estimate, ...]:
        """What a lap on tyres of each age takes more than one on new ones; empty of what it does not know."""
        told = tuple(self.loss(compound, 0.0, float(age), who) for age in range(ages))
        return told if all(isfinite(one.value) for one in told) else ()

    def memory(self, circuit: str) -> TyreMemory:
        """In thousandths, for races to come."""
        slopes = {
            name: curve.slope_s.value / self.level_s * 1000.0 for name, curve in self.curves.items() if name
        }
        slopes[""] = self.fuel_s.value / self.level_s * 1000.0
        return TyreMemory(circuit, {name: slope for name, slope in slopes.items() if isfinite(slope)})


def fit_tyres(
    rows: Sequence[LapRow], priors: TyrePriors | None = None, *, is_refuelled: bool = False
) -> TyreFit:
    """Never fails. `is_refuelled`: stops bring fuel, so that it burns by stint and not by race."""
    clean = _settled(rows)
    beliefs = TyrePriors() if priors is None else priors
    design = design_of(clean, beliefs, is_refuelled=is_refuelled)
    if len(clean) < _LEAST_LAPS or len({row.lap for row in clean}) < _LEAST_SPAN:
        return _prior_fit(design)
    hinges: dict[str, float] = {}
    spans: dict[str, tuple[float, float]] = {}
    weight, noise, doubt = np.ones(len(design.y)), _NOISE, _NOISE
    for _ in range(_ROUNDS):
        wide = with_hinges(design, hinges, _HINGE_SPREAD)
        beta, _ = _solved(wide, weight, doubt)
        residual = wide.y - wide.x @ beta
        noise = max(_LEAST_NOISE, 1.4826 * float(np.median(np.abs(residual))))
        weight = np.minimum(1.0, _HUBER * noise / np.maximum(np.abs(residual), 1e-9))
        doubt = noise * _alike(design, residual * weight)
        hinges, spans = _cliffs(design, weight, doubt)
    wide = with_hinges(design, hinges, _HINGE_SPREAD)
    beta, spread = _solved(wide, weight, doubt)
    return _fit_of(wide, beta, spread, spans, (noise, doubt, weight))


def _settled(rows: Sequence[LapRow]) -> list[LapRow]:
    """Clean laps without those behind a start or a restart: a field that sorts itself out is no worn tyre."""
    slow = {row.lap for row in rows if row.is_slow}
    unsettled = {lap + after for lap in (0, *slow) for after in range(1, _UNSETTLED + 1)}
    clean = [row for row in rows if row.is_pace]
    return [row for row in clean if row.lap not in unsettled] or clean


def _solved(design: Design, weight: Array, noise: float) -> tuple[Array, Array]:
    """The weighted posterior: its mean and its spread."""
    hold = (noise / design.spread) ** 2
    left = (design.x * weight[:, None]).T @ design.x
    left[np.diag_indices_from(left)] += hold
    inverse = np.linalg.inv(left)
    beta = inverse @ (design.x.T @ (weight * design.y) + hold * design.mean)
    return beta, noise * np.sqrt(np.diag(inverse))


def _alike(design: Design, residual: Array) -> float:
    """How much less laps say because neighbours err alike: a driver who saves does so for a while."""
    later = design.before >= 0
    one, other = residual[later], residual[design.before[later]]
    size = float(one @ one) * float(other @ other)
    alike = float(one @ other) / size**0.5 if size > 0.0 else 0.0
    alike = min(max(alike, 0.0), _MOST_ALIKE)
    return float(((1.0 + alike) / (1.0 - alike)) ** 0.5)


def _cliffs(
    design: Design, weight: Array, noise: float
) -> tuple[dict[str, float], dict[str, tuple[float, float]]]:
    """By compound: the age at which a bend explains most, if it explains enough, and where it may be too."""
    root = np.sqrt(weight)
    x = np.vstack([design.x * root[:, None], np.diag(noise / design.spread)])
    y = np.concatenate([design.y * root, noise * design.mean / design.spread])
    q, _ = np.linalg.qr(x)
    rest = y - q @ (q.T @ y)
    found, spans = {}, {}
    for compound, ages in design.ages.items():
        knots = _KNOTS[[(ages >= knot + _BEYOND).sum() >= 2 * _BEYOND for knot in _KNOTS]]
        if not len(knots):
            continue
        hinge = np.maximum(0.0, ages[:, None] - knots) * root[:, None]
        hinge = np.vstack([hinge, np.zeros((len(y) - len(root), len(knots)))])
        hinge -= q @ (q.T @ hinge)
        along = hinge.T @ rest
        gain = along**2 / ((hinge**2).sum(axis=0) + (noise / _HINGE_SPREAD) ** 2) / noise**2
        gain[along <= 0.0] = 0.0
        best = int(np.argmax(gain))
        if gain[best] >= _CLIFF_GAIN:
            near = knots[gain >= gain[best] - _PROFILE]
            found[compound] = float(knots[best])
            spans[compound] = float(near[0]) - 0.5, float(near[-1]) + 0.5
    return found, spans


def _fit_of(
    design: Design,
    beta: Array,
    spread: Array,
    spans: dict[str, tuple[float, float]],
    trust: tuple[float, float, Array],
) -> TyreFit:
    """`trust`: noise of a lap, what it is worth among laps that err alike, and the weight of each lap."""
    scale, (noise, doubt, weight) = design.level_s / 1000.0, trust

    def estimate(name: str) -> Estimate:
        at = design.at(name)
        if at is None:
            return NOTHING
        value, doubt = float(beta[at]), _Z * float(spread[at])
        return Estimate(value * scale, (value - doubt) * scale, (value + doubt) * scale)

    curves = {}
    for compound, ages in design.ages.items():
        hinge = design.hinges.get(compound)
        span = spans.get(compound)
        curves[compound] = TyreCurve(
            slope_s=estimate(f"age {compound}"),
            cliff_age=NOTHING if hinge is None or span is None else Estimate(hinge, *span),
            cliff_slope_s=estimate(f"cliff {compound}"),
            laps=int((ages > 0).sum()),
        )
    return TyreFit(
        curves,
        estimate("fuel"),
        estimate("heat"),
        estimate("wet"),
        noise * scale,
        design.level_s,
        FITTED,
        _wear(design, beta, doubt, weight),
    )


def _wear(design: Design, beta: Array, doubt: float, weight: Array) -> dict[tuple[str, str], Estimate]:
    """Of each driver against the field, out of what the field's lines leave over; shrunk to nothing."""
    scale, rest = design.level_s / 1000.0, design.y - design.x @ beta
    age = np.sum(list(design.ages.values()), axis=0) if design.ages else np.zeros(len(rest))
    found = {}
    for at, who in enumerate(design.people):
        mine = weight * (design.x[:, at] > 0.0)
        total = float(mine.sum())
        apart = age - float(mine @ age) / total if total > 0.0 else age
        over = float(mine @ apart**2) + (doubt / _WEAR_SPREAD) ** 2
        value, wide = float(mine @ (apart * rest)) / over, _Z * doubt / over**0.5
        found[who] = Estimate(value * scale, (value - wide) * scale, (value + wide) * scale)
    return found


def _prior_fit(design: Design) -> TyreFit:
    fit = _fit_of(design, design.mean, design.spread, {}, (_NOISE, _NOISE, np.zeros(len(design.y))))
    return msgspec.structs.replace(fit, step=PRIOR)


def _sum(*parts: tuple[Estimate, float]) -> Estimate:
    """As if they erred apart from each other; what is NaN and counts nothing is left out."""
    known = [(part, times) for part, times in parts if times and not isnan(part.value)]
    value = sum(part.value * times for part, times in known)
    below = sum(((part.value - part.low) * times) ** 2 for part, times in known) ** 0.5
    above = sum(((part.high - part.value) * times) ** 2 for part, times in known) ** 0.5
    return Estimate(value, value - below, value + above)
