"""A race that is over as questions with their answers: at quarters of it, where everybody then finished.

Nobody recorded a grid, so the first quarter is asked when all have done a lap. Places are those of one class.
"""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from pitbox.predict.finish import FinishSample, finish_sample
from pitbox.predict.finish_form import FinishForms
from pitbox.predict.finish_state import finish_order, race_state
from pitbox.predict.lap_row import LapRow

CUTS = (0.0, 0.25, 0.5, 0.75)


class Asked(msgspec.Struct, frozen=True):
    cut: float
    sample: FinishSample
    places: list[int]
    """That each of its cars got."""


def asked_of(rows: Sequence[LapRow], forms: FinishForms) -> list[Asked]:
    """Of one class; none with fewer than two cars. The finish is told to `forms` when all has been asked."""
    order = finish_order(rows)
    leads = lead_times(rows)
    if len(order) < 2 or len(leads) < 2:
        return []
    places = {car: place for place, car in enumerate(order, 1)}
    found, laps = [], max(leads)
    for cut in CUTS:
        state = race_state(rows, asked_at_s(cut, leads, has_grid=False), laps)
        sample = finish_sample(msgspec.structs.replace(state, starters=len(order)), forms)
        found.append(Asked(cut, sample, [places[car.car] for car in state.cars]))
    drivers = {row.car: row.driver for row in rows}
    forms.add([drivers[car] for car in order])
    return found


def asked_at_s(cut: float, leads: Mapping[int, float], *, has_grid: bool) -> float:
    """Before the start, where the grid is known; else when all have done a lap, as the leader ends two."""
    laps = max(leads)
    if cut > 0.0:
        return leads[max(one for one in leads if one <= max(min(leads), int(cut * laps)))]
    return -np.inf if has_grid else float(np.nextafter(leads.get(2, leads[laps] + 1.0), 0.0))


def lead_times(rows: Sequence[LapRow]) -> dict[int, float]:
    """When each lap was first completed."""
    found: dict[int, float] = {}
    for row in rows:
        found[row.lap] = min(row.end_s, found.get(row.lap, row.end_s))
    return found


def rps(odds: "np.ndarray[tuple[int, int], np.dtype[np.float64]]", places: Sequence[int]) -> list[float]:
    """Ranked probability score of each car, over all places but the last; 0 is right and sure."""
    count = odds.shape[1]
    if count < 2:
        return [0.0] * len(places)
    below = np.cumsum(odds, axis=1)[:, :-1]
    truth = np.asarray(places)[:, None] <= np.arange(1, count)[None, :]
    return [float(value) for value in ((below - truth) ** 2).sum(axis=1) / (count - 1)]
