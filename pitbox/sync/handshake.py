"""The messages of a link itself. Numbers below 16 are theirs; what a lane carries begins at 16.

Structs grow only at the end, and every field after the first release has a default: so older and newer
minor versions read each other.
"""

from typing import Annotated, Union

import msgspec
from msgspec import Meta

PROTOCOL_LOW = 1
PROTOCOL_HIGH = 1
"""The versions of the protocol that this PitBox speaks; two that share none refuse each other in words."""

FIRST_LANE_TAG = 16

_Word = Annotated[str, Meta(max_length=64)]
_Words = Annotated[str, Meta(max_length=400)]
_Version = Annotated[int, Meta(ge=0, le=65535)]
_Number = Annotated[int, Meta(ge=0, le=255)]
Schemas = Annotated[dict[Annotated[str, Meta(max_length=16)], _Version], Meta(max_length=32)]


class Hello(msgspec.Struct, frozen=True, array_like=True, tag=1):
    """The dialler's first word on each connection."""

    protocol_low: _Version
    protocol_high: _Version
    lane: _Word
    """`log` or `live`."""
    instance: Annotated[str, Meta(max_length=32)]
    """Random for each start of the program: a peer that restarted is told from one that dials twice."""
    name: _Word = ""
    role: _Word = ""
    """What the device does now; what it may do here stands in the receiver's own book."""
    app_version: _Word = ""
    schemas: Schemas = {}
    """Schema numbers of what it writes, by name."""
    port: _Version = 0
    """Where it listens; 0: nowhere."""
    grants: _Word = ""
    """The role under which it knows the other one; empty: it does not say."""


class Welcome(msgspec.Struct, frozen=True, array_like=True, tag=2):
    """The answer. Before it nothing counts: a TLS client that is about to be rejected looks connected."""

    protocol: _Version
    instance: Annotated[str, Meta(max_length=32)]
    name: _Word = ""
    role: _Word = ""
    app_version: _Word = ""
    schemas: Schemas = {}
    port: _Version = 0
    grants: _Word = ""


class Refuse(msgspec.Struct, frozen=True, array_like=True, tag=3):
    """The other answer; the connection ends after it."""

    code: _Number
    words: _Words


class Ping(msgspec.Struct, frozen=True, array_like=True, tag=4):
    number: int


class Pong(msgspec.Struct, frozen=True, array_like=True, tag=5):
    number: int


class Bye(msgspec.Struct, frozen=True, array_like=True, tag=6):
    """The last word of one that ends the link."""

    code: _Number
    words: _Words


LINK_MESSAGES: tuple[type[msgspec.Struct], ...] = (Hello, Welcome, Refuse, Ping, Pong, Bye)
LinkMessage = Union[Hello, Welcome, Refuse, Ping, Pong, Bye]  # noqa: UP007 - msgspec reads it at run time
link_messages: msgspec.msgpack.Decoder[LinkMessage] = msgspec.msgpack.Decoder(LinkMessage)
