"""Two sides of one conversation, each waiting for the other, as one thing that ends."""

import asyncio
from collections.abc import Awaitable
from typing import Any


async def both(one: Awaitable[Any], other: Awaitable[Any]) -> None:
    """Until the first ends; the other is cancelled, and the error of either is raised."""
    tasks = [asyncio.ensure_future(one), asyncio.ensure_future(other)]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
