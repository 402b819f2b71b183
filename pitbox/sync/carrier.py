"""What carries one race between machines, whatever lies between them: the LAN is one, a hub can be another.

The shelf of logs is the only place where records change hands. A carrier reads what is durable there, and
puts there what others wrote, proved and synced, before it says so; a wall may have several at once.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from pitbox.log.replica import Stored
from pitbox.model.ids import LogId
from pitbox.model.source import Ticks
from pitbox.sync.link import Peer
from pitbox.sync.live import Row
from pitbox.sync.message import Member, Snapshot


class Desk(msgspec.Struct, frozen=True):
    """What a carrier tells, on its loop's thread, and must not wait for."""

    stored: Callable[[list[Stored]], None]
    row: Callable[[Peer, Row], None]
    snapshot: Callable[[Peer, Snapshot], None]
    foul: Callable[[Peer, str], None]
    """A peer broke the rules; nothing of what it sent was kept."""
    make_snapshot: Callable[[], Snapshot | None]
    """The race as this machine sees it; None without one."""
    vouched: Callable[[Peer, tuple[Member, ...]], None] = lambda _, _members: None
    """A peer says who is paired with it; told on the carrier's worker, before anything is asked again."""


class Carrier(Protocol):
    """Lives on one asyncio loop; `wrote` and `sampled` may be called from any thread, and after its end."""

    def wrote(self, log: LogId, durable_seq: int, sim_time_s: float) -> None:
        """A log of this machine is durable up to there: whoever follows it may have that. Never waits."""

    def sampled(self, session: str, device: str, ticks: Ticks) -> None:
        """The newest values, for those who watch; may be dropped for newer ones. Never waits."""

    async def have(self) -> Mapping[LogId, int]:
        """What can be had from others now: one past the last record of each log."""

    async def run(self) -> None:
        """Bring here what is wanted, oldest first within a log and without a gap, until cancelled."""

    async def drain(self, within_s: float) -> None:
        """Until those who follow have what is durable here, or the time is up."""

    async def close(self) -> None:
        """What is proved by now is stored; nothing is told afterwards."""
