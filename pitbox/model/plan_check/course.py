"""A plan laid out for judging: its legs, its stretches, and each person's time, worked out once."""

import msgspec

from pitbox.model.relay import Leg, Legs, Relay, RuleName, Seat, Violation
from pitbox.model.span import Spans, joined

EXACT_S = 1.0
"""What rounding may do without offending."""


class Stretch(msgspec.Struct, frozen=True):
    """Legs of one driver on end."""

    driver: str
    legs: Legs

    @property
    def start_s(self) -> float:
        return self.legs[0].start_s

    @property
    def end_s(self) -> float:
        return self.legs[-1].end_s


class Course(msgspec.Struct, frozen=True):
    relay: Relay
    legs: Legs
    stretches: tuple[Stretch, ...]
    """Those with somebody named."""
    seats: dict[str, Seat]
    at_wheel: dict[str, Legs]
    """Of everybody who drives."""

    @property
    def is_over(self) -> bool:
        return bool(self.legs) and all(leg.is_done for leg in self.legs)

    def name(self, key: str) -> str:
        seat = self.seats.get(key)
        return seat.name if seat is not None and seat.name else key

    def driven_s(self, driver: str) -> float:
        return sum(leg.end_s - leg.start_s for leg in self.at_wheel.get(driver, ()))


def course_of(relay: Relay, legs: Legs) -> Course:
    at_wheel: dict[str, list[Leg]] = {}
    for leg in legs:
        if leg.driver:
            at_wheel.setdefault(leg.driver, []).append(leg)
    return Course(
        relay,
        legs,
        stretches_of(legs),
        {seat.key: seat for seat in relay.seats},
        {driver: tuple(some) for driver, some in at_wheel.items()},
    )


def stretches_of(legs: Legs) -> tuple[Stretch, ...]:
    out: list[Stretch] = []
    run: list[Leg] = []
    for leg in legs:
        if run and run[-1].driver != leg.driver:
            out.append(Stretch(run[0].driver, tuple(run)))
            run = []
        run.append(leg)
    if run:
        out.append(Stretch(run[0].driver, tuple(run)))
    return tuple(stretch for stretch in out if stretch.driver)


def here(seat: Seat) -> Spans | None:
    """When this person can be there at all; None: nothing was said."""
    return joined((*seat.free, *seat.maybe)) if seat.free or seat.maybe else None


def offence(
    rule: RuleName, words: str, leg: Leg | None = None, seat: str = "", over_s: float = 0.0, *, is_past: bool
) -> Violation:
    """Where a leg is done there is no row to mend, so the whole plan bears it."""
    key = "" if leg is None or is_past else leg.key
    return Violation(rule, words + (" That is past." if is_past else ""), key, seat, over_s, is_past)
