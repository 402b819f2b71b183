"""What our car's tyres show: in the sim they can be read in the stall only."""

import numpy as np

from pitbox.sim.synthetic.race import Car

CORNERS = ("LF", "RF", "LR", "RR")
_BANDS = ("L", "M", "R")
_COLD_C = 38.0
_ODOMETER_STEP_M = 100.0


class TyreGauge:
    """Temperatures and wear as read at the last stop, and the odometer, which tells a change."""

    def __init__(self, track_length_m: float, rng: np.random.Generator) -> None:
        self._track_length_m = track_length_m
        self._rng = rng
        self._is_in_stall = False
        self._sets = 1
        self._driven_m = 0.0
        self._shown: dict[str, float] = {}
        self._show_new()
        self.names = (*self._shown, *(f"{corner}odometer" for corner in CORNERS))
        """Of all tyre channels."""

    def read(self, car: Car, *, is_in_stall: bool) -> None:
        if is_in_stall and not self._is_in_stall:
            self._show_used(car)
        self._is_in_stall = is_in_stall
        if car.tyre_sets != self._sets:
            self._sets = car.tyre_sets
            self._driven_m = 0.0
            self._show_new()

    def channels(self, driven_m: float) -> list[float]:
        """In the order of their names, after so many more metres."""
        self._driven_m += driven_m
        odometer = self._driven_m // _ODOMETER_STEP_M * _ODOMETER_STEP_M
        return [*self._shown.values(), *(odometer,) * len(CORNERS)]

    def _show_new(self) -> None:
        for corner in CORNERS:
            for band in _BANDS:
                self._shown[f"{corner}tempC{band}"] = _COLD_C
                self._shown[f"{corner}wear{band}"] = 1.0

    def _show_used(self, car: Car) -> None:
        age = self._driven_m / self._track_length_m / car.member.plan.tyre_laps
        for corner in CORNERS:
            load = 1.15 if corner.startswith("L") else 1.0
            for band in _BANDS:
                self._shown[f"{corner}tempC{band}"] = float(84.0 + 9.0 * load + self._rng.normal(0.0, 3.0))
                worn = 0.22 * age * load * (1.0 + self._rng.normal(0.0, 0.06))
                self._shown[f"{corner}wear{band}"] = float(np.clip(1.0 - worn, 0.0, 1.0))
