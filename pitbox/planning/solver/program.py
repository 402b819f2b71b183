"""The problem as a CP-SAT program over stretches: one boolean for each that somebody could drive.

Whatever a stretch breaks by itself is left out beforehand, so the program holds only what ties stretches
together: one follows on the other, rest, windows, sums. Its relaxation is tight: gaps close within seconds.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from pitbox.model.plan_check.course import EXACT_S, here
from pitbox.model.relay import Legs, RuleName
from pitbox.model.session import UNLIMITED
from pitbox.model.span import Span, Spans, covers
from pitbox.planning.solver.arcs import Arc, arcs_of
from pitbox.planning.solver.bounds import Bounds, changes_due, is_change
from pitbox.planning.solver.grid import Grid
from pitbox.planning.solver.problem import Problem
from pitbox.planning.solver.terms import Terms

_TICKS = 10
"""Of a second: the program counts in whole ones."""
_NEARLY_EQUAL, _SHARES = 0.75, 1000


class Program:
    """Built once for a grid; then asked for one aim after the other."""

    def __init__(
        self, problem: Problem, terms: Terms, grid: Grid, crowds: Sequence[tuple[str, ...]] = ()
    ) -> None:
        """`crowds`: who stands behind each driver, where people whom no rule tells apart are one."""
        # Half a second, and pandas: only whoever solves pays for it.
        from ortools.sat.python import cp_model  # noqa: PLC0415

        self.problem, self.terms, self.grid = problem, terms, grid
        self._crowds = crowds or [(seat.key,) for seat in problem.drivers]
        self.arcs = arcs_of(problem, terms, grid)
        self.model = cp_model.CpModel()
        self.takes = [self.model.new_bool_var("") for _ in self.arcs]
        self._by_seat: list[list[int]] = [[] for _ in problem.drivers]
        for at, arc in enumerate(self.arcs):
            self._by_seat[arc.seat].append(at)
        self._drives = [self._drive_time(seat) for seat in range(len(problem.drivers))]
        self._bounds = Bounds(problem, terms, grid, self.arcs, self._crowds)
        self._follow()
        self._rest()
        self._windows()
        self._sums()
        self._who()
        self._stops()
        if problem.relay.rules.has_spotter and terms.is_kept(RuleName.SPOTTER):
            self._spotters()

    @property
    def stints(self) -> Any:
        return self._sum((at, len(arc.spans)) for at, arc in enumerate(self.arcs))

    def cost(self, of: Any) -> Any:
        """The sum of a figure in seconds over the stretches taken, in ticks."""
        return self._sum((at, _ticks(of(self.problem, arc))) for at, arc in enumerate(self.arcs))

    def unequal(self) -> Any:
        """Ticks at the wheel that would have to change hands for equal shares."""
        problem, people = self.problem, self._people()
        share_s = self._expected_s() / max(1, len(people))
        legs_s = {span.length_s for arc in self.arcs for span in arc.spans}
        shortest_s = min(legs_s, default=0.0)
        overs = []
        for seat in people:
            over = self.model.new_int_var(0, _ticks(problem.relay.length_s) * 2, "")
            self.model.add(over >= self._drives[seat] - _ticks(share_s))
            overs.append(over)
            if not self.grid.is_fine and shortest_s > 0:
                self._steps(seat, over, share_s, shortest_s)
        return sum(overs) if overs else 0

    def _steps(self, seat: int, over: Any, share_s: float, shortest_s: float) -> None:
        """Stints are whole: who drives one more than fits into a share is over by that much at the least."""
        past_s = self.problem.driven_s.get(self.problem.drivers[seat].key, 0.0)
        fits = math.floor((share_s - past_s) / shortest_s)
        if fits < 0:
            return
        over_s = past_s + (fits + 1) * shortest_s - share_s
        stints = self._sum((at, len(self.arcs[at].spans)) for at in self._by_seat[seat])
        self.model.add(over >= math.floor(over_s * _TICKS) * (stints - fits))

    def hint(self, legs: Legs) -> None:
        """Begin from this plan: whoever it has at the wheel in the middle of a cell drives all of it."""
        starts = self.grid.starts_s
        shift_s = starts[0] - legs[0].start_s if legs else 0.0
        drivers = [_driver_at(legs, (a + b) / 2 - shift_s) for a, b in pairwise(starts)]
        self.hint_taken([self._is_run(arc, drivers) for arc in self.arcs])

    def _is_run(self, arc: Arc, drivers: list[str]) -> bool:
        key = self.problem.drivers[arc.seat].key
        around = (*drivers[max(0, arc.first - 1) : arc.first], *drivers[arc.last : arc.last + 1])
        return key not in around and all(one == key for one in drivers[arc.first : arc.last])

    def hint_taken(self, taken: list[bool]) -> None:
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for take, value in zip(self.takes, taken, strict=True):
            self.model.add_hint(take, value)

    def _people(self) -> list[int]:
        """Those who can drive any of it, or have."""
        past = self.problem.driven_s
        return [
            seat
            for seat, person in enumerate(self.problem.drivers)
            if self._by_seat[seat] or past.get(person.key, 0.0) > 0
        ]

    def _expected_s(self) -> float:
        cells = len(self.grid.starts_s) - 1
        stints = cells if not self.grid.is_fine else round(cells / 4)
        left_s = self.problem.end_s - self.problem.start_s - stints * self.problem.stop_s
        return sum(self.problem.driven_s.values()) + left_s

    def _sum(self, terms: Any) -> Any:
        from ortools.sat.python import cp_model  # noqa: PLC0415

        pairs = [(self.takes[at], factor) for at, factor in terms if factor]
        if not pairs:
            return 0
        variables, factors = zip(*pairs, strict=True)
        return cp_model.LinearExpr.weighted_sum(list(variables), list(factors))

    def _drive_time(self, seat: int) -> Any:
        past_s = self.problem.driven_s.get(self.problem.drivers[seat].key, 0.0)
        return self._sum((at, _ticks(self.arcs[at].driven_s)) for at in self._by_seat[seat]) + _ticks(past_s)

    def _follow(self) -> None:
        """One stretch begins where another ends, from the first moment to the flag."""
        last = len(self.grid.starts_s) - 1
        begins: list[list[Any]] = [[] for _ in self.grid.starts_s]
        ends: list[list[Any]] = [[] for _ in self.grid.starts_s]
        for take, arc in zip(self.takes, self.arcs, strict=True):
            begins[arc.first].append(take)
            ends[arc.last].append(take)
        self.model.add_exactly_one(begins[0]) if begins[0] else self.model.add_bool_or([])
        self.model.add_exactly_one(ends[last]) if ends[last] else self.model.add_bool_or([])
        for at in range(1, last):
            self.model.add(sum(begins[at]) == sum(ends[at]))

    def _rest(self) -> None:
        """Nobody begins a stretch before the rest after the last one is over."""
        starts = self.grid.starts_s
        for seat, person in enumerate(self.problem.drivers):
            rest_s, people = self.terms.rest_s(person.key), len(self._crowds[seat])
            busy: list[list[Any]] = [[] for _ in starts]
            for at in self._by_seat[seat]:
                arc = self.arcs[at]
                for moment in range(arc.first, len(starts)):
                    if moment > arc.last and starts[moment] >= arc.end_s + rest_s - 0.5:
                        break
                    if moment < arc.last or moment == arc.last or starts[moment] < arc.end_s + rest_s - 0.5:
                        busy[moment].append(self.takes[at])
            self._few_stretches(seat, rest_s)
            for some in busy:
                if len(some) > people == 1:
                    self.model.add_at_most_one(some)
                elif len(some) > people:
                    self.model.add(sum(some) <= people)

    def _few_stretches(self, seat: int, rest_s: float) -> None:
        """Follows from the rests between them; said beforehand, it shows at once what cannot be."""
        some = self._by_seat[seat]
        if some and rest_s > 0:
            most = self._bounds.stretches(seat)[0]
            self.model.add(sum(self.takes[at] for at in some) <= most * len(self._crowds[seat]))

    def _windows(self) -> None:
        rules = self.problem.relay.rules
        if rules.window_s is None or rules.most_in_window_s is None:
            return
        for seat, person in enumerate(self.problem.drivers):
            most_s = self.terms.most_s(RuleName.WINDOW, person.key, rules.most_in_window_s)
            most_s *= len(self._crowds[seat])
            if most_s == math.inf:
                continue
            past = tuple(leg.span for leg in self.problem.past(person.key))
            for start_s in self.grid.starts_s[1:]:
                window = Span(start_s - self.problem.stop_s - rules.window_s, start_s - self.problem.stop_s)
                near = [at for at in self._by_seat[seat] if self._touches(at, window)]
                inside = [(at, _ticks(_in_window_s(self.arcs[at], window))) for at in near]
                room = _ticks(most_s - _overlap_s(past, window))
                if any(ticks > 0 for _, ticks in inside):
                    self.model.add(self._sum(inside) <= max(0, room))

    def _touches(self, at: int, window: Span) -> bool:
        spans = self.arcs[at].spans
        return spans[0].start_s < window.end_s and spans[-1].end_s > window.start_s

    def _sums(self) -> None:
        rules = self.problem.relay.rules
        if self._bounds.has_too_few_hours() or self._bounds.asks_too_much():
            self.model.add_bool_or([])
        for seat, person in enumerate(self.problem.drivers):
            people = len(self._crowds[seat])
            least_s = people * self.terms.least_s(RuleName.LEAST, person.key, rules.least_drive_s)
            most_s = people * self.terms.most_s(RuleName.MOST, person.key, rules.most_drive_s)
            if self._bounds.least_is_out_of_reach(seat):
                self.model.add_bool_or([])
            if people > 1:
                self._each_has(seat, least_s / people, most_s / people)
            if least_s > 0:
                self.model.add(self._drives[seat] >= math.ceil(least_s * _TICKS))
            if most_s < math.inf:
                past_s = self.problem.driven_s.get(person.key, 0.0)
                self.model.add(self._drives[seat] <= _ticks(max(most_s, past_s)))

    def _each_has(self, seat: int, least_s: float, most_s: float) -> None:
        """Of a crowd each needs stretches of his own, and none that is too long for one."""
        some = self._by_seat[seat]
        longest_s = max((self.arcs[at].driven_s for at in some), default=0.0)
        if least_s > 0 and longest_s > 0:
            each = math.ceil(least_s / longest_s - 1e-6)
            self.model.add(sum(self.takes[at] for at in some) >= each * len(self._crowds[seat]))
        for at in some:
            if self.arcs[at].driven_s > most_s + EXACT_S:
                self.model.add(self.takes[at] == 0)

    def _who(self) -> None:
        """How many drive, and a fair share for each who does."""
        rules, problem = self.problem.relay.rules, self.problem
        needs_count = rules.least_drivers > 1 or rules.most_drivers < UNLIMITED
        if rules.fair_share is None and not needs_count:
            return
        has_driven = [problem.driven_s.get(person.key, 0.0) > 0 for person in problem.drivers]
        does = [
            self.model.new_int_var(0, len(crowd), "") if len(crowd) > 1 else self.model.new_bool_var("")
            for crowd in self._crowds
        ]
        for seat, is_in in enumerate(does):
            takes = [self.takes[at] for at in self._by_seat[seat]]
            if has_driven[seat]:
                self.model.add(is_in == 1)
                continue
            if self.terms.least_s(RuleName.LEAST, problem.drivers[seat].key, rules.least_drive_s) > 0:
                self.model.add(is_in == len(self._crowds[seat]))
            if len(self._crowds[seat]) > 1:
                self.model.add(is_in <= sum(takes))
                for take in takes:
                    self.model.add(is_in >= take)
                continue
            self.model.add_max_equality(is_in, takes) if takes else self.model.add(is_in == 0)
        others = len([key for key in problem.driven_s if key not in {one.key for one in problem.drivers}])
        if needs_count and self.terms.is_kept(RuleName.DRIVERS):
            self.model.add(sum(does) + others >= rules.least_drivers)
            if rules.most_drivers < UNLIMITED:
                self.model.add(sum(does) + others <= max(rules.most_drivers, sum(has_driven) + others))
        if rules.fair_share is not None:
            self._fair(does, rules.fair_share, others)

    def _fair(self, does: list[Any], share: float, others: int) -> None:
        """Against an equal share among those who drive, of whom there may be more or fewer."""
        counts = [self.model.new_bool_var("") for crowd in self._crowds for _ in crowd]
        self.model.add_exactly_one(counts)
        self.model.add(sum(does) == sum((at + 1) * one for at, one in enumerate(counts)))
        if share > _NEARLY_EQUAL:
            self._nearly_equal(does, counts, share, others)
            return
        # As if no swap cost anything: a fixed figure is easier to hold than a share of the sum.
        most_s = self._expected_s() + self.problem.relay.swap_s * len(self.grid.starts_s)
        dues = [math.ceil(share * most_s / (at + 1 + others) * _TICKS) for at in range(len(counts))]
        due = sum(ticks * one for ticks, one in zip(dues, counts, strict=True))
        for seat, person in enumerate(self.problem.drivers):
            loose_s = self.terms.by_s(RuleName.FAIR_SHARE, person.key)
            if loose_s == math.inf:
                continue
            self._no_share(seat, does[seat], [ticks - _ticks(loose_s) for ticks in dues], counts)
            if len(self._crowds[seat]) == 1:
                self.model.add(self._drives[seat] + _ticks(loose_s) >= due).only_enforce_if(does[seat])
                continue
            for ticks, one in zip(dues, counts, strict=True):
                each = max(0, ticks - _ticks(loose_s))
                self.model.add(self._drives[seat] >= each * does[seat]).only_enforce_if(one)

    def _no_share(self, seat: int, does: Any, dues: list[int], counts: list[Any]) -> None:
        """Who is not here for so long does not drive where a share is more: a search would find it late."""
        most = _ticks(self._bounds.alone_s(seat) + EXACT_S)
        for due, one in zip(dues, counts, strict=True):
            if due > most:
                self.model.add(does == 0).only_enforce_if(one)

    def _nearly_equal(self, does: list[Any], counts: list[Any], share: float, others: int) -> None:
        """Where each second counts: against the sum itself, which swaps make shorter."""
        keys = {one.key for one in self.problem.drivers}
        past_s = sum(driven_s for key, driven_s in self.problem.driven_s.items() if key not in keys)
        driven = sum(self._drives) + _ticks(past_s)
        for seat, person in enumerate(self.problem.drivers):
            loose_s = self.terms.by_s(RuleName.FAIR_SHARE, person.key)
            if loose_s == math.inf or len(self._crowds[seat]) > 1:
                continue
            own = self._drives[seat] + _ticks(loose_s + EXACT_S / 2)
            for at, is_count in enumerate(counts):
                due = math.ceil(share * _SHARES) * driven
                self.model.add(_SHARES * (at + 1 + others) * own >= due).only_enforce_if(does[seat], is_count)

    def _stops(self) -> None:
        rules = self.problem.relay.rules
        done = len(self.problem.fixed)
        if self.grid.most_stints < UNLIMITED:
            self.model.add(self.stints <= self.grid.most_stints)
        if rules.mandatory_stops and self.terms.is_kept(RuleName.STOPS):
            self.model.add(self.stints + done - 1 >= rules.mandatory_stops)
        due = changes_due(self.problem, self.terms)
        if due:
            pairs = zip(self.takes, self.arcs, strict=True)
            self.model.add(sum(take for take, arc in pairs if is_change(self.problem, arc)) >= due)

    def _spotters(self) -> None:
        """At each moment somebody who is free and not at the wheel watches, none for too long."""
        relay, starts = self.problem.relay, self.grid.starts_s
        watchers = [seat for seat in relay.seats if seat.can_spot]
        at_wheel = self._at_wheel()
        crowd_of = {key: crowd for crowd in self._crowds for key in crowd}
        watching: list[list[Any]] = []
        for seat in watchers:
            free = here(seat) if relay.start_utc_s is not None else None
            row = []
            for cell, (a, b) in enumerate(pairwise(starts)):
                is_here = free is None or covers(free, Span(max(0.0, a - relay.swap_s), b - relay.pit_s))
                watch = self.model.new_bool_var("") if is_here else self.model.new_constant(0)
                wheel = at_wheel.get((seat.key, cell), [])
                if wheel and len(crowd_of[seat.key]) == 1:
                    self.model.add(watch + sum(wheel) <= 1)
                row.append(watch)
            watching.append(row)
            self._pauses(row)
        for cell in range(len(starts) - 1):
            self.model.add_exactly_one(
                [row[cell] for row in watching]
            ) if watching else self.model.add_bool_or([])

    def _pauses(self, row: list[Any]) -> None:
        most_s = self.terms.most_s(RuleName.SPOTTING, "", self.problem.relay.rules.longest_spotting_s)
        starts = self.grid.starts_s
        for first in range(len(row)):
            for last in range(first + 1, len(row) + 1):
                if starts[last] - self.problem.relay.pit_s - starts[first] > most_s:
                    self.model.add(sum(row[first:last]) <= last - first - 1)
                    break

    def _at_wheel(self) -> dict[tuple[str, int], list[Any]]:
        out: dict[tuple[str, int], list[Any]] = {}
        for take, arc in zip(self.takes, self.arcs, strict=True):
            key = self.problem.drivers[arc.seat].key
            for cell in range(arc.first, arc.last):
                out.setdefault((key, cell), []).append(take)
        return out


def _driver_at(legs: Legs, race_s: float) -> str:
    return next((leg.driver for leg in legs if race_s < leg.end_s), legs[-1].driver if legs else "")


def taken(program: Program, values: list[bool]) -> list[Arc]:
    """The stretches of an answer, in order."""
    return sorted(
        (arc for arc, is_taken in zip(program.arcs, values, strict=True) if is_taken),
        key=lambda arc: arc.first,
    )


def _ticks(time_s: float) -> int:
    return round(time_s * _TICKS)


def ticks_s(ticks: float) -> float:
    return ticks / _TICKS


def _in_window_s(arc: Arc, window: Span) -> float:
    """Most stretches lie in it whole."""
    is_whole = window.start_s <= arc.start_s and arc.end_s <= window.end_s
    return arc.driven_s if is_whole else _overlap_s(arc.spans, window)


def _overlap_s(spans: Spans, window: Span) -> float:
    return sum(max(0.0, min(one.end_s, window.end_s) - max(one.start_s, window.start_s)) for one in spans)
