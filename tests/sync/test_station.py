"""Both lanes over links within one process: the same station code that runs over TLS."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path

import numpy as np
import pytest
from memory_line import memory_links
from shelves import SESSION, device, record
from station_rig import Place, Wire, running, until

from pitbox.crew.clock import SystemClock
from pitbox.crew.thread import Hand
from pitbox.identity.device import Identity
from pitbox.log.shelf import Shelf
from pitbox.model.ids import LogId
from pitbox.model.role import Role
from pitbox.model.source import Ticks
from pitbox.sync.frame import FrameReader, frame, pack, tag_of, unpack
from pitbox.sync.handshake import FIRST_LANE_TAG
from pitbox.sync.link import Lane, LinkLimits, Peer
from pitbox.sync.message import (
    Have,
    Live,
    LogMessage,
    LogName,
    Offer,
    Records,
    Snapshot,
    Subscribe,
    live_messages,
)
from pitbox.wall.caretaker import Care, Caretaker


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


def test_what_a_stalled_line_cannot_take_is_dropped_and_the_newest_comes_first(
    tmp_path: Path, identities: list[Identity]
) -> None:
    """200 rows while nothing moves on the line: one of them waits there, and what follows is new."""

    def row(number: int) -> Ticks:
        own = np.array([(float(number),)], dtype=[("SessionTime", "<f8")])
        return Ticks(own=own, field=own[:0], slow=own[:0])

    async def scene() -> None:
        a = Place(tmp_path / "a", identities[0])
        async with running(a):
            peer = Peer(identities[1].device, "b", Role.ENGINEER)
            near, _, _, line = memory_links(Lane.LIVE, peer, a.peer, LinkLimits(ping_s=60, dead_s=180))
            near.start()
            attending = asyncio.create_task(a.station.attend(near))
            frames, rows = FrameReader(), []

            async def hear() -> None:
                for payload in frames.feed(await line.read()):
                    if tag_of(payload) >= FIRST_LANE_TAG:
                        message = unpack(payload, live_messages)
                        rows.extend([message.sim_time_s] if isinstance(message, Live) else [])

            line.put(frame(pack(Subscribe(120.0, 0.0))))
            for number in range(200):
                a.station.sampled(SESSION, a.identity.device, row(number))
                await asyncio.sleep(0.002)
            await until(lambda: near.counters.offers_refused > 20)
            while not rows or rows[-1] < 200:
                a.station.sampled(SESSION, a.identity.device, row(200))
                await hear()
            assert len(rows) <= 3, "nothing that is old came late"
            await near.close()
            await attending

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


def test_a_hole_that_the_caretaker_found_is_filled_from_a_peer(
    tmp_path: Path, identities: list[Identity]
) -> None:
    async def scene() -> None:
        a, b = Place(tmp_path / "a", identities[0]), Place(tmp_path / "b", identities[1])
        writer = record(a.root, a.identity, commits=14)
        async with running(a, b):
            await until(lambda: a.library.holdings)
            Wire(a, b)
            await until(lambda: b.library.next_seq(writer.log) == writer.durable_seq)
            await until(lambda: not b.replication.counters.mended_records and a.logs() == b.logs())
            path = sorted((b.root / SESSION).rglob("*.seg"))[1]
            data = bytearray(path.read_bytes())
            data[len(data) // 2] ^= 1
            path.write_bytes(data)
            care = Care(tmp_path / "away", pause_s=0.001, most_share=1.0)
            found: list[tuple[LogId, int]] = []
            caretaker = Caretaker(Shelf(b.root), care, SystemClock(), lambda _: None, found.append)
            hand = Hand("caretaker", caretaker.main)
            hand.start()
            await until(lambda: found)
            assert await asyncio.to_thread(hand.stop)
            b.station.mend(*found[0])
            await until(lambda: b.replication.counters.mended_records)
            assert b.logs() == a.logs()
            assert path.with_name(path.name + ".damaged").read_bytes() == data

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


def test_however_often_a_peer_says_what_it_has_the_worker_is_left_for_others(
    tmp_path: Path, identities: list[Identity], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What to ask for is worked out anew once it has rested three times as long as that took."""

    async def scene() -> None:
        a, b = Place(tmp_path / "a", identities[0]), Place(tmp_path / "b", identities[1])
        began: list[float] = []
        heard: list[object] = []
        receive = b.replication.receive

        def note(name: str, message: LogMessage, now_s: float) -> None:
            heard.append(message)
            receive(name, message, now_s)

        monkeypatch.setattr(b.replication, "receive", note)
        monkeypatch.setattr(b.station, "_tick", lambda: began.append(1.0) or 3600.0)
        async with running(a, b):
            near, far, _, _ = memory_links(Lane.LOG, b.peer, a.peer)
            near.start()
            far.start()
            attending = asyncio.create_task(b.station.attend(far))
            for _ in range(50):
                await near.send(Have((), is_all=True))
            await until(lambda: len(heard) == 50 and began)
            assert len(began) == 1
            await near.close()
            await attending

    play(scene())
