"""What earlier races said about a circuit: how quick a lap is there, and how pace drifts within a stint."""

from collections.abc import Mapping
from math import isnan
from statistics import fmean, median

import msgspec

_NAN = float("nan")
_QUICK_SHARE = 0.3
_LEAST_LAPS, _LEAST_DRIFTS = 20, 10


class Visit(msgspec.Struct, frozen=True):
    """One class in one race, after it."""

    level_s: float
    drift: float
    """Thousandths of a lap, for each lap of a stint; NaN where no stint was long enough."""
    calm_drift: float
    """The same, well after the last caution."""


NO_VISIT = Visit(_NAN, _NAN, _NAN)


class Past:
    """Grows race by race; what a race is told of comes only from races that were added before it."""

    def __init__(self, visits: Mapping[tuple[str, str], list[Visit]] | None = None) -> None:
        self.visits: dict[tuple[str, str], list[Visit]] = dict(visits or {})

    def add(self, circuit: str, class_name: str, visit: Visit) -> None:
        self.visits.setdefault((circuit, class_name), []).append(visit)

    def of(self, circuit: str, class_name: str) -> Visit:
        """The newest level, and the mean of the drifts."""
        found = self.visits.get((circuit, class_name))
        if not found:
            return NO_VISIT
        return Visit(
            found[-1].level_s,
            _mean(visit.drift for visit in found),
            _mean(visit.calm_drift for visit in found),
        )


def visit_of(times_s: list[float], drifts: list[float], calm_drifts: list[float]) -> Visit | None:
    """None for a race that was too short to teach anything."""
    if len(times_s) < _LEAST_LAPS:
        return None
    level_s = sorted(times_s)[int(_QUICK_SHARE * len(times_s))]
    return Visit(level_s, _middle(drifts), _middle(calm_drifts))


def _middle(values: list[float]) -> float:
    return median(values) if len(values) >= _LEAST_DRIFTS else _NAN


def _mean(values: object) -> float:
    known = [value for value in values if not isnan(value)]  # type: ignore[attr-defined]
    return fmean(known) if known else _NAN
