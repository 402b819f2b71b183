"""A link alive, full, cut, damaged and closed: each end in words, nothing held without a bound."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

import pytest
from memory_line import MemoryPipe, memory_links

from pitbox.model.ids import DeviceId
from pitbox.model.role import Role
from pitbox.sync.errors import Closing, LinkClosedError
from pitbox.sync.frame import HEAD, frame, pack
from pitbox.sync.link import Lane, Link, LinkLimits, Peer
from pitbox.sync.pipe import WRITE_HIGH

ADA = Peer(DeviceId("aa" * 32), "Ada", Role.DRIVER)
KAI = Peer(DeviceId("bb" * 32), "Kai", Role.ENGINEER)
QUICK = LinkLimits(ping_s=0.02, dead_s=0.12, frame_s=0.1, inbox_bytes=1000)


class Pair(NamedTuple):
    near: Link
    far: Link
    near_pipe: MemoryPipe
    far_pipe: MemoryPipe


@asynccontextmanager
async def pair(limits: LinkLimits = LinkLimits(), *, starts_far: bool = True) -> AsyncIterator[Pair]:  # noqa: B008
    links = Pair(*memory_links(Lane.LOG, KAI, ADA, limits))
    links.near.start()
    if starts_far:
        links.far.start()
    try:
        yield links
    finally:
        await links.near.close()
        await links.far.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - a condition of the product, which sets no event for tests
            await asyncio.sleep(0.002)


def run(scenario: Callable[[], object]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(20):
            await scenario()  # type: ignore[misc]

    asyncio.run(bounded())


def test_a_link_at_rest_is_looked_at_only_when_something_can_be_too_late() -> None:
    async def scenario() -> None:
        async with pair() as (near, *_):
            assert 5.5 < near._watch_s() <= 6.1, "each byte puts it off; whoever watches sleeps as long"
            near._heard_s -= 3.0
            assert 2.5 < near._watch_s() <= 3.1
            near._heard_s, near._frame_since_s = near._loop.time(), near._loop.time() - 29.0
            assert 0.5 < near._watch_s() <= 1.1
            near._frame_since_s = near._loop.time() - 60.0
            assert 0.0 < near._watch_s() < 0.1
            near._frame_since_s = None

    run(scenario)


def test_messages_arrive_whole_and_in_order_both_ways() -> None:
    async def scenario() -> None:
        async with pair() as (near, far, *_):
            for number in range(50):
                await near.send((16, number))
                await far.send(pack((17, number)))
            for number in range(50):
                assert await far.receive() == pack((16, number))
                assert await near.receive() == pack((17, number))
            assert near.peer == KAI
            await until(lambda: near.counters.rtt_s is not None)

    run(scenario)


def test_what_was_sent_before_the_end_arrives_and_then_the_reason() -> None:
    async def scenario() -> None:
        async with pair() as (near, far, *_):
            await near.send((16, "last"))
            await near.close(Closing.LEFT, "The driver went home.")
            assert await far.receive() == pack((16, "last"))
            with pytest.raises(LinkClosedError, match="The driver went home") as caught:
                await far.receive()
            assert caught.value.closing is Closing.LEFT
            with pytest.raises(LinkClosedError):
                await near.send((16, "too late"))
            with pytest.raises(LinkClosedError):
                near.offer((16, "too late"))

    run(scenario)


def test_a_pulled_cable_ends_both_sides_as_silent() -> None:
    async def scenario() -> None:
        async with pair(QUICK) as (near, far, near_pipe, far_pipe):
            near_pipe.is_cut = far_pipe.is_cut = True
            assert (await near.wait_closed()).closing is Closing.SILENT
            assert (await far.wait_closed()).closing is Closing.SILENT

    run(scenario)


def test_an_idle_link_stays() -> None:
    async def scenario() -> None:
        async with pair(QUICK) as (near, far, *_):
            await until(lambda: near.counters.frames_in > 20)
            assert near.end is None
            assert far.end is None

    run(scenario)


def test_a_receiver_that_is_slow_holds_the_sender_back_and_is_not_dead() -> None:
    async def scenario() -> None:
        async with pair(QUICK) as (near, far, *_):
            sending = asyncio.create_task(flood(near))
            deadline_s = asyncio.get_running_loop().time() + QUICK.dead_s * 3
            await until(lambda: asyncio.get_running_loop().time() > deadline_s)
            assert far._inbox_bytes <= QUICK.inbox_bytes + 1 << 10
            assert far.end is None
            assert near.end is None
            assert near.counters.bytes_out < WRITE_HIGH + (64 << 10), "the sender waits"
            assert not near.offer((16, "live")), "latest-wins values are not queued behind bulk"
            for number in range(300):
                assert await far.receive() == pack((16, number, bytes(2000)))
            await sending

    async def flood(link: Link) -> None:
        for number in range(300):
            await link.send((16, number, bytes(2000)))

    run(scenario)


@pytest.mark.parametrize(
    "bad",
    [
        b"GET / HTTP/1.1\r\n\r\n" * 10,
        HEAD.pack(1 << 30, 0),
        HEAD.pack(3, 0) + b"abc",
        frame(b""),
        frame(pack({"not": "an array"})),
        frame(b"\x91" * 50_000),
        frame(pack([6, 0])),
        frame(pack([4, "no number"])),
    ],
    ids=["http", "oversize", "crc", "empty", "map", "nested", "short", "type"],
)
def test_what_is_no_frame_ends_the_link_with_a_reason_that_both_know(bad: bytes) -> None:
    async def scenario() -> None:
        async with pair(starts_far=False) as (near, far, _, far_pipe):
            far_pipe.put(bad)
            assert (await near.wait_closed()).closing is Closing.DAMAGED
            far.start()
            assert (await far.wait_closed()).closing is Closing.DAMAGED

    run(scenario)


def test_a_frame_that_is_never_finished_ends_the_link() -> None:
    async def scenario() -> None:
        async with pair(QUICK, starts_far=False) as (near, _, __, far_pipe):
            dribble = frame(pack((16, bytes(5000))))
            for byte in dribble:
                if near.end is not None:
                    break
                far_pipe.put(bytes([byte]))
                await asyncio.sleep(0.005)
            assert near.end is not None
            assert near.end.closing is Closing.STALLED

    run(scenario)


def test_a_message_of_the_link_from_a_newer_version_is_passed_over() -> None:
    async def scenario() -> None:
        async with pair() as (near, far, *_):
            await near.send((9, "from the future"))
            await near.send((16, "known"))
            assert await far.receive() == pack((16, "known"))
            assert far.counters.skipped == 1

    run(scenario)


def test_both_ends_full_at_once_is_no_deadlock() -> None:
    async def scenario() -> None:
        async with pair(LinkLimits(inbox_bytes=1000)) as (near, far, *_):

            async def flood(link: Link) -> None:
                for number in range(40):
                    await link.send((16, number, bytes(60_000)))

            async def drain(link: Link) -> None:
                for _ in range(40):
                    await link.receive()

            await asyncio.gather(flood(near), flood(far), drain(near), drain(far))

    run(scenario)
