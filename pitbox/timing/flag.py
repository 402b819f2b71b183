"""Which flag stands over the field, and since when."""

import math

import msgspec

from pitbox.model.code import CAUTION_FLAGS, Flag, SessionState
from pitbox.model.fact import FlagPhase

GREEN, CAUTION, RED, WHITE, CHECKERED = "green", "caution", "red", "white", "checkered"


def flag_name(state: int, flags: int) -> str:
    """The flag that rules; empty before the green one."""
    if state >= SessionState.CHECKERED:
        return CHECKERED
    if state < SessionState.RACING:
        return ""
    if flags & Flag.CHECKERED:
        return CHECKERED
    if flags & Flag.RED:
        return RED
    if flags & CAUTION_FLAGS:
        return CAUTION
    # White may be withdrawn again: the field is then green as before.
    return WHITE if flags & Flag.WHITE else GREEN


class FlagRun(msgspec.Struct, array_like=True):
    """The phases of one run. `slow_until_s` is the last moment at which the field was slowed."""

    flag: str = ""
    count: int = 0
    fact: FlagPhase | None = None
    slow_until_s: float = -math.inf
    green_s: float = math.inf
    """When the first flag came out."""

    def turn(self, session_num: int, run: int, flag: str, at_s: float) -> list[FlagPhase]:
        """Another flag, or the same: the phase that ends and the one that begins."""
        if flag == self.flag:
            return []
        if self.flag in (CAUTION, RED):
            self.slow_until_s = at_s
        if flag in (CAUTION, RED):
            self.slow_until_s = math.inf
        if flag and not self.count:
            self.green_s = at_s
        facts = self.close(at_s)
        self.flag = flag
        if flag:
            self.count += 1
            self.fact = FlagPhase(session_num, run, self.count, flag, at_s)
            facts.append(self.fact)
        return facts

    def close(self, at_s: float) -> list[FlagPhase]:
        """End the phase that runs, if one does."""
        if self.fact is None:
            return []
        closed = msgspec.structs.replace(self.fact, end_s=at_s)
        self.fact = None
        return [closed]
