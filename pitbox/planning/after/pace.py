"""How steady and how quick people were: clean laps alone, held against the plan, the team and the track."""

from collections.abc import Sequence
from statistics import fmean, median

import msgspec

from pitbox.planning.after.driven import Raced
from pitbox.planning.after.estimate import iqr, middle, scatter, slope
from pitbox.planning.after.noun import Estimate, Pace
from pitbox.planning.after.usual import LEAST_LAPS, Laps, Timed

_LEAST_TREND = 8


def stint_paces(race: Raced, laps: Laps) -> tuple[Pace, ...]:
    return tuple(
        _pace(race, laps, seat=one.seat, stints=(at,), number=one.stint, driven=one.laps)
        for at, one in enumerate(race.stints)
    )


def driver_paces(race: Raced, laps: Laps) -> tuple[Pace, ...]:
    """Of everybody who drove, in the order of their first stints."""
    seats = dict.fromkeys(one.seat for one in race.stints)
    found = []
    for seat in seats:
        own = tuple(at for at, one in enumerate(race.stints) if one.seat == seat)
        driven = sum(race.stints[at].laps for at in own)
        found.append(_pace(race, laps, seat=seat, stints=own, number=0, driven=driven))
    return tuple(found)


def race_trend(race: Raced, laps: Laps) -> Estimate | None:
    """Of the car within its stints, whoever drives; None where no stint is long enough."""
    return slope([run for at in range(len(race.stints)) if len(run := _run(laps, at)) >= _LEAST_TREND])


def _pace(race: Raced, laps: Laps, *, seat: str, stints: tuple[int, ...], number: int, driven: int) -> Pace:
    person = race.seat(seat)
    clean = [one for at in stints for one in laps.clean(at)]
    slow = sum(len(laps.slow(at)) for at in stints)
    name = "not in the team" if person is None else person.name
    plain = Pace(seat, name, number, driven, len(clean), slow)
    if len(clean) < LEAST_LAPS:
        count = f"{len(clean)} clean lap{'s' * (len(clean) != 1)}"
        return msgspec.structs.replace(plain, words=f"{count}: too few to tell")
    times_s = [one.lap.time_s for one in clean]
    runs = [_run(laps, at) for at in stints]
    trend = slope([run for run in runs if len(run) >= _LEAST_TREND])
    spread_s = scatter([rest for run in runs for rest in _rests(run, trend)])
    others = [o.off_s for at, s in enumerate(race.stints) if s.seat != seat for o in laps.clean(at)]
    return msgspec.structs.replace(
        plain,
        median=middle(times_s),
        scatter_s=spread_s,
        iqr_s=iqr(times_s),
        trend=trend,
        expected_s=fmean(one.expected_s for one in clean),
        to_plan=middle([one.lap.time_s - one.expected_s for one in clean]),
        to_team=_apart(clean, others, spread_s),
        track_s=fmean(one.track_s for one in clean) if race.track.cars else None,
    )


def _run(laps: Laps, at: int) -> list[tuple[float, float]]:
    """(lap of the stint, what was off), traffic and mistakes left out."""
    slow = {one.lap.lap for one in laps.slow(at)}
    first = min((one.lap.lap for one in laps.timed if one.stint == at), default=0)
    return [(float(o.lap.lap - first), o.off_s) for o in laps.clean(at) if o.lap.lap not in slow]


def _rests(run: Sequence[tuple[float, float]], trend: Estimate | None) -> list[float]:
    """Around the stint's own middle, its slope taken out."""
    if not run:
        return []
    rise = 0.0 if trend is None else trend.value
    level = median(off_s - rise * at for at, off_s in run)
    return [off_s - rise * at - level for at, off_s in run]


def _apart(own: Sequence[Timed], others: Sequence[float], spread_s: float) -> Estimate | None:
    """Between two middles, both of them unsure."""
    if len(others) < LEAST_LAPS:
        return None
    mine, theirs = middle([one.off_s for one in own], spread_s), middle(others)
    half = ((mine.high - mine.value) ** 2 + (theirs.high - theirs.value) ** 2) ** 0.5
    apart_s = mine.value - theirs.value
    return Estimate(apart_s, apart_s - half, apart_s + half)
