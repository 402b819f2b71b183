"""Race control: the clock, the flags, the pace car and the end."""

import numpy as np

from pitbox.model.code import UNLIMITED_S, Flag, SessionState
from pitbox.sim.synthetic.circuit import Floats
from pitbox.sim.synthetic.race import Race

STEP_S = 0.25
"""Decisions fall at the starts of steps."""

_START_HIDDEN = 0x10000000
_ONE_LAP_TO_GREEN = 0x00000200
_GREEN_SHOWN_S = 10.0
_GREEN_AT = 0.985
"""The lap phase of the leader at which the race goes green."""
_PACE_SHARE = 0.5
"""The pace car's speed, as a share of the fastest class."""
_PARADE_GAP_S = 0.9
_BETWEEN_CALLS_S = 300.0
_LAST_CALL_S = 420.0
"""No caution is called so near to the end."""


class Control:
    def __init__(self, race: Race, grid: list[int]) -> None:
        scenario = race.scenario
        self._race = race
        self._quick_s = min(plan.lap_s for plan in scenario.classes)
        self._slow_s = max(plan.lap_s for plan in scenario.classes)
        self.pace_rate = _PACE_SHARE / self._quick_s
        self.gap = _PARADE_GAP_S * self.pace_rate
        """Between cars behind the pace car, in lap phase."""
        self.is_pace_car_out = True
        self.green_s: float | None = None
        self.checkered_s: float | None = None
        self.is_over = False
        self._is_white = False
        self._last_lead_s = 0.0
        self._flags_green_until_s = 0.0
        self._called_s = 0.0
        self._is_coming_in = False
        self._calls_s = sorted(scenario.caution.at_s)
        lane = scenario.pit
        self._in_phase = race.circuit.phase(lane.lane_in)
        self._out_phase = race.circuit.phase(lane.lane_out)
        self._form_up(grid)

    @property
    def is_checkered(self) -> bool:
        return self.checkered_s is not None

    def time_left_s(self, t_s: float) -> float | None:
        """Until the clock runs out; None in a race by laps alone."""
        limit_s = self._race.scenario.race_s
        if limit_s is None:
            return None
        return limit_s if self.green_s is None else self.green_s + limit_s - t_s

    def shown_times_left_s(self, times_s: Floats) -> Floats:
        """SessionTimeRemain at ticks of one step."""
        if self.green_s is None:
            return np.full(len(times_s), -1.0)
        limit_s = self._race.scenario.race_s
        if limit_s is None:
            return np.full(len(times_s), UNLIMITED_S)
        return np.maximum(self.green_s + limit_s - times_s, 0.0)

    def step(self, t_s: float) -> None:
        """At the start of a step."""
        race = self._race
        if self.green_s is None:
            if np.floor(race.fleet.places(t_s)[self._pole]) >= 1 or self._pole_phase(t_s) >= _GREEN_AT:
                self._go_green(t_s)
        elif not self.is_checkered:
            if race.is_caution:
                self._run_caution(t_s)
            elif self._is_call_due(t_s):
                self._call_caution(t_s)
        elif race.state is SessionState.CHECKERED and self._is_field_home(t_s):
            self._set_state(SessionState.COOL_DOWN, t_s)
            self.is_over = True
        self._show_flags(t_s)

    def crossed(self, laps: int, t_s: float, *, is_lead: bool) -> None:
        """A car completed so many laps; decides white and chequered on the leader's crossings."""
        if not is_lead or self.is_checkered:
            return
        lap_s = t_s - self._last_lead_s
        self._last_lead_s = t_s
        left_s = self.time_left_s(t_s)
        total = self._race.scenario.race_laps
        is_out_of_time = left_s is not None and left_s <= 0
        is_last_lap = total is not None and laps == total - 1
        if (total is not None and laps >= total) or (is_out_of_time and self._is_white):
            self.checkered_s = t_s
            self._race.is_caution = False
            self._race.truth.raise_flag("checkered", t_s)
            self._set_state(SessionState.CHECKERED, t_s)
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

    def _form_up(self, grid: list[int]) -> None:
        race, rate = self._race, self.pace_rate
        self._pole = grid[0]
        front = _GREEN_AT - race.scenario.parade_s * rate
        if front - len(grid) * self.gap <= 0.0:
            raise ValueError("The parade is longer than a lap.")
        for row, idx in enumerate(grid):
            race.fleet.move(idx, 0.0, front - row * self.gap, rate, is_phase=True)
            race.fleet.is_seen[idx] = True
        self._drive_pace_car(0.0, front + self.gap)

    def _pole_phase(self, t_s: float) -> float:
        return self._race.fleet.place_now(self._pole, t_s)

    def _set_state(self, state: SessionState, t_s: float) -> None:
        self._race.state = state
        self._race.board.write_all("SessionState", t_s, int(state))

    def _go_green(self, t_s: float) -> None:
        self.green_s = t_s
        self._last_lead_s = t_s
        self._race.truth.green_s = t_s
        self._race.truth.raise_flag("green", t_s)
        self._set_state(SessionState.RACING, t_s)
        self._flags_green_until_s = t_s + _GREEN_SHOWN_S
        self._park_pace_car(t_s)

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
        if not self.is_pace_car_out:
            if since_s > 5.0 and (self._is_leader_near(t_s) or since_s > 0.5 * plan.most_s):
                lap = int(self._race.fleet.lap.max())
                self._drive_pace_car(t_s, lap + self._out_phase)
            return
        if not self._is_coming_in:
            is_ready = since_s >= plan.least_s and self._is_bunched(t_s)
            # Never in front of the pit entry: the field must see the lights go out for a while.
            if (is_ready or since_s >= plan.most_s) and 0.05 < self._pace_phase(t_s) < 0.85:
                self._is_coming_in = True
        elif self._pace_phase(t_s) >= self._in_phase or self._pace_phase(t_s) < self._out_phase:
            self._park_pace_car(t_s)
            self._race.is_caution = False
            self._race.truth.raise_flag("white" if self._is_white else "green", t_s)
            self._flags_green_until_s = t_s + _GREEN_SHOWN_S

    def _pace_phase(self, t_s: float) -> float:
        return self._race.fleet.place_now(0, t_s) % 1.0

    def behind_pace_car(self, t_s: float, cars: np.ndarray) -> np.ndarray:
        """How far these cars are behind the pace car, in lap phase."""
        behind: np.ndarray = (self._pace_phase(t_s) - self._race.fleet.places(t_s)[cars]) % 1.0
        return behind

    def _driving(self) -> np.ndarray:
        return np.flatnonzero(np.isfinite(self._race.goal))

    def _is_leader_near(self, t_s: float) -> bool:
        """The leader on the road will come to the end of the lane in a few seconds."""
        race = self._race
        driving = self._driving()
        if not len(driving):
            return True
        leader = driving[np.argmax(race.fleet.places(t_s)[driving])]
        ahead = (self._out_phase - race.fleet.place_now(int(leader), t_s)) % 1.0
        return 0.03 < ahead < 0.06

    def _is_bunched(self, t_s: float) -> bool:
        driving = self._driving()
        if not len(driving):
            return True
        return bool(self.behind_pace_car(t_s, driving).max() < 1.3 * self.gap * (len(driving) + 3))

    def _is_field_home(self, t_s: float) -> bool:
        assert self.checkered_s is not None
        if t_s > self.checkered_s + 2.2 * self._slow_s:
            return True
        return all(car.is_finished or car.is_gone for car in self._race.cars.values())

    def _drive_pace_car(self, t_s: float, place: float) -> None:
        fleet = self._race.fleet
        self.is_pace_car_out = True
        fleet.is_seen[0] = True
        fleet.lap[0] = 0
        fleet.move(0, t_s, place % 1.0, self.pace_rate, is_phase=True)
        self._show_pace_car(t_s, surface=3, is_in_lane=False)

    def _park_pace_car(self, t_s: float) -> None:
        self.is_pace_car_out = False
        self._race.fleet.lap[0] = 0
        self._race.fleet.move(0, t_s, 0.03, 0.0, is_phase=False)
        self._show_pace_car(t_s, surface=1, is_in_lane=True)

    def wrap_pace_car(self, t_s: float) -> None:
        """Keeps the pace car's place inside one lap; it counts none."""
        fleet = self._race.fleet
        if self.is_pace_car_out and fleet.place_now(0, t_s) >= 1.0:
            fleet.move(0, t_s, fleet.place_now(0, t_s) - 1.0, self.pace_rate, is_phase=True)

    def _show_pace_car(self, t_s: float, surface: int, *, is_in_lane: bool) -> None:
        board = self._race.board
        for name, value in (
            ("CarIdxLap", 0),
            ("CarIdxLapCompleted", -1),
            ("CarIdxTrackSurface", surface),
            ("CarIdxOnPitRoad", is_in_lane),
        ):
            board.write(name, 0, t_s, value)

    def _show_flags(self, t_s: float) -> None:
        flags = _START_HIDDEN
        if self.is_checkered:
            flags |= Flag.CHECKERED
        elif self._race.is_caution:
            flags |= Flag.CAUTION if self.is_pace_car_out else Flag.CAUTION_WAVING
            flags |= _ONE_LAP_TO_GREEN if self._is_coming_in else 0
        elif self.green_s is None:
            flags = int(Flag.START_READY) | _ONE_LAP_TO_GREEN
        elif t_s < self._flags_green_until_s:
            flags |= Flag.GREEN
        if self._is_white and not self.is_checkered:
            flags |= Flag.WHITE
        if flags != self._race.board.read_scalar("SessionFlags"):
            self._race.board.write_all("SessionFlags", t_s, np.uint32(flags))
