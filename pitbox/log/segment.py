"""One file of a log: a head that says whose records follow, then records.

`8 bytes magic | u32 len | u32 crc32(payload) | payload`; the magic's line end shows a file that went
through a text transfer. The head is no record: it has no sequence number, so a commit that failed in
one file can be written again, byte for byte, into the next.
"""

import re
import struct
from pathlib import Path
from zlib import crc32

import msgspec

from pitbox.log.errors import SegmentError
from pitbox.model.ids import LogId

MAGIC = b"PBSEG1\r\n"
SUFFIX = ".seg"
_HEAD = struct.Struct("<II")
_MAX_HEAD = 64 << 10
_NAME = re.compile(r"(\d{8})\.seg")


class SegmentHead(msgspec.Struct, frozen=True, array_like=True):
    schema: int
    log: LogId
    number: int
    """Counts the files of a log; a file that was abandoned keeps its number."""
    first_seq: int
    """Of this file. Records of earlier files from here on are void: their commit had failed."""
    chain: bytes
    """The chain of the mark or seal before the first record."""
    previous_seal: bytes
    certificate: bytes


_decoder = msgspec.msgpack.Decoder(SegmentHead)


def pack_head(head: SegmentHead) -> bytes:
    payload = msgspec.msgpack.encode(head)
    return MAGIC + _HEAD.pack(len(payload), crc32(payload)) + payload


def unpack_head(data: memoryview) -> tuple[SegmentHead, int]:
    """(head, offset of the first record); raises SegmentError when the head is cut or damaged."""
    start = len(MAGIC) + _HEAD.size
    if bytes(data[: len(MAGIC)]) != MAGIC:
        raise SegmentError("The file does not begin as a segment does.")
    if len(data) < start:
        raise SegmentError("The segment's head is cut.")
    size, crc = _HEAD.unpack_from(data, len(MAGIC))
    if size > _MAX_HEAD or start + size > len(data):
        raise SegmentError("The segment's head is cut or damaged.")
    payload = data[start : start + size]
    if crc32(payload) != crc:
        raise SegmentError("The segment's head is damaged.")
    try:
        return _decoder.decode(payload), start + size
    except (msgspec.MsgspecError, RecursionError) as error:
        raise SegmentError(f"The segment's head cannot be read: {error}.") from error


def is_head_cut(data: memoryview) -> bool:
    """True for what a kill leaves of a file that was just made: nothing, zeros, or a part of the head."""
    if not any(data):
        return True
    magic, start = bytes(data[: len(MAGIC)]), len(MAGIC) + _HEAD.size
    if not MAGIC.startswith(magic):
        return False
    return len(data) < start or start + _HEAD.unpack_from(data, len(MAGIC))[0] > len(data)


def segment_path(folder: Path, number: int) -> Path:
    return folder / f"{number:08d}{SUFFIX}"


def segment_paths(folder: Path) -> list[Path]:
    """The segments of a log in order."""
    try:
        return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name) and path.is_file())
    except OSError:
        return []


def segment_number(path: Path) -> int:
    return int(path.stem)
