"""A car of the field, as the folds know it."""

import msgspec

from pitbox.model.fact import Fact, Stint
from pitbox.timing.lap import LapRun
from pitbox.timing.mishap import MishapRun
from pitbox.timing.stint import STOP, StintRun
from pitbox.timing.stop import PitRun
from pitbox.timing.turn import TurnRun
from pitbox.timing.tyre import TyreRun


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
    hole_s: tuple[float, float] | None = None
    """The last long time for which nobody saw it: whatever happened then, a stop perhaps, is not known."""
    held: float | None = None
    """Progress kept while a tow truck carries the car."""
    last_lap_s: float | None = None
    best_lap_s: float | None = None
    lap: LapRun = msgspec.field(default_factory=LapRun)
    stint: StintRun = msgspec.field(default_factory=StintRun)
    pit: PitRun = msgspec.field(default_factory=PitRun)
    turn: TurnRun = msgspec.field(default_factory=TurnRun)
    tyres: TyreRun = msgspec.field(default_factory=TyreRun)
    mishap: MishapRun = msgspec.field(default_factory=MishapRun)

    def progress(self, pct: float) -> float:
        """Laps since the start, by which cars are ordered; at the line both parts change at once."""
        if self.finish_s is not None:
            return float(self.laps)
        if self.held is not None:
            return self.held
        return self.laps - self.back + (pct if self.is_started else pct - 1.0)

    def begin_stint(self, stint: Stint, *, has_new_tyres: bool | None) -> list[Fact]:
        """Out of the pits, or off the grid; None: nobody can tell whether the tyres are new."""
        facts: list[Fact] = [self.stint.begin(stint)]
        facts += self.turn.go_on(stint)
        if stint.compound >= 0 or has_new_tyres is not None:  # else nothing of its tyres can be seen
            facts += self.tyres.go_on(stint, is_new=has_new_tyres)
        return facts

    def end_stint(self, at_s: float, end: str) -> list[Fact]:
        """Into the pits, under the flag, or gone; nothing if none was running."""
        facts: list[Fact] = [*self.stint.close(at_s, end)]
        if end == STOP:
            self.turn.pause(at_s)
            self.tyres.pause(at_s)
            return facts
        facts += self.turn.close(at_s, end)
        facts += self.tyres.close(at_s, end)
        return facts

    def add_lap(self) -> list[Fact]:
        facts: list[Fact] = [*self.stint.add_lap()]
        facts += self.turn.add_lap()
        facts += self.tyres.add_lap()
        return facts

    def hand_to(self, user_id: int) -> list[Fact]:
        """The session text named the driver after the car had left the pits, where seats change."""
        facts: list[Fact] = []
        if self.stint.laps == 0:
            facts += self.pit.hand_to(user_id)
        facts += self.stint.hand_to(user_id)
        if self.stint.fact is not None:
            came_s = None if self.pit.fact is None else self.pit.fact.lane_in_s
            facts += self.turn.hand_to(self.stint.fact, self.stint.laps, came_s)
        return facts
