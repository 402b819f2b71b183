"""What the account stands on, and how a cost is written down."""

import msgspec

from pitbox.planning.after.driven import Raced
from pitbox.planning.after.estimate import Z90
from pitbox.planning.after.itinerary import Itinerary
from pitbox.planning.after.matching import Match
from pitbox.planning.after.noun import Cost, CostKind, PitStop
from pitbox.planning.after.passage import LapStory, Told
from pitbox.planning.after.usual import Laps, Timed


class Known(msgspec.Struct, frozen=True):
    """Everything that was found out about the race before it is priced."""

    race: Raced
    plan: Itinerary
    match: Match
    laps: Laps
    told: Told
    stops: tuple[PitStop, ...]

    def kind(self, one: Timed) -> LapStory:
        return self.told.kinds[one.lap.lap]

    def is_fair(self, one: Timed) -> bool:
        """Driven under green: car and track are in it."""
        return self.kind(one) is not LapStory.HALT and one.lap.lap not in self.told.slow_s

    def usual_s(self, one: Timed) -> float:
        """What such a lap took then, under caution or not."""
        return self.told.slow_s.get(one.lap.lap, self.laps.usual_s(one))

    def rest_s(self, some: tuple[Timed, ...] | list[Timed]) -> float:
        """What these laps took more than such laps took then."""
        return sum(one.lap.time_s - self.usual_s(one) for one in some)


def cost(
    kind: CostKind, cost_s: float, spread_s: float, words: str, *, stint: int = 0, seat: str = ""
) -> Cost:
    """`spread_s`: one standard deviation of what would have come by chance."""
    half_s = Z90 * spread_s
    return Cost(kind, cost_s, cost_s - half_s, cost_s + half_s, words, stint, seat)
