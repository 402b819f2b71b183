"""What goes over a link: `u32 len | u32 crc32(len, payload) | payload`, little-endian.

The payload is one MessagePack array whose first element, a small whole number, says which message it is.
Pure: bytes in, bytes out.
"""

import struct
from typing import Any, TypeVar
from zlib import crc32

import msgspec

from pitbox.sync.errors import CorruptFrameError, NestedFrameError, OversizeFrameError

T = TypeVar("T")

MAX_FRAME = 1 << 20
"""Bytes of one payload."""
HEAD = struct.Struct("<II")
HEAD_SIZE = HEAD.size

_LENGTH = struct.Struct("<I")
_encode = msgspec.msgpack.Encoder().encode


def pack(message: Any) -> bytes:
    """The payload of a struct, tuple or list."""
    return _encode(message)


def unpack(payload: bytes, decoder: "msgspec.msgpack.Decoder[T]") -> T:
    """The message, checked by the decoder's type; raises FrameError for anything else."""
    try:
        return decoder.decode(payload)
    except RecursionError:
        raise NestedFrameError("A message is nested deeper than any that exists.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CorruptFrameError(f"A message is not what it claims to be: {error}.") from error


def frame(payload: bytes) -> bytes:
    """The payload with its head, ready to send."""
    size = len(payload)
    if size > MAX_FRAME:
        raise OversizeFrameError(f"A message of {size} bytes is larger than a frame of {MAX_FRAME}.")
    return HEAD.pack(size, _checksum(size, payload)) + payload


def tag_of(payload: bytes) -> int:
    """Which message it is, read from the first bytes alone; raises CorruptFrameError."""
    head = payload[0] if payload else 0
    if 0x91 <= head <= 0x9F:
        at = 1
    elif head == 0xDC:
        at = 3
    elif head == 0xDD:
        at = 5
    else:
        raise CorruptFrameError("A message is a MessagePack array with at least its number in it.")
    tag = payload[at : at + 2]
    if tag and tag[0] < 0x80:
        return tag[0]
    if len(tag) == 2 and tag[0] == 0xCC:
        return tag[1]
    raise CorruptFrameError("A message begins with its number, from 0 to 255.")


class FrameReader:
    """Bytes in, as they come; whole payloads out. Once it has raised it is of no more use."""

    def __init__(self, limit: int = MAX_FRAME) -> None:
        self.limit = limit
        self._buffer = bytearray()

    @property
    def pending(self) -> int:
        """Bytes of a frame that is not whole yet."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[bytes]:
        """The payloads that became whole; raises FrameError at the first that cannot be one."""
        self._buffer += data
        payloads: list[bytes] = []
        at = 0
        while len(self._buffer) - at >= HEAD_SIZE:
            size, checksum = HEAD.unpack_from(self._buffer, at)
            # Before anything waits for the rest: a lie about the length must not cost its length.
            if size > self.limit:
                raise OversizeFrameError(f"A frame claims {size} bytes; {self.limit} is the limit.")
            end = at + HEAD_SIZE + size
            if len(self._buffer) < end:
                break
            payload = bytes(memoryview(self._buffer)[at + HEAD_SIZE : end])
            if _checksum(size, payload) != checksum:
                raise CorruptFrameError("A frame's checksum does not fit.")
            payloads.append(payload)
            at = end
        if at:
            del self._buffer[:at]
        return payloads


def _checksum(size: int, payload: bytes) -> int:
    return crc32(payload, crc32(_LENGTH.pack(size)))
