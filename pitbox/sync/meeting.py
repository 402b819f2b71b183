"""HELLO and its answer, from both sides: what happens between TLS and a link."""

import os

import msgspec

from pitbox.sync.errors import CorruptFrameError, Refusal, RefusedError
from pitbox.sync.frame import FrameReader, frame, pack, unpack
from pitbox.sync.handshake import (
    PROTOCOL_HIGH,
    PROTOCOL_LOW,
    Hello,
    LinkMessage,
    Refuse,
    Schemas,
    Welcome,
    link_messages,
)
from pitbox.sync.link import Agreement, Lane
from pitbox.sync.pipe import Pipe

MEETING_S = 5.0
"""From an open connection to WELCOME."""
_HELLO_LIMIT = 4 << 10


class Card(msgspec.Struct, frozen=True):
    """What this device says about itself to paired devices."""

    name: str
    role: str
    app_version: str
    schemas: Schemas = {}
    instance: str = msgspec.field(default_factory=lambda: os.urandom(8).hex())
    port: int = 0
    protocol_low: int = PROTOCOL_LOW
    protocol_high: int = PROTOCOL_HIGH
    grants: str = ""
    """What the one that it is shown to may do here."""


class Met(msgspec.Struct, frozen=True):
    """What a handshake leaves for the link."""

    agreement: Agreement
    frames: FrameReader
    early: list[bytes]
    far_port: int
    """Where the far side listens; 0 when it does not say."""


async def introduce(pipe: Pipe, lane: Lane, card: Card) -> Met:
    """The dialler's part; raises RefusedError or ConnectionError."""
    hello = Hello(
        card.protocol_low,
        card.protocol_high,
        lane.value,
        card.instance,
        card.name,
        card.role,
        card.app_version,
        card.schemas,
        card.port,
        card.grants,
    )
    pipe.put(frame(pack(hello)))
    await pipe.drain()
    frames = FrameReader()
    answer, early = await _first_message(pipe, frames)
    if isinstance(answer, Refuse):
        raise RefusedError(answer.code, answer.words)
    if not isinstance(answer, Welcome):
        raise CorruptFrameError("The answer to HELLO is neither WELCOME nor REFUSE.")
    if not card.protocol_low <= answer.protocol <= card.protocol_high:
        raise RefusedError(Refusal.PROTOCOL, f"The other side chose version {answer.protocol}, unknown here.")
    agreement = Agreement(
        answer.protocol,
        answer.instance,
        is_dialled=True,
        far_grants=answer.grants,
    )
    return Met(agreement, frames, early, answer.port)


async def hear(pipe: Pipe) -> tuple[Hello, FrameReader]:
    """The acceptor's first part: the HELLO; raises FrameError or ConnectionError."""
    frames = FrameReader(_HELLO_LIMIT)
    hello, early = await _first_message(pipe, frames)
    if not isinstance(hello, Hello) or early or frames.pending:
        raise CorruptFrameError("A connection begins with HELLO and then waits for the answer.")
    frames.limit = FrameReader().limit
    return hello, frames


async def answer(pipe: Pipe, hello: Hello, frames: FrameReader, card: Card) -> Met:
    """The acceptor's other part: WELCOME; raises RefusedError when the versions do not meet."""
    protocol = min(hello.protocol_high, card.protocol_high)
    if protocol < max(hello.protocol_low, card.protocol_low):
        raise RefusedError(Refusal.PROTOCOL, _strange_words(hello, card))
    welcome = Welcome(
        protocol, card.instance, card.name, card.role, card.app_version, card.schemas, card.port, card.grants
    )
    pipe.put(frame(pack(welcome)))
    await pipe.drain()
    agreement = Agreement(
        protocol,
        hello.instance,
        is_dialled=False,
        far_grants=hello.grants,
    )
    return Met(agreement, frames, [], hello.port)


async def refuse(pipe: Pipe, refusal: RefusedError) -> None:
    """The last word of an acceptor that says no."""
    pipe.put(frame(pack(Refuse(refusal.code, str(refusal)[:400]))))
    await pipe.close()


async def _first_message(pipe: Pipe, frames: FrameReader) -> tuple[LinkMessage, list[bytes]]:
    while data := await pipe.read():
        payloads = frames.feed(data)
        if payloads:
            return unpack(payloads[0], link_messages), payloads[1:]
    raise ConnectionError("The connection ended before the answer.")


def _strange_words(hello: Hello, card: Card) -> str:
    who = f"{card.name} runs PitBox {card.app_version}"
    whose = f"yours is {hello.app_version}" if hello.app_version else "yours is another"
    newer = "yours" if hello.protocol_high < card.protocol_low else "theirs"
    return f"{who}, {whose}: they speak no common version of the protocol. Update {newer}."
