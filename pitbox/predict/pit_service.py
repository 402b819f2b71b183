"""What each service takes in the box, learnt from stops whose service is known, with an interval for each.

    fit = fit_service(stops, ServicePrior())
    fit.loss(Service(fuel_l=50.0, has_tyres=True))       # seconds: what one such stop will lose

A stop loses the lane, and its time in the box: belts and jacks, then fuel and tyres (beside each other or in
turn, whichever explains the stops better), a driver change beside them, never less than a least time, and
repairs when the rest is done. The prior is the rule set's; own stops move it as far as they can tell, so
with none the answer is the rule's.
"""

import math
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
PRIOR, OWN = "prior", "own stops"
SHARE = 0.9
"""Of the intervals."""
NAMES = ("lane_s", "fuel_spl", "tyres_s", "swap_s", "least_s")
LANE, FUEL, TYRES, SWAP, LEAST = range(5)
_T = (6.31, 2.92, 2.35, 2.13, 2.02, 1.94, 1.89, 1.86, 1.83, 1.81)
"""Student's 95 % point by degrees of freedom, from 1; then the normal one."""
_Z = 1.645
_PRIOR_STOPS = 2.0
"""How many stops the spread that is believed before counts as."""
_ROUNDS, _HUBER, _STEP = 25, 2.0, 1e-4
_LEAST_SPREAD_S = 0.3


class Service(msgspec.Struct, frozen=True):
    fuel_l: float = 0.0
    has_tyres: bool = False
    is_swap: bool = False
    repair_s: float = 0.0

    @property
    def is_none(self) -> bool:
        """A drive-through."""
        return self.fuel_l <= 0.0 and not self.has_tyres and not self.is_swap and self.repair_s <= 0.0


class ServiceSeen(msgspec.Struct, frozen=True):
    service: Service
    loss_s: float


class ServicePrior(msgspec.Struct, frozen=True):
    """What a rule set says, and by how much it may be off; a least time of zero is none."""

    lane_s: float = 30.0
    fuel_spl: float = 1.0 / 2.6
    """Seconds for a litre."""
    tyres_s: float = 22.0
    swap_s: float = 27.0
    least_s: float = 0.0
    still_s: float = 2.5
    """Jacks, belts, reactions; what stops show of it cannot be told from the lane."""
    spread_s: float = 2.0
    lane_spread_s: float = 10.0
    fuel_spread_spl: float = 0.15
    box_spread_s: float = 6.0
    is_tyres_while_fuel: bool | None = None
    """None: the stops decide."""


class Range(msgspec.Struct, frozen=True):
    """The middle of what is believed, and 90 % of it."""

    value: float
    low: float
    high: float


class ServiceFit(msgspec.Struct, frozen=True):
    middle: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    noise_s: float
    is_tyres_while_fuel: bool
    still_s: float
    stops: int
    step: str

    def of(self, name: str) -> Range:
        """One of `NAMES`."""
        at = NAMES.index(name)
        wide = _quantile(self.stops) * math.sqrt(max(0.0, self.covariance[at][at]))
        return Range(self.middle[at], self.middle[at] - wide, self.middle[at] + wide)

    def loss(self, service: Service) -> Range:
        """Of one stop to come, its own luck included."""
        value = self._said(np.array(self.middle), service)
        wide = _quantile(self.stops) * self.spread_s(service)
        return Range(value, max(0.0, value - wide), value + wide)

    def spread_s(self, service: Service) -> float:
        """One standard deviation of it."""
        slope = self._slopes(service)
        unsure = float(slope @ np.array(self.covariance) @ slope)
        return math.sqrt(max(0.0, unsure) + self.noise_s**2)

    def _said(self, theta: Array, service: Service) -> float:
        return _loss_s(theta, service, self.still_s, is_beside=self.is_tyres_while_fuel)

    def _slopes(self, service: Service) -> Array:
        middle = np.array(self.middle)
        found: Array = _slopes(middle, [service], self.still_s, is_beside=self.is_tyres_while_fuel)[0]
        return found


def fit_service(stops: Sequence[ServiceSeen], prior: ServicePrior | None = None) -> ServiceFit:
    """Stops whose loss is no positive number are left out."""
    said = prior or ServicePrior()
    seen = [stop for stop in stops if math.isfinite(stop.loss_s) and stop.loss_s > 0.0 and _is_sane(stop)]
    orders = (True, False) if said.is_tyres_while_fuel is None else (said.is_tyres_while_fuel,)
    fits = [_fit(seen, said, is_beside=is_beside) for is_beside in orders]
    return min(fits, key=lambda found: found[0])[1]


def _is_sane(stop: ServiceSeen) -> bool:
    return math.isfinite(stop.service.fuel_l) and math.isfinite(stop.service.repair_s)


def _fit(seen: Sequence[ServiceSeen], prior: ServicePrior, *, is_beside: bool) -> tuple[float, ServiceFit]:
    """Gauss-Newton around the prior, mishaps weighing less; also what it leaves unexplained."""
    start = np.array([prior.lane_s, prior.fuel_spl, prior.tyres_s, prior.swap_s, prior.least_s])
    least_spread_s = prior.box_spread_s if prior.least_s > 0.0 else 1e-3
    spreads = (prior.lane_spread_s, prior.fuel_spread_spl, prior.box_spread_s, prior.box_spread_s)
    held = np.diag(1.0 / np.array([*spreads, least_spread_s]) ** 2)
    theta, noise_s = start.copy(), prior.spread_s
    services = [stop.service for stop in seen]
    truth_s = np.array([stop.loss_s for stop in seen])
    left, error_s = held, np.zeros(0)
    for _ in range(_ROUNDS if seen else 0):
        error_s = truth_s - _said_all(theta, services, prior.still_s, is_beside=is_beside)
        weight = np.minimum(1.0, _HUBER * noise_s / np.maximum(np.abs(error_s), 1e-9))
        slopes = _slopes(theta, services, prior.still_s, is_beside=is_beside)
        left = held + (slopes * (weight / noise_s**2)[:, None]).T @ slopes
        right = slopes.T @ (weight * error_s) / noise_s**2 - held @ (theta - start)
        theta = theta + 0.7 * np.linalg.solve(left, right)
        noise_s = _noise_s(error_s, weight, prior)
    cost = float(np.minimum(error_s**2, (3 * noise_s) ** 2).sum() / noise_s**2) + 2 * len(seen) * math.log(
        noise_s
    )
    cost += float((theta - start) @ held @ (theta - start))
    covariance = tuple(tuple(row) for row in np.linalg.inv(left).tolist())
    step = OWN if seen else PRIOR
    fit = ServiceFit(tuple(theta.tolist()), covariance, noise_s, is_beside, prior.still_s, len(seen), step)
    return cost, fit


def _noise_s(error_s: Array, weight: Array, prior: ServicePrior) -> float:
    squares = float((weight * error_s**2).sum()) + _PRIOR_STOPS * prior.spread_s**2
    free = max(1.0, len(error_s) - min(len(NAMES) - 1, len(error_s) / 2)) + _PRIOR_STOPS
    return max(_LEAST_SPREAD_S, math.sqrt(squares / free))


def _loss_s(theta: Array, service: Service, still_s: float, *, is_beside: bool) -> float:
    if service.is_none:
        return float(theta[LANE])
    fuel_s = max(0.0, service.fuel_l) * float(theta[FUEL])
    tyres_s = float(theta[TYRES]) if service.has_tyres else 0.0
    work_s = max(fuel_s, tyres_s) if is_beside else fuel_s + tyres_s
    if service.is_swap:
        work_s = max(work_s, float(theta[SWAP]))
    box_s = max(float(theta[LEAST]), still_s + work_s) if work_s > 0.0 else still_s
    return float(theta[LANE]) + box_s + max(0.0, service.repair_s)


def _said_all(theta: Array, services: Sequence[Service], still_s: float, *, is_beside: bool) -> Array:
    return np.array([_loss_s(theta, service, still_s, is_beside=is_beside) for service in services])


def _slopes(theta: Array, services: Sequence[Service], still_s: float, *, is_beside: bool) -> Array:
    now = _said_all(theta, services, still_s, is_beside=is_beside)
    columns = []
    for at in range(len(theta)):
        moved = theta.copy()
        moved[at] += _STEP
        columns.append((_said_all(moved, services, still_s, is_beside=is_beside) - now) / _STEP)
    found: Array = np.column_stack(columns).reshape(len(services), len(theta))
    return found


def _quantile(stops: int) -> float:
    free = stops + int(_PRIOR_STOPS) - 1
    return _T[free - 1] if 1 <= free <= len(_T) else _Z
