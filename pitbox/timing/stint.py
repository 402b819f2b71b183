"""One person in the car, from pits to pits."""

import msgspec

from pitbox.model.fact import Stint

STOP, FINISH, LOST = "stop", "finish", "lost"


class StintRun(msgspec.Struct, array_like=True):
    """The stints of one car. `fact` is the last one, running or ended."""

    count: int = 0
    laps: int = 0
    """Completed in the last one."""
    fact: Stint | None = None

    @property
    def is_open(self) -> bool:
        return self.fact is not None and self.fact.end_s is None

    def begin(self, fact: Stint) -> Stint:
        self.count = fact.stint
        self.laps = 0
        self.fact = fact
        return fact

    def close(self, at_s: float, end: str) -> list[Stint]:
        """The stint as it ended, if one was running."""
        if self.fact is None or not self.is_open:
            return []
        return self._replace(end_s=at_s, end=end, laps=self.laps)

    def add_lap(self) -> list[Stint]:
        """A lap more. One that ends inside the pits still belongs to the stint that brought the car in."""
        self.laps += 1
        return [] if self.is_open or self.fact is None else self._replace(laps=self.laps)

    def hand_to(self, user_id: int) -> list[Stint]:
        """The session text named the driver late: seats change in the pits only."""
        if self.fact is None or not self.is_open or self.fact.user_id == user_id:
            return []
        return self._replace(user_id=user_id)

    def _replace(self, **changes: float | str) -> list[Stint]:
        assert self.fact is not None
        self.fact = msgspec.structs.replace(self.fact, **changes)
        return [self.fact]
