"""Questions with their answers: a car at the line, a clean lap of the same stint so many laps ahead."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from msgspec import Struct

from pitbox.predict.feature import MOST_AHEAD, NAMES, ahead_of
from pitbox.predict.field import Field, Reading
from pitbox.predict.lap_row import LapRow, in_order
from pitbox.predict.past import Past

Array = np.ndarray[Any, np.dtype[np.float64]]
TRAINED_AHEAD = (1, 2, 3, 5, 7, 10, 13, 15)


class Samples(Struct, frozen=True):
    """Rows of one or many races; all arrays have one length."""

    x: Array
    """By `feature.AHEAD_NAMES`."""
    y: Array
    """Thousandths of the level at the time of asking."""
    ahead: Array
    stint_lap: Array
    """Laps into the stint when it was asked."""
    ref_s: Array
    rolling_s: Array
    last_s: Array
    race: Array
    """Counts the races."""
    asked_s: Array
    answered_s: Array
    """On the clock of its race."""

    def __len__(self) -> int:
        return len(self.y)

    def pick(self, which: "np.ndarray[Any, Any]") -> "Samples":
        return Samples(*(getattr(self, name)[which] for name in self.__struct_fields__))

    @property
    def truth_s(self) -> Array:
        return self.ref_s * (1.0 + self.y / 1000.0)


def joined(parts: Sequence[Samples]) -> Samples:
    if not parts:
        return _samples([], [], [], 0)
    return Samples(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in Samples.__struct_fields__)
    )


def samples_of(
    rows: Iterable[LapRow], past: Past, race: int = 0, aheads: Sequence[int] = TRAINED_AHEAD
) -> Samples:
    """Of one race, which then is added to the past."""
    field = Field(past)
    readings: list[Reading] = []
    truth: dict[tuple[str, int], LapRow] = {}
    for row in in_order(rows):
        reading = field.take(row)
        if reading is not None:
            readings.append(reading)
        if row.is_pace:
            truth[row.car, row.lap] = row
    field.remembered()
    asked, answers, ahead = [], [], []
    for reading in readings:
        for laps in aheads:
            answer = truth.get((reading.car, reading.lap + laps))
            if answer is not None and answer.stint == reading.stint and laps <= MOST_AHEAD:
                asked.append(reading)
                answers.append(answer)
                ahead.append(float(laps))
    return _samples(asked, answers, ahead, race)


def _samples(asked: list[Reading], answers: list[LapRow], ahead: list[float], race: int) -> Samples:
    values = np.array([reading.values for reading in asked], dtype=float).reshape(len(asked), len(NAMES))
    ref_s = np.array([reading.ref_s for reading in asked], dtype=float)
    return Samples(
        x=ahead_of(values, np.array(ahead, dtype=float)),
        y=(np.array([answer.time_s for answer in answers], dtype=float) / ref_s - 1.0) * 1000.0,
        ahead=np.array(ahead, dtype=float),
        stint_lap=np.array([reading.stint_lap for reading in asked], dtype=float),
        ref_s=ref_s,
        rolling_s=np.array([reading.rolling_s for reading in asked], dtype=float),
        last_s=np.array([reading.last_s for reading in asked], dtype=float),
        race=np.full(len(asked), float(race)),
        asked_s=np.array([reading.end_s for reading in asked], dtype=float),
        answered_s=np.array([answer.end_s for answer in answers], dtype=float),
    )
