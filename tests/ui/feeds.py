"""A feed in the hands of a test."""

import time

import scenes

from pitbox.model.standing import Standings
from pitbox.wall.feed import Link, Spring
from pitbox.wall.health import HealthRegistry
from pitbox.wall.hub import Hub


class HandFeed:
    def __init__(self, spring: Spring = Spring.PEERS) -> None:
        self.spring = spring
        self.link = Link() if spring is Spring.NONE else Link(machines=3, is_recorded=True)
        self.has_ended = False
        self.moments = None
        self.hub = Hub()
        self.health = HealthRegistry(time.time)

    def give(self, standings: Standings | None = None, *, is_long: bool = False) -> None:
        self.hub.info.put(scenes.info(is_long=is_long))
        self.hub.standings.put(standings or scenes.standings())
