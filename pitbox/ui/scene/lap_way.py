"""The ways of the chosen laps on the ground, and the mistakes along them. Loads no Qt."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.analysis.line import DrivenLine
from pitbox.analysis.outline import Outline, Source
from pitbox.ui.scene.words import count_words
from pitbox.wall.lap_set import Habit, LapSet

Floats = NDArray[np.float64]
Way2 = NDArray[np.complex128]
NO_WAY = (
    "Where the car was is not recorded: neither latitude and longitude nor velocity and heading. "
    "Traces and corners need neither."
)


_NO_WIDTH_M = 0.05


class Way(msgspec.Struct, frozen=True, eq=False):
    """Of one lap; in metres, north up."""

    at: int
    x_m: Floats
    y_m: Floats


class Ways(msgspec.Struct, frozen=True, eq=False):
    pct: Floats
    x_m: Floats
    y_m: Floats
    """Of their middle."""
    laps: tuple[Way, ...]
    note: str = ""
    """What must be known of it."""
    is_exact: bool = False
    """To a metre or so: how far the lines lie apart means something."""

    def place(self, share: float, at: int) -> tuple[float, float] | None:
        way = next((one for one in self.laps if one.at == at), None)
        if way is None:
            return None
        return float(np.interp(share, self.pct, way.x_m)), float(np.interp(share, self.pct, way.y_m))

    def drawn_apart(self, factor: float) -> "Ways":
        """Every line so many times as far from their middle: a metre is nothing on a map of a corner."""
        laps = tuple(
            Way(
                one.at,
                self.x_m + (one.x_m - self.x_m) * factor,
                self.y_m + (one.y_m - self.y_m) * factor,
            )
            for one in self.laps
        )
        return msgspec.structs.replace(self, laps=laps)


class Spread(msgspec.Struct, frozen=True, eq=False):
    """Within which the reference's driver ordinarily passes: of three laps two."""

    pct: Floats
    left_m: Way2
    right_m: Way2
    """East and north as one complex number."""
    laps: int
    half_m: float
    """In the middle of all places."""

    def drawn_apart(self, ways: Ways, factor: float) -> "Spread":
        """As the lines that it lies under."""
        middle = np.interp(self.pct, ways.pct, ways.x_m) + 1j * np.interp(self.pct, ways.pct, ways.y_m)
        left_m, right_m = (middle + (edge - middle) * factor for edge in (self.left_m, self.right_m))
        return msgspec.structs.replace(self, left_m=left_m, right_m=right_m)

    @property
    def words(self) -> str:
        if self.half_m < _NO_WIDTH_M:
            return f"All {self.laps} laps of this driver pass alike."
        return f"The band: where this driver's {self.laps} laps ordinarily pass, \u00b1{self.half_m:.1f} m."


class Hot(msgspec.Struct, frozen=True):
    start: float
    end: float
    count: int
    lost_s: float
    share: float
    """Of the worst place."""


def ways_of(laps: LapSet, outline: Outline | None) -> Ways | None:
    """By the line that was driven, else by the outline of the track alone, else None."""
    line = laps.line
    if line is not None:
        found, told = [], iter(enumerate(line.laps))
        number, name = next(told, (0, ""))
        for one in laps.laps:  # in the same order, but for those that say nothing
            if one.lap.name == name:
                way = _way_of(line, number)
                found.append(Way(one.at, way.real, way.imag))
                number, name = next(told, (0, ""))
        is_exact = line.source is Source.POSITION
        note = "" if is_exact else "By velocity and heading: places wander."
        return Ways(line.pct, line.x_m, line.y_m, tuple(found), note, is_exact)
    if outline is not None and outline.is_learnt:
        pct = np.linspace(0.0, 1.0, 1025)
        x_m, y_m = outline.place(pct)
        same = tuple(Way(one.at, x_m, y_m) for one in laps.laps)
        return Ways(pct, x_m, y_m, same, "The outline of the track: the laps' own lines are not recorded.")
    return None


def spread_of(laps: LapSet, habit: Habit | None) -> Spread | None:
    """None where no line or too few laps of him are known."""
    mine, usual = laps.line, habit.line if habit is not None else None
    if mine is None or usual is None or mine.laps[0] != usual.laps[0]:
        return None
    # Each line is laid for itself: the reference, which is on both, says how they lie to each other.
    own, same = _way_of(mine, 0), _way_of(usual, 0)
    at = np.interp(mine.pct, usual.pct, np.arange(len(usual.pct)))
    apart = np.mean(own - _between(same, at))
    middle = _between(usual.x_m + 1j * usual.y_m, at) + apart
    half_m = np.interp(at, np.arange(len(usual.pct)), usual.spread_m)
    if not np.isfinite(half_m).all():
        return None
    aside = _left_of(middle) * half_m
    return Spread(mine.pct, middle + aside, middle - aside, len(usual.laps), float(np.median(half_m)))


def _way_of(line: DrivenLine, number: int) -> Way2:
    """Of one of its laps."""
    middle = line.x_m + 1j * line.y_m
    way: Way2 = middle + _left_of(middle) * line.offset_m[number]
    return way


def _between(way: Way2, at: Floats) -> Way2:
    steps = np.arange(len(way))
    found: Way2 = np.interp(at, steps, way.real) + 1j * np.interp(at, steps, way.imag)
    return found


def _left_of(way: Way2) -> Way2:
    ahead = np.gradient(way)
    left: Way2 = 1j * ahead / np.maximum(np.abs(ahead), 1e-9)
    return left


def hot_places(habit: Habit) -> list[Hot]:
    """By bins of the lap, the worst last so that it is drawn on top."""
    heat = habit.heat
    counts, count = heat.total, len(heat.lost_s)
    weight = heat.lost_s + 0.1 * counts  # one without a price weighs a tenth of a second
    worst = float(weight.max()) if count else 0.0
    if worst <= 0:
        return []
    found = [
        Hot(at / count, (at + 1) / count, int(counts[at]), float(heat.lost_s[at]), float(weight[at]) / worst)
        for at in np.flatnonzero(weight > 0)
    ]
    return sorted(found, key=lambda one: one.share)


def habit_words(habit: Habit | None, driver: str = "") -> str:
    """Of the reference's driver, over flying laps; those that are drawn may be others."""
    if habit is None:
        return "The driver's other laps are being read ..."
    total = int(habit.heat.total.sum())
    laps = count_words(habit.laps, "flying lap", "flying laps") + (f" of {driver}" if driver else "")
    if not total:
        missing = {why for one in habit.mistakes for why in one.not_judged.values()}
        return f"No mistake found on {laps}." + (
            f" Not judged: {'; '.join(sorted(missing)[:2])}." if missing else ""
        )
    words = f"{count_words(total, 'mistake', 'mistakes')} on {laps}"
    first = habit.heat.corners[0] if habit.heat.corners else None
    if first is not None and first.lost_s > 0:
        where = "on straights" if first.corner is None else f"at corner {first.corner}"
        words += f"; most is lost {where}: {first.lost_s:.1f} s"
    return f"{words}."
