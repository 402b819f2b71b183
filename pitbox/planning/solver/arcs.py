"""Stretches that one driver could drive, from moment to moment of a grid: those that break no rule alone."""

import math
from collections.abc import Iterator

import msgspec

from pitbox.model.plan_check.course import EXACT_S
from pitbox.model.relay import RuleName, Seat
from pitbox.model.span import Span, Spans, common, covers, total_s
from pitbox.planning.solver.grid import Grid
from pitbox.planning.solver.problem import Problem
from pitbox.planning.solver.terms import Terms

_LONG_CELLS = 20
"""In a fine grid, stretches over more moments are not looked at in every variety."""
_SHORT_S = 600.0
_GETTING_IN_S = 900.0
"""What a change of drivers costs in peace: few and long turns leave people time to sleep."""
_LONG_S, _TIRING = 7200.0, 0.5
"""Behind the wheel for longer, whoever names no wish of his own would rather get out, too."""


class Arc(msgspec.Struct, frozen=True):
    seat: int
    """Number among the drivers."""
    first: int
    """Number of the moment at which it begins."""
    last: int
    """Of that at which the next one begins."""
    spans: Spans
    """Its stints."""
    driven_s: float

    @property
    def start_s(self) -> float:
        return self.spans[0].start_s

    @property
    def end_s(self) -> float:
        return self.spans[-1].end_s


def arcs_of(problem: Problem, terms: Terms, grid: Grid) -> list[Arc]:
    return [
        arc
        for seat, person in enumerate(problem.drivers)
        for arc in _arcs_of_seat(problem, terms, grid, seat, person)
    ]


def _arcs_of_seat(problem: Problem, terms: Terms, grid: Grid, number: int, seat: Seat) -> Iterator[Arc]:
    free = terms.free(seat)
    dark_s = terms.dark_s(seat.key)
    longest_s, in_a_row = min(grid.longest_s, terms.longest_s(seat.key)), terms.in_a_row(seat.key)
    out_s = problem.out_s.get(seat.key)
    in_window_s = terms.most_s(RuleName.WINDOW, seat.key, problem.relay.rules.most_in_window_s)
    rested_s = -math.inf if out_s is None else out_s + terms.rest_s(seat.key)
    for first in range(len(grid.starts_s) - 1):
        goes_on = first == 0 and seat.key == problem.holder
        if not goes_on and grid.starts_s[first] < rested_s - EXACT_S:
            continue
        if first == 0 and not problem.fixed and terms.starter() not in ("", seat.key):
            continue
        began_s = problem.held_s if goes_on else grid.starts_s[first]
        legs_before = problem.held_legs if goes_on else 0
        for last in _ends(grid, first):
            spans = _spans(problem, terms, grid, (first, last), goes_on=goes_on)
            if spans is None:
                continue
            if spans[-1].end_s - began_s > longest_s + 1e-6 or len(spans) + legs_before > in_a_row:
                break
            over_s = _within_s(spans, problem.relay.rules.window_s) - in_window_s
            if over_s > problem.relay.pit_s + EXACT_S:  # a longer one has a stop more in it at most
                break
            if over_s > EXACT_S or not (free is None or all(covers(free, span) for span in spans)):
                continue
            if dark_s < math.inf and total_s(common(spans, problem.relay.dark)) > dark_s + 1e-6:
                break
            yield Arc(number, first, last, spans, total_s(spans))


def _within_s(spans: Spans, window_s: float | None) -> float:
    """At the wheel in the first such window: what a longer stretch from there on has at least."""
    if window_s is None:
        return 0.0
    end_s = spans[0].start_s + window_s
    return sum(min(one.end_s, end_s) - one.start_s for one in spans if one.start_s < end_s)


def _ends(grid: Grid, first: int) -> Iterator[int]:
    for last in range(first + 1, len(grid.starts_s)):
        is_turn = last in grid.edges or last == len(grid.starts_s) - 1
        if not grid.is_fine or last - first <= _LONG_CELLS or last % 4 == 0 or is_turn:
            yield last


def _spans(
    problem: Problem, terms: Terms, grid: Grid, cells: tuple[int, int], *, goes_on: bool
) -> Spans | None:
    """The stints of a stretch; None where they are too short to be any, or longer than the tank."""
    relay, cap_s, (first, last) = problem.relay, terms.stint_s(), cells
    start_s = grid.starts_s[first] - (relay.swap_s if goes_on else 0.0)
    end_s = grid.starts_s[last] - problem.stop_s
    is_all = last == len(grid.starts_s) - 1 and first == 0
    shortest_s = 1.0 if is_all or not grid.is_fine else min(_SHORT_S, cap_s / 4)
    if end_s - start_s < shortest_s:
        return None
    if not grid.is_fine:
        bounds = [start_s, *grid.starts_s[first + 1 : last]]
        ends = [at - relay.pit_s for at in grid.starts_s[first + 1 : last]]
        spans = tuple(Span(a, b) for a, b in zip(bounds, [*ends, end_s], strict=True))
        return spans if all(1.0 <= span.length_s <= cap_s + 1e-6 for span in spans) else None
    goal_s = min(cap_s, relay.target_stint_s or cap_s)
    stints = max(1, math.ceil((end_s - start_s + relay.pit_s) / (goal_s + relay.pit_s) - 1e-9))
    cell_s = (end_s - start_s + relay.pit_s) / stints
    if cell_s - relay.pit_s < 1.0:
        return None
    return tuple(
        Span(start_s + at * cell_s, start_s + (at + 1) * cell_s - relay.pit_s) for at in range(stints)
    )


def wishes_s(problem: Problem, arc: Arc) -> float:
    """What its driver would rather have otherwise, in seconds that count once for each step of liking."""
    relay, seat = problem.relay, problem.drivers[arc.seat]
    cost_s = -seat.likes_night * total_s(common(arc.spans, relay.dark))
    cost_s -= seat.likes_rain * total_s(common(arc.spans, relay.wet))
    if relay.start_utc_s is not None:
        cost_s += 2 * total_s(common(arc.spans, seat.maybe))
    if seat.longest_s is not None:
        cost_s += 2 * max(0.0, arc.end_s - arc.start_s - seat.longest_s)
    else:
        cost_s += _TIRING * max(0.0, arc.end_s - arc.start_s - _LONG_S)
    if arc.first == 0 and not problem.fixed:
        cost_s -= seat.likes_start * 1800.0
    return cost_s + _GETTING_IN_S


def lost_s(problem: Problem, arc: Arc) -> float:
    """What the field of our own drivers' best would have gained in the same laps."""
    relay, seat = problem.relay, problem.drivers[arc.seat]
    wet_s = total_s(common(arc.spans, relay.wet))
    dry = _share_lost([one.lap_s or relay.lap_s for one in problem.drivers], seat.lap_s or relay.lap_s)
    wet = _share_lost([_wet(problem, one) for one in problem.drivers], _wet(problem, seat))
    return (arc.driven_s - wet_s) * dry + wet_s * wet


def disturbed_s(problem: Problem, arc: Arc) -> float:
    """Race time in which somebody else is at the wheel than in the plan before."""
    key = problem.drivers[arc.seat].key
    others = tuple(leg.span for leg in problem.base if leg.driver != key)
    return total_s(common(arc.spans, others))


def _wet(problem: Problem, seat: Seat) -> float:
    return seat.wet_lap_s or seat.lap_s or problem.relay.lap_s


def _share_lost(laps_s: list[float], own_s: float) -> float:
    return own_s / min(laps_s) - 1.0
