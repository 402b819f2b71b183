"""A plan told by distance: how long it means each lap to take, who drives it, and where it stops.

A plan knows times; a race that was slower or longer is compared with it over the laps that were driven.
"""

from itertools import pairwise

import msgspec

from pitbox.model.relay import Leg, Relay, Seat
from pitbox.planning.live.chain import stop_s
from pitbox.planning.live.follow import Plan
from pitbox.planning.rota import lap_s

_EPSILON = 1e-6


class PlannedRun(msgspec.Struct, frozen=True):
    """One row, in laps from the start. The last one goes on for as long as it must."""

    leg: Leg
    row: int
    first: float
    end: float
    lap_s: float
    stop_s: float
    """Of the stop before it; 0 for the first row."""

    @property
    def laps(self) -> float:
        return self.end - self.first


class Itinerary(msgspec.Struct, frozen=True):
    runs: tuple[PlannedRun, ...]

    def stops(self, laps: int) -> dict[int, float]:
        """By the row behind it: what each stop takes that lies within so many laps."""
        return {run.row: run.stop_s for run in self.runs if run.row and run.first < laps - _EPSILON}

    def took_s(self, laps: float) -> float:
        """For so many laps, with the stops within them."""
        total_s = sum(self.stops(round(laps)).values()) if laps == round(laps) else 0.0
        return total_s + self.rolled_s(0.0, laps)

    def rolled_s(self, start: float, end: float) -> float:
        """From one place to another, in laps, without stops."""
        total_s = 0.0
        last = len(self.runs) - 1
        for at, run in enumerate(self.runs):
            until = end if at == last else min(end, run.end)
            total_s += max(0.0, until - max(start, run.first)) * run.lap_s
        return total_s

    def laps_in(self, time_s: float) -> float:
        """That the plan drives in such a time."""
        at_s = 0.0
        for run in self.runs:
            at_s += run.stop_s
            rolled_s = run.laps * run.lap_s
            if at_s + rolled_s >= time_s or run is self.runs[-1]:
                return run.first + max(0.0, time_s - at_s) / run.lap_s
            at_s += rolled_s
        return 0.0


def itinerary(plan: Plan) -> Itinerary:
    """Of all rows, those beyond the flag too."""
    seats = {seat.key: seat for seat in plan.relay.seats}
    runs: list[PlannedRun] = []
    place = 0.0
    before: Leg | None = None
    for row, leg in enumerate(plan.legs):
        pace_s = expected_s(plan.relay, seats.get(leg.driver), leg.start_s)
        end = place + leg.span.length_s / pace_s
        halt_s = 0.0 if before is None else stop_s(plan.relay, before.driver, leg.driver)
        runs.append(PlannedRun(leg, row, place, end, pace_s, halt_s))
        place, before = end, leg
    assert all(a.end <= b.first + _EPSILON for a, b in pairwise(runs))
    return Itinerary(tuple(runs))


def expected_s(relay: Relay, seat: Seat | None, at_s: float) -> float:
    """A lap of this person at that moment, as the plan had it."""
    return lap_s(relay, seat, at_s)
