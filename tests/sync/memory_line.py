"""Links within one process: what holds back like a connection, and can be broken on purpose."""

import asyncio
from collections import deque

import msgspec

from pitbox.sync.link import Agreement, Lane, Link, LinkLimits, Peer
from pitbox.sync.pipe import WRITE_HIGH

_LIMITS = LinkLimits()


class _Flow:
    """One direction of a pipe in memory: one writer, one reader."""

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self.chunks: deque[bytes] = deque()
        self.size = 0
        self.has_ended = False
        self.arrived = asyncio.Event()
        self.has_room = asyncio.Event()
        self.has_room.set()

    def put(self, data: bytes) -> None:
        self.chunks.append(data)
        self.size += len(data)
        self.arrived.set()
        if self.size > self.bound:
            self.has_room.clear()

    async def take(self) -> bytes:
        while not self.chunks and not self.has_ended:
            self.arrived.clear()
            await self.arrived.wait()
        if not self.chunks:
            return b""
        data = self.chunks.popleft()
        self.size -= len(data)
        if self.size <= self.bound:
            self.has_room.set()
        return data

    def end(self) -> None:
        self.has_ended = True
        self.arrived.set()
        self.has_room.set()


class MemoryPipe:
    """One of two ends within a process; holds back like a connection, and can be broken on purpose."""

    def __init__(self, inward: _Flow, outward: _Flow) -> None:
        self._inward = inward
        self._outward = outward
        self.is_cut = False
        """While set, nothing that is put arrives and nobody is told: a cable that was pulled."""

    async def read(self) -> bytes:
        return await self._inward.take()

    def put(self, data: bytes) -> None:
        if not self.is_cut and not self._outward.has_ended:
            self._outward.put(data)

    async def drain(self) -> None:
        await self._outward.has_room.wait()
        if self._outward.has_ended:
            raise ConnectionError("The other end is gone.")

    @property
    def is_clear(self) -> bool:
        return self._outward.size == 0

    async def close(self) -> None:
        self.abort()

    def abort(self) -> None:
        self._inward.end()
        if not self.is_cut:
            self._outward.end()


def memory_pipes(bound: int = WRITE_HIGH) -> tuple[MemoryPipe, MemoryPipe]:
    """Two ends of one pipe."""
    one, other = _Flow(bound), _Flow(bound)
    return MemoryPipe(one, other), MemoryPipe(other, one)


def memory_links(
    lane: Lane, one: Peer, other: Peer, limits: LinkLimits = _LIMITS
) -> tuple[Link, Link, MemoryPipe, MemoryPipe]:
    """Both ends, not yet started, and the pipes under them: the first end talks to `one`."""
    near, far = memory_pipes()
    dialled = Agreement(protocol=1, is_dialled=True)
    accepted = msgspec.structs.replace(dialled, is_dialled=False)
    return Link(near, one, lane, dialled, limits), Link(far, other, lane, accepted, limits), near, far
