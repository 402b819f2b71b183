"""The learned scatter of laps against the constant one, on stints that had no say in it."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from pitbox.cli.told_race import ToldRace, told_laps, told_sheet, visits_of
from pitbox.predict.trial.tables import read_lap_tables
from pitbox.strategy.montecarlo.lap_scatter import LapScatter
from pitbox.strategy.montecarlo.lap_shape import USUAL, Array, LapShape
from pitbox.strategy.montecarlo.tables import residual_shape
from pitbox.strategy.story import Moment

_KERNEL = 0.15
"""Of the spread: how far an atom of a shape is smeared out for its density."""


class Judged(NamedTuple):
    laps: int
    crps: float
    """Mean, in thousandths of a lap."""
    log_score: float
    """Mean logarithm of the density; more is better."""


def judged(shape: LapShape, residuals: Array) -> Judged:
    atoms = np.sort(residual_shape(shape.skew, shape.tail).astype(np.float64)) * shape.share
    between = np.searchsorted(atoms, residuals)
    below = np.concatenate([[0.0], np.cumsum(atoms)])[between]
    distance = (residuals * (2 * between - len(atoms)) + atoms.sum() - 2 * below) / len(atoms)
    weights = 2.0 * np.arange(len(atoms)) - len(atoms) + 1.0
    own = float((weights * atoms).sum()) / len(atoms) ** 2
    width = _KERNEL * shape.share
    some = atoms[::4]
    density = np.exp(-0.5 * ((residuals[:, None] - some) / width) ** 2).mean(axis=1) / width
    return Judged(len(residuals), float((distance - own).mean()) * 1e3, float(np.log(density + 1e-6).mean()))


def held_out(race: ToldRace, cut: float = 0.5) -> list[tuple[LapShape, Array]]:
    """Of each car, what was known at the cut, and its residuals from then on."""
    scatter, cut_s, moment = LapScatter(most_runs=1000), race.cut_s(cut), None
    shapes: dict[int, LapShape] = {}
    seen: dict[int, int] = {}
    for line, story in race.walk():
        if moment is None and line.end_s >= cut_s:
            moment = story.at(line.end_s)
            shapes = scatter.shapes(moment)
            seen = {car_idx: len(car.runs) for car_idx, car in scatter.cars.items()}
        last: Moment | None = None if moment is None else moment
    assert last is not None
    scatter.read(story.at(line.end_s))
    return [
        (shape, np.concatenate(scatter.cars[car_idx].runs[seen[car_idx] :]))
        for car_idx, shape in shapes.items()
        if len(scatter.cars[car_idx].runs) > seen[car_idx]
    ]


def compared(races: list[ToldRace]) -> tuple[Judged, Judged]:
    """Learned and constant, over the held-out laps of all races."""
    pairs = [pair for race in races for pair in held_out(race)]
    found = []
    for learned in (True, False):
        scores = [judged(shape if learned else USUAL, residuals) for shape, residuals in pairs]
        laps = sum(one.laps for one in scores)
        crps, log_score = (sum(one[at] * one.laps for one in scores) / laps for at in (1, 2))
        found.append(Judged(laps, crps, log_score))
    return found[0], found[1]


@pytest.mark.slow
def test_laps_of_a_season_scatter_more_like_what_is_learned(real_data: Path) -> None:
    path = real_data / "f1" / "race_laps_2018_2024.parquet"
    if not path.is_file():
        pytest.skip("no table of race laps here")
    visits = visits_of([path])
    season = [race for race in read_lap_tables([path]) if race.season == 2022]
    learned, constant = compared([told_laps(race, visits) for race in season[::2]])
    assert learned.laps > 3000
    # The constants are those of such cars: there is little to win, and nothing must be lost.
    assert learned.crps < 1.005 * constant.crps
    assert learned.log_score > constant.log_score


@pytest.mark.slow
def test_laps_of_endurance_races_scatter_more_like_what_is_learned(real_data: Path) -> None:
    sheets = sorted((real_data / "endurance").glob("*h.csv"), key=lambda path: path.stat().st_size)
    if not sheets:
        pytest.skip("no timing sheets here")
    learned, constant = compared([told_sheet(path) for path in sheets[:3]])
    assert learned.laps > 3000
    assert learned.crps < constant.crps
    assert learned.log_score > constant.log_score
