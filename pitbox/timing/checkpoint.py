"""The state of the folds as bytes: plain MessagePack, the same bytes for the same state."""

import math
from typing import Any

import msgspec
import numpy as np

from pitbox.timing.errors import CheckpointError

VERSION = 4
"""Raised with every change of the state or of a rule: an older checkpoint is then folded anew."""

_KINDS = ("<f8", "<i4", "<i8", "|b1")


def pack(state: Any) -> bytes:
    """Dicts go out in the order in which they grew, which is the order of the records."""
    return msgspec.msgpack.encode((VERSION, state), enc_hook=_flatten)


def unpack(kind: Any, data: bytes) -> Any:
    """The state again; raises CheckpointError for another version or damage."""
    try:
        version, raw = msgspec.msgpack.decode(data, type=tuple[int, msgspec.Raw])
        if version != VERSION:
            raise CheckpointError(
                f"This checkpoint is of version {version}, not {VERSION}: fold the log anew."
            )
        return msgspec.msgpack.decode(raw, type=kind, dec_hook=_restore)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise CheckpointError(f"This checkpoint cannot be read: {error}.") from error


def _flatten(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.shape, value.tobytes())
    raise NotImplementedError(f"{type(value).__name__} has no place in a checkpoint")


def _restore(_: type, value: Any) -> Any:
    kind, shape, data = value
    if kind not in _KINDS or len(data) != np.dtype(kind).itemsize * math.prod(shape):
        raise ValueError("an array has a foreign type or size")
    return np.frombuffer(data, kind).reshape(shape).copy()
