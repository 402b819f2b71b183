"""What our car did so far, as a chain of spells at the wheel on the clock of the race."""

from itertools import pairwise

import msgspec

from pitbox.model.fact import Stint, Stop
from pitbox.planning.live.pace_sign import pace_by_stint
from pitbox.strategy.story import CAUTION, CarStory, Story
from pitbox.timing.service import DRIVE_THROUGH, SWAP, TOWED
from pitbox.timing.stint import FINISH, LOST

NOBODY = 0
"""The user of a car of which nobody says who is in it."""


class Spell(msgspec.Struct, frozen=True):
    """One stint of the folds: from leaving the pits to the next entry. Times since the green flag."""

    number: int
    user_id: int
    start_s: float
    end_s: float | None
    """None while it runs."""
    laps: int = 0
    is_swap: bool | None = None
    """Another driver than in the spell before; None: nobody can tell."""
    is_bare: bool = False
    """It ended with a drive through the lane: nothing was done to the car."""
    is_towed: bool = False
    """It ended on the hook."""
    is_caution: bool = False
    """It ended under caution."""
    visit_s: float | None = None
    """What the visit before it took, in the lane."""
    pace: float | None = None
    """Slower than its class at that time, in thousandths of a lap; None where nobody needs or knows it."""


class Course(msgspec.Struct, frozen=True):
    """Of one car up to one moment."""

    now_s: float | None
    """Since the green flag; None before it."""
    spells: tuple[Spell, ...] = ()
    is_over: bool = False
    """It took the flag, or the session ended."""

    @property
    def running(self) -> Spell | None:
        last = self.spells[-1] if self.spells else None
        return last if last is not None and last.end_s is None else None

    @property
    def is_waiting(self) -> bool:
        """The car is in the pits, and what it does next is not seen yet."""
        return bool(self.spells) and self.running is None and not self.is_over


def course_of(story: Story, car_idx: int, now_s: float) -> Course:
    """Of any facts that are known, in whatever order they came; `now_s` is the session's time."""
    green_s = green_of(story)
    if green_s is None or now_s < green_s:
        return Course(None)
    car = story.cars.get(car_idx)
    if car is None:
        return Course(now_s - green_s)
    stints = sorted((s for s in car.stints if s.end_s is None or s.end_s > green_s), key=lambda s: s.stint)
    stops = list(car.stops)
    slow = [(p.start_s, p.end_s) for p in story.phases if p.flag == CAUTION]
    spells = tuple(
        _spell(_counted(stint, car), stops, slow, green_s, now_s)
        for stint in stints
        if stint.start_s <= now_s
    )
    if any(spell.user_id == NOBODY for spell in spells):
        spells = _with_signs(spells, story, car_idx, green_s)
    return Course(now_s - green_s, _with_swaps(spells, stops, green_s), _is_over(car, now_s))


def _with_signs(spells: tuple[Spell, ...], story: Story, car_idx: int, green_s: float) -> tuple[Spell, ...]:
    """What a sheet gives away about who drives: how long visits took, and the pace."""
    paces = pace_by_stint(story, car_idx)
    visits = [
        stop.lane_out_s - stop.lane_in_s for stop in story.cars[car_idx].stops if stop.lane_out_s is not None
    ]
    ends = [stop.lane_in_s - green_s for stop in story.cars[car_idx].stops if stop.lane_out_s is not None]
    out = []
    for at, spell in enumerate(spells):
        end_s = None if at == 0 else spells[at - 1].end_s
        near = [visit for visit, in_s in zip(visits, ends, strict=True) if _is_same(in_s, end_s)]
        visit_s = near[0] if near else None
        out.append(msgspec.structs.replace(spell, visit_s=visit_s, pace=paces.get(spell.number)))
    return tuple(out)


def _is_same(in_s: float, end_s: float | None) -> bool:
    return end_s is not None and abs(in_s - end_s) < _SAME_VISIT_S


def _counted(stint: Stint, car: CarStory) -> Stint:
    """The fold counts laps when a stint is over; while it runs, they are those that were driven in it."""
    if stint.end_s is not None:
        return stint
    return msgspec.structs.replace(stint, laps=sum(lap.stint == stint.stint for lap in car.laps))


def green_of(story: Story) -> float | None:
    """When the race began, on the session's clock; None before."""
    first = next((phase for phase in story.phases if phase.flag == "green"), None)
    return None if first is None else first.start_s


def _spell(
    stint: Stint, stops: list[Stop], slow: list[tuple[float, float | None]], green_s: float, now_s: float
) -> Spell:
    end_s = stint.end_s if stint.end_s is not None and stint.end_s <= now_s else None
    stop = None if end_s is None else _nearest(stops, end_s)
    done = set() if stop is None else {service.what for service in stop.service}
    return Spell(
        number=stint.stint,
        user_id=stint.user_id,
        start_s=max(0.0, stint.start_s - green_s),
        end_s=None if end_s is None else end_s - green_s,
        laps=stint.laps,
        is_bare=done == {DRIVE_THROUGH},
        is_towed=TOWED in done or (stop is not None and stop.is_tow),
        is_caution=end_s is not None and any(a <= end_s and (b is None or end_s < b) for a, b in slow),
    )


def _with_swaps(spells: tuple[Spell, ...], stops: list[Stop], green_s: float) -> tuple[Spell, ...]:
    """The person in the car says it; where nobody knows who that is, what was seen at the stop."""
    out = list(spells[:1])
    for before, spell in pairwise(spells):
        is_swap: bool | None = None
        if NOBODY not in (before.user_id, spell.user_id):
            is_swap = before.user_id != spell.user_id
        elif before.end_s is not None:
            stop = _nearest(stops, before.end_s + green_s)
            seen = () if stop is None else tuple(service.what for service in stop.service)
            is_swap = True if SWAP in seen else None
        out.append(msgspec.structs.replace(spell, is_swap=is_swap))
    return tuple(out)


def _nearest(stops: list[Stop], end_s: float) -> Stop | None:
    """The visit that ended a spell: folds give both the same time, but for the blink that settles it."""
    near = [stop for stop in stops if abs(stop.lane_in_s - end_s) < _SAME_VISIT_S]
    return min(near, key=lambda stop: abs(stop.lane_in_s - end_s), default=None)


_SAME_VISIT_S = 10.0


def _is_over(car: CarStory, now_s: float) -> bool:
    stint = car.stints.last
    is_ended = stint is not None and stint.end in {FINISH, LOST}
    return is_ended and stint is not None and stint.end_s is not None and stint.end_s <= now_s
