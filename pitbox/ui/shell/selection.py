"""The car and the moment that a person looks at, and the car to hold others against: alike in every panel."""

from PySide6.QtCore import QObject, Signal

NOBODY = -1


class Selection(QObject):
    car_changed = Signal(int)
    """CarIdx, or NOBODY."""
    reference_changed = Signal(int)
    """CarIdx, or NOBODY: then our own car is meant where one is needed."""
    moment_wished = Signal(float)
    """A time of the session, in sim seconds, that somebody wants to look at."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._car_idx = NOBODY
        self._reference_idx = NOBODY

    @property
    def car_idx(self) -> int:
        return self._car_idx

    @property
    def reference_idx(self) -> int:
        return self._reference_idx

    def select(self, car_idx: int) -> None:
        if car_idx != self._car_idx:
            self._car_idx = car_idx
            self.car_changed.emit(car_idx)

    def refer_to(self, car_idx: int) -> None:
        if car_idx != self._reference_idx:
            self._reference_idx = car_idx
            self.reference_changed.emit(car_idx)

    def look_at(self, sim_time_s: float) -> None:
        """Whoever can show that moment does."""
        self.moment_wished.emit(sim_time_s)
