"""A process with links and nothing else: what `test_lan` starts in each machine. Says JSON lines."""

import asyncio
import json
import sys
import time
from pathlib import Path

import msgspec

from pitbox.identity.device import Identity
from pitbox.sync.address import PlaceBook
from pitbox.sync.discovery import Discovery, Sighting
from pitbox.sync.link import Link
from pitbox.sync.meeting import Card
from pitbox.sync.switchboard import Event, Switchboard
from pitbox.sync.trust import PeerBook

_BOOT_S = time.monotonic()


def say(event: str, **words: object) -> None:
    line = json.dumps({"event": event, "since_start_s": time.monotonic() - _BOOT_S, **words})
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def hear(event: Event) -> None:
    say(type(event).__name__, **msgspec.to_builtins(event))


async def main(mode: str, folder: Path, *, is_silent: bool) -> None:
    identity = Identity.load_or_create(folder)
    attending = set()

    async def attend(link: Link) -> None:
        await link.send((16, f"hello from {identity.device}"))
        while True:
            say("message", lane=link.lane.value, text=msgspec.msgpack.decode(await link.receive())[1])

    def on_link(link: Link) -> None:
        attending.add(asyncio.create_task(attend(link)))

    board = Switchboard(
        identity,
        PeerBook(folder),
        PlaceBook(folder),
        Card(mode, "engineer", "0"),
        on_link=on_link,
        on_event=hear,
    )
    await board.open(47300)

    def seen(sighting: Sighting) -> None:
        say("seen", short_id=sighting.short_id, mode=sighting.mode, at=[str(a) for a in sighting.addresses])
        board.seen(sighting.short_id, discovery.addresses_of(sighting.short_id))

    discovery = Discovery(
        identity.device, mode, on_seen=seen, on_trouble=lambda words: say("trouble", words=words)
    )
    if not is_silent:
        await discovery.open(board.port)
    say("ready", device=identity.device, port=board.port)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), is_silent="silent" in sys.argv[3:]))
