"""The pace car, and the queue behind it."""

import numpy as np

from pitbox.model.code import TrackSurface
from pitbox.sim.synthetic.race import Race

_SPEED_SHARE = 0.5
"""Of the fastest class's racing speed."""
_GAP_S = 0.9
_STALL = 0.03


class PaceCar:
    """CarIdx 0: counts no laps, stands in its stall when it is not needed."""

    def __init__(self, race: Race) -> None:
        self._race = race
        quickest_s = min(plan.lap_s for plan in race.scenario.classes)
        self.rate = _SPEED_SHARE / quickest_s
        """Its speed, laps a second."""
        self.gap = _GAP_S * self.rate
        """Between cars in the queue, in lap phase."""
        self.is_out = False
        self._out_phase = race.circuit.phase(race.scenario.pit.lane_out)

    def lead_parade(self, grid: list[int], front: float) -> None:
        """The field in grid order behind it, the pole at phase `front` of the lap before the first."""
        race = self._race
        if front - len(grid) * self.gap <= 0.0:
            raise ValueError("The parade is longer than a lap.")
        for row, idx in enumerate(grid):
            race.fleet.move(idx, 0.0, front - row * self.gap, self.rate, is_phase=True)
            race.fleet.is_seen[idx] = True
        self._drive(0.0, front + self.gap)

    def go_out(self, t_s: float) -> None:
        """Onto the track at the end of the lane."""
        self._drive(t_s, self._out_phase)

    def come_in(self, t_s: float) -> None:
        self.is_out = False
        self._race.fleet.move(0, t_s, _STALL, 0.0, is_phase=False)
        self._show(t_s, TrackSurface.IN_PIT_STALL)

    def step(self, t_s: float) -> None:
        """Begins its lap anew; call at the start of each step."""
        fleet = self._race.fleet
        if self.is_out and fleet.place_now(0, t_s) >= 1.0:
            fleet.move(0, t_s, fleet.place_now(0, t_s) - 1.0, self.rate, is_phase=True)

    def phase(self, t_s: float) -> float:
        return self._race.fleet.place_now(0, t_s) % 1.0

    def behind(self, t_s: float, cars: np.ndarray) -> np.ndarray:
        """How far these cars are behind it, in lap phase."""
        found: np.ndarray = (self.phase(t_s) - self._race.fleet.places(t_s)[cars]) % 1.0
        return found

    def is_leader_near(self, t_s: float) -> bool:
        """The leader on the road will come to the end of the lane in a few seconds."""
        driving = self._driving()
        if not len(driving):
            return True
        places = self._race.fleet.places(t_s)[driving]
        return bool(0.03 < (self._out_phase - places.max()) % 1.0 < 0.06)

    def is_field_bunched(self, t_s: float) -> bool:
        driving = self._driving()
        if not len(driving):
            return True
        return bool(self.behind(t_s, driving).max() < 1.3 * self.gap * (len(driving) + 3))

    def _driving(self) -> np.ndarray:
        return np.flatnonzero(np.isfinite(self._race.goal))

    def _drive(self, t_s: float, phase: float) -> None:
        self.is_out = True
        self._race.fleet.is_seen[0] = True
        self._race.fleet.move(0, t_s, phase % 1.0, self.rate, is_phase=True)
        self._show(t_s, TrackSurface.ON_TRACK)

    def _show(self, t_s: float, surface: TrackSurface) -> None:
        board = self._race.board
        board.write("CarIdxLap", 0, t_s, 0)
        board.write("CarIdxLapCompleted", 0, t_s, -1)
        board.write("CarIdxTrackSurface", 0, t_s, int(surface))
        board.write("CarIdxOnPitRoad", 0, t_s, surface is TrackSurface.IN_PIT_STALL)
