"""Race control: the clock, the flags, the pace car and the end."""

import numpy as np

from pitbox.model.code import UNLIMITED_S, Flag, SessionState
from pitbox.sim.synthetic.circuit import Floats
from pitbox.sim.synthetic.pacecar import PaceCar
from pitbox.sim.synthetic.race import Race

STEP_S = 0.25
"""Decisions fall at the starts of steps."""

_START_HIDDEN = 0x10000000
_ONE_LAP_TO_GREEN = 0x00000200
_GREEN_SHOWN_S = 10.0
_GREEN_AT = 0.985
"""The lap phase of the leader at which the race goes green."""
_BETWEEN_CALLS_S = 300.0
_LAST_CALL_S = 420.0
"""No caution is called so near to the end."""


class Control:
    def __init__(self, race: Race, grid: list[int]) -> None:
        scenario = race.scenario
        self._race = race
        self._slow_s = max(plan.lap_s for plan in scenario.classes)
        self.pace_car = PaceCar(race)
        self.green_s: float | None = None
        self.checkered_s: float | None = None
        self.is_over = False
        self._is_white = False
        self._last_lead_s = 0.0
        self._flags_green_until_s = 0.0
        self._called_s = 0.0
        self._is_coming_in = False
        self._calls_s = sorted(scenario.caution.at_s)
        self._in_phase = race.circuit.phase(scenario.pit.lane_in)
        self._out_phase = race.circuit.phase(scenario.pit.lane_out)
        self._pole = grid[0]
        self._limit_s = race.part.length_s
        if not race.part.is_open:
            self.pace_car.lead_parade(grid, _GREEN_AT - scenario.parade_s * self.pace_car.rate)

    @property
    def is_checkered(self) -> bool:
        return self._race.is_checkered

    def time_left_s(self, t_s: float) -> float | None:
        """Until the clock runs out; None in a race by laps alone."""
        limit_s = self._limit_s
        if limit_s is None:
            return None
        return limit_s if self.green_s is None else self.green_s + limit_s - t_s

    def shown_times_left_s(self, times_s: Floats) -> Floats:
        """SessionTimeRemain at ticks of one step."""
        if self.green_s is None:
            return np.full(len(times_s), -1.0)
        limit_s = self._limit_s
        if limit_s is None:
            return np.full(len(times_s), UNLIMITED_S)
        return np.maximum(self.green_s + limit_s - times_s, 0.0)

    def step(self, t_s: float) -> None:
        """At the start of a step."""
        race = self._race
        self.pace_car.step(t_s)
        if self.green_s is None:
            if race.part.is_open or race.fleet.place_now(self._pole, t_s) >= _GREEN_AT:
                self._go_green(t_s)
        elif not self.is_checkered:
            if race.part.is_open:
                if (self.time_left_s(t_s) or 0.0) <= 0:
                    self._end(t_s)
            elif race.is_caution:
                self._run_caution(t_s)
            elif self._is_call_due(t_s):
                self._call_caution(t_s)
        elif race.state is SessionState.CHECKERED and self._is_field_home(t_s):
            self._set_state(SessionState.COOL_DOWN, t_s)
            self.is_over = True
        self._show_flags(t_s)

    def crossed(self, laps: int, t_s: float, *, is_lead: bool) -> None:
        """A car completed so many laps; decides white and chequered on the leader's crossings."""
        if not is_lead or self.is_checkered or self._race.part.is_open:
            return
        lap_s = t_s - self._last_lead_s
        self._last_lead_s = t_s
        left_s = self.time_left_s(t_s)
        total = self._race.part.laps
        is_out_of_time = left_s is not None and left_s <= 0
        is_last_lap = total is not None and laps == total - 1
        if (total is not None and laps >= total) or (is_out_of_time and self._is_white):
            self._end(t_s)
        elif is_last_lap or is_out_of_time or (left_s is not None and left_s < lap_s):
            if not self._is_white and not self._race.is_caution:
                self._race.truth.raise_flag("white", t_s)
            self._is_white = True
        elif self._is_white:
            # A slow lap made it look like the last one, and it was not: the sim takes the flag back.
            self._is_white = False
            if not self._race.is_caution:
                self._race.truth.raise_flag("green", t_s)
        self._show_flags(t_s)

    def _end(self, t_s: float) -> None:
        self.checkered_s = t_s
        self._race.is_checkered = True
        self._race.is_caution = False
        self._race.truth.raise_flag("checkered", t_s)
        self._set_state(SessionState.CHECKERED, t_s)

    def _set_state(self, state: SessionState, t_s: float) -> None:
        self._race.state = state
        self._race.board.write_all("SessionState", t_s, int(state))

    def _go_green(self, t_s: float) -> None:
        self.green_s = t_s
        self._last_lead_s = t_s
        self._race.truth.green_s = t_s
        self._race.truth.raise_flag("green", t_s)
        self._set_state(SessionState.RACING, t_s)
        if self._race.part.is_open:
            return
        for car in self._race.cars.values():
            self._race.truth.begin_stint(car.idx, car.user_id, t_s, 1)
            self._race.begin_lap(car, t_s)
        self._flags_green_until_s = t_s + _GREEN_SHOWN_S
        self.pace_car.come_in(t_s)

    def _is_call_due(self, t_s: float) -> bool:
        race = self._race
        assert self.green_s is not None
        per_step = race.scenario.caution.per_hour / 3600.0 * STEP_S
        is_called = per_step > 0 and race.rng.random() < per_step
        is_called = is_called and t_s > self._flags_green_until_s + _BETWEEN_CALLS_S
        if self._calls_s and t_s - self.green_s >= self._calls_s[0]:
            self._calls_s.pop(0)
            is_called = True
        left_s = self.time_left_s(t_s)
        is_late = left_s is not None and left_s < min(_LAST_CALL_S, 0.2 * (race.scenario.race_s or 0.0))
        return is_called and not is_late and not self._is_white

    def _call_caution(self, t_s: float) -> None:
        race = self._race
        race.is_caution = True
        race.truth.raise_flag("caution", t_s)
        self._called_s = t_s
        self._is_coming_in = False
        for car in race.cars.values():
            if car.lap is not None:
                car.lap.is_caution = True

    def _run_caution(self, t_s: float) -> None:
        plan = self._race.scenario.caution
        since_s = t_s - self._called_s
        if not self.pace_car.is_out:
            if since_s > 5.0 and (self.pace_car.is_leader_near(t_s) or since_s > 0.5 * plan.most_s):
                self.pace_car.go_out(t_s)
            return
        phase = self.pace_car.phase(t_s)
        if not self._is_coming_in:
            is_ready = since_s >= plan.least_s and self.pace_car.is_field_bunched(t_s)
            # Never in front of the pit entry: the field must see the lights go out for a while.
            if (is_ready or since_s >= plan.most_s) and 0.05 < phase < 0.85:
                self._is_coming_in = True
        elif phase >= self._in_phase or phase < self._out_phase:
            self.pace_car.come_in(t_s)
            self._race.is_caution = False
            self._race.truth.raise_flag("white" if self._is_white else "green", t_s)
            self._flags_green_until_s = t_s + _GREEN_SHOWN_S

    def _is_field_home(self, t_s: float) -> bool:
        assert self.checkered_s is not None
        if t_s > self.checkered_s + 2.2 * self._slow_s:
            return True
        return all(car.is_finished or car.is_gone for car in self._race.cars.values())

    def _show_flags(self, t_s: float) -> None:
        flags = _START_HIDDEN
        if self.is_checkered:
            flags |= Flag.CHECKERED
        elif self._race.is_caution:
            flags |= Flag.CAUTION if self.pace_car.is_out else Flag.CAUTION_WAVING
            flags |= _ONE_LAP_TO_GREEN if self._is_coming_in else 0
        elif self.green_s is None:
            flags = int(Flag.START_READY) | _ONE_LAP_TO_GREEN
        elif t_s < self._flags_green_until_s:
            flags |= Flag.GREEN
        if self._is_white and not self.is_checkered:
            flags |= Flag.WHITE
        if flags != self._race.board.read_scalar("SessionFlags"):
            self._race.board.write_all("SessionFlags", t_s, np.uint32(flags))
