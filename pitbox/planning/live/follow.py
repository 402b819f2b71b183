"""The plan at one moment of the race: what was driven is as it was, and what is to come moves with it.

A fold without a memory: asked anew of any facts it says what those facts say, in whatever order they came.
"""

import msgspec

from pitbox.model.plan_check import violations
from pitbox.model.plan_offer import Driven, PlanNow
from pitbox.model.relay import Leg, Legs, Relay, RuleName, Violation
from pitbox.planning.live.alignment import STRANGER, Alignment, Told, align
from pitbox.planning.live.anchor import anchored
from pitbox.planning.live.chain import Tail, fitted, laid, stop_s
from pitbox.planning.live.course import NOBODY, Course, Spell
from pitbox.planning.live.share import shares
from pitbox.planning.live.supposed import Chances, supposed
from pitbox.planning.live.words import Part, clock, length_words, name_of, part_words

_UNFINISHED = 0.56
"""Who comes in with so little of the stint done goes on with it, as far as anybody knows in the lane."""


class Plan(msgspec.Struct, frozen=True):
    """What was planned, as the edits have it."""

    relay: Relay
    legs: Legs
    """Of all rows, those beyond the flag too: what was driven shorter than planned leaves room for them."""
    event: str = ""
    team: str = ""
    variant: str = ""
    base: int = 0
    """The count of edits."""

    @property
    def is_whole(self) -> bool:
        """It reaches the flag, give or take a lap."""
        return bool(self.legs) and self.legs[-1].end_s >= self.relay.length_s - self.relay.lap_s


def follow(
    plan: Plan,
    course: Course,
    *,
    people: dict[int, str] | None = None,
    length_s: float | None = None,
    green_utc_s: float | None = None,
) -> PlanNow:
    """`people`: names that the sim gives its users; `length_s`: of the race, as it looks now."""
    relay = anchored(plan.relay, green_utc_s, length_s)
    if course.now_s is None:
        return _before(plan, relay, green_utc_s)
    drivers = tuple(_seat_of(spell, relay, people or {}) for spell in course.spells)
    found = align(course, drivers, plan.legs)
    told = _Told(
        plan, relay, course, course.now_s, drivers, found, supposed(plan.legs, relay, course, drivers, found)
    )
    past, driven = _past(told)
    tail = _tail(told, past)
    legs = (*past, *tail.legs)
    coming = tail.legs[0] if tail.legs else None
    return PlanNow(
        event=plan.event,
        team=plan.team,
        variant=plan.variant,
        relay=relay,
        legs=legs,
        driven=driven,
        violations=_judged(relay, legs, course),
        shares=shares(relay, legs, course.now_s),
        race_s=course.now_s,
        green_utc_s=green_utc_s,
        base=plan.base,
        next_leg="" if coming is None else coming.key,
        next_in_s=None if coming is None else max(0.0, coming.start_s - course.now_s),
        surprises=_surprises(told, driven, tail),
    )


def _judged(relay: Relay, legs: Legs, course: Course) -> tuple[Violation, ...]:
    """A stop takes as long as it takes: no plan mends that the car stands in the pits now."""
    found = violations(relay, legs)
    if not course.is_waiting:
        return found
    coming = next((leg.key for leg in legs if not leg.is_done), "")
    return tuple(one for one in found if one.rule is not RuleName.COVER or one.leg != coming or not coming)


class _Told(msgspec.Struct, frozen=True):
    """The race so far, told by the plan."""

    plan: Plan
    relay: Relay
    course: Course
    now_s: float
    drivers: tuple[str, ...]
    found: Alignment
    odds: tuple[Chances, ...]
    """Of each spell, where nobody says who drove it."""

    def planned_s(self, told: Told) -> float:
        """Of the rows that these spells were; what is in no plan lasts as long as a stint should."""
        if not told.rows:
            return self.relay.target_stint_s or self.relay.most_stint_s
        return sum(self.plan.legs[row].end_s - self.plan.legs[row].start_s for row in told.rows)


def _before(plan: Plan, relay: Relay, green_utc_s: float | None) -> PlanNow:
    legs = plan.legs
    if plan.is_whole:
        legs = fitted(legs, 0.0, legs[0].driver, relay).legs
    return PlanNow(
        event=plan.event,
        team=plan.team,
        variant=plan.variant,
        relay=relay,
        legs=legs,
        driven=(),
        violations=violations(relay, legs),
        shares=shares(relay, legs, 0.0),
        green_utc_s=green_utc_s,
        base=plan.base,
        next_leg=legs[0].key if legs else "",
    )


def _seat_of(spell: Spell, relay: Relay, people: dict[int, str]) -> str:
    """By the sim's number of the person, else by the name that the sim gives; empty where nobody knows."""
    if spell.user_id == NOBODY:
        return ""
    for seat in relay.seats:
        if spell.user_id in (seat.user_id, seat.said_id):
            return seat.key
    name = people.get(spell.user_id, "").casefold()
    same = [seat.key for seat in relay.seats if seat.user_id == 0 and seat.name.casefold() == name and name]
    return same[0] if len(same) == 1 else STRANGER


def _past(race: _Told) -> tuple[Legs, tuple[Driven, ...]]:
    """What was driven, the one at the wheel last, as stints of the plan and as what they were of it."""
    legs: list[Leg] = []
    driven: list[Driven] = []
    rows_done: set[int] = set()
    for told in race.found.told:
        row = race.plan.legs[told.rows[0]] if told.rows else None
        for part, at in enumerate(told.spells):
            spell, known = race.course.spells[at], race.drivers[at]
            odds = race.odds[at]
            driver = known or (odds[0][0] if odds else legs[-1].driver if legs else "")
            seat = "" if driver == STRANGER else driver
            view = Part(told, part, known, race.now_s)
            driven.append(
                Driven(
                    leg="" if row is None else row.key,
                    stint=spell.number,
                    seat=seat,
                    user_id=spell.user_id,
                    start_s=spell.start_s,
                    end_s=spell.end_s,
                    laps=spell.laps,
                    words=part_words(view, race.course.spells, race.plan.legs, race.relay, rows_done),
                    odds=odds,
                )
            )
            legs.append(_leg(spell, row, part, seat, _end_s(race, told, part)))
        rows_done.update(told.rows)
    return tuple(legs), tuple(driven)


def _leg(spell: Spell, row: Leg | None, part: int, seat: str, end_s: float) -> Leg:
    is_done = spell.end_s is not None
    if row is None:
        return Leg(f"~{spell.number}", seat, spell.start_s, end_s, is_done=is_done, is_driving=not is_done)
    return msgspec.structs.replace(
        row,
        key=row.key if part == 0 else f"{row.key}~{part + 1}",
        driver=seat,
        start_s=spell.start_s,
        end_s=end_s,
        is_done=is_done,
        is_driving=not is_done,
    )


def _end_s(race: _Told, told: Told, part: int) -> float:
    """As it was; of the one at the wheel as it will be: what its row has left, no longer than a tank."""
    spell = race.course.spells[told.spells[part]]
    if spell.end_s is not None:
        return spell.end_s
    relay = race.relay
    earlier = [race.course.spells[at] for at in told.spells[:part]]
    left_s = race.planned_s(told) - sum((one.end_s or one.start_s) - one.start_s for one in earlier)
    end_s = spell.start_s + min(max(left_s, 0.0), relay.most_stint_s)
    last_s = relay.length_s - relay.pit_s - relay.lap_s
    if end_s > last_s:  # a stop this late leaves no lap behind it
        lasts = spell.start_s + relay.most_stint_s >= relay.length_s
        end_s = relay.length_s if lasts else last_s
    return max(race.now_s, min(end_s, relay.length_s))


def _tail(race: _Told, past: Legs) -> Tail:
    rows, relay, course = race.plan.legs, race.relay, race.course
    if course.is_over:
        return Tail((), (), tuple(rows[row].key for row in race.found.to_come))
    coming = tuple(rows[row] for row in race.found.to_come)
    driving = past[-1] if past and past[-1].is_driving else None
    if past and course.is_waiting:
        coming = (*_rest_of(race, past[-1]), *coming)
    before = past[-1].driver if past else (coming[0].driver if coming else "")
    start_s = _start_s(race, past, coming[0].driver if coming else before)
    chain = laid(coming, start_s, before, relay)
    if race.plan.is_whole or (chain and chain[-1].end_s >= relay.length_s - relay.lap_s):
        return fitted(coming, start_s, before, relay, driving=driving)
    kept = tuple(leg for leg in chain if leg.start_s < relay.length_s)
    return Tail(kept, (), tuple(leg.key for leg in chain[len(kept) :]))


def _rest_of(race: _Told, last: Leg) -> Legs:
    """Of the stint that was broken off: who is in the lane with most of it undone will go on with it."""
    told = race.found.told[-1]
    if not told.rows:
        return ()
    planned_s = race.planned_s(told)
    spells = [race.course.spells[at] for at in told.spells]
    driven_s = sum((spell.end_s or spell.start_s) - spell.start_s for spell in spells)
    if driven_s >= _UNFINISHED * planned_s or spells[-1].is_towed:
        return ()
    key = f"{race.plan.legs[told.rows[0]].key}~{len(told.spells) + 1}"
    return (Leg(key, last.driver, last.end_s, last.end_s + planned_s - driven_s),)


def _start_s(race: _Told, past: Legs, driver: str) -> float:
    """Of the next stint: at its soonest now, for a car that stands in the pits."""
    if not past:
        return race.now_s
    end_s = past[-1].end_s + stop_s(race.relay, past[-1].driver, driver)
    return end_s if past[-1].is_driving else max(race.now_s, end_s)


def _surprises(race: _Told, driven: tuple[Driven, ...], tail: Tail) -> tuple[str, ...]:
    """Newest first."""
    rows, relay, now_s = race.plan.legs, race.relay, race.now_s
    said = [(one.end_s or one.start_s, f"{clock(one.start_s)} {one.words}") for one in driven if one.words]
    for row in race.found.passed:
        words = f"Stint {row + 1} of {name_of(relay, rows[row].driver)} was not driven."
        said.append((min(now_s, rows[row].end_s), words))
    if tail.added:
        more = "One stint more" if len(tail.added) == 1 else f"{len(tail.added)} stints more"
        said.append((now_s, f"{more} than planned will be needed."))
    if not race.course.is_over:
        numbers = {leg.key: at for at, leg in enumerate(rows, 1)}
        gone = [numbers[key] for key in tail.dropped if key in numbers]
        said += [(now_s, f"No time will be left for stint {number}.") for number in gone]
    if abs(relay.length_s - race.plan.relay.length_s) > relay.lap_s:
        said.append((now_s, length_words(race.plan.relay.length_s, relay.length_s)))
    said.sort(key=lambda one: -one[0])
    return tuple(words for _, words in said)
