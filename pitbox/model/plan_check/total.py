"""Rules of sums over the race: everybody's drive time, how many drive, how many stops are made for what."""

from collections.abc import Iterator
from itertools import pairwise

from pitbox.model.plan_check.course import EXACT_S, Course, offence
from pitbox.model.plan_check.figures import hours
from pitbox.model.relay import Leg, RuleName, Violation


def most(course: Course) -> Iterator[Violation]:
    most_s = course.relay.rules.most_drive_s
    if most_s is None:
        return
    for driver, legs in course.at_wheel.items():
        driven_s = course.driven_s(driver)
        if driven_s <= most_s + EXACT_S:
            continue
        leg = next((leg for leg in reversed(legs) if not leg.is_done), legs[-1])
        words = f"{course.name(driver)} drives {hours(driven_s)} in all; {hours(most_s)} are allowed."
        yield offence(RuleName.MOST, words, leg, driver, driven_s - most_s, is_past=leg.is_done)


def least(course: Course) -> Iterator[Violation]:
    least_s = course.relay.rules.least_drive_s
    if least_s is None:
        return
    for seat in course.relay.seats:
        missing_s = least_s - course.driven_s(seat.key)
        if seat.can_drive and missing_s > EXACT_S:
            words = f"{seat.name} drives {hours(least_s - missing_s)} in all; {hours(least_s)} are due."
            yield offence(RuleName.LEAST, words, None, seat.key, missing_s, is_past=course.is_over)


def fair_shares(course: Course) -> Iterator[Violation]:
    share, who = course.relay.rules.fair_share, course.at_wheel
    if share is None or not who:
        return
    due_s = share * sum(course.driven_s(driver) for driver in who) / len(who)
    for driver in who:
        missing_s = due_s - course.driven_s(driver)
        if missing_s > EXACT_S:
            words = (
                f"{course.name(driver)} drives {hours(due_s - missing_s)};"
                f" a fair share among {len(who)} is {hours(due_s)} at the least."
            )
            yield offence(RuleName.FAIR_SHARE, words, None, driver, missing_s, is_past=course.is_over)


def drivers(course: Course) -> Iterator[Violation]:
    rules, count = course.relay.rules, len(course.at_wheel)
    if course.legs and count < rules.least_drivers:
        words = f"{count} drive; {rules.least_drivers} have to."
        yield offence(RuleName.DRIVERS, words, is_past=course.is_over)
    if count > rules.most_drivers:
        have_driven = {leg.driver for leg in course.legs if leg.driver and (leg.is_done or leg.is_driving)}
        words = f"{count} drive; {rules.most_drivers} may."
        yield offence(RuleName.DRIVERS, words, is_past=len(have_driven) == count)


def stops(course: Course) -> Iterator[Violation]:
    due, made = course.relay.rules.mandatory_stops, len(course.legs) - 1
    if course.legs and made < due:
        words = f"{made} stops are planned; {due} are mandatory."
        yield offence(RuleName.STOPS, words, is_past=course.is_over)


def services(course: Course) -> Iterator[Violation]:
    """Of those stops, so many have to do what the rules name."""
    rules = course.relay.rules
    due, made = rules.mandatory_stops, len(course.legs) - 1
    if not due or made < due:
        return
    for service in (word.strip() for word in rules.stop_service.split(",")):
        done = sum(
            serves(course, service, at, before, leg)
            for at, (before, leg) in enumerate(pairwise(course.legs), start=1)
        )
        if service and done < due:
            words = f"{done} stops with {service} are planned; {due} are mandatory."
            yield offence(RuleName.SERVICE, words, is_past=course.is_over)


def serves(course: Course, service: str, number: int, before: Leg, leg: Leg) -> bool:
    """Does stop number so and so do it? What nobody has filled in goes as the relay has it; fuel is taken."""
    if service == "swap":
        return before.driver != leg.driver
    if service == "fuel":
        return leg.fuel_l is None or leg.fuel_l > 0
    if service == "tyres":
        is_due = number % max(1, course.relay.stints_per_set) == 0
        return is_due if leg.is_new_tyres is None else leg.is_new_tyres
    return False
