"""Visits to the pits out of laps alone: what each lost on its way in and out, for whoever learns from races.

A visit is a lap of one stint followed by one of the next. It lost what both laps took more than two laps as
they were around that time, under the flag of each; what took longer than any service is left out.
"""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import msgspec

from pitbox.predict.lap_row import LEAST_LAP_S, LapRow

LONGEST_S = 180.0
"""A visit that lost more was no service."""
_AROUND = 12
"""Laps before a visit that tell what a lap was like then."""


class PitVisit(msgspec.Struct, frozen=True):
    class_name: str
    car_model: str
    car: str
    lap: int
    """At the end of which it came in."""
    loss_s: float
    is_slow: bool
    """Under caution, in or out."""
    end_s: float
    """When it was back at the line, and its loss known."""


def pit_visits(rows: Sequence[LapRow]) -> list[PitVisit]:
    """Of one race, in the order in which they were over."""
    by_car: dict[str, list[LapRow]] = {}
    for row in rows:
        by_car.setdefault(row.car, []).append(row)
    found = [visit for driven in by_car.values() for visit in _of_car(driven)]
    return sorted(found, key=lambda visit: (visit.end_s, visit.car))


def _of_car(driven: Sequence[LapRow]) -> list[PitVisit]:
    found, around, is_out = [], list[LapRow](), True
    for lap, after in pairwise(driven):
        is_in = after.stint != lap.stint
        if is_in and after.lap == lap.lap + 1:
            visit = _visit(lap, after, around)
            found += [] if visit is None else [visit]
        elif not is_in and not is_out and lap.time_s >= LEAST_LAP_S:
            around = [*around[-_AROUND:], lap]
        is_out = is_in
    return found


def _visit(lap: LapRow, after: LapRow, around: Sequence[LapRow]) -> PitVisit | None:
    usual_s = [_usual_s(around, is_slow=one.is_slow) for one in (lap, after)]
    if usual_s[0] is None or usual_s[1] is None:
        return None
    loss_s = lap.time_s - usual_s[0] + after.time_s - usual_s[1]
    if not 0.0 < loss_s < LONGEST_S:
        return None
    is_slow = lap.is_slow or after.is_slow
    return PitVisit(after.class_name, after.car_model, after.car, lap.lap, loss_s, is_slow, after.end_s)


def _usual_s(around: Sequence[LapRow], *, is_slow: bool) -> float | None:
    alike = [lap.time_s for lap in around if lap.is_slow == is_slow]
    return median(alike) if alike else None
