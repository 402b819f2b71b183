"""Pace and consistency over many sessions of one car on one track: what is left when fuel and heat are out.

A session's pace is the mean of its dry clean laps at one amount of fuel and one heat of the track, as far as
its laps tell what these cost. Sessions differ more than laps do, so the trend's interval is made of both.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_DRY = 1.5
"""Of the sim's wetness, where 1 is dry and 2 mostly dry."""
_OFF_PACE = 4.0
"""Robust deviations behind the median from which a lap says nothing of pace."""
_LEAST_LAPS = 3
_LEAST_SHARE = 0.8
"""Of laps with a figure, for it to be corrected for."""
_LEAST_ROWS = 20
_LEAST_SPREAD = {"fuel": 2.0, "heat": 0.5}
"""Within sessions, litres and degrees: with less, what they cost cannot be told."""
_WEEK_S = 7 * 86_400.0
# Student's t at 97.5 % for 1 to 30 degrees of freedom; the normal one behind that.
_T = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
_NORMAL = 1.960


class Interval(msgspec.Struct, frozen=True):
    """A figure and its 95 % interval."""

    middle: float
    low: float
    high: float


class TrendLaps(msgspec.Struct, frozen=True):
    """Clean laps, column by column; NaN where nobody knows."""

    session: Sequence[str]
    stint: NDArray[np.int64]
    time_s: Floats
    fuel_l: Floats
    temp_c: Floats
    wetness: Floats


class SessionPace(msgspec.Struct, frozen=True):
    session: str
    began_utc_s: float
    """0 where nobody knows."""
    laps: int
    """That count: dry and on the pace."""
    wet_laps: int
    pace_s: Interval | None
    """None with too few laps."""
    spread_s: float | None
    """How far two of three laps lie from the pace at most: consistency."""
    best_s: float | None


class Trend(msgspec.Struct, frozen=True):
    sessions: tuple[SessionPace, ...]
    """By date; those without one first."""
    pace_s_per_week: Interval | None
    """Less than 0 is faster. None where fewer than three dated sessions tell."""
    spread_s_per_week: Interval | None
    fuel_s_per_l: Interval | None
    """What was taken out for fuel; None where nothing was."""
    heat_s_per_c: Interval | None
    words: tuple[str, ...]
    """What could not be taken out, and what was left out."""


class _Fit(msgspec.Struct, frozen=True):
    at_reference_s: Floats
    """Lap times with fuel and heat taken out."""
    slopes: dict[str, Interval]


def trend(laps: TrendLaps, began_utc_s: dict[str, float]) -> Trend:
    """Pure: the same laps give the same trend."""
    names = sorted(dict.fromkeys(laps.session), key=lambda one: (began_utc_s.get(one, 0.0), one))
    number = np.array([names.index(one) for one in laps.session], np.int64)
    is_wet = laps.wetness > _DRY
    counts = ~is_wet & _on_pace(laps.time_s, number, is_wet)
    fit = _fit(laps, number, counts)
    paces = []
    for at, name in enumerate(names):
        mine = counts & (number == at)
        pace = _session(fit.at_reference_s[mine], laps.stint[mine])
        spread = _spread(fit.at_reference_s[mine], laps.stint[mine]) if pace else None
        best_s = float(laps.time_s[mine].min()) if mine.any() else None
        wet = int((is_wet & (number == at)).sum())
        began_s = began_utc_s.get(name, 0.0)
        paces.append(SessionPace(name, began_s, int(mine.sum()), wet, pace, spread, best_s))
    return Trend(
        sessions=tuple(paces),
        pace_s_per_week=_slope([(p.began_utc_s, p.pace_s) for p in paces]),
        spread_s_per_week=_slope([(p.began_utc_s, spread_interval(p)) for p in paces]),
        fuel_s_per_l=fit.slopes.get("fuel"),
        heat_s_per_c=fit.slopes.get("heat"),
        words=tuple(_words(laps, fit, paces)),
    )


def _on_pace(time_s: Floats, number: NDArray[np.int64], is_wet: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Not so slow that something else than pace decided; judged within each session."""
    keep = np.zeros(len(time_s), np.bool_)
    for at in np.unique(number):
        mine = (number == at) & ~is_wet
        if not mine.any():
            continue
        middle = np.median(time_s[mine])
        scatter = 1.4826 * np.median(np.abs(time_s[mine] - middle))
        keep |= mine & (time_s <= middle + _OFF_PACE * max(scatter, 0.002 * middle))
    return keep


def _fit(laps: TrendLaps, number: NDArray[np.int64], counts: NDArray[np.bool_]) -> _Fit:
    """What fuel and heat cost, told by laps of one session against each other: never by sessions."""
    columns = {"fuel": laps.fuel_l, "heat": laps.temp_c}
    usable = {name: values for name, values in columns.items() if _can_tell(name, values, number, counts)}
    rows = counts.copy()
    for values in usable.values():
        rows &= np.isfinite(values)
    if not usable or rows.sum() < _LEAST_ROWS:
        return _Fit(laps.time_s.copy(), {})
    design = np.column_stack([_within(values, number, rows)[rows] for values in usable.values()])
    wanted = _within(laps.time_s, number, rows)[rows]
    found, *_ = np.linalg.lstsq(design, wanted, rcond=None)
    free = max(1, int(rows.sum()) - len(np.unique(number[rows])) - len(usable))
    rest = wanted - design @ found
    covariance = np.linalg.pinv(design.T @ design) * float(rest @ rest) / free
    out = laps.time_s.copy()
    slopes = {}
    for at, (name, values) in enumerate(usable.items()):
        half = _t(free) * float(np.sqrt(covariance[at, at]))
        slopes[name] = Interval(float(found[at]), float(found[at]) - half, float(found[at]) + half)
        away = values - np.median(values[rows])
        out -= found[at] * np.where(np.isfinite(away), away, 0.0)
    return _Fit(out, slopes)


def _can_tell(name: str, values: Floats, number: NDArray[np.int64], counts: NDArray[np.bool_]) -> bool:
    known = counts & np.isfinite(values)
    if known.sum() < max(_LEAST_ROWS, _LEAST_SHARE * counts.sum()):
        return False
    return float(np.std(_within(values, number, known)[known])) >= _LEAST_SPREAD[name]


def _within(values: Floats, number: NDArray[np.int64], rows: NDArray[np.bool_]) -> Floats:
    """Each session's mean taken out."""
    out = values.copy()
    for at in np.unique(number[rows]):
        mine = rows & (number == at)
        out[mine] -= values[mine].mean()
    return out


def _session(time_s: Floats, stint: NDArray[np.int64]) -> Interval | None:
    """Laps of a stint go up and down together, so with several stints these are what is counted."""
    if len(time_s) < _LEAST_LAPS:
        return None
    means = np.array([time_s[stint == one].mean() for one in np.unique(stint)])
    weights = np.array([(stint == one).sum() for one in np.unique(stint)], np.float64)
    middle = float(time_s.mean())
    by_lap = float(np.std(time_s, ddof=1)) / np.sqrt(len(time_s)) * _t(len(time_s) - 1)
    half = by_lap
    if len(means) > 1:
        share = weights / weights.sum()
        error = np.sqrt(float((share**2 * (means - middle) ** 2).sum()) * len(means) / (len(means) - 1))
        half = max(by_lap, float(error) * _t(len(means) - 1) if len(means) > 2 else by_lap)
    return Interval(middle, middle - half, middle + half)


def _spread(time_s: Floats, stint: NDArray[np.int64]) -> float:
    """From the mean of the stint: how a day differs from another is not how laps differ."""
    rest = time_s.copy()
    for one in np.unique(stint):
        rest[stint == one] -= time_s[stint == one].mean()
    free = len(time_s) - len(np.unique(stint))
    return float(np.sqrt((rest @ rest) / free)) if free > 0 else float(np.std(time_s))


def spread_interval(pace: SessionPace) -> Interval | None:
    """How sure a session's spread is; None with too few laps."""
    if pace.spread_s is None or pace.laps < _LEAST_LAPS:
        return None
    half = _NORMAL * pace.spread_s / float(np.sqrt(2.0 * (pace.laps - 1)))
    return Interval(pace.spread_s, pace.spread_s - half, pace.spread_s + half)


def _slope(points: Sequence[tuple[float, Interval | None]]) -> Interval | None:
    """Change a week over dated sessions, weighted by what each is sure of and by how far they scatter."""
    known = [(at_s, one) for at_s, one in points if at_s > 0 and one is not None]
    if len(known) < 3 or len({at_s for at_s, _ in known}) < 3:
        return None
    weeks = np.array([at_s / _WEEK_S for at_s, _ in known])
    values = np.array([one.middle for _, one in known])
    own = np.array([((one.high - one.low) / 2 / _NORMAL) ** 2 for _, one in known])
    extra = 0.0
    for _ in range(50):  # how far sessions scatter beyond what their laps explain
        slope, _, rest, weights = _line(weeks, values, 1.0 / (own + extra + 1e-12))
        excess = float((weights * (rest**2 - own)).sum() / weights.sum())
        extra, before = max(0.0, excess * len(known) / (len(known) - 2)), extra
        if abs(extra - before) < 1e-9:
            break
    slope, middle, rest, weights = _line(weeks, values, 1.0 / (own + extra + 1e-12))
    inner = float((weights * (weeks - middle) ** 2).sum())
    scale = max(1.0, float((weights * rest**2).sum()) / (len(known) - 2))
    half = _t(len(known) - 2) * float(np.sqrt(scale / inner))
    return Interval(slope, slope - half, slope + half)


def _line(weeks: Floats, values: Floats, weights: Floats) -> tuple[float, float, Floats, Floats]:
    middle = float((weights * weeks).sum() / weights.sum())
    mean = float((weights * values).sum() / weights.sum())
    inner = float((weights * (weeks - middle) ** 2).sum())
    slope = float((weights * (weeks - middle) * (values - mean)).sum()) / inner
    return slope, middle, values - mean - slope * (weeks - middle), weights


def _words(laps: TrendLaps, fit: _Fit, paces: Sequence[SessionPace]) -> list[str]:
    words = []
    if "fuel" not in fit.slopes:
        words.append("Not corrected for fuel: the laps do not tell what it costs.")
    if "heat" not in fit.slopes:
        words.append(
            "Not corrected for the track's heat: it is not known, or did not change within sessions."
        )
    if not np.isfinite(laps.wetness).any():
        words.append("Nobody recorded how wet the track was, so wet laps may be among these.")
    if wet := sum(pace.wet_laps for pace in paces):
        words.append(f"Laps on a wet track are left out: {wet}.")
    if undated := sum(pace.began_utc_s <= 0 for pace in paces):
        words.append(f"Sessions without a date are listed and not in the trend: {undated}.")
    return words


def _t(free: int) -> float:
    return _T[free - 1] if 1 <= free <= len(_T) else _NORMAL if free > len(_T) else _T[0]
