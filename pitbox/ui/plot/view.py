"""From seconds to pixels and back. Pure; loads no Qt."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.ui.scene.span import Span

Floats = NDArray[np.float64]


class Range(msgspec.Struct, frozen=True):
    """Gaps from the upper to the lower edge: who is ahead is above."""

    top_s: float
    bottom_s: float

    @property
    def length_s(self) -> float:
        return self.bottom_s - self.top_s

    def zoomed(self, factor: float, around_s: float) -> "Range":
        length_s = min(max(self.length_s * factor, 2.0), 90_000.0)
        top_s = around_s - (around_s - self.top_s) / self.length_s * length_s
        return Range(top_s, top_s + length_s)

    def moved(self, by_s: float) -> "Range":
        return Range(self.top_s + by_s, self.bottom_s + by_s)

    def fits(self, wanted: "Range") -> bool:
        """Good enough for that, so that a picture lives longer."""
        is_inside = self.top_s <= wanted.top_s and wanted.bottom_s <= self.bottom_s
        return is_inside and self.length_s <= 1.6 * wanted.length_s


class View(msgspec.Struct, frozen=True):
    """What a picture of traces shows, and how large it is in logical pixels."""

    span: Span
    range: Range
    width: int
    height: int

    def x(self, time_s: Floats) -> Floats:
        return np.asarray((time_s - self.span.begin_s) * (self.width / self.span.length_s))

    def y(self, gap_s: Floats) -> Floats:
        return np.asarray((gap_s - self.range.top_s) * (self.height / self.range.length_s))


def range_of(gaps_s: list[Floats], middle_s: float | None, reach_s: float) -> Range | None:
    """Everything that is not further than `reach_s` from the middle, with a little air; None without a gap.

    One car with forty laps of repairs would make lines of all others that lie on each other.
    """
    known = np.concatenate(gaps_s) if gaps_s else np.empty(0)
    known = known[np.isfinite(known)]
    if not len(known):
        return None
    if middle_s is None:
        middle_s = float(np.median(known))
    near = known[np.abs(known - middle_s) <= reach_s]
    low, high = (float(near.min()), float(near.max())) if len(near) else (middle_s, middle_s)
    air = max(1.0, (high - low) * 0.06)
    return Range(low - air, high + air)


_STEPS = (0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)


def levels(shown: Range, most: int) -> list[float]:
    """Round gaps for a scale."""
    step = next((s for s in _STEPS if shown.length_s / s <= max(1, most)), 7200)
    first = int(np.ceil(shown.top_s / step))
    last = int(np.floor(shown.bottom_s / step))
    return [at * step for at in range(first, last + 1)]


def level_words(gap_s: float) -> str:
    """+30, or +12:00 from two minutes on."""
    if gap_s == 0:
        return "0"
    sign, size = "-" if gap_s < 0 else "+", abs(gap_s)
    if size >= 120:
        return f"{sign}{int(size) // 60}:{int(size) % 60:02d}"
    return f"{sign}{size:g}"
