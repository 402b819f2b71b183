"""Devices of one process that talk over real TCP and TLS on loopback, each with a folder of its own."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec

from pitbox.identity.device import Identity
from pitbox.model.role import Role
from pitbox.sync.address import Address, PlaceBook
from pitbox.sync.link import Lane, Link, LinkLimits
from pitbox.sync.meeting import Card
from pitbox.sync.switchboard import Event, Switchboard
from pitbox.sync.trust import PairedPeer, PeerBook

LOOPBACK = "127.0.0.1"


class Device:
    """One PitBox: identity, book, switchboard, and what was heard from it."""

    def __init__(self, folder: Path, name: str, role: Role = Role.ENGINEER) -> None:
        self.folder = folder / name
        self.name, self.role = name, role
        self.identity = Identity.load_or_create(self.folder)
        self.book = PeerBook(self.folder)
        self.places = PlaceBook(self.folder)
        self.links: list[Link] = []
        self.events: list[Event] = []
        self.received: list[bytes] = []
        self._takers: set[asyncio.Task[None]] = set()
        self.board: Switchboard

    @property
    def device(self) -> str:
        return self.identity.device

    def as_peer(self) -> PairedPeer:
        return PairedPeer(self.identity.device, self.name, self.role, self.identity.certificate)

    async def open(self, limits: LinkLimits = LinkLimits(), **card: Any) -> "Device":  # noqa: B008
        words = Card(self.name, self.role.value, "0.5.0")
        self.board = Switchboard(
            self.identity,
            self.book,
            self.places,
            msgspec.structs.replace(words, **card),
            on_link=self._take,
            on_event=self.events.append,
            limits=limits,
        )
        await self.board.open(0)
        return self

    async def close(self) -> None:
        await self.board.close()
        for taker in self._takers:
            taker.cancel()
        await asyncio.gather(*self._takers, return_exceptions=True)

    @property
    def address(self) -> Address:
        return Address(LOOPBACK, self.board.port)

    def is_linked(self, other: "Device") -> bool:
        """Both lanes stand, on this side."""
        return all(self.board.link(other.identity.device, lane) is not None for lane in Lane)

    def _take(self, link: Link) -> None:
        self.links.append(link)
        task = asyncio.get_running_loop().create_task(self._receive(link))
        self._takers.add(task)

    async def _receive(self, link: Link) -> None:
        while True:
            self.received.append(await link.receive())


def pair(one: Device, other: Device) -> None:
    one.book.add(other.as_peer())
    other.book.add(one.as_peer())


def introduce(one: Device, other: Device) -> None:
    """Each hears where the other one is, as discovery would say it."""
    one.board.seen(other.device[:16], [other.address])
    other.board.seen(one.device[:16], [one.address])


async def until(condition: Callable[[], object], timeout_s: float = 10.0) -> None:
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 - a condition of the product, which sets no event for tests
            await asyncio.sleep(0.005)


def play(scenario: Coroutine[Any, Any, None], timeout_s: float = 40.0) -> None:
    """Run it with a deadline; whatever asyncio could not deliver to anybody fails the test."""
    unheard: list[dict[str, Any]] = []

    async def bounded() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context))
        async with asyncio.timeout(timeout_s):
            await scenario

    asyncio.run(bounded())
    assert not unheard, unheard
