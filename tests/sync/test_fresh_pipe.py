"""What the live lane asks of the system's TCP."""

import asyncio
import contextlib
import socket
import sys

import pytest
from sync_rig import LOOPBACK, play

from pitbox.sync.pipe import StreamPipe

RTO_MIN_US, THIN_LINEAR_TIMEOUTS = 45, 16


async def options_of_a_fresh_pipe() -> dict[int, int]:
    server = await asyncio.start_server(lambda _, writer: writer.close(), LOOPBACK, 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    pipe = StreamPipe(reader, writer)
    pipe.prefer_fresh()
    found: dict[int, int] = {}
    for option in (socket.TCP_NOTSENT_LOWAT, RTO_MIN_US, THIN_LINEAR_TIMEOUTS):
        with contextlib.suppress(OSError):
            found[option] = writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, option)
    await pipe.close()
    server.close()
    await server.wait_closed()
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="the options are Linux's")
def test_lost_live_packets_are_repeated_soon_and_little_waits_in_the_system() -> None:
    found: dict[int, int] = {}

    async def scenario() -> None:
        found.update(await options_of_a_fresh_pipe())

    play(scenario())
    assert found[socket.TCP_NOTSENT_LOWAT] == 16 << 10
    assert found[THIN_LINEAR_TIMEOUTS] == 1
    assert 10_000 <= found.get(RTO_MIN_US, 10_000) <= 20_000, "the kernel counts in ticks of its own"
