"""Lays the plan over the race where no window does: an engineer's machine without one still tells who waits.

It forecasts nothing and solves nothing: the folds' facts, the plan, and where both stand.
"""

import threading
from typing import TYPE_CHECKING

from pitbox.crew.thread import Hand
from pitbox.model.clock import Clock
from pitbox.model.plan_offer import PlanNow
from pitbox.wall.feed import Feed
from pitbox.wall.outlook import Outlook
from pitbox.wall.plan_follower import PlanFollower

if TYPE_CHECKING:  # loaded by the thread
    from pitbox.model.standing import Standings
    from pitbox.planning.handover import RaceView
    from pitbox.strategy.story import Story

_LOOK_S = 1.0


class PlanWatch:
    """Belongs to whoever made it; `now` and `view` from any thread."""

    def __init__(self, feed: Feed, clock: Clock) -> None:
        self._feed = feed
        self._outlook = Outlook(feed, clock)
        self._plans = PlanFollower(clock, feed.health.tell)
        self._story: Story | None = None
        self._standings: Standings | None = None
        self._hand = Hand("plan watch", self.main, feed.health.tell)

    def start(self) -> None:
        self._hand.start()

    def stop(self) -> bool:
        """False when the thread did not end in time."""
        return self._hand.stop(timeout_s=10.0)

    def main(self, stop: threading.Event) -> None:
        while not stop.wait(_LOOK_S):
            self.look()

    def look(self) -> None:
        from pitbox.strategy.story import Story  # noqa: PLC0415 - not before somebody records

        batch = self._outlook.pull()
        if batch.is_other_feed or self._story is None:
            self._story, self._standings = Story(), None
        batch.tell(self._story)
        self._standings = batch.standings or self._standings
        self._plans.look(self._feed, self._story, self._standings)

    def now(self) -> PlanNow | None:
        """The plan as the race has it."""
        return self._plans.now.take()[1]

    def view(self) -> "RaceView":
        from pitbox.planning.handover import RaceView  # noqa: PLC0415 - with the first card

        hub = self._feed.hub
        return RaceView(hub.standings.take()[1], hub.info.take()[1], hub.facts_since(0)[1])
