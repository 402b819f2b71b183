"""A car of the field, as the folds know it."""

import msgspec

from pitbox.timing.lap import LapRun
from pitbox.timing.stint import StintRun
from pitbox.timing.stop import PitRun


class Car(msgspec.Struct, array_like=True):
    """Everything of one car that lasts from row to row."""

    car_idx: int
    user_id: int = 0
    class_id: int = 0
    laps: int = 0
    """Completed since the start."""
    is_started: bool = False
    """Has begun to race: behind the start line a lap fraction of 0.98 is not nearly a lap."""
    back: int = 0
    """Times the car rolled back over the line and has to cross it again."""
    line_s: float | None = None
    """The last counted crossing."""
    finish_s: float | None = None
    """When it took the chequered flag; its place is frozen since."""
    held: float | None = None
    """Progress kept while a tow truck carries the car."""
    last_lap_s: float | None = None
    best_lap_s: float | None = None
    lap: LapRun = msgspec.field(default_factory=LapRun)
    stint: StintRun = msgspec.field(default_factory=StintRun)
    pit: PitRun = msgspec.field(default_factory=PitRun)

    def progress(self, pct: float) -> float:
        """Laps since the start, by which cars are ordered; at the line both parts change at once."""
        if self.finish_s is not None:
            return float(self.laps)
        if self.held is not None:
            return self.held
        return self.laps - self.back + (pct if self.is_started else pct - 1.0)
