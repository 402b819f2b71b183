"""Machines of one process with their carriers: what tests of stations and carriers stand on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

from memory_line import MemoryPipe, memory_links
from shelves import raw

from pitbox.identity.device import Identity
from pitbox.log.replica import Stored
from pitbox.log.shelf import Shelf
from pitbox.model.ids import LogId
from pitbox.model.role import Role
from pitbox.sync.carrier import Carrier, Desk
from pitbox.sync.library import Library
from pitbox.sync.limits import ReplicationLimits
from pitbox.sync.link import Lane, LinkLimits, Peer
from pitbox.sync.live import Row
from pitbox.sync.message import Snapshot, Subscribe
from pitbox.sync.replication import Replication
from pitbox.sync.station import Station

QUICK = LinkLimits(ping_s=0.2, dead_s=0.6)


class Seat:
    """One machine: its shelf, and what its carrier told."""

    carrier: Carrier

    def __init__(self, root: Path, identity: Identity) -> None:
        self.root, self.identity = root, identity
        self.worker = ThreadPoolExecutor(1)
        self.library = Library(root, identity.device)
        self.stored: list[Stored] = []
        self.rows: list[Row] = []
        self.snapshots: list[Snapshot] = []
        self.fouls: list[str] = []
        self.shown: Snapshot | None = None
        self.desk = Desk(
            stored=self.stored.extend,
            row=lambda peer, row: self.rows.append(row),
            snapshot=lambda peer, snapshot: self.snapshots.append(snapshot),
            foul=lambda peer, words: self.fouls.append(words),
            make_snapshot=lambda: self.shown,
        )

    @property
    def peer(self) -> Peer:
        return Peer(self.identity.device, self.root.name, Role.ENGINEER)

    def logs(self) -> dict[LogId, bytes]:
        shelf = Shelf(self.root)
        return {log: raw(shelf.reader(log)) for name in shelf.sessions() for log in shelf.logs(name)}


class Place(Seat):
    """One on the LAN."""

    def __init__(self, root: Path, identity: Identity, *, is_watching: bool = False) -> None:
        super().__init__(root, identity)
        self.replication = Replication(self.library, lambda log, peer: True, ReplicationLimits(have_s=0.1))
        wish = Subscribe() if is_watching else None
        self.carrier = self.station = Station(self.replication, self.worker, self.desk, wish=wish)


class Wire:
    """A pair of links between two places."""

    def __init__(self, one: Place, other: Place) -> None:
        self.pipes: list[MemoryPipe] = []
        self._tasks: list[asyncio.Task[None]] = []
        for lane in Lane:
            near, far, near_pipe, far_pipe = memory_links(lane, other.peer, one.peer, QUICK)
            self.pipes += [near_pipe, far_pipe]
            for place, link in ((one, near), (other, far)):
                link.start()
                self._tasks.append(asyncio.create_task(place.station.attend(link)))
        self.links = self._tasks

    async def unplug(self) -> None:
        """As a cable is pulled: nobody is told."""
        for pipe in self.pipes:
            pipe.is_cut = True
        await asyncio.gather(*self._tasks)


@asynccontextmanager
async def running(*places: Seat) -> AsyncIterator[None]:
    runs = [asyncio.create_task(place.carrier.run()) for place in places]
    try:
        yield
    finally:
        for place, run in zip(places, runs, strict=True):
            run.cancel()
            await place.carrier.close()
            place.worker.shutdown()
        await asyncio.gather(*runs, return_exceptions=True)


async def until(condition: Callable[[], object], within_s: float = 20.0) -> None:
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 - a condition of the product, which sets no event for tests
            await asyncio.sleep(0.01)
