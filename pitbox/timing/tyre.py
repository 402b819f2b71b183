"""One set of tyres on the car."""

import msgspec

from pitbox.model.fact import Stint, TyreStint

CHANGE = "change"
_DOUBT = 0.5
"""What a stop leaves of the confidence that a set of which nobody knows is the same one."""


class TyreRun(msgspec.Struct, array_like=True):
    """The sets of one car. `fact` is the last one, on the car or taken off."""

    count: int = 0
    laps: int = 0
    paused_s: float | None = None
    """Since when the car is in the pits."""
    fact: TyreStint | None = None

    @property
    def is_open(self) -> bool:
        return self.fact is not None and self.fact.end_s is None

    def go_on(self, stint: Stint, *, is_new: bool | None) -> list[TyreStint]:
        """A stint begins: on new tyres, on the same ones, or nobody knows."""
        fact, paused_s = self.fact, self.paused_s
        self.paused_s = None
        if fact is None or not self.is_open:
            return [self._begin(stint)]
        is_other = stint.compound != fact.compound and -1 not in (stint.compound, fact.compound)
        if is_new or is_other:
            return [*self.close(stint.start_s if paused_s is None else paused_s, CHANGE), self._begin(stint)]
        return self._replace(confidence=fact.confidence * _DOUBT) if is_new is None else []

    def pause(self, at_s: float) -> None:
        self.paused_s = at_s

    def close(self, at_s: float, end: str) -> list[TyreStint]:
        return self._replace(end_s=at_s, end=end, laps=self.laps) if self.is_open else []

    def add_lap(self) -> list[TyreStint]:
        self.laps += 1
        return [] if self.is_open or self.fact is None else self._replace(laps=self.laps)

    def _begin(self, stint: Stint) -> TyreStint:
        self.count += 1
        self.laps = 0
        self.fact = TyreStint(
            session_num=stint.session_num,
            run=stint.run,
            car_idx=stint.car_idx,
            tyre_stint=self.count,
            compound=stint.compound,
            start_s=stint.start_s,
            start_lap=stint.start_lap,
        )
        return self.fact

    def _replace(self, **changes: float | str) -> list[TyreStint]:
        assert self.fact is not None
        self.fact = msgspec.structs.replace(self.fact, **changes)
        return [self.fact]
