"""One car's race as it is reviewed: its stints as rows of the plan, its laps, its visits to the pits."""

import msgspec

from pitbox.model.fact import FlagPhase, Lap, Stop
from pitbox.model.plan_offer import Driven, PlanNow
from pitbox.model.relay import Relay, Seat
from pitbox.planning.after.errors import ReviewError
from pitbox.planning.after.track import Track, track_of
from pitbox.planning.live.alignment import STRANGER, Alignment, align
from pitbox.planning.live.course import Course, Spell, course_of, green_of
from pitbox.planning.live.follow import Plan, follow
from pitbox.strategy.story import LEAST_LAP_S, CarStory, Story

_SAME_VISIT_S = 10.0
_EPSILON_S = 1e-3


class Raced(msgspec.Struct, frozen=True):
    story: Story
    car: CarStory
    plan: Plan
    """As it was at the green flag."""
    green_s: float
    course: Course
    now: PlanNow
    """The plan laid over all of it."""
    alignment: Alignment
    track: Track
    laps: tuple[Lap, ...]
    """Those that make sense, in their order."""

    @property
    def stints(self) -> tuple[Driven, ...]:
        return self.now.driven

    @property
    def relay(self) -> Relay:
        return self.plan.relay

    @property
    def spells(self) -> tuple[Spell, ...]:
        return self.course.spells

    @property
    def end_s(self) -> float:
        """Race time of the last line."""
        return self.laps[-1].end_s - self.green_s

    @property
    def class_id(self) -> int:
        return class_of(self.story, self.car.car_idx)

    def seat(self, key: str) -> Seat | None:
        return next((seat for seat in self.relay.seats if seat.key == key), None)

    def stint_at(self, lap: Lap) -> int:
        """Index of the stint that a lap belongs to: where most of it was driven, in- and out-laps too."""
        at_s = (lap.start_s + lap.end_s) / 2
        if lap.kind.is_in:
            at_s = lap.start_s
        elif lap.kind.is_out:
            at_s = lap.end_s
        began = [at for at, one in enumerate(self.stints) if one.start_s <= at_s - self.green_s + _EPSILON_S]
        return began[-1] if began else 0

    def phases(self) -> tuple[FlagPhase, ...]:
        return tuple(self.story.phases)

    def stop_before(self, at: int) -> Stop | None:
        """The visit between the stint of this index and the one before."""
        if at == 0:
            return None
        end_s = self.stints[at - 1].end_s
        return None if end_s is None else nearest_stop(self.car, end_s + self.green_s)


def raced(plan: Plan, story: Story, car_idx: int, end_s: float) -> Raced:
    """Raises ReviewError where there is nothing to hold against each other."""
    green_s, car = green_of(story), story.cars.get(car_idx)
    if green_s is None or car is None:
        raise ReviewError("This car has not raced here: there is nothing to hold against its plan.")
    laps = tuple(lap for lap in car.laps if lap.lap > 0 and lap.time_s >= LEAST_LAP_S)
    if not laps or not plan.legs:
        what = "no plan was made" if laps else "no lap was driven"
        raise ReviewError(f"There is nothing to review: {what}.")
    course = course_of(story, car_idx, end_s)
    now = follow(plan, course, people=story.people)
    drivers = tuple(_driver(one) for one in now.driven)
    mates = [one for one in story.cars.values() if one.car_idx != car_idx]
    own = class_of(story, car_idx)
    track = track_of(one for one in mates if class_of(story, one.car_idx) == own)
    found = align(course, drivers, plan.legs)
    return Raced(story, car, plan, green_s, course, now, found, track, laps)


def class_of(story: Story, car_idx: int) -> int:
    entry = None if story.info is None else story.info.entry(car_idx)
    return 0 if entry is None else entry.class_id


def nearest_stop(car: CarStory, session_s: float) -> Stop | None:
    near = [stop for stop in car.stops if abs(stop.lane_in_s - session_s) < _SAME_VISIT_S]
    return min(near, key=lambda stop: abs(stop.lane_in_s - session_s), default=None)


def _driver(one: Driven) -> str:
    """As the fold of the plan has it: nobody knows, somebody else, or a seat."""
    return one.seat or (STRANGER if one.user_id else "")
