"""The messages of pairing; numbers of their own, because no link carries them."""

from typing import Annotated, Literal, Union

import msgspec
from msgspec import Meta

from pitbox.model.role import Role

VERSION = 1

_Fingerprint = Annotated[bytes, Meta(min_length=32, max_length=32)]
_Share = Annotated[bytes, Meta(min_length=65, max_length=65)]


class Knock(msgspec.Struct, frozen=True, array_like=True, tag=1):
    """The dialler's first word: who it is and its share of the key."""

    version: int
    device: _Fingerprint
    share: _Share


class Answer(msgspec.Struct, frozen=True, array_like=True, tag=2):
    """The same from the one that shows the code."""

    version: int
    device: _Fingerprint
    share: _Share


class Proof(msgspec.Struct, frozen=True, array_like=True, tag=3):
    """That the sender has the key, and so knew the code. The dialler's comes first."""

    mac: Annotated[bytes, Meta(min_length=32, max_length=32)]


class Sealed(msgspec.Struct, frozen=True, array_like=True, tag=4):
    """A credential or a verdict under the key."""

    data: Annotated[bytes, Meta(max_length=8 << 10)]


class Sorry(msgspec.Struct, frozen=True, array_like=True, tag=5):
    """The end, in words."""

    reason: Literal["code", "closed", "version", "device"]
    words: Annotated[str, Meta(max_length=400)]


PAIRING_MESSAGES: tuple[type[msgspec.Struct], ...] = (Knock, Answer, Proof, Sealed, Sorry)
PairingMessage = Union[Knock, Answer, Proof, Sealed, Sorry]  # noqa: UP007 - msgspec reads it at run time
pairing_messages: msgspec.msgpack.Decoder[PairingMessage] = msgspec.msgpack.Decoder(PairingMessage)


class Credential(msgspec.Struct, frozen=True, array_like=True):
    """Sealed: what each side is to the other from now on."""

    certificate: bytes
    name: Annotated[str, Meta(max_length=200)]
    role: Role
    port: Annotated[int, Meta(ge=0, le=65535)]
    """Where it takes links; 0 when it takes none now."""
    signature: bytes
    """Over what both sides saw, by the certificate's key."""


class Verdict(msgspec.Struct, frozen=True, array_like=True):
    """Sealed: what the person said."""

    is_accepted: bool
