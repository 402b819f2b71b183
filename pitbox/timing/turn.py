"""One person in the car, over as many stops as it takes."""

import msgspec

from pitbox.model.fact import DriverStint, Stint

SWAP = "swap"


class TurnRun(msgspec.Struct, array_like=True):
    """The turns at the wheel of one car. `fact` is the last one, running or ended."""

    count: int = 0
    laps: int = 0
    paused_s: float | None = None
    """Since when the car is in the pits: if somebody else drives on, the turn ended then."""
    fact: DriverStint | None = None

    @property
    def is_open(self) -> bool:
        return self.fact is not None and self.fact.end_s is None

    def go_on(self, stint: Stint) -> list[DriverStint]:
        """A stint begins: the same person drives on, or another one takes over."""
        if self.fact is not None and self.is_open and self.fact.user_id == stint.user_id:
            self.paused_s = None
            return []
        return [*self.close(self._until_s(stint), SWAP), self._begin(stint)]

    def pause(self, at_s: float) -> None:
        self.paused_s = at_s

    def close(self, at_s: float, end: str) -> list[DriverStint]:
        """The turn as it ended, if one was running."""
        return self._replace(end_s=at_s, end=end, laps=self.laps) if self.is_open else []

    def add_lap(self) -> list[DriverStint]:
        self.laps += 1
        return [] if self.is_open or self.fact is None else self._replace(laps=self.laps)

    def hand_to(self, stint: Stint, laps: int, came_s: float | None) -> list[DriverStint]:
        """The session text named the driver of a running stint late; `came_s`: the end of the one before."""
        fact = self.fact
        if fact is None or not self.is_open or fact.user_id == stint.user_id:
            return []
        if fact.start_s >= stint.start_s:
            return self._replace(user_id=stint.user_id)
        self.laps -= laps
        ended = self.close(stint.start_s if came_s is None else came_s, SWAP)
        begun = self._begin(stint)
        self.laps = laps
        return [*ended, begun]

    def _until_s(self, stint: Stint) -> float:
        return stint.start_s if self.paused_s is None else self.paused_s

    def _begin(self, stint: Stint) -> DriverStint:
        self.count += 1
        self.laps = 0
        self.paused_s = None
        self.fact = DriverStint(
            session_num=stint.session_num,
            run=stint.run,
            car_idx=stint.car_idx,
            driver_stint=self.count,
            user_id=stint.user_id,
            start_s=stint.start_s,
            start_lap=stint.start_lap,
        )
        return self.fact

    def _replace(self, **changes: float | str) -> list[DriverStint]:
        assert self.fact is not None
        self.fact = msgspec.structs.replace(self.fact, **changes)
        return [self.fact]
