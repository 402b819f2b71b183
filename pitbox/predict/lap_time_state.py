"""The lap-time model as bytes, for whoever keeps it: plain MessagePack, boosters as LightGBM's own text."""

import msgspec
import numpy as np

from pitbox.predict.errors import ModelError
from pitbox.predict.feature import VERSION
from pitbox.predict.interval import GROUPS, Calibration
from pitbox.predict.lap_time import LapTimeModel
from pitbox.predict.ridge import Ridge


class LapTimeState(msgspec.Struct, frozen=True):
    features: int
    """`feature.VERSION` that it was trained on."""
    ridge: tuple[list[float], list[float], list[float]] | None
    boosters: tuple[str, ...]
    """The points, then low and high; empty without."""
    moves: list[tuple[float, float]]


def dumped(model: LapTimeModel) -> bytes:
    boosting, ridge = model.boosting, model.ridge
    boosters = () if boosting is None else (*boosting.points, boosting.low, boosting.high)
    state = LapTimeState(
        features=VERSION,
        ridge=None
        if ridge is None
        else (ridge.middle.tolist(), ridge.spread.tolist(), ridge.weights.tolist()),
        boosters=tuple(booster.model_to_string() for booster in boosters),
        moves=[(float(below), float(above)) for below, above in model.calibration.moves],
    )
    return msgspec.msgpack.encode(state)


def loaded(data: bytes) -> LapTimeModel:
    """Raises ModelError for bytes that are no such model, or one of other features."""
    try:
        state = msgspec.msgpack.decode(data, type=LapTimeState)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ModelError(f"This is no lap-time model: {error}.") from error
    if state.features != VERSION:
        raise ModelError(f"The model knows features of version {state.features}, this PitBox {VERSION}.")
    if len(state.moves) != GROUPS or len(state.boosters) in (1, 2):
        raise ModelError("The model is not whole.")
    ridge = None if state.ridge is None else Ridge(*(np.array(part) for part in state.ridge))
    boosting = None
    if state.boosters:
        from pitbox.predict.boosting import loaded_boosting  # noqa: PLC0415 - LightGBM takes half a second

        boosting = loaded_boosting(state.boosters)
    return LapTimeModel(ridge, boosting, Calibration(np.array(state.moves, dtype=float)))
