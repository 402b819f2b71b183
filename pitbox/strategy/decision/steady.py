"""What stands, stands until something better is sure: no plan and no card flaps between moments."""

from collections.abc import Sequence

from pitbox.strategy.decision.answer import Call, Choice
from pitbox.strategy.decision.heat import Runner, gain
from pitbox.strategy.decision.search import lost_s
from pitbox.strategy.decision.situation import Situation

_LEAST, _SURE = 0.04, 3.0
"""Places, and errors of the paired difference, by which another choice must beat it: the best of ten looks
better than it is."""


class Steady:
    """What was meant and shown at the moment before."""

    def __init__(self) -> None:
        self._meant: Choice | None = None
        self._shown: frozenset[str] = frozenset()

    @property
    def shown(self) -> frozenset[str]:
        return self._shown

    @property
    def meant(self) -> Choice | None:
        return self._meant

    def held(self, choices: Sequence[Choice], usual: Choice) -> Choice:
        """What was meant; at first what one would do without thinking."""
        return next((one for one in choices if self.is_meant(one)), usual)

    def ordered(self, runners: Sequence[Runner], held: Choice) -> list[Runner]:
        """What is held first, unless the best of now is better for sure."""
        kept = next(one for one in runners if one.choice.key == held.key)
        if kept is runners[0]:
            return list(runners)
        better = gain(runners[0], kept)
        if better.value > max(_LEAST, _SURE * better.value_error):
            return list(runners)
        return [kept, *(one for one in runners if one is not kept)]

    def is_meant(self, choice: Choice) -> bool:
        """The same first stop: later ones move with the flag, litres with the use."""
        if self._meant is None or len(choice.stops) != len(self._meant.stops):
            return False
        if not choice.stops:
            return choice.save_share == self._meant.save_share
        one, other = choice.stops[0], self._meant.stops[0]
        return one.lap == other.lap and one.has_tyres == other.has_tyres and one.user_id == other.user_id

    def keep(self, choice: Choice, calls: Sequence[Call]) -> None:
        self._meant, self._shown = choice, frozenset(call.key for call in calls)


def usual_of(choices: Sequence[Choice], situation: Situation) -> Choice:
    """The fewest stops, each as late as may be: it leaves most open; by sums where nobody fuels."""
    if situation.rules.is_refuelled:
        return min(choices, key=lateness)
    return min(choices, key=lambda one: lost_s(one, situation))


def lateness(choice: Choice) -> tuple[int, int, float]:
    """The fewest stops first, then those that begin late."""
    return len(choice.stops), -choice.stops[0].lap if choice.stops else 0, choice.save_share
