"""The bytes under a link: a TCP or TLS connection."""

import asyncio
import contextlib
import socket
import sys
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
