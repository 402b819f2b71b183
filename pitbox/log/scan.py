"""Reading a segment's bytes: an exact prefix, and past damage only what its device vouches for.

A record is accepted when its checksum fits and its number is the next. Where that fails, the scan looks
for the place to go on: behind the broken record if its length still makes sense, else wherever a run of
good records leads, without a gap, to a mark or seal that the log's device signed. Bytes that merely
look like records (a log inside a message) are therefore never taken for some.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.log.seal import is_signed
from pitbox.model.ids import LogId
from pitbox.wire.errors import WireError
from pitbox.wire.framing import HEAD, HEAD_SIZE, unframe
from pitbox.wire.limit import MAX_PAYLOAD
from pitbox.wire.record import MarkRecord, SealRecord, decode, kind_of

_MARKS = (MarkRecord.KIND, SealRecord.KIND)
_MAX_JUMP = 1 << 20
"""Records that can be lost in one hole; a segment holds far fewer."""


class Entry(msgspec.Struct, frozen=True):
    """One record of a log."""

    seq: int
    payload: memoryview
    frame: memoryview
    """The record's bytes as they lie on disk and go over the wire."""


class Hole(msgspec.Struct, frozen=True):
    """Bytes that cannot be read."""

    first_seq: int
    end_seq: int | None
    """One past the last record in it; None at the end of a file, where it cannot be known."""
    offset: int
    size: int
    is_unfinished: bool
    """The last write was cut short: what a kill or a power cut leaves, never acknowledged."""


def scan(
    data: memoryview, offset: int, next_seq: int, log: LogId, certificate: bytes
) -> Iterator[Entry | Hole]:
    """Entries in order, with a Hole wherever something is missing."""
    end = len(data)
    while offset < end:
        try:
            seq, payload, after = unframe(data, offset)
        except WireError:
            seq = -1
        if seq == next_seq:
            yield Entry(seq, payload, data[offset:after])
            offset, next_seq = after, seq + 1
            continue
        found = find_next(data, offset, next_seq, log, certificate)
        if found is None:
            is_cut = _is_unfinished(data, offset, next_seq)
            yield Hole(next_seq, None, offset, end - offset, is_unfinished=is_cut)
            return
        yield Hole(next_seq, found[1], offset, found[0] - offset, is_unfinished=False)
        offset, next_seq = found


def find_next(
    data: memoryview, offset: int, next_seq: int, log: LogId, certificate: bytes
) -> tuple[int, int] | None:
    """(offset, seq) of the first record past the damage at `offset` that can be trusted."""
    if len(data) - offset >= HEAD_SIZE:
        seq, size, _ = HEAD.unpack_from(data, offset)
        behind = offset + HEAD_SIZE + size
        if (
            seq == next_seq
            and size <= MAX_PAYLOAD
            and behind < len(data)
            and _leads_to_mark(data, behind, next_seq + 1, log, certificate)
        ):
            return behind, next_seq + 1
    dead: set[int] = set()
    for place in _places(data, offset, next_seq):
        seq = HEAD.unpack_from(data, place)[0]
        if _leads_to_mark(data, place, seq, log, certificate, dead=dead):
            return place, seq
    return None


def _is_unfinished(data: memoryview, offset: int, next_seq: int) -> bool:
    """True for the head of a record whose rest was never written, or nothing but zeros."""
    rest = data[offset:]
    if not any(rest):
        return True
    if len(rest) < HEAD_SIZE:
        return True
    seq, size, _ = HEAD.unpack_from(rest)
    return bool(seq == next_seq and size <= MAX_PAYLOAD and HEAD_SIZE + size > len(rest))


def _places(data: memoryview, start: int, next_seq: int) -> list[int]:
    """Offsets at which a record's head could stand, in order."""
    count = len(data) - start - HEAD_SIZE + 1
    if count <= 0:
        return []
    flat = np.frombuffer(data, np.uint8)
    seqs = _words(flat, start, count, "<u8")
    likely = np.flatnonzero((seqs >= next_seq) & (seqs < next_seq + _MAX_JUMP))
    sizes = _words(flat, start + 8, count, "<u4")[likely]
    likely = likely[sizes <= MAX_PAYLOAD]
    return [int(place) + start for place in likely]


def _words(flat: NDArray[np.uint8], start: int, count: int, kind: str) -> NDArray[Any]:
    """The little-endian number at each of `count` consecutive byte offsets."""
    return np.ndarray((count,), kind, buffer=flat.data, offset=start, strides=(1,))


def _leads_to_mark(
    data: memoryview,
    offset: int,
    seq: int,
    log: LogId,
    certificate: bytes,
    *,
    dead: set[int] | None = None,
) -> bool:
    """True when good records stand here without a gap up to a mark or seal with a true signature.

    `dead` remembers the places from which no way led on, so that hostile bytes cost no more than good ones.
    """
    walked: list[int] = []
    while offset < len(data) and (dead is None or offset not in dead):
        try:
            found, payload, behind = unframe(data, offset)
            if found != seq:
                break
            walked.append(offset)
            offset = behind
            if kind_of(payload) in _MARKS:
                record = decode(payload)
                assert isinstance(record, MarkRecord | SealRecord)
                if record.count == seq and is_signed(certificate, log, seq, record):
                    return True
                break
        except WireError:
            break
        seq += 1
    if dead is not None:
        dead.update(walked)
    return False
