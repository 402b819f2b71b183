"""A model with what it remembers of the past, as the bytes that a registry keeps: plain MessagePack."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from pitbox.predict.caution import CautionModel
from pitbox.predict.errors import ModelError
from pitbox.predict.feature import VERSION
from pitbox.predict.finish_form import FinishForms
from pitbox.predict.lap_time import LapTimeModel
from pitbox.predict.lap_time_state import dumped, loaded
from pitbox.predict.past import Past, Visit
from pitbox.predict.pit_level import PitLevels, PitLevelsState
from pitbox.predict.registry_card import CAUTION, FINISH, LAP_TIME, PIT_LOSS, TYRES
from pitbox.predict.tyre_prior import TyreMemory, TyrePriors

if TYPE_CHECKING:
    from pitbox.predict.finish import FinishModel

_T = TypeVar("_T")


class LapTimeTaught(msgspec.Struct, frozen=True):
    model: LapTimeModel
    past: Past


class FinishTaught(msgspec.Struct, frozen=True):
    model: "FinishModel"
    forms: FinishForms


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


class _FinishBytes(msgspec.Struct, frozen=True):
    model: bytes
    places: dict[str, list[float]]


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


def caution_bytes(model: CautionModel) -> bytes:
    return msgspec.msgpack.encode(model)


def cautions_of(data: bytes) -> CautionModel:
    """Raises ModelError for anything else."""
    found = _decoded(data, CautionModel, "model of cautions")
    if not all("" in rates.lengths for rates in found.worlds.values()):
        raise ModelError("This model of cautions is not whole: a world has no lengths.")
    return found


def pit_loss_bytes(levels: PitLevels) -> bytes:
    return msgspec.msgpack.encode(levels.state)


def pit_loss_of(data: bytes) -> PitLevels:
    """Raises ModelError for anything else."""
    return PitLevels(_decoded(data, PitLevelsState, "model of pit losses"))


def finish_bytes(taught: FinishTaught) -> bytes:
    return msgspec.msgpack.encode(_FinishBytes(taught.model.saved(), taught.forms.places))


def finish_of(data: bytes) -> FinishTaught:
    """Raises ModelError for anything else."""
    from pitbox.predict.finish import loaded_finish  # noqa: PLC0415 - LightGBM takes half a second

    kept = _decoded(data, _FinishBytes, "finish model")
    return FinishTaught(loaded_finish(kept.model), FinishForms(kept.places))


READERS: dict[str, Callable[[bytes], Any]] = {
    LAP_TIME: lap_time_of,
    TYRES: tyres_of,
    CAUTION: cautions_of,
    PIT_LOSS: pit_loss_of,
    FINISH: finish_of,
}
"""By the model's name; each raises ModelError for bytes that it did not write."""


def _decoded(data: bytes, kind: type[_T], what: str) -> _T:
    try:
        return msgspec.msgpack.decode(data, type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ModelError(f"This is no {what}: {error}.") from error
