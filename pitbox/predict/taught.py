"""A model with what it remembers of the past, as the bytes that a registry keeps: plain MessagePack."""

from typing import TypeVar

import msgspec

from pitbox.predict.errors import ModelError
from pitbox.predict.feature import VERSION
from pitbox.predict.lap_time import LapTimeModel
from pitbox.predict.lap_time_state import dumped, loaded
from pitbox.predict.past import Past, Visit
from pitbox.predict.tyre_prior import TyreMemory, TyrePriors

_T = TypeVar("_T")


class LapTimeTaught(msgspec.Struct, frozen=True):
    model: LapTimeModel
    past: Past


class _Seen(msgspec.Struct, frozen=True):
    circuit: str
    class_name: str
    visits: tuple[Visit, ...]


class _LapTimeBytes(msgspec.Struct, frozen=True):
    model: bytes
    past: tuple[_Seen, ...]


class _TyreBytes(msgspec.Struct, frozen=True):
    features: int
    races: tuple[TyreMemory, ...]


def lap_time_bytes(taught: LapTimeTaught) -> bytes:
    past = tuple(_Seen(*key, tuple(visits)) for key, visits in sorted(taught.past.visits.items()))
    return msgspec.msgpack.encode(_LapTimeBytes(dumped(taught.model), past))


def lap_time_of(data: bytes) -> LapTimeTaught:
    """Raises ModelError for anything else."""
    kept = _decoded(data, _LapTimeBytes, "lap-time model")
    past = Past({(seen.circuit, seen.class_name): list(seen.visits) for seen in kept.past})
    return LapTimeTaught(loaded(kept.model), past)


def tyre_bytes(priors: TyrePriors) -> bytes:
    return msgspec.msgpack.encode(_TyreBytes(VERSION, tuple(priors.races)))


def tyres_of(data: bytes) -> TyrePriors:
    """Raises ModelError for anything else."""
    return TyrePriors(_decoded(data, _TyreBytes, "memory of tyres").races)


def _decoded(data: bytes, kind: type[_T], what: str) -> _T:
    try:
        return msgspec.msgpack.decode(data, type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ModelError(f"This is no {what}: {error}.") from error
