"""How well the live plan knows who drives where no sheet says it: names, their chances, what answers do."""

from collections.abc import Sequence

import msgspec

from pitbox.model.plan_offer import Driven, PlanNow
from pitbox.planning.live.course import Course, Spell
from pitbox.planning.live.follow import Plan, follow

MOST_ANSWERS = 4


class Said(msgspec.Struct, frozen=True):
    """One name that was given, with its chance."""

    chance: float
    is_right: bool


class DroveFor(msgspec.Struct, frozen=True):
    """Somebody at the wheel, by the sim's number."""

    driver: int
    start_s: float
    end_s: float


def names(now: PlanNow, truth: Sequence[DroveFor]) -> tuple[Said, ...]:
    """Of each stint that nobody named."""
    users = {seat.key: seat.user_id for seat in now.relay.seats}
    return tuple(
        Said(one.odds[0][1], users.get(one.seat) == who)
        for one in now.driven
        if one.odds and (who := _who(one.start_s, one.end_s or now.race_s or one.start_s, truth)) is not None
    )


def answered(
    plan: Plan, course: Course, truth: Sequence[DroveFor], count: int = MOST_ANSWERS
) -> list[PlanNow]:
    """The plan told without an answer, with one, and so on: the least certain stint is asked for."""
    told = [follow(plan, course, people={})]
    spells = list(course.spells)
    while len(told) <= count:
        open_now = [one for one in told[-1].driven if one.odds and _truth_of(one, course, truth) is not None]
        doubt = max(open_now, key=lambda one: one.doubt(course.now_s or 0.0), default=None)
        if doubt is not None:
            at = next(at for at, spell in enumerate(spells) if spell.number == doubt.stint)
            spells[at] = _named(spells[at], course, truth)
        told.append(follow(plan, msgspec.structs.replace(course, spells=tuple(spells)), people={}))
    return told


def _truth_of(one: Driven | Spell, course: Course, truth: Sequence[DroveFor]) -> int | None:
    return _who(one.start_s, one.end_s or course.now_s or one.start_s, truth)


def _named(spell: Spell, course: Course, truth: Sequence[DroveFor]) -> Spell:
    who = _truth_of(spell, course, truth)
    return spell if who is None else msgspec.structs.replace(spell, user_id=who)


def _who(start_s: float, end_s: float, truth: Sequence[DroveFor]) -> int | None:
    """Who drove most of that time; None where nobody did."""
    times: dict[int, float] = {}
    for one in truth:
        both_s = min(end_s, one.end_s) - max(start_s, one.start_s)
        if both_s > 0.0:
            times[one.driver] = times.get(one.driver, 0.0) + both_s
    return max(times, key=lambda driver: times[driver]) if times else None
