"""The laps of one car as pace sees them: which tell of pace, which of traffic, which of nothing."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from pitbox.analysis.driven import Floats
from pitbox.model.fact import Lap, TyreStint

CLOSE_S = 1.5
"""Behind the car ahead, whoever it is: nearer than that, a driver follows."""
_LEAST_LAP_S = 10.0


class PaceLap(msgspec.Struct, frozen=True):
    lap: int
    stint: int
    user_id: int
    compound: int
    time_s: float
    tyre_laps: int
    """Driven on these tyres before it."""
    fuel_l: float | None
    """In the middle of the lap; own car only."""
    stint_lap: int
    """Laps since the car left the pits."""
    is_traffic: bool = False
    left_out: str = ""
    """Why it says nothing of pace; empty for a flying lap."""
    track_temp_c: float | None = None


def pace_laps(
    laps: Sequence[Lap],
    car_idx: int,
    tyre_stints: Sequence[TyreStint] = (),
    track_temp_c: Mapping[int, float] | None = None,
) -> list[PaceLap]:
    """Of one car, in order. `laps`: of the whole field, from which traffic is told."""
    mine = sorted((lap for lap in laps if lap.car_idx == car_idx), key=lambda lap: lap.start_s)
    gaps = _gaps(mine, np.sort([lap.end_s for lap in laps if lap.car_idx != car_idx]))
    fitted = sorted(each.start_lap for each in tyre_stints if each.car_idx == car_idx)
    firsts: dict[int, int] = {}
    found = []
    for lap, gap_s in zip(mine, gaps, strict=True):
        first = firsts.setdefault(lap.stint, lap.lap)
        tyres = max((start for start in fitted if start <= lap.lap), default=first)
        half_l = (lap.fuel_used_l or 0.0) / 2
        temp = None if track_temp_c is None else track_temp_c.get(lap.lap)
        found.append(
            PaceLap(
                lap=lap.lap,
                stint=lap.stint,
                user_id=lap.user_id,
                compound=lap.compound,
                time_s=lap.time_s,
                tyre_laps=lap.lap - tyres,
                fuel_l=None if lap.fuel_left_l is None else lap.fuel_left_l + half_l,
                stint_lap=lap.lap - first,
                is_traffic=gap_s < CLOSE_S,
                left_out=_why_not(lap),
                track_temp_c=temp,
            )
        )
    return found


def _gaps(mine: Sequence[Lap], crossings_s: Floats) -> Floats:
    """Seconds to whoever crossed the line last before each lap's start or end, the less of both."""
    if not len(crossings_s):
        return np.full(len(mine), np.inf)
    before = np.concatenate(([-np.inf], crossings_s))
    found = [np.array([lap.start_s for lap in mine]), np.array([lap.end_s for lap in mine])]
    less: Floats = np.min([at - before[np.searchsorted(crossings_s, at)] for at in found], axis=0)
    return less


def _why_not(lap: Lap) -> str:
    kind = lap.kind
    reasons = {
        "out-lap": kind.is_out,
        "in-lap": kind.is_in,
        "caution": kind.is_caution,
        "tow": kind.is_tow,
        "broken": kind.is_broken,
        "incident": kind.is_incident,
        "too short": lap.time_s < _LEAST_LAP_S,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")
