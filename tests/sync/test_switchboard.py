"""Paired devices find each other again by themselves, and keep one link per lane whoever dials."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sync_rig import Device, introduce, pair, play, until

from pitbox.model.role import Role
from pitbox.sync.address import Address
from pitbox.sync.errors import Closing
from pitbox.sync.frame import pack
from pitbox.sync.link import Lane, Link, LinkLimits
from pitbox.sync.switchboard import DialRefused, LinkDown, LinkUp

QUICK = LinkLimits(ping_s=0.1, dead_s=2.0)


async def opened(stack: AsyncExitStack, *devices: Device, limits: LinkLimits = QUICK) -> None:
    for device in devices:
        await device.open(limits)
        stack.push_async_callback(device.close)


def standing(one: Device, other: Device) -> bool:
    """Both sides hold the same one connection per lane."""
    if not (one.is_linked(other) and other.is_linked(one)):
        return False
    for lane in Lane:
        near = one.board.link(other.identity.device, lane)
        far = other.board.link(one.identity.device, lane)
        if near is None or far is None or near.agreement.is_dialled == far.agreement.is_dialled:
            return False
    return len(one.board.links()) == 2 == len(other.board.links())


def test_a_pair_connects_and_talks_on_both_lanes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with AsyncExitStack() as stack:
            ada, kai = Device(tmp_path, "Ada", Role.DRIVER), Device(tmp_path, "Kai")
            pair(ada, kai)
            await opened(stack, ada, kai)
            introduce(ada, kai)
            await until(lambda: standing(ada, kai))
            for lane, number in ((Lane.LOG, 16), (Lane.LIVE, 17)):
                link = ada.board.link(kai.identity.device, lane)
                assert link is not None
                assert (link.peer.name, link.peer.role) == ("Kai", Role.ENGINEER)
                await link.send((number, "hello"))
            await until(lambda: len(kai.received) == 2)
            assert sorted(kai.received) == [pack((16, "hello")), pack((17, "hello"))]

    play(scenario())


@pytest.mark.parametrize("attempt", range(6))
def test_both_dial_at_once_and_one_pair_of_links_remains(tmp_path: Path, attempt: int) -> None:
    async def scenario() -> None:
        async with AsyncExitStack() as stack:
            ada, kai = Device(tmp_path, "Ada"), Device(tmp_path, "Kai")
            pair(ada, kai)
            await opened(stack, ada, kai)
            for one in (ada, kai):  # no courtesy: the worst case
                one.board._pause = no_pause  # type: ignore[method-assign]
            introduce(ada, kai)
            for _ in range(4):  # the loser of a tie may stand for a moment
                await until(lambda: standing(ada, kai))
                if await stays(ada.board.links()):
                    break
            assert standing(ada, kai)
            assert len(ada.links) <= 6

    async def stays(links: tuple[Link, ...]) -> bool:
        before = [link.counters.frames_in for link in links]
        await until(
            lambda: (
                any(link.end for link in links)
                or all(link.counters.frames_in > n + 4 for link, n in zip(links, before, strict=True))
            )
        )
        return not any(link.end for link in links)

    async def no_pause(*_: object, **__: object) -> None:
        await asyncio.sleep(0.01)

    play(scenario())


def test_either_side_alone_may_dial(tmp_path: Path) -> None:
    async def scenario(*, first_dials: bool) -> None:
        async with AsyncExitStack() as stack:
            one, other = Device(tmp_path, "One"), Device(tmp_path, "Other")
            pair(one, other)
            await opened(stack, one, other)
            dialler, listener = (one, other) if first_dials else (other, one)
            dialler.board.seen(listener.device[:16], [listener.address])
            await until(lambda: standing(one, other))

    play(scenario(first_dials=True))
    play(scenario(first_dials=False))


def test_after_a_restart_the_last_known_address_is_enough(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with AsyncExitStack() as stack:
            ada, kai = Device(tmp_path, "Ada"), Device(tmp_path, "Kai")
            pair(ada, kai)
            await opened(stack, ada, kai)
            kai.board.seen(ada.device[:16], [ada.address])
            await until(lambda: standing(ada, kai))
            await kai.close()
            await until(lambda: not ada.board.links())
            downs = [event for event in ada.events if isinstance(event, LinkDown)]
            # Where both dial one lane at once, one connection has given way to the other before.
            downs = [down for down in downs if down.closing is not Closing.REPLACED]
            assert {down.closing for down in downs} == {Closing.LEFT}
            assert "Kai ended" in downs[0].words
            again = Device(tmp_path, "Kai")
            await opened(stack, again)
            await until(lambda: standing(ada, again))

    play(scenario())


def test_a_peer_that_died_without_a_word_is_replaced_as_soon_as_it_is_back(tmp_path: Path) -> None:
    """kill -9 behind a firewall that drops: no reset comes, and the old link must not be in the way."""

    async def scenario() -> None:
        async with AsyncExitStack() as stack:
            ada, kai = Device(tmp_path, "Ada"), Device(tmp_path, "Kai")
            pair(ada, kai)
            await opened(stack, ada, kai, limits=LinkLimits(ping_s=2, dead_s=30))
            introduce(ada, kai)
            await until(lambda: standing(ada, kai))
            ghost = Device(tmp_path, "Kai")  # a second run with the same identity: Ada sees a restart
            await opened(stack, ghost, limits=LinkLimits(ping_s=2, dead_s=30))
            await until(lambda: ghost.is_linked(ada))
            ups = [event for event in ada.events if isinstance(event, LinkUp)]
            assert len(ups) >= 4
            assert len(ada.board.links()) == 2

    play(scenario())


def test_an_address_that_leads_to_another_device_is_passed_over(tmp_path: Path) -> None:
    """Addresses are hints: DHCP gave Ada's old one to Zoe, who is paired too."""

    async def scenario() -> None:
        async with AsyncExitStack() as stack:
            ada, kai, zoe = (Device(tmp_path, name) for name in ("Ada", "Kai", "Zoe"))
            pair(ada, kai)
            pair(kai, zoe)
            await opened(stack, ada, kai, zoe)
            kai.board.seen(ada.device[:16], [zoe.address, Address("127.0.0.1", 1), ada.address])
            await until(lambda: standing(ada, kai))
            assert kai.board.link(zoe.identity.device, Lane.LOG) is None

    play(scenario())


def test_another_major_version_is_refused_in_words_that_both_sides_hear(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with AsyncExitStack() as stack:
            ada, kai = Device(tmp_path, "Ada"), Device(tmp_path, "Kai")
            pair(ada, kai)
            await ada.open(protocol_low=7, protocol_high=9, app_version="9.0")
            stack.push_async_callback(ada.close)
            await opened(stack, kai)
            introduce(ada, kai)
            await until(lambda: any(isinstance(event, DialRefused) for event in kai.events))
            refused = next(event for event in kai.events if isinstance(event, DialRefused))
            assert "Update yours" in refused.words
            assert "9.0" in refused.words
            await until(lambda: any(isinstance(event, DialRefused) for event in ada.events))
            assert "Update theirs" in next(e for e in ada.events if isinstance(e, DialRefused)).words
            assert not ada.links
            assert not kai.links

    play(scenario())


def test_a_newer_minor_version_is_welcome(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with AsyncExitStack() as stack:
            ada, kai = Device(tmp_path, "Ada"), Device(tmp_path, "Kai")
            pair(ada, kai)
            await ada.open(QUICK, protocol_low=1, protocol_high=3)
            stack.push_async_callback(ada.close)
            await opened(stack, kai)
            introduce(ada, kai)
            await until(lambda: standing(ada, kai))
            assert {link.agreement.protocol for link in (*ada.links, *kai.links)} == {1}

    play(scenario())


def test_a_changed_role_counts_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with AsyncExitStack() as stack:
            ada, kai = Device(tmp_path, "Ada"), Device(tmp_path, "Kai")
            pair(ada, kai)
            await opened(stack, ada, kai)
            introduce(ada, kai)
            await until(lambda: standing(ada, kai))
            kai.role = Role.VIEWER
            ada.book.add(kai.as_peer())
            ada.board.refresh()
            await until(lambda: standing(ada, kai) and ada.links[-1].peer.role is Role.VIEWER)
            assert {link.peer.role for link in ada.board.links()} == {Role.VIEWER}
            await until(lambda: {link.agreement.far_grants for link in kai.board.links()} == {"viewer"})
            assert {link.agreement.far_grants for link in ada.board.links()} == {"engineer"}

    play(scenario())
