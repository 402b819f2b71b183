"""Rules of those who watch: somebody who is free, not at the wheel, and not for too long."""

from collections.abc import Iterator

from pitbox.model.plan_check.course import EXACT_S, Course, here, offence
from pitbox.model.plan_check.figures import clock, hours
from pitbox.model.relay import Leg, RuleName, Violation
from pitbox.model.span import total_s, without


def spotting(course: Course) -> Iterator[Violation]:
    if course.relay.rules.has_spotter:
        for leg in course.legs:
            why = "" if leg.is_done else _why_not(course, leg)
            if why:
                words = f"{why} at {clock(leg.start_s)}."
                yield offence(RuleName.SPOTTER, words, leg, leg.spotter, is_past=False)
    yield from _too_long(course)


def _why_not(course: Course, leg: Leg) -> str:
    name = course.name(leg.spotter)
    seat = course.seats.get(leg.spotter)
    if not leg.spotter:
        return "Nobody spots in the stint"
    if seat is None or not seat.can_spot:
        return f"{name} is not here to spot in the stint"
    if leg.spotter == leg.driver:
        return f"{name} drives and spots in the stint"
    free = here(seat)
    if course.relay.start_utc_s is not None and free is not None:
        missed_s = total_s(without((leg.span,), free))
        if missed_s > EXACT_S:
            return f"{name} is not free for {hours(missed_s)} of the stint to spot"
    return ""


def _too_long(course: Course) -> Iterator[Violation]:
    most_s = course.relay.rules.longest_spotting_s
    if most_s is None:
        return
    run: list[Leg] = []
    for leg in (*course.legs, None):
        if run and (leg is None or leg.spotter != run[0].spotter):
            yield from _overlong(course, run, most_s)
            run = []
        if leg is not None and leg.spotter:
            run.append(leg)


def _overlong(course: Course, run: list[Leg], most_s: float) -> Iterator[Violation]:
    over = [leg for leg in run if leg.end_s - run[0].start_s > most_s + EXACT_S]
    leg = next((leg for leg in over if not leg.is_done), over[0] if over else None)
    if leg is not None:
        whole_s = run[-1].end_s - run[0].start_s
        words = (
            f"{course.name(run[0].spotter)} spots for {hours(whole_s)} without a break;"
            f" {hours(most_s)} are allowed."
        )
        yield offence(RuleName.SPOTTING, words, leg, run[0].spotter, whole_s - most_s, is_past=leg.is_done)
