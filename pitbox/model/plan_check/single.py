"""Rules that each leg keeps or breaks by itself: who, how long, when, and what lies between."""

from collections.abc import Iterator
from itertools import pairwise

from pitbox.model.plan_check.course import EXACT_S, Course, here, offence
from pitbox.model.plan_check.figures import clock, hours
from pitbox.model.relay import Leg, RuleName, Violation
from pitbox.model.span import common, total_s, without


def strangers(course: Course) -> Iterator[Violation]:
    """Nobody named, and people who do not drive in this team."""
    for leg in course.legs:
        if not leg.driver and not leg.is_done:
            words = f"Nobody is named from {clock(leg.start_s)} to {clock(leg.end_s)}."
            yield offence(RuleName.NOBODY, words, leg, over_s=leg.span.length_s, is_past=False)
    for driver, legs in course.at_wheel.items():
        seat = course.seats.get(driver)
        if seat is not None and seat.can_drive:
            continue
        words = (
            f"{driver} is not in the team."
            if seat is None
            else f"{course.name(driver)} is not here to drive."
        )
        to_come = [leg for leg in legs if not leg.is_done]
        for leg in to_come or legs[:1]:
            yield offence(RuleName.UNKNOWN, words, leg, driver, is_past=leg.is_done)


def overlong(course: Course) -> Iterator[Violation]:
    """Stints that no tank lasts, or that the event does not allow."""
    tank_s, allowed_s = course.relay.most_stint_s, course.relay.rules.longest_stint_s
    is_rule = allowed_s is not None and allowed_s < tank_s
    most_s = allowed_s if allowed_s is not None and is_rule else tank_s
    for leg in course.legs:
        over_s = leg.span.length_s - most_s
        if over_s > EXACT_S and not leg.is_done:
            why = "is allowed from stop to stop" if is_rule else "a tank lasts"
            words = (
                f"The stint at {clock(leg.start_s)} takes {hours(leg.span.length_s)}, "
                f"{hours(over_s)} more than {why}."
            )
            yield offence(RuleName.TANK, words, leg, leg.driver, over_s, is_past=False)


def holes(course: Course) -> Iterator[Violation]:
    """From the green flag to the chequered one somebody is out there, or at an ordinary stop."""
    relay, legs = course.relay, course.legs
    if not legs:
        words = f"Nothing is planned for {hours(relay.length_s)}."
        yield offence(RuleName.COVER, words, over_s=relay.length_s, is_past=False)
        return
    if legs[0].start_s > EXACT_S and not legs[0].is_done:
        words = f"Nobody drives before {clock(legs[0].start_s)}."
        yield offence(RuleName.COVER, words, legs[0], over_s=legs[0].start_s, is_past=False)
    for leg, following in pairwise(legs):
        if not following.is_done:
            yield from _between(course, leg, following)
    missing_s = relay.length_s - legs[-1].end_s
    if missing_s > EXACT_S and not course.is_over:
        words = f"The plan ends {hours(missing_s)} before the flag."
        yield offence(RuleName.COVER, words, legs[-1], over_s=missing_s, is_past=False)


def _between(course: Course, leg: Leg, following: Leg) -> Iterator[Violation]:
    gap_s = following.start_s - leg.end_s
    stop_s = course.relay.pit_s + course.relay.swap_s
    if gap_s < -EXACT_S:
        words = f"Two stints lie over each other for {hours(-gap_s)} at {clock(following.start_s)}."
        yield offence(RuleName.COVER, words, following, over_s=-gap_s, is_past=False)
    elif gap_s > stop_s + EXACT_S and not following.is_driving:
        words = f"Nobody drives from {clock(leg.end_s + stop_s)} to {clock(following.start_s)}."
        yield offence(RuleName.COVER, words, following, over_s=gap_s - stop_s, is_past=False)


def absences(course: Course) -> Iterator[Violation]:
    if course.relay.start_utc_s is None:
        return
    times = {key: here(seat) for key, seat in course.seats.items()}
    for leg in course.legs:
        free = times.get(leg.driver)
        if free is None or leg.is_done:
            continue
        missed = without((leg.span,), free)
        if total_s(missed) > EXACT_S:
            words = (
                f"{course.name(leg.driver)} drives from {clock(leg.start_s)} to {clock(leg.end_s)}"
                f" and is not free from {clock(missed[0].start_s)} to {clock(missed[-1].end_s)}."
            )
            yield offence(RuleName.AVAILABLE, words, leg, leg.driver, total_s(missed), is_past=False)


def starters(course: Course) -> Iterator[Violation]:
    starter = course.relay.rules.starter
    if starter and course.legs and course.legs[0].driver != starter:
        first = course.legs[0]
        is_past = first.is_done or first.is_driving
        words = f"{course.name(starter)} must start, not {course.name(first.driver) or 'nobody'}."
        yield offence(RuleName.STARTER, words, first, starter, is_past=is_past)


def nights(course: Course) -> Iterator[Violation]:
    said = set[str]()
    for leg in course.legs:
        if leg.driver not in course.relay.rules.no_night or (leg.is_done and leg.driver in said):
            continue
        dark_s = total_s(common((leg.span,), course.relay.dark))
        if dark_s > EXACT_S:
            said.add(leg.driver)
            name = course.name(leg.driver)
            words = (
                f"{name} must not drive in the dark and does for {hours(dark_s)} from {clock(leg.start_s)}."
            )
            yield offence(RuleName.NIGHT, words, leg, leg.driver, dark_s, is_past=leg.is_done)
