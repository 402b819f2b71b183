"""The door: accepts connections, few at a time, and hands those with a live TCP stream to a greeter."""

import asyncio
import contextlib
import logging
import socket
import struct
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Self

from pitbox.sync.address import Address
from pitbox.sync.errors import SyncError
from pitbox.sync.gate import Gate

_log = logging.getLogger("pitbox.sync")

_BACKLOG = 128
_RESET = struct.pack("ii", 1, 0)
_PAUSE_S = 0.05

Greeter = Callable[[socket.socket, Address], Awaitable[bool]]
"""Owns the socket from then on, and closes it; True when its host is to be blamed for nothing."""


class Listener:
    """Belongs to one loop. What a greeter raises ends that connection only."""

    def __init__(self, door: socket.socket, greet: Greeter, gate: Gate) -> None:
        self._door = door
        self._greet = greet
        self._loop = asyncio.get_running_loop()
        self._greetings: set[asyncio.Task[None]] = set()
        self._accepting = self._loop.create_task(self._accept(), name="sync-accept")
        self.gate = gate
        self.port: int = door.getsockname()[1]

    @classmethod
    def open(cls, port: int, greet: Greeter, *, is_fixed: bool = False, gate: Gate | None = None) -> Self:
        """On this port, or on any free one if it is taken and not `is_fixed`; raises SyncError."""
        try:
            door = _door(port)
        except OSError as error:
            if is_fixed:
                raise SyncError(f"Port {port} cannot be opened: {error.strerror}.") from error
            _log.info("port %d is taken; another one is used", port)
            door = _door(0)
        return cls(door, greet, gate or Gate())

    async def close(self) -> None:
        """No more connections; those that were not welcome yet end."""
        tasks = [self._accepting, *self._greetings]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # what was given up in its handshake closes its socket now
        self._door.close()

    async def _accept(self) -> None:
        while True:
            try:
                connection, name = await self._accepted()
            except OSError as error:  # no descriptors left: wait until some are free again
                _log.warning("a connection could not be accepted: %s", error)
                await asyncio.sleep(_PAUSE_S)
                continue
            address = Address(_plain(name[0]), name[1])
            if self.gate.enter(address.host, self._loop.time()):
                task = self._loop.create_task(self._receive(connection, address), name="sync-greet")
                self._greetings.add(task)
                task.add_done_callback(partial(self._forget, connection))
            else:
                _slam(connection)
                await asyncio.sleep(0)  # a flood at the door must not starve those inside

    async def _accepted(self) -> tuple[socket.socket, tuple[str, int]]:
        """Asyncio's own way drops a connection that comes in the very moment in which the door is closed."""
        while True:
            try:
                connection, name = self._door.accept()
            except (BlockingIOError, InterruptedError):
                came = self._loop.create_future()
                try:
                    self._loop.add_reader(self._door, _wake, came)
                except NotImplementedError:  # Windows
                    return await self._loop.sock_accept(self._door)
                try:
                    await came
                finally:
                    self._loop.remove_reader(self._door)
            else:
                connection.setblocking(False)
                return connection, name

    async def _receive(self, connection: socket.socket, address: Address) -> None:
        was_welcome = False
        try:
            was_welcome = await self._greet(connection, address)
        except (OSError, SyncError) as error:
            _log.debug("a connection from %s ended: %s", address.host, error)
        except Exception:  # noqa: BLE001 - what one stranger causes must not close the door
            _log.exception("a connection from %s ended with an error", address.host)
        finally:
            self.gate.leave(address.host, self._loop.time(), was_welcome=was_welcome)

    def _forget(self, connection: socket.socket, task: asyncio.Task[None]) -> None:
        self._greetings.discard(task)
        if task.cancelled():  # perhaps before the greeter ever had the socket
            connection.close()


def _wake(came: asyncio.Future[None]) -> None:
    if not came.done():
        came.set_result(None)


def _door(port: int) -> socket.socket:
    if socket.has_dualstack_ipv6():
        door = socket.create_server(("", port), family=socket.AF_INET6, backlog=_BACKLOG, dualstack_ipv6=True)
    else:
        door = socket.create_server(("", port), backlog=_BACKLOG)
    door.setblocking(False)
    return door


def _plain(host: str) -> str:
    return host.removeprefix("::ffff:")


def _slam(connection: socket.socket) -> None:
    """End without the minutes that a polite close keeps an entry in the system's tables."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    connection.close()
