"""Tyre loss on stints that the fit has not seen: it knows the laps before, and earlier races."""

from collections.abc import Callable, Sequence
from statistics import median

import msgspec
import numpy as np

from pitbox.predict.lap_row import LapRow
from pitbox.predict.trial.race_laps import RaceLaps
from pitbox.predict.tyre import TyreFit, fit_tyres
from pitbox.predict.tyre_prior import TyrePriors

_MOST_AHEAD = 15
_BASE_LAPS, _LEAST_LAPS = 3, 6
_GROUPS = ((1, 5), (6, 10), (11, 15), (1, 15))


class TyreScore(msgspec.Struct, frozen=True):
    """Mean absolute errors in seconds, laps after the first three of a stint."""

    from_lap: int
    to_lap: int
    laps: int
    no_loss: float
    """Of saying that age costs nothing."""
    linear: float
    """A straight line in age for each compound, from the same laps."""
    ours: float
    gain: float


class TyreTrial(msgspec.Struct, frozen=True):
    trained: list[str]
    tested: list[str]
    stints: int
    scores: list[TyreScore]


class _Line:
    """Linear in age: per compound, within stints; the mean of earlier races before this one speaks."""

    def __init__(self) -> None:
        self.before: dict[str, list[float]] = {}

    def slopes(self, rows: Sequence[LapRow]) -> dict[str, float]:
        sums: dict[str, list[float]] = {}
        for stint in _stints(rows).values():
            if len(stint) < _LEAST_LAPS:
                continue
            age = np.array([row.tyre_age for row in stint])
            time_s = np.array([row.time_s for row in stint])
            found = sums.setdefault(stint[0].compound, [0.0, 0.0])
            found[0] += float((age - age.mean()) @ (time_s - time_s.mean()))
            found[1] += float(((age - age.mean()) ** 2).sum())
        return {compound: over / under for compound, (over, under) in sums.items() if under > 0}

    def of(self, slopes: dict[str, float], compound: str) -> float:
        known = self.before.get(compound) or [0.0]
        return slopes.get(compound, float(np.mean(known)))


def tried_tyres(
    old: Sequence[RaceLaps], new: Sequence[RaceLaps], tell: Callable[[str], None] = lambda _: None
) -> TyreTrial:
    priors, line = TyrePriors(), _Line()
    for race in old:
        _remember(race, priors, line)
    tell(f"learnt from {len(old)} races")
    found: list[tuple[int, float, float, float]] = []
    stints = 0
    for race in new:
        for stint in _stints(race.rows).values():
            told = _judged(race, stint, priors, line)
            stints += bool(told)
            found += told
        _remember(race, priors, line)
        tell(race.title)
    table = np.array(found).reshape(len(found), 4)
    return TyreTrial(
        [race.title for race in old],
        [race.title for race in new],
        stints,
        [score for group in _GROUPS if (score := _score(table, *group)) is not None],
    )


def _judged(
    race: RaceLaps, stint: list[LapRow], priors: TyrePriors, line: _Line
) -> list[tuple[int, float, float, float]]:
    """Laps after the first three; absolute errors of no loss, the line and ours."""
    if len(stint) < _LEAST_LAPS:
        return []
    base = stint[:_BASE_LAPS]
    now = base[-1]
    known = [row for row in race.rows if row.end_s <= now.end_s]
    fit, slopes = fit_tyres(known, priors), line.slopes(known)
    from_s, from_age = median(row.time_s for row in base), median(row.tyre_age for row in base)
    from_lap = median(row.lap for row in base)
    found = []
    for row in stint[_BASE_LAPS:]:
        ahead = row.lap - now.lap
        if not 1 <= ahead <= _MOST_AHEAD:
            continue
        truth_s = row.time_s - from_s
        said_s = _said(fit, row, from_age, row.lap - from_lap)
        plain_s = line.of(slopes, row.compound) * (row.tyre_age - from_age)
        found.append((ahead, abs(truth_s), abs(truth_s - plain_s), abs(truth_s - said_s)))
    return found


def _said(fit: TyreFit, row: LapRow, from_age: float, ahead: float) -> float:
    found = fit.change(row.compound, from_age, ahead, (row.car, row.driver)).value
    return found if np.isfinite(found) else 0.0


def _remember(race: RaceLaps, priors: TyrePriors, line: _Line) -> None:
    clean = [row for row in race.rows if row.is_pace]
    if len(clean) < _LEAST_LAPS:
        return
    priors.add(fit_tyres(clean, priors).memory(clean[0].circuit))
    for compound, slope in line.slopes(clean).items():
        line.before.setdefault(compound, []).append(slope)


def _stints(rows: Sequence[LapRow]) -> dict[tuple[str, int], list[LapRow]]:
    """Clean laps of each, in order; those whose tyres nobody knows are left out."""
    found: dict[tuple[str, int], list[LapRow]] = {}
    for row in rows:
        if row.is_pace and row.tyre_age > 0:
            found.setdefault((row.car, row.stint), []).append(row)
    return found


def _score(
    table: "np.ndarray[tuple[int, int], np.dtype[np.float64]]", first: int, last: int
) -> TyreScore | None:
    which = (table[:, 0] >= first) & (table[:, 0] <= last)
    if not which.any():
        return None
    no_loss, linear, ours = (float(value) for value in table[which, 1:].mean(axis=0))
    return TyreScore(first, last, int(which.sum()), no_loss, linear, ours, 1.0 - ours / linear)
