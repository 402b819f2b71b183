"""How sessions of one car on one track compare, and where pace and consistency go over months."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.analysis.trend import SessionPace, Trend, TrendLaps, trend
from pitbox.store.pace import OwnLaps, own_laps
from pitbox.store.recorded import Cursor
from pitbox.wall.library import Recorded


class Compared(msgspec.Struct, frozen=True):
    """One session beside others; all figures are of one's own clean laps."""

    session: str
    began_utc_s: float
    pace: SessionPace
    """At one amount of fuel and one heat of the track for all, as far as laps tell what these cost."""
    to_first_s: float | None
    """Slower than the first session by so much; None where one of both has no pace."""
    is_clear: bool
    """The intervals of both do not meet: more than chance."""
    median_lap_s: float | None
    fuel_per_lap_l: float | None
    temp_c: float | None
    wet_share: float | None
    """Of the laps whose wetness is known."""


class Comparison(msgspec.Struct, frozen=True):
    sessions: tuple[Compared, ...]
    """In the order in which they were named."""
    words: tuple[str, ...]
    """What was not corrected for, and what does not compare."""


def compare(cursor: Cursor, sessions: Sequence[Recorded], driver: str | None = None) -> Comparison:
    laps = own_laps(cursor, [one.session for one in sessions], driver=driver)
    found = _trend(laps, sessions)
    paces = {pace.session: pace for pace in found.sessions}
    first = paces.get(sessions[0].session) if sessions else None
    rows = [_compared(one, laps.of(one.session), paces.get(one.session), first) for one in sessions]
    words = list(found.words)
    for name, values in (
        ("cars", {one.car for one in sessions}),
        ("tracks", {(one.track, one.config) for one in sessions}),
    ):
        if len(values) > 1:
            words.insert(0, f"These are different {name}: their lap times say nothing of each other.")
    return Comparison(tuple(rows), tuple(words))


def form(cursor: Cursor, sessions: Sequence[Recorded], driver: str | None = None) -> Trend:
    """Over all of these, which are of one car on one track."""
    return _trend(own_laps(cursor, [one.session for one in sessions], driver=driver), sessions)


def pairs(sessions: Sequence[Recorded]) -> dict[tuple[str, str, str], list[Recorded]]:
    """By (car, track, layout): what can be compared; those with most sessions first."""
    found: dict[tuple[str, str, str], list[Recorded]] = {}
    for one in sessions:
        if one.car and one.track:
            found.setdefault((one.car, one.track, one.config), []).append(one)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def _trend(laps: OwnLaps, sessions: Sequence[Recorded]) -> Trend:
    columns = TrendLaps(laps.session, laps.stint, laps.time_s, laps.fuel_l, laps.temp_c, laps.wetness)
    return trend(columns, {one.session: one.began_utc_s for one in sessions})


def _compared(one: Recorded, laps: OwnLaps, pace: SessionPace | None, first: SessionPace | None) -> Compared:
    pace = pace or SessionPace(one.session, one.began_utc_s, 0, 0, None, None, None)
    mine, other = pace.pace_s, None if first is None else first.pace_s
    to_first_s = None if mine is None or other is None else mine.middle - other.middle
    is_clear = mine is not None and other is not None and (mine.low > other.high or mine.high < other.low)
    wet = laps.wetness[np.isfinite(laps.wetness)]
    return Compared(
        session=one.session,
        began_utc_s=one.began_utc_s,
        pace=pace,
        to_first_s=to_first_s,
        is_clear=is_clear,
        median_lap_s=float(np.median(laps.time_s)) if len(laps) else None,
        fuel_per_lap_l=_mean(laps.fuel_used_l),
        temp_c=_mean(laps.temp_c),
        wet_share=float((wet > 1.5).mean()) if len(wet) else None,
    )


def _mean(values: NDArray[np.float64]) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else None
