"""The door that closes: whoever knocks in that moment is not left standing with half a connection."""

import asyncio
import gc
import socket

import pytest

from pitbox.sync.address import Address
from pitbox.sync.listen import Listener


async def greet(connection: socket.socket, _: Address) -> bool:
    connection.close()
    return False


@pytest.mark.parametrize("turns", range(6))
def test_a_knock_while_the_door_closes_leaves_nothing_open(turns: int) -> None:
    """So many turns of the loop after the knock; a socket that nobody closes is a warning, and fails."""

    async def scenario() -> None:
        listener = Listener.open(0, greet)
        await asyncio.sleep(0.01)
        with socket.create_connection(("127.0.0.1", listener.port), 5.0):
            for _ in range(turns):
                await asyncio.sleep(0)
            await listener.close()

    asyncio.run(scenario())
    gc.collect()
