"""What annals are written in: one frame for each thing that a chronicle did. Plain MessagePack with a CRC.

Only ever appended. A file that was cut in the middle of a frame ends before it.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from pitbox.model.fact import Fact
from pitbox.model.ids import Axis, LogId, SessionId
from pitbox.model.session import SessionInfo
from pitbox.wall.ledger import Place
from pitbox.wire.errors import WireError
from pitbox.wire.framing import HEAD, HEAD_SIZE, unframe
from pitbox.wire.limit import MAX_PAYLOAD

VERSION = 1


class Opening(msgspec.Struct, frozen=True, array_like=True, tag="opening"):
    session: SessionId
    version: int
    fold_version: int


class Heard(msgspec.Struct, frozen=True, array_like=True, tag="heard"):
    """The session text is another one."""

    info: SessionInfo


class Said(msgspec.Struct, frozen=True, array_like=True, tag="said"):
    """The fold said this at a record."""

    place: Place
    facts: tuple[Fact, ...]


class Turned(msgspec.Struct, frozen=True, array_like=True, tag="turned"):
    """Back behind this record; to the very start for None."""

    to: Place | None


class Told(msgspec.Struct, frozen=True, array_like=True, tag="told"):
    """All that differed from what was told before is told now."""

    front: Axis


class Kept(msgspec.Struct, frozen=True, array_like=True, tag="kept"):
    """A state to which the fold can turn back."""

    last: Place
    """The last record folded."""
    places: tuple[tuple[LogId, int, Axis], ...]
    """How far each log is folded, and where it stands there."""
    heard: int
    """Which of the session texts is in force; -1 before the first one."""
    holes: int
    """Records that could not be read so far: when they are mended, all is folded anew."""
    state: bytes
    """Compressed."""


Deed = Opening | Heard | Said | Turned | Told | Kept


def read_deeds(file: BinaryIO) -> Iterator[tuple[int, int, Deed]]:
    """(where it begins, where it ends, what it says) up to the first frame that is not sound."""
    at = number = 0
    while True:
        file.seek(at)
        head = file.read(HEAD_SIZE)
        if len(head) < HEAD_SIZE or HEAD.unpack(head)[1] > MAX_PAYLOAD:
            return
        data = head + file.read(HEAD.unpack(head)[1])
        try:
            seq, payload, _ = unframe(memoryview(data))
            deed = msgspec.msgpack.decode(payload, type=Deed)
        except (WireError, msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            return
        if seq != number:
            return
        yield at, at + len(data), deed
        at, number = at + len(data), number + 1


def read_kept(file: BinaryIO, at: int) -> Kept:
    """The state that begins there; raises WireError when it is damaged."""
    return msgspec.msgpack.decode(_payload(file, at), type=Kept)


def read_heard(file: BinaryIO, at: int) -> Heard:
    """The session text that begins there; raises WireError when it is damaged."""
    return msgspec.msgpack.decode(_payload(file, at), type=Heard)


def _payload(file: BinaryIO, at: int) -> memoryview:
    file.seek(at)
    head = file.read(HEAD_SIZE)
    size = HEAD.unpack(head)[1] if len(head) == HEAD_SIZE else 0
    return unframe(memoryview(head + file.read(min(size, MAX_PAYLOAD))))[1]


def open_file(path: Path) -> BinaryIO:
    """For reading and appending, made if it is not there."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600), "r+b", 0)
