"""Rules of what follows on each other: how long in the seat, how much in a window, how long out of it."""

from collections.abc import Iterator

from pitbox.model.plan_check.course import EXACT_S, Course, Stretch, offence
from pitbox.model.plan_check.figures import clock, hours
from pitbox.model.relay import Leg, Legs, RuleName, Violation


def longest(course: Course) -> Iterator[Violation]:
    """In the seat without leaving it, stops included."""
    most_s = course.relay.rules.longest_stretch_s
    if most_s is None:
        return
    for stretch in course.stretches:
        leg = _first_open(leg for leg in stretch.legs if leg.end_s - stretch.start_s > most_s + EXACT_S)
        if leg is not None:
            whole_s = stretch.end_s - stretch.start_s
            words = (
                f"{course.name(stretch.driver)} drives {hours(whole_s)} without leaving the seat;"
                f" {hours(most_s)} are allowed."
            )
            yield offence(RuleName.LONGEST, words, leg, stretch.driver, whole_s - most_s, is_past=leg.is_done)


def in_a_row(course: Course) -> Iterator[Violation]:
    most = course.relay.rules.most_stints_in_a_row
    if most is None:
        return
    for stretch in course.stretches:
        leg = _first_open(stretch.legs[most:])
        if leg is not None:
            name, count = course.name(stretch.driver), len(stretch.legs)
            words = f"{name} drives {count} stints in a row; {most} are allowed."
            yield offence(RuleName.IN_A_ROW, words, leg, stretch.driver, is_past=leg.is_done)


def crowded(course: Course) -> Iterator[Violation]:
    """Too much at the wheel in a window that slides over the race; the worst of each stretch is said."""
    window_s, most_s = course.relay.rules.window_s, course.relay.rules.most_in_window_s
    if window_s is None or most_s is None:
        return
    told_past = set[str]()
    for stretch in course.stretches:
        every = course.at_wheel[stretch.driver]
        open_legs = [leg for leg in stretch.legs if not leg.is_done]
        ends = [(_within(every, leg.end_s, window_s), leg) for leg in open_legs or stretch.legs]
        worst_s, leg = max(ends, key=lambda end: end[0])
        if worst_s <= most_s + EXACT_S or (leg.is_done and stretch.driver in told_past):
            continue
        if leg.is_done:
            told_past.add(stretch.driver)
        words = (
            f"{course.name(stretch.driver)} drives {hours(worst_s)} in the {hours(window_s)}"
            f" up to {clock(leg.end_s)}; {hours(most_s)} are allowed."
        )
        yield offence(RuleName.WINDOW, words, leg, stretch.driver, worst_s - most_s, is_past=leg.is_done)


def _within(legs: Legs, end_s: float, window_s: float) -> float:
    start_s = end_s - window_s
    return sum(max(0.0, min(leg.end_s, end_s) - max(leg.start_s, start_s)) for leg in legs)


def rests(course: Course) -> Iterator[Violation]:
    need_s = max(course.relay.rules.least_rest_s or 0.0, course.relay.least_rest_s)
    if need_s <= 0:
        return
    last: dict[str, Stretch] = {}
    for stretch in course.stretches:
        before = last.get(stretch.driver)
        last[stretch.driver] = stretch
        first = stretch.legs[0]
        if before is None or first.start_s - before.end_s >= need_s - EXACT_S:
            continue
        rest_s = first.start_s - before.end_s
        words = (
            f"{course.name(stretch.driver)} rests {hours(rest_s)} before {clock(first.start_s)};"
            f" {hours(need_s)} are due."
        )
        is_past = first.is_done or first.is_driving
        yield offence(RuleName.REST, words, first, stretch.driver, need_s - rest_s, is_past=is_past)


def _first_open(legs: "Legs | Iterator[Leg]") -> Leg | None:
    """The first that can still be changed; else the first."""
    some = tuple(legs)
    return next((leg for leg in some if not leg.is_done), some[0] if some else None)
