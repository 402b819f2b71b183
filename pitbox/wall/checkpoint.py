"""The folds' state on disk, one file a session, so that a restart in hour 20 does not fold 20 hours.

A checkpoint is a convenience: when it is missing, damaged or of another version, the log is folded again.
"""

import os
from pathlib import Path
from zlib import crc32

import msgspec

from pitbox.model.ids import Axis, LogId, SessionId

_VERSION = 1


class Place(msgspec.Struct, frozen=True, array_like=True):
    """How far one log is folded."""

    log: LogId
    next_seq: int
    axis: Axis


class Checkpoint(msgspec.Struct, frozen=True, array_like=True):
    version: int
    places: tuple[Place, ...]
    state: bytes
    checksum: int


def make_checkpoint(places: tuple[Place, ...], state: bytes) -> Checkpoint:
    return Checkpoint(_VERSION, places, state, _checksum(places, state))


def write_checkpoint(folder: Path, session: SessionId, checkpoint: Checkpoint) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{session}.{os.getpid()}"
    draft.write_bytes(msgspec.msgpack.encode(checkpoint))
    draft.replace(_path(folder, session))


def read_checkpoint(folder: Path, session: SessionId) -> Checkpoint | None:
    """None when there is none that can be used."""
    try:
        data = _path(folder, session).read_bytes()
        checkpoint = msgspec.msgpack.decode(data, type=Checkpoint)
    except (OSError, msgspec.MsgspecError, RecursionError):
        return None
    is_sound = checkpoint.version == _VERSION and checkpoint.checksum == _checksum(
        checkpoint.places, checkpoint.state
    )
    return checkpoint if is_sound else None


def _checksum(places: tuple[Place, ...], state: bytes) -> int:
    return crc32(state, crc32(msgspec.msgpack.encode(places)))


def _path(folder: Path, session: SessionId) -> Path:
    return folder / f"{session}.fold"
