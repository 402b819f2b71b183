"""All that cards stand on at one moment: who races, what was raced, and what we mean to do."""

import msgspec

from pitbox.strategy.briefing import Briefing, Case
from pitbox.strategy.decision.answer import Choice
from pitbox.strategy.decision.finish_blend import blended
from pitbox.strategy.decision.heat import Heat, Runner
from pitbox.strategy.decision.our_race import Assumed
from pitbox.strategy.decision.rule import broken, is_bound
from pitbox.strategy.decision.search import served_again
from pitbox.strategy.decision.situation import Situation
from pitbox.strategy.decision.steady import usual_of
from pitbox.strategy.pace import FinishCall
from pitbox.strategy.story import CarNow, Moment


class Ground:
    """`runners`: the one that we mean to do first."""

    def __init__(self, at: "Place", heat: Heat, runners: list[Runner]) -> None:
        self.moment, self.said, self.case = at.moment, at.said, at.case
        self.car, self.situation = at.car, at.situation
        self.heat, self.runners = heat, runners

    @property
    def pick(self) -> Runner:
        return self.runners[0]

    @property
    def learned(self) -> FinishCall | None:
        """What a model says of our finish; of our own car only."""
        return self.moment.learned.finish if self.car.car_idx == self.moment.own_car_idx else None

    @property
    def finish(self) -> tuple[float, ...]:
        """Chances of our places in class with what we mean to do."""
        return blended(
            self.pick.place_chances(), self.learned, is_refuelled=self.situation.rules.is_refuelled
        )

    @property
    def to_go(self) -> int | None:
        """Laps until our stop, 0 is this lap; None: no stop is meant."""
        stops = self.pick.choice.stops
        return stops[0].lap - self.situation.laps - 1 if stops else None

    @property
    def planned(self) -> Runner:
        """What one would do without thinking."""
        usual = usual_of([one.choice for one in self.runners], self.situation)
        return next(one for one in self.runners if one.choice is usual)

    def slowed(self, in_s: float, lap: int) -> Assumed:
        """A caution for certain. Stops after that lap come when the tank asks: slow laps spare fuel.

        Where stops are for more than fuel, they come as planned.
        """
        is_free = self.situation.rules.is_refuelled and not is_bound(self.pick.choice, self.situation)
        if not is_free:
            return Assumed(caution_in_s=in_s, is_as_planned=True)
        return Assumed(caution_in_s=in_s, tank_after=lap - self.situation.laps)

    def stopping(self, first: int, last: int) -> Runner | None:
        """The best of those whose first stop is on one of these laps."""
        some = (one for one in self.runners if one.choice.stops and first <= one.choice.stops[0].lap <= last)
        return min(some, key=lambda one: float(one.worth()[:FEW].mean()), default=None)

    def later(self, laps: int = 1) -> Choice | None:
        """What we mean to do, begun so many laps later; None where a rule forbids it."""
        choice = self.pick.choice
        if not choice.stops:
            return None
        first = choice.stops[0]
        moved = (msgspec.structs.replace(first, lap=first.lap + laps), *choice.stops[1:])
        found = served_again(moved, self.situation, choice.save_share)
        return None if found is None or broken(found, self.situation) else found


FEW = 128
"""Races that every choice has run."""


class Place(msgspec.Struct, frozen=True):
    moment: Moment
    said: Briefing
    case: Case
    car: CarNow
    situation: Situation
