"""Laps and the order: what happens at the line."""

from typing import NamedTuple

import numpy as np

from pitbox.sim.synthetic.control import Control
from pitbox.sim.synthetic.race import Car, Race
from pitbox.sim.synthetic.truth import Finisher, LapTruth


class Result(NamedTuple):
    """One line of the session text's results."""

    car_idx: int
    class_position: int
    laps: int
    laps_led: int
    behind_s: float
    """Behind the leader; in practice and qualifying the best lap."""
    best_lap: int
    best_s: float
    last_s: float
    is_out: bool


class Score:
    """Positions move only when somebody crosses the line, as in the sim."""

    def __init__(self, race: Race, control: Control, grid: list[int]) -> None:
        slots = race.scenario.slots
        self._race = race
        self._control = control
        self._laps = np.full(slots, -1)
        self._last_s = np.full(slots, np.inf)
        self._grid = np.full(slots, slots)
        self._grid[grid] = np.arange(len(grid))
        self._class = np.full(slots, -1)
        for car in race.cars.values():
            self._class[car.idx] = car.member.class_id
        self._best_s = np.full(slots, np.inf)
        self._best_lap = np.full(slots, -1)
        self._shown_s = np.full(slots, -1.0)
        self._led = np.zeros(slots, np.int64)
        self._lead_s: list[float] = []
        """When the first car completed each number of laps."""
        self._finish_s: dict[int, float] = {}
        self._order = grid
        self._show_order(0.0)

    @property
    def order(self) -> list[int]:
        """CarIdx by position, as of the last crossing."""
        return self._order

    def laps(self, car_idx: int) -> int:
        return int(self._laps[car_idx])

    def cross(self, car: Car, t_s: float) -> None:
        """The car is on the line at exactly `t_s`."""
        race, idx = self._race, car.idx
        done = int(race.fleet.lap[idx])
        race.fleet.begin_lap(idx, t_s, done + 1)
        race.board.write("CarIdxLap", idx, t_s, done + 1)
        if car.is_finished:
            return
        race.board.write("CarIdxLapCompleted", idx, t_s, done)
        if done > 0:
            self._note_time(car, done, t_s)
            self._rank(car, done, t_s)
            self._close_lap(car, done, t_s)
            self._control.crossed(done, t_s, is_lead=len(self._lead_s) == done and self._lead_s[-1] == t_s)
        if done > 0 and self._control.is_checkered:
            self._finish(car, t_s)
            return
        # The first lap of a race runs since the green flag.
        if done > 0 or car.lap is None:
            race.begin_lap(car, t_s)

    def _close_lap(self, car: Car, done: int, t_s: float) -> None:
        race, idx, lap = self._race, car.idx, car.lap
        assert lap is not None
        car.tyre_laps += 1
        left_l = race.fuel_l(car, t_s)
        race.truth.count_stint_lap(idx)
        race.truth.laps.append(
            LapTruth(
                car_idx=idx,
                lap=done,
                user_id=car.user_id,
                start_s=lap.start_s,
                end_s=t_s,
                is_out=lap.is_out,
                is_in=lap.is_in,
                is_caution=lap.is_caution,
                is_tow=lap.is_tow,
                position=self._order.index(idx) + 1,
                fuel_used_l=lap.fuel_l + lap.added_l - left_l,
                fuel_left_l=left_l,
                fuel_added_l=lap.added_l,
                is_broken=lap.is_broken,
            )
        )

    def _note_time(self, car: Car, done: int, t_s: float) -> None:
        race, idx, lap = self._race, car.idx, car.lap
        assert lap is not None
        time_s = t_s - lap.start_s
        self._shown_s[idx] = time_s
        race.board.write("CarIdxLastLapTime", idx, t_s, time_s)
        # A lap that began at the green flag is no whole lap, and one out of the pits no timed one.
        is_timed = done > 1 and not (race.part.is_open and (lap.is_out or lap.is_in or lap.is_tow))
        if is_timed and time_s < self._best_s[idx]:
            self._best_s[idx] = time_s
            self._best_lap[idx] = done
            race.board.write("CarIdxBestLapTime", idx, t_s, time_s)
            race.board.write("CarIdxBestLapNum", idx, t_s, done)

    def _rank(self, car: Car, done: int, t_s: float) -> None:
        if done > len(self._lead_s):
            self._lead_s.append(t_s)
            self._led[car.idx] += 1
        self._laps[car.idx] = done
        self._last_s[car.idx] = t_s
        if self._race.part.is_open:
            ranked = np.lexsort((self._grid, self._best_s))
            shown_s = self._best_s[car.idx] if np.isfinite(self._best_s[car.idx]) else 0.0
        else:
            ranked = np.lexsort((self._grid, self._last_s, -self._laps))
            shown_s = t_s - self._lead_s[done - 1]
        self._order = [int(idx) for idx in ranked if idx in self._race.cars]
        self._race.board.write("CarIdxF2Time", car.idx, t_s, shown_s)
        self._show_order(t_s)

    def _show_order(self, t_s: float) -> None:
        race = self._race
        position = np.zeros(race.scenario.slots, np.int32)
        in_class = np.zeros(race.scenario.slots, np.int32)
        position[self._order] = np.arange(1, len(self._order) + 1)
        classes = self._class[self._order]
        for class_id in np.unique(classes):
            members = np.asarray(self._order)[classes == class_id]
            in_class[members] = np.arange(1, len(members) + 1)
        race.board.write_all("CarIdxPosition", t_s, position)
        race.board.write_all("CarIdxClassPosition", t_s, in_class)

    def results(self) -> tuple[Result, ...]:
        """The table of the session text, best first."""
        in_class: dict[int, int] = {}
        found = []
        for idx in self._order:
            class_id = int(self._class[idx])
            in_class[class_id] = in_class.get(class_id, 0) + 1
            has_time = bool(np.isfinite(self._best_s[idx]))
            if self._race.part.is_open and not has_time:
                continue
            found.append(
                Result(
                    car_idx=idx,
                    class_position=in_class[class_id],
                    laps=max(0, self.laps(idx)),
                    laps_led=int(self._led[idx]),
                    behind_s=float(self._race.board.read("CarIdxF2Time", idx)),
                    best_lap=int(self._best_lap[idx]),
                    best_s=float(self._best_s[idx]) if has_time else -1.0,
                    last_s=float(self._shown_s[idx]),
                    is_out=self._race.cars[idx].is_gone,
                )
            )
        return tuple(found)

    def _finish(self, car: Car, t_s: float) -> None:
        car.is_finished = True
        car.lap = None
        self._finish_s[car.idx] = t_s
        self._race.truth.end_stint(car.idx, t_s, "finish")

    def classify(self) -> tuple[Finisher, ...]:
        in_class: dict[int, int] = {}
        found = []
        for position, idx in enumerate(self._order, 1):
            class_id = int(self._class[idx])
            in_class[class_id] = in_class.get(class_id, 0) + 1
            found.append(
                Finisher(idx, position, in_class[class_id], max(0, self.laps(idx)), self._finish_s.get(idx))
            )
        return tuple(found)
