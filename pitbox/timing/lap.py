"""The lap that a car is on, and the last ones that were told."""

from itertools import pairwise

import msgspec

from pitbox.model.fact import Lap, LapKind

LEAST_LAP_S = 10.0
"""A quicker lap is none: a car rocking on the line, or a counter gone mad."""
_KEPT = 6
"""Laps that may still be told better: their fuel can come late, from another collector."""


class ToldLap(msgspec.Struct, frozen=True, array_like=True):
    """A lap as it was last told, and when the car was serviced in it."""

    fact: Lap
    services_s: tuple[tuple[float, float], ...] = ()


class LapRun(msgspec.Struct, array_like=True):
    """From the last crossing on. `start_s` is None until one was seen."""

    number: int = 0
    told: int = -1
    """The last lap number that became a fact; numbers never go back."""
    start_s: float | None = None
    is_out: bool = False
    is_in: bool = False
    is_tow: bool = False
    is_broken: bool = False
    is_incident: bool = False
    fuel_l: float | None = None
    """At its start."""
    added_l: float | None = 0.0
    """In stops since; None when one of them was not measured."""
    services_s: list[tuple[float, float]] = msgspec.field(default_factory=list)
    """Stands in the stall since."""
    bounds_s: dict[int, float] = msgspec.field(default_factory=dict)
    """When each sector but the first was entered."""
    last: list[ToldLap] = msgspec.field(default_factory=list)

    def begin(self, number: int, at_s: float | None, *, is_out: bool, fuel_l: float | None = None) -> None:
        self.number = number
        self.start_s = at_s
        self.is_out = is_out
        self.is_in = self.is_tow = self.is_broken = self.is_incident = False
        self.fuel_l = fuel_l
        self.added_l = 0.0
        self.services_s = []
        self.bounds_s = {}

    def kind(self, slow_until_s: float) -> LapKind:
        start_s = self.start_s if self.start_s is not None else slow_until_s
        return LapKind(
            is_out=self.is_out,
            is_in=self.is_in,
            is_caution=slow_until_s > start_s,
            is_tow=self.is_tow,
            is_broken=self.is_broken,
            is_incident=self.is_incident,
        )

    def used_l(self, end_l: float | None) -> float | None:
        """Fuel burnt since the start; None unless both ends and all that was added are known."""
        if self.fuel_l is None or end_l is None or self.added_l is None:
            return None
        used_l = self.fuel_l + self.added_l - end_l
        return used_l if used_l >= 0 else None

    def sectors_s(self, end_s: float, count: int) -> tuple[float | None, ...]:
        """Time in each of the track's sectors; empty for a track of one."""
        if count < 2 or self.start_s is None:
            return ()
        bounds = [self.start_s, *(self.bounds_s.get(number) for number in range(1, count)), end_s]
        return tuple(
            b - a if a is not None and b is not None and b >= a else None for a, b in pairwise(bounds)
        )

    def remember(self, fact: Lap) -> None:
        """Told just now; it can be told again."""
        self.told = fact.lap
        self.last = [*self.last, ToldLap(fact, tuple(self.services_s))][-_KEPT:]

    def mark_incident(self, from_s: float) -> list[Lap]:
        """Something is going wrong since then: the lap it began on, told already or not, is no clean one."""
        self.is_incident = True
        told = self.last[-1] if self.last else None
        if told is None or self.start_s is None or not told.fact.start_s <= from_s < self.start_s:
            return []
        kind = msgspec.structs.replace(told.fact.kind, is_incident=True)
        return [self.retell(len(self.last) - 1, msgspec.structs.replace(told.fact, kind=kind))]

    def retell(self, at: int, fact: Lap) -> Lap:
        """A told lap, known better now."""
        self.last[at] = msgspec.structs.replace(self.last[at], fact=fact)
        return fact
