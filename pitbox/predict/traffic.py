"""Who crossed the line before: the cars that somebody will be held up by, and how their pace compares."""

from collections import deque
from collections.abc import Mapping
from math import isnan

import msgspec

from pitbox.predict.car_form import CarForm
from pitbox.predict.lap_row import NAN

_FAR_S = 30.0
_WITHIN_S = 60.0
_REMEMBERED = 200


class Ahead(msgspec.Struct, frozen=True):
    """The two cars that crossed last before a crossing, lapped or not; `car` is empty where there is none."""

    car: str = ""
    gap_s: float = NAN
    car2: str = ""
    gap2_s: float = NAN


class Crossings:
    """Of the line, newest last."""

    def __init__(self) -> None:
        self._made: deque[tuple[float, str]] = deque(maxlen=_REMEMBERED)

    def add(self, car: str, end_s: float) -> None:
        self._made.append((end_s, car))

    def before(self, car: str, end_s: float, cars: Mapping[str, CarForm]) -> Ahead:
        found: list[tuple[str, float]] = []
        for then_s, other in reversed(self._made):
            if end_s - then_s >= _WITHIN_S or len(found) == 2:
                break
            if other != car and cars[other].end_s == then_s:
                found.append((other, end_s - then_s))
        (first, gap_s), (second, gap2_s) = [*found, ("", NAN), ("", NAN)][:2]
        return Ahead(first, gap_s, second, gap2_s)


def traffic_features(car: CarForm, ahead: Ahead, cars: Mapping[str, CarForm]) -> dict[str, float]:
    first, second = cars.get(ahead.car), cars.get(ahead.car2)
    ref_s, gaps_s = car.ref_s, car.gaps_s
    earlier_s = [gap_s for gap_s in gaps_s[:-1] if not isnan(gap_s)]
    return {
        "gap_s": _far(ahead.gap_s),
        "pace_ahead": NAN if first is None else (first.ref_s / ref_s - 1.0) * 1000.0,
        "gap2_s": _far(ahead.gap2_s),
        "pace_ahead2": NAN if second is None else (second.ref_s / ref_s - 1.0) * 1000.0,
        "least_gap3_s": min(earlier_s, default=NAN),
        "gap_before_s": gaps_s[-2] if len(gaps_s) > 1 else NAN,
        "gap_trend_s": (gaps_s[-1] - gaps_s[0]) / (len(gaps_s) - 1) if len(gaps_s) > 1 else NAN,
        "last_of_ahead": NAN if first is None else (first.last_s / ref_s - 1.0) * 1000.0,
        "age_of_ahead": NAN if first is None else first.tyre_age - car.tyre_age,
        "laps_of_ahead": NAN if first is None else float(first.lap - car.lap),
    }


def _far(gap_s: float) -> float:
    return min(gap_s, _FAR_S) if not isnan(gap_s) else _FAR_S
