"""How evenly a team shared the driving.

figure = 1 - m / M, where m = sum of |x - mean| / 2 is the time that would have to change hands for equal
shares, and M = (n - 1) * mean the most it could be, when one of n drives everything.
"""

from collections.abc import Mapping

from pitbox.planning.after.driven import Raced
from pitbox.planning.after.noun import DriveTime, Equality

_NOBODY = "not in the team"
_SAME_S = 1.0


def equality(race: Raced) -> Equality:
    """Of those who may drive, and of whoever drove. Time at the wheel, as rules count it."""
    driven_s, planned_s = _driven(race), _planned(race)
    crew = [s.key for s in race.relay.seats if s.can_drive or s.key in driven_s]
    if "" in driven_s:
        crew.append("")
    rules = {one.seat: (one.least_s, one.most_s) for one in race.now.shares}
    total_s, plan_s = sum(driven_s.values()), sum(planned_s.values())
    drivers = tuple(
        _drive_time(race, key, (driven_s, planned_s), (total_s, plan_s), rules.get(key, (None, None)))
        for key in crew
    )
    team = [key for key in crew if key]
    return Equality(
        figure=evenness({key: driven_s.get(key, 0.0) for key in team}),
        planned_figure=evenness({key: planned_s.get(key, 0.0) for key in team}),
        equal_share=1.0 / max(1, len(team)),
        moved_s=_moved_s({key: driven_s.get(key, 0.0) for key in team}),
        drivers=drivers,
    )


def evenness(times_s: Mapping[str, float]) -> float:
    """1: equal; 0: one of them has it all. Of one person, or of nothing, 1."""
    mean_s = sum(times_s.values()) / max(1, len(times_s))
    most_s = (len(times_s) - 1) * mean_s
    return 1.0 if most_s <= 0 else max(0.0, 1.0 - _moved_s(times_s) / most_s)


def _moved_s(times_s: Mapping[str, float]) -> float:
    mean_s = sum(times_s.values()) / max(1, len(times_s))
    return sum(abs(one - mean_s) for one in times_s.values()) / 2


def _driven(race: Raced) -> dict[str, float]:
    out: dict[str, float] = {}
    for one in race.stints:
        end_s = race.end_s if one.end_s is None else one.end_s
        out[one.seat] = out.get(one.seat, 0.0) + max(0.0, end_s - one.start_s)
    return out


def _planned(race: Raced) -> dict[str, float]:
    """Up to the flag as it was planned; rows beyond it are spare."""
    out: dict[str, float] = {}
    for leg in race.plan.legs:
        length_s = min(leg.end_s, race.relay.length_s) - leg.start_s
        if length_s > 0:
            out[leg.driver] = out.get(leg.driver, 0.0) + length_s
    return out


def _drive_time(
    race: Raced,
    key: str,
    times_s: tuple[Mapping[str, float], Mapping[str, float]],
    totals_s: tuple[float, float],
    rules: tuple[float | None, float | None],
) -> DriveTime:
    seat, (least_s, most_s) = race.seat(key), rules
    driven_s, planned_s = (one.get(key, 0.0) for one in times_s)
    own = [one for one in race.stints if one.seat == key]
    is_enough = least_s is None or driven_s >= least_s - _SAME_S
    return DriveTime(
        seat=key,
        name=_NOBODY if seat is None else seat.name,
        driven_s=driven_s,
        share=driven_s / max(1.0, totals_s[0]),
        planned_s=planned_s,
        planned_share=planned_s / max(1.0, totals_s[1]),
        laps=sum(one.laps for one in own),
        stints=len(own),
        least_s=least_s,
        most_s=most_s,
        is_within=is_enough and (most_s is None or driven_s <= most_s + _SAME_S),
    )
