"""Who probably drove each spell, where nobody says it: seats with their chances."""

from statistics import median

from pitbox.model.relay import Legs, Relay
from pitbox.planning.live.alignment import STRANGER, Alignment
from pitbox.planning.live.course import Course
from pitbox.planning.live.wheel import UNKNOWN, Sign, wheel

Chances = tuple[tuple[str, float], ...]
"""The likeliest first; empty where it is known."""
_LEAST = 0.005
_LONGEST_VISIT_S = 200.0
"""A car that stood longer was repaired, and says nothing about a usual visit."""


def supposed(
    rows: Legs, relay: Relay, course: Course, drivers: tuple[str, ...], found: Alignment
) -> tuple[Chances, ...]:
    """`drivers`: of each spell, as the alignment takes them. Where all are known, nothing is worked out."""
    seats = [seat.key for seat in relay.seats if seat.can_drive]
    if all(drivers) or not seats:
        return ((),) * len(drivers)
    signs = _signs(rows, course, drivers, found, {key: at for at, key in enumerate(seats)})
    chances: list[Chances] = []
    for driver, odds in zip(drivers, wheel(signs, len(seats)), strict=True):
        some = sorted(zip(seats, odds, strict=True), key=lambda one: -one[1])
        chances.append(() if driver else tuple(one for one in some if one[1] >= _LEAST))
    return tuple(chances)


def _signs(
    rows: Legs, course: Course, drivers: tuple[str, ...], found: Alignment, places: dict[str, int]
) -> tuple[Sign, ...]:
    planned = {at: rows[told.rows[0]].driver for told in found.told if told.rows for at in told.spells}
    spells, now_s = course.spells, course.now_s or 0.0
    visits_s = [s.visit_s for s in spells if s.visit_s is not None and s.visit_s < _LONGEST_VISIT_S]
    usual_s = median(visits_s) if visits_s else None
    return tuple(
        Sign(
            # What runs counts by whole minutes, so that nothing is worked out anew each second.
            length_s=s.end_s - s.start_s if s.end_s is not None else 60.0 * ((now_s - s.start_s) // 60.0),
            planned=places.get(planned.get(at, ""), UNKNOWN),
            known=UNKNOWN if drivers[at] == STRANGER else places.get(drivers[at], UNKNOWN),
            visit=None if s.visit_s is None or not usual_s else s.visit_s / usual_s - 1.0,
            pace=s.pace,
            is_swap=s.is_swap is True,
        )
        for at, s in enumerate(spells)
    )
