"""What an engineer's window can look at: a wall that records, peers that send, a recording, or nothing."""

from enum import StrEnum
from typing import Protocol

import msgspec

from pitbox.wall.health import HealthRegistry
from pitbox.wall.hub import Hub
from pitbox.wall.moment import Moments


class Spring(StrEnum):
    """Where a race comes from."""

    NONE = "none"
    DEMO = "demo"
    PEERS = "peers"
    RECORDING = "recording"


class Link(msgspec.Struct, frozen=True):
    """How this machine and its peers stand, as far as the top bar says it."""

    machines: int = 0
    """That hold what was recorded of this race, this one included; 0 while nobody does."""
    is_recorded: bool = False
    """Somebody records the race now."""
    words: str = ""
    """What is wrong with it; empty when all is well."""
    until: str = ""
    """Up to where all of them hold it: "lap 41, sector 2"; empty while that is not known."""
    is_provisional: bool = False
    """What is shown is another machine's word, until our own fold has come as far."""


class Feed(Protocol):
    """Anything with a hub. Started and stopped by whoever made it."""

    @property
    def spring(self) -> Spring: ...

    @property
    def hub(self) -> Hub: ...

    @property
    def health(self) -> HealthRegistry: ...

    @property
    def has_ended(self) -> bool: ...

    @property
    def link(self) -> Link: ...

    @property
    def moments(self) -> Moments | None:
        """By which one can look back; None where there is no past to look at, or none yet."""


class StillFeed:
    """Nothing comes: what a window shows before anything was opened."""

    spring = Spring.NONE
    has_ended = False
    link = Link()
    moments = None

    def __init__(self, health: HealthRegistry) -> None:
        self.hub = Hub(fact_bound=1)
        self.health = health
