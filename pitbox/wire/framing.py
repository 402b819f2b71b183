"""A record on disk and on the wire: `u64 seq | u32 len | u32 crc32(seq, len, payload) | payload`."""

import struct
from zlib import crc32

from pitbox.wire.errors import MalformedError, OversizeError
from pitbox.wire.limit import MAX_PAYLOAD

HEAD = struct.Struct("<QII")
HEAD_SIZE = HEAD.size
_PREFIX = struct.Struct("<QI")


def record_head(seq: int, payload: bytes) -> bytes:
    """What goes before the payload."""
    size = len(payload)
    if size > MAX_PAYLOAD:
        raise OversizeError(f"A record of {size} bytes is larger than {MAX_PAYLOAD}.")
    return HEAD.pack(seq, size, crc32(payload, crc32(_PREFIX.pack(seq, size))))


def frame(seq: int, payload: bytes) -> bytes:
    """The record's bytes, ready to write."""
    return record_head(seq, payload) + payload


def unframe(data: memoryview, offset: int = 0) -> tuple[int, memoryview, int]:
    """(seq, payload, offset of the next record); raises when the record is cut, oversize or wrong."""
    if len(data) - offset < HEAD_SIZE:
        raise MalformedError("The record's head is cut.")
    seq, size, crc = HEAD.unpack_from(data, offset)
    if size > MAX_PAYLOAD:
        raise OversizeError(f"A record claims {size} bytes; {MAX_PAYLOAD} is the limit.")
    start = offset + HEAD_SIZE
    end = start + size
    if end > len(data):
        raise MalformedError("The record's payload is cut.")
    payload = data[start:end]
    if crc32(payload, crc32(data[offset : offset + 12])) != crc:
        raise MalformedError("The record's checksum does not fit.")
    return seq, payload, end
