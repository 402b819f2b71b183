"""The bytes under a link: a TCP or TLS connection, or a pair of ends within one process."""

import asyncio
import contextlib
import socket
import sys
from collections import deque
from typing import Protocol

READ_SIZE = 256 << 10
WRITE_HIGH = 256 << 10
"""Bytes that a connection may hold back before whoever writes has to wait."""
_FRESH_BYTES = 16 << 10
_TCP_THIN_LINEAR_TIMEOUTS, _TCP_RTO_MIN_US = 16, 45
"""Linux, the second from 6.18 on; Python has no names for them."""
_FRESH_RTO_US = 10_000


class Pipe(Protocol):
    """One end of a two-way stream of bytes. Belongs to one asyncio loop."""

    async def read(self) -> bytes:
        """Some bytes; none at the end, however it came."""
        ...

    def put(self, data: bytes) -> None:
        """Hand over for sending without waiting; `drain` is what bounds the memory."""
        ...

    async def drain(self) -> None:
        """Wait until there is room; raises ConnectionError when the other side is gone."""
        ...

    @property
    def is_clear(self) -> bool:
        """Nothing waits to be sent."""
        ...

    async def close(self) -> None:
        """Send what waits, for a moment at most, and end."""
        ...

    def abort(self) -> None:
        """End at once."""
        ...


class StreamPipe:
    """A pipe over asyncio's streams."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.error: OSError | None = None
        """What ended it, when that was not a polite end."""
        writer.transport.set_write_buffer_limits(high=WRITE_HIGH)

    async def read(self) -> bytes:
        try:
            return await self._reader.read(READ_SIZE)
        except OSError as error:  # resets, and whatever TLS says about a stream that was cut
            self.error = error
            return b""

    def put(self, data: bytes) -> None:
        self._writer.write(data)

    async def drain(self) -> None:
        try:
            await self._writer.drain()
        except OSError as error:
            raise ConnectionError(str(error)) from error

    @property
    def is_clear(self) -> bool:
        transport = self._writer.transport
        # Under TLS lies another transport with a buffer of its own, which asyncio shows to nobody.
        under = getattr(getattr(transport, "_ssl_protocol", None), "_transport", None)
        waiting = under.get_write_buffer_size() if under is not None else 0
        return transport.get_write_buffer_size() + waiting == 0

    def prefer_fresh(self) -> None:
        """Let the system hold back little, and send again soon what was lost.

        What waits there can no longer be replaced by a newer value; and by a system's usual 200 ms one lost
        packet holds up a dozen rows.
        """
        connection = self._writer.get_extra_info("socket")
        options = []
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):
            options.append((socket.TCP_NOTSENT_LOWAT, _FRESH_BYTES))
        if sys.platform == "linux":
            options += [(_TCP_RTO_MIN_US, _FRESH_RTO_US), (_TCP_THIN_LINEAR_TIMEOUTS, 1)]
        for option, value in options if connection is not None else ():
            with contextlib.suppress(OSError):  # an older system
                connection.setsockopt(socket.IPPROTO_TCP, option, value)

    async def close(self) -> None:
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(1.0):
                self._writer.close()
                await self._writer.wait_closed()
        self._writer.transport.abort()

    def abort(self) -> None:
        self._writer.transport.abort()


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
