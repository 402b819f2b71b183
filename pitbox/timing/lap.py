"""The lap that a car is on."""

import msgspec

from pitbox.model.fact import LapKind

LEAST_LAP_S = 10.0
"""A quicker lap is none: a car rocking on the line, or a counter gone mad."""


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
    fuel_l: float | None = None
    """At its start."""
    added_l: float | None = 0.0
    """In stops since; None when one of them was not measured."""

    def begin(self, number: int, at_s: float | None, *, is_out: bool, fuel_l: float | None = None) -> None:
        self.number = number
        self.start_s = at_s
        self.is_out = is_out
        self.is_in = self.is_tow = self.is_broken = False
        self.fuel_l = fuel_l
        self.added_l = 0.0

    def kind(self, slow_until_s: float) -> LapKind:
        start_s = self.start_s if self.start_s is not None else slow_until_s
        return LapKind(
            is_out=self.is_out,
            is_in=self.is_in,
            is_caution=slow_until_s > start_s,
            is_tow=self.is_tow,
            is_broken=self.is_broken,
        )

    def used_l(self, end_l: float | None) -> float | None:
        """Fuel burnt since the start; None unless both ends and all that was added are known."""
        if self.fuel_l is None or end_l is None or self.added_l is None:
            return None
        used_l = self.fuel_l + self.added_l - end_l
        return used_l if used_l >= 0 else None
