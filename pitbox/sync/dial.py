"""From places where a device may be to a connection that leads to that device and no other."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Sequence

from pitbox.model.ids import DeviceId
from pitbox.sync.address import Address
from pitbox.sync.errors import FrameError, Refusal, RefusedError, SyncError
from pitbox.sync.link import Lane
from pitbox.sync.meeting import MEETING_S, Card, Met, introduce
from pitbox.sync.pipe import StreamPipe
from pitbox.sync.tls import Credentials, is_unknown_here, secure

CONNECT_S = 1.0
"""A device on a local network answers at once or is not there; whoever dials tries again anyway."""
_STAGGER_S = 0.15
UNKNOWN_WORDS = "It ends each connection of this device: it may no longer be paired. Pair the two again."


class NobodyThereError(SyncError):
    """No place led to the device."""


class UnansweredError(NobodyThereError):
    """It took the connection and ended it: what a device does that does not know this one."""


async def dial(
    places: Sequence[Address],
    device: DeviceId,
    lane: Lane,
    card: Card,
    *,
    credentials: Credentials,
    on_hello: Callable[[], None],
) -> tuple[StreamPipe, Met, Address]:
    """A welcome at `device`; raises NobodyThereError, RefusedError or TimeoutError.

    `on_hello` is called before HELLO: from then on the far side may count on this connection.
    """
    left = list(places)
    while left:
        connection, address = await connect_first(left)
        left.remove(address)
        async with asyncio.timeout(MEETING_S):
            pipe = await _prove(connection, device, credentials)
            if pipe is None:
                continue
            try:
                on_hello()
                return pipe, await introduce(pipe, lane, card), address
            except BaseException as error:
                pipe.abort()
                if is_unknown_here(pipe.error):
                    raise RefusedError(Refusal.UNPAIRED, UNKNOWN_WORDS) from error
                if isinstance(error, FrameError | ConnectionError):
                    raise UnansweredError(f"{address} ended the connection without an answer.") from error
                raise
    raise NobodyThereError("Another device answers at the places where it was.")


async def connect_first(places: Sequence[Address]) -> tuple[socket.socket, Address]:
    """The first place that takes a connection; raises NobodyThereError when none does."""
    attempts = {}
    try:
        for place in places:
            attempts[asyncio.create_task(connect(place), name="sync-connect")] = place
            found = await _first_good(attempts, _STAGGER_S)
            if found is not None:
                return found
        while attempts:
            found = await _first_good(attempts, None)
            if found is not None:
                return found
    finally:
        for task in attempts:
            task.cancel()
        for late in await asyncio.gather(*attempts, return_exceptions=True):
            if isinstance(late, socket.socket):
                late.close()
    raise NobodyThereError("Nobody answers at the places where it was.")


async def connect(place: Address) -> socket.socket:
    """A TCP connection; raises OSError, TimeoutError included."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(CONNECT_S):
        try:
            found = await loop.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
        except UnicodeError as error:  # a name that no name server could be asked for
            raise OSError(str(error)) from error
        family, kind, protocol, _, where = found[0]
        connection = socket.socket(family, kind, protocol)
        try:
            connection.setblocking(False)
            await loop.sock_connect(connection, where)
        except BaseException:
            connection.close()
            raise
    return connection


async def _first_good(
    attempts: "dict[asyncio.Task[socket.socket], Address]", timeout_s: float | None
) -> tuple[socket.socket, Address] | None:
    """One that has connected; those that failed are taken out."""
    done, _ = await asyncio.wait(attempts, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    winner = None
    for task in done:
        error = task.exception()
        if error is not None and not isinstance(error, OSError):
            raise error
        if error is None and winner is None:
            winner = (task.result(), attempts.pop(task))
        elif error is not None:
            del attempts[task]
    return winner


async def _prove(connection: socket.socket, device: DeviceId, credentials: Credentials) -> StreamPipe | None:
    """The connection under TLS if it leads to `device`; None when somebody else is there."""
    with contextlib.suppress(OSError):
        pipe, far = await secure(connection, credentials.client, is_server=False, timeout_s=MEETING_S)
        if far == device:
            return pipe
        pipe.abort()
    connection.close()
    return None
