"""Both lanes over links within one process: the same station code that runs over TLS."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from shelves import SESSION, device, raw, record

from pitbox.identity.device import Identity
from pitbox.log.replica import Stored
from pitbox.log.shelf import Shelf
from pitbox.model.ids import LogId
from pitbox.model.role import Role
from pitbox.sync.library import Library
from pitbox.sync.link import Lane, LinkLimits, Peer
from pitbox.sync.live import Row
from pitbox.sync.memory import memory_links
from pitbox.sync.message import LogName, Offer, Records, Snapshot, Subscribe
from pitbox.sync.pipe import MemoryPipe
from pitbox.sync.replication import Replication, ReplicationLimits
from pitbox.sync.station import Desk, Station

QUICK = LinkLimits(ping_s=0.2, dead_s=0.6)


class Place:
    """One machine: its shelf, its station, and what the station told."""

    def __init__(self, root: Path, identity: Identity, *, is_watching: bool = False) -> None:
        self.root, self.identity = root, identity
        self.worker = ThreadPoolExecutor(1)
        self.library = Library(root, identity.device)
        self.replication = Replication(self.library, lambda log, peer: True, ReplicationLimits(have_s=0.1))
        self.stored: list[Stored] = []
        self.rows: list[Row] = []
        self.snapshots: list[Snapshot] = []
        self.fouls: list[str] = []
        self.shown: Snapshot | None = None
        desk = Desk(
            stored=self.stored.extend,
            row=lambda peer, row: self.rows.append(row),
            snapshot=lambda peer, snapshot: self.snapshots.append(snapshot),
            foul=lambda peer, words: self.fouls.append(words),
            make_snapshot=lambda: self.shown,
        )
        wish = Subscribe() if is_watching else None
        self.station = Station(self.replication, self.worker, desk, wish=wish)

    @property
    def peer(self) -> Peer:
        return Peer(self.identity.device, self.root.name, Role.ENGINEER)

    def logs(self) -> dict[LogId, bytes]:
        shelf = Shelf(self.root)
        return {log: raw(shelf.reader(log)) for name in shelf.sessions() for log in shelf.logs(name)}


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
async def running(*places: Place) -> AsyncIterator[None]:
    runs = [asyncio.create_task(place.station.run()) for place in places]
    try:
        yield
    finally:
        for place, run in zip(places, runs, strict=True):
            run.cancel()
            await place.station.close()
            place.worker.shutdown()
        await asyncio.gather(*runs, return_exceptions=True)


async def until(condition: Callable[[], object], within_s: float = 20.0) -> None:
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 - a condition of the product, which sets no event for tests
            await asyncio.sleep(0.01)


@pytest.fixture
def identities(tmp_path_factory: pytest.TempPathFactory) -> list[Identity]:
    return [device(tmp_path_factory, name) for name in ("a", "b", "c")]


def play(scene: Awaitable[None]) -> None:
    async def all_of_it() -> None:
        await scene

    asyncio.run(all_of_it())


def test_logs_cross_and_a_pulled_cable_loses_nothing(tmp_path: Path, identities: list[Identity]) -> None:
    async def scene() -> None:
        a, b = Place(tmp_path / "a", identities[0]), Place(tmp_path / "b", identities[1])
        record(a.root, a.identity, commits=10)
        record(b.root, b.identity, commits=5)
        async with running(a, b):
            await until(lambda: a.library.holdings and b.library.holdings)
            wire = Wire(a, b)
            await until(lambda: len(a.logs()) == 2 and a.logs() == b.logs())
            await wire.unplug()
            writer = record(a.root, a.identity, epoch=2, commits=8, is_closed=False)
            a.station.wrote(writer.log, writer.durable_seq, 8.0)
            Wire(a, b)
            await until(lambda: b.library.next_seq(writer.log) == writer.durable_seq)
            await until(lambda: a.replication.holders(writer.log))
            state = await a.station.state()
            assert state.holders[writer.log] == {b.identity.device: writer.durable_seq}
            assert [peer.peer.name for peer in state.peers] == ["b"]
            assert sum(stored.records for stored in b.stored) == b.replication.counters.applied_records
            writer.abandon()
        assert a.logs() == b.logs()

    play(scene())


def test_a_late_joiner_sees_the_race_at_once_and_never_stores_that(
    tmp_path: Path, identities: list[Identity]
) -> None:
    async def scene() -> None:
        a = Place(tmp_path / "a", identities[0])
        b = Place(tmp_path / "b", identities[1], is_watching=True)
        a.shown = Snapshot(SESSION, (Offer(LogName(SESSION, a.identity.device, 1), 7),), b"picture")
        async with running(a, b):
            Wire(a, b)
            await until(lambda: b.snapshots)
            assert b.snapshots == [a.shown]
            assert not a.snapshots
        assert b.logs() == {}

    play(scene())


def test_who_lies_is_cut_off_and_the_others_go_on(tmp_path: Path, identities: list[Identity]) -> None:
    async def scene() -> None:
        a, b = Place(tmp_path / "a", identities[0]), Place(tmp_path / "b", identities[1])
        record(a.root, a.identity)
        async with running(a, b):
            await until(lambda: a.library.holdings)
            Wire(a, b)
            near, far, _, _ = memory_links(Lane.LOG, b.peer, Peer(identities[2].device, "c", Role.ENGINEER))
            near.start()
            far.start()
            attending = asyncio.create_task(b.station.attend(far))
            await near.send(b"\x92\x13\xc0")  # RECORDS of nothing
            await attending
            assert b.fouls
            await until(lambda: b.logs() == a.logs())
            await near.close()

    play(scene())


def test_messages_of_a_newer_version_are_passed_over(tmp_path: Path, identities: list[Identity]) -> None:
    async def scene() -> None:
        a, b = Place(tmp_path / "a", identities[0]), Place(tmp_path / "b", identities[1])
        async with running(a, b):
            near, far, _, _ = memory_links(Lane.LOG, b.peer, a.peer)
            near.start()
            far.start()
            attending = asyncio.create_task(b.station.attend(far))
            await near.send((29, "what is this"))
            await near.send(Records(LogName(SESSION, a.identity.device, 1), 0, b""))  # nobody asked
            await asyncio.sleep(0.05)
            assert not attending.done()
            await near.close()
            await attending
            assert not b.fouls

    play(scene())
