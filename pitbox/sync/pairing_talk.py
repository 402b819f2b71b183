"""A conversation between two that want to become a pair: framed, and sealed once there is a key."""

from typing import TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from pitbox.sync.errors import (
    CorruptFrameError,
    FrameError,
    PairingClosedError,
    PairingEndedError,
    PairingError,
    WrongCodeError,
)
from pitbox.sync.frame import FrameReader, frame, pack, unpack
from pitbox.sync.pairing_message import PairingMessage, Sealed, Sorry, pairing_messages
from pitbox.sync.pipe import Pipe
from pitbox.sync.spake import hkdf

_LIMIT = 16 << 10
_T = TypeVar("_T")


class Talk:
    """Owns the pipe; what is wrong on it is a PairingError."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._frames = FrameReader(_LIMIT)
        self._ready: list[bytes] = []
        self._outward: ChaCha20Poly1305
        self._inward: ChaCha20Poly1305
        self._sent = self._taken = 0
        self.has_heard = False
        """The other side has said something."""

    async def send(self, message: PairingMessage) -> None:
        self._pipe.put(frame(pack(message)))
        try:
            await self._pipe.drain()
        except ConnectionError as error:
            raise PairingEndedError from error

    async def receive(self, kind: type[_T]) -> _T:
        """The next message, which has to be of this kind; what the other side regrets is raised."""
        try:
            message = unpack(await self._next(), pairing_messages)
        except FrameError as error:
            raise PairingError("The other device speaks something else than pairing.") from error
        if isinstance(message, Sorry):
            raise _ERRORS.get(message.reason, PairingError)(message.words)
        if not isinstance(message, kind):
            raise PairingError("The other device answered out of turn.")
        return message

    def seal_with(self, key: bytes, *, is_first: bool) -> None:
        """From here on, what is sealed is under this key; each direction has its own."""
        one, other = (
            ChaCha20Poly1305(hkdf(key, b"PitBox pairing " + side, 32)) for side in (b"first", b"second")
        )
        self._outward, self._inward = (one, other) if is_first else (other, one)

    async def send_sealed(self, value: msgspec.Struct) -> None:
        data = self._outward.encrypt(self._sent.to_bytes(12), pack(value), None)
        self._sent += 1
        await self.send(Sealed(data))

    async def receive_sealed(self, kind: type[_T]) -> _T:
        data = (await self.receive(Sealed)).data
        try:
            text = self._inward.decrypt(self._taken.to_bytes(12), data, None)
            self._taken += 1
            return unpack(text, msgspec.msgpack.Decoder(kind))
        except (InvalidTag, FrameError) as error:
            raise PairingError("What the other device sealed cannot be read.") from error

    async def close(self) -> None:
        await self._pipe.close()

    async def _next(self) -> bytes:
        while not self._ready:
            data = await self._pipe.read()
            if not data:
                raise PairingEndedError
            self._ready += self._frames.feed(data)
            if len(self._ready) > 4:
                raise CorruptFrameError("More than pairing needs.")
        self.has_heard = True
        return self._ready.pop(0)


_ERRORS: dict[str, type[PairingError]] = {"code": WrongCodeError, "closed": PairingClosedError}
