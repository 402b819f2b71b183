"""The ways of the chosen laps on the ground, and the mistakes along them. Loads no Qt."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.analysis.outline import Outline
from pitbox.ui.scene.words import count_words
from pitbox.wall.lap_set import Habit, LapSet

Floats = NDArray[np.float64]
NO_WAY = (
    "Where the car was is not recorded: neither latitude and longitude nor velocity and heading. "
    "Traces and corners need neither."
)


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

    def place(self, share: float, at: int) -> tuple[float, float] | None:
        way = next((one for one in self.laps if one.at == at), None)
        if way is None:
            return None
        return float(np.interp(share, self.pct, way.x_m)), float(np.interp(share, self.pct, way.y_m))


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
        ahead = np.gradient(line.x_m + 1j * line.y_m)
        left = 1j * ahead / np.maximum(np.abs(ahead), 1e-9)
        found, told = [], iter(zip(line.laps, line.offset_m, strict=True))
        name, offset_m = next(told, ("", np.empty(0)))
        for one in laps.laps:  # in the same order, but for those that say nothing
            if one.lap.name == name:
                way = line.x_m + 1j * line.y_m + left * offset_m
                found.append(Way(one.at, way.real, way.imag))
                name, offset_m = next(told, ("", np.empty(0)))
        note = "" if line.source.value == "position" else "By velocity and heading: places wander."
        return Ways(line.pct, line.x_m, line.y_m, tuple(found), note)
    if outline is not None and outline.is_learnt:
        pct = np.linspace(0.0, 1.0, 1025)
        x_m, y_m = outline.place(pct)
        same = tuple(Way(one.at, x_m, y_m) for one in laps.laps)
        return Ways(pct, x_m, y_m, same, "The outline of the track: the laps' own lines are not recorded.")
    return None


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


def habit_words(habit: Habit | None) -> str:
    if habit is None:
        return "The driver's other laps are being read ..."
    total = int(habit.heat.total.sum())
    laps = count_words(habit.laps, "lap", "laps")
    if not total:
        missing = {why for one in habit.mistakes for why in one.not_judged.values()}
        return f"No mistake found on {laps}." + (
            f" Not judged: {'; '.join(sorted(missing)[:2])}." if missing else ""
        )
    words = f"{count_words(total, 'mistake', 'mistakes')} on {laps}"
    first = habit.heat.corners[0] if habit.heat.corners else None
    if first is not None and first.lost_s > 0:
        where = "on a straight" if first.corner is None else f"at corner {first.corner}"
        words += f", {first.lost_s:.1f} s of it {where}"
    return f"{words}."
