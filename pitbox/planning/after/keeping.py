"""How near the race stayed to its plan: each stint against its row, at the start and as it stood later."""

from statistics import median

from pitbox.model.fact import Stop
from pitbox.model.relay import Leg, Legs
from pitbox.planning.after.driven import Raced
from pitbox.planning.after.matching import Match
from pitbox.planning.after.noun import Adherence, KeptStint, Offset
from pitbox.planning.after.versions import Versions
from pitbox.planning.live.adherence import adherence
from pitbox.planning.live.course import course_of
from pitbox.planning.live.follow import follow
from pitbox.planning.live.words import name_of
from pitbox.strategy.pit_rule import FUEL, TYRES

_BEFORE_S = 5.0
"""The plan that counts for a stop is the one shortly before the lane entry."""


def kept(race: Raced, match: Match, versions: Versions) -> Adherence:
    plain = adherence(race.plan, race.now)
    stints = tuple(_stint(race, match, versions, at) for at in range(len(race.stints)))
    asked = [one for one in stints if one.at_stop is not None]
    asked_s = sum(one.end_s - one.start_s for one in asked)
    same_s = sum(one.end_s - one.start_s for one in asked if one.at_stop and one.at_stop.is_same_driver)
    offs_s = [abs(one.at_green.start_s) for one in stints if one.at_green is not None]
    return Adherence(
        stints=stints,
        skipped=_skipped(race, match),
        by_row=plain.by_row,
        by_clock=plain.by_clock,
        by_stop=same_s / asked_s if asked_s > 0 else None,
        start_off_s=median(offs_s) if offs_s else None,
        changes=versions.changes,
        edits_before=versions.edits_before,
    )


def _stint(race: Raced, match: Match, versions: Versions, at: int) -> KeptStint:
    one = race.stints[at]
    end_s = race.end_s if one.end_s is None else one.end_s
    row = match.row(at)
    return KeptStint(
        stint=one.stint,
        seat=one.seat,
        start_s=one.start_s,
        end_s=end_s,
        laps=one.laps,
        row=0 if row is None else row + 1,
        at_green=None if row is None or match.parts[at] else _at_green(race, match, at),
        at_stop=_at_stop(race, versions, at),
        words=one.words,
    )


def _at_green(race: Raced, match: Match, at: int) -> Offset:
    """A row beyond the flag is compared as if there was none."""
    one, rows = race.stints[at], match.rows[at]
    first, last = race.plan.legs[rows[0]], race.plan.legs[rows[-1]]
    is_whole = match.counts[at] == 1 and one.end_s is not None and at < len(race.stints) - 1
    return _offset(
        first, race, at, start_s=one.start_s - first.start_s,
        end_s=(one.end_s or 0.0) - last.end_s if is_whole else None,
    )  # fmt: skip


def _at_stop(race: Raced, versions: Versions, at: int) -> Offset | None:
    """What the plan of that moment, laid over the race so far, had next."""
    one = race.stints[at]
    in_s = 0.0 if at == 0 else (race.stints[at - 1].end_s or one.start_s)
    plan = versions.at(in_s)
    if at == 0:
        leg = plan.legs[0]
    else:
        course = course_of(race.story, race.car.car_idx, race.green_s + max(0.0, in_s - _BEFORE_S))
        now = follow(plan, course, people=race.story.people)
        coming = _coming(now.legs)
        if coming is None:
            return None
        leg = coming
    is_last = at == len(race.stints) - 1
    end_s = None if is_last or one.end_s is None else one.end_s - leg.end_s
    return _offset(leg, race, at, start_s=one.start_s - leg.start_s, end_s=end_s)


def _coming(legs: Legs) -> Leg | None:
    return next((leg for leg in legs if not leg.is_done and not leg.is_driving), None)


def _offset(leg: Leg, race: Raced, at: int, *, start_s: float, end_s: float | None) -> Offset:
    stop = race.stop_before(at)
    return Offset(
        leg=leg.key,
        seat=leg.driver,
        is_same_driver=leg.driver == race.stints[at].seat,
        start_s=start_s,
        end_s=end_s,
        fuel_l=_fuel(leg, stop),
        has_tyres=_tyres(leg, stop),
    )


def _fuel(leg: Leg, stop: Stop | None) -> float | None:
    if stop is None or stop.fuel_added_l is None or leg.fuel_l is None:
        return None
    return stop.fuel_added_l - leg.fuel_l


def _tyres(leg: Leg, stop: Stop | None) -> bool | None:
    """As planned or not; None where the plan says nothing, or nobody measured what was done."""
    if stop is None or leg.is_new_tyres is None:
        return None
    sure = {one.what for one in stop.service if one.confidence >= 1.0}
    if not sure & {FUEL, TYRES}:
        return None
    return (TYRES in sure) == leg.is_new_tyres


def _skipped(race: Raced, match: Match) -> tuple[str, ...]:
    driven = {row for rows in match.rows.values() for row in rows}
    last = max(driven, default=-1)
    length_s = race.relay.length_s
    return tuple(
        f"Stint {row + 1} of {name_of(race.relay, leg.driver)}"
        for row, leg in enumerate(race.plan.legs)
        if row not in driven and (row < last or leg.start_s < min(length_s, race.end_s))
    )
