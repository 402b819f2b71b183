"""Where mistakes happen: counts and lost time by place and by corner."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.analysis.driven import Corner, Floats, MistakeKind
from pitbox.analysis.mistake.find import LapMistakes

BINS = 100


class CornerHeat(msgspec.Struct, frozen=True):
    corner: int | None
    """None: on a straight, away from all corners."""
    counts: dict[MistakeKind, int]
    lost_s: float
    """Over all laps; mistakes whose price is not known add nothing."""
    per_lap: float
    """Mistakes a lap."""


class HeatMap(msgspec.Struct, frozen=True, eq=False):
    laps: int
    counts: dict[MistakeKind, NDArray[np.int64]]
    """By equal bins of the lap, by where the mistake began."""
    lost_s: Floats
    """Over all kinds, by the same bins."""
    corners: tuple[CornerHeat, ...]
    """The costliest first."""
    unpriced: int
    """Mistakes without a price."""

    @property
    def total(self) -> NDArray[np.int64]:
        found: NDArray[np.int64] = np.sum(list(self.counts.values()), axis=0)
        return found


def heat_map(
    laps: Sequence[LapMistakes], corners: Sequence[Corner] = (), bins: int = BINS, least_severity: float = 0.0
) -> HeatMap:
    """Of all mistakes at least so severe."""
    mistakes = [each for lap in laps for each in lap.mistakes if each.severity >= least_severity]
    counts = {kind: np.zeros(bins, np.int64) for kind in MistakeKind}
    lost_s = np.zeros(bins)
    for each in mistakes:
        at = min(int(each.start * bins), bins - 1)
        counts[each.kind][at] += 1
        lost_s[at] += each.lost_s or 0.0
    places: list[int | None] = [*(corner.number for corner in corners), None]
    table = []
    for place in places:
        mine = [each for each in mistakes if each.corner == place]
        kinds = {kind: sum(each.kind is kind for each in mine) for kind in MistakeKind}
        lost = sum(each.lost_s or 0.0 for each in mine)
        table.append(CornerHeat(place, kinds, lost, len(mine) / max(len(laps), 1)))
    table.sort(key=lambda each: -each.lost_s)
    return HeatMap(len(laps), counts, lost_s, tuple(table), sum(each.lost_s is None for each in mistakes))
