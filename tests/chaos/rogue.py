"""Everything that a stranger and a paired device without sense may send to a PitBox that records.

usage: rogue.py HOST PORT STRANGER_FOLDER PAIRED_FOLDER VICTIMS_NAME FLOOD; one JSON line on standard output.
"""

import asyncio
import contextlib
import json
import sys
from pathlib import Path

from rogue_rig import FLOOD, forge, trusting_nobody, what_comes

from pitbox.identity.device import Identity
from pitbox.sync.address import Address
from pitbox.sync.frame import HEAD, MAX_FRAME, FrameReader, frame, pack, tag_of, unpack
from pitbox.sync.handshake import FIRST_LANE_TAG, Bye, Hello, Refuse, Welcome, link_messages
from pitbox.sync.tls import Credentials
from pitbox.sync.trust import PeerBook

HELLO = frame(pack(Hello(1, 1, "log", "rogue")))
GARBAGE = {
    "http": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "zeros": bytes(2000),
    "half a client hello": b"\x16\x03\x01\x02\x00" + bytes(range(256)) * 2,
    "hello without tls": HELLO,
}
BAD_FRAMES = {
    "corrupt": HEAD.pack(3, 0) + b"\x91\x10\x00",
    "oversize": HEAD.pack(MAX_FRAME + 1, 0),
    "lie": HEAD.pack(0xFFFFFFFF, 0),
    "nested bomb": frame(b"\x92\x10" + b"\x91" * 500_000),
    "wrong types": frame(pack((17, "want", None))),
}
IDLERS = 60


async def strangers(place: Address, folder: Path, paired: Identity, victims_name: str) -> dict[str, int]:
    """Bytes that came for each attempt without a place in the book."""
    stranger = Identity.load_or_create(folder)
    same_name, _ = forge(folder, victims_name)
    signed, _ = forge(folder, "pb-0123456789abcdef", issuer=paired)
    contexts = {
        "unpaired": trusting_nobody(stranger.key_file),
        "no certificate": trusting_nobody(),
        "same CN": trusting_nobody(same_name),
        "signed by a paired one": trusting_nobody(signed),
    }
    got = {name: len(await what_comes(place, context, HELLO)) for name, context in contexts.items()}
    return got | {name: len(await what_comes(place, None, words)) for name, words in GARBAGE.items()}


async def speak(place: Address, paired: Identity, book: PeerBook, hello: bytes, words: bytes) -> list[str]:
    """What a paired device hears after its HELLO and, once it is welcome, these; until the end."""
    context = Credentials(paired, book).client
    reader, writer = await asyncio.open_connection(place.host, place.port, ssl=context)
    frames, heard = FrameReader(), []
    with contextlib.suppress(OSError):
        writer.write(hello)
        async with asyncio.timeout(10):
            while data := await reader.read(1 << 16):
                for payload in frames.feed(data):
                    if tag_of(payload) >= FIRST_LANE_TAG:
                        continue  # its list of logs: it is a paired device
                    message = unpack(payload, link_messages)
                    if isinstance(message, Welcome):
                        heard.append("welcome")
                        writer.write(words)
                    elif isinstance(message, Refuse | Bye):
                        heard.append(f"{type(message).__name__.lower()} {message.code}: {message.words}")
    heard.append("end")
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return heard


async def loiter(place: Address) -> int:
    """Connect, say a byte, wait: how many still stand after the time that a meeting may take."""
    idle = []
    for _ in range(IDLERS):
        with contextlib.suppress(OSError):
            idle.append(await asyncio.open_connection(place.host, place.port))
    for _, writer in idle:
        with contextlib.suppress(OSError):
            writer.write(b"\x16")
    async with asyncio.timeout(30):
        ends = await asyncio.gather(*(reader.read() for reader, _ in idle), return_exceptions=True)
    for _, writer in idle:
        writer.close()
    return len(idle) - len(ends)


async def flood(place: Address, count: int) -> int:
    words = sys.executable, "-c", FLOOD, str(place.port), str(count), place.host
    return await (await asyncio.create_subprocess_exec(*words)).wait()


async def main(place: Address, stranger: Path, paired_folder: Path, victims_name: str, count: int) -> None:
    paired, book = Identity.load_or_create(paired_folder), PeerBook(paired_folder)
    major = frame(pack(Hello(99, 99, "log", "rogue")))
    report = {
        "strangers": await strangers(place, stranger, paired, victims_name),
        "major": await speak(place, paired, book, major, b""),
        "paired": {n: await speak(place, paired, book, HELLO, words) for n, words in BAD_FRAMES.items()},
        "loitering": await loiter(place),
        "flood": await flood(place, count),
    }
    print(json.dumps(report))  # noqa: T201 - what it is for


if __name__ == "__main__":
    host, port, stranger, paired, name, count = sys.argv[1:]
    asyncio.run(main(Address(host, int(port)), Path(stranger), Path(paired), name, int(count)))
