"""A part of the road that two laps of one track share: from the line on, and up to it."""

from collections.abc import Sequence

import msgspec

from pitbox.analysis.corner.marked import Mark
from pitbox.analysis.driven import Corner

_SLACK_M = 1.0


class SharedRoad(msgspec.Struct, frozen=True):
    """What a shape shares with the lap that is marked."""

    lap_m: float
    """Of the marked one."""
    behind_m: float
    """From the line on the same road."""
    before_m: float
    """And so much of it before the line."""

    def corners(self, found: Sequence[Corner], length_m: float) -> list[Corner]:
        """Those on the shared road, their apexes as fractions of the marked lap."""
        placed = [(corner, self._placed(corner.apex * length_m, length_m)) for corner in found]
        return [msgspec.structs.replace(corner, apex=at) for corner, at in placed if at is not None]

    def marks(self, marks: Sequence[Mark]) -> list[Mark]:
        return [mark for mark in marks if self._holds(mark)]

    def _placed(self, at_m: float, length_m: float) -> float | None:
        if at_m <= self.behind_m:
            return at_m / self.lap_m
        to_go_m = length_m - at_m
        return 1.0 - to_go_m / self.lap_m if to_go_m <= self.before_m else None

    def _holds(self, mark: Mark) -> bool:
        to_go_m = (1.0 - mark.start) * self.lap_m
        return mark.end * self.lap_m <= self.behind_m or to_go_m <= self.before_m + _SLACK_M
