"""Finish places at 0, 25, 50 and 75 % of later races, against places that stay with their usual spread."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np

from pitbox.predict.errors import LapsFileError
from pitbox.predict.finish import BOOSTING, STAY, FinishModel, FinishSample, finish_sample, fit_finish
from pitbox.predict.finish_form import FinishForms
from pitbox.predict.finish_question import CUTS, asked_at_s, lead_times, rps
from pitbox.predict.finish_state import finish_order, race_state
from pitbox.predict.trial.calibration import calibration_error
from pitbox.predict.trial.race_laps import RaceLaps
from pitbox.predict.trial.tables import table_with

_LAPS = ["Season", "RoundNumber", "Driver", "DriverNumber"]
_RESULTS = ["year", "round", "driverNumber", "order", "gridPosition"]
_NO_PLACE = 99


class Result(msgspec.Struct, frozen=True):
    """Of one race, by car; of races that nobody told of, empty."""

    grid: dict[str, int] = {}
    order: tuple[str, ...] = ()


class FinishScore(msgspec.Struct, frozen=True):
    """Ranked probability scores: 0 is right and sure; mean over cars that still ran at the cut."""

    share: float
    cars: int
    stay: float
    """Places stay, with the spread that each place had in the races trained on."""
    shifted: float
    """The same with one spread for all places."""
    ours: float
    gain: float
    """Less than `stay`, as a share of it."""
    calibration: float
    """Of the chances to be at a place or better."""


class FinishTrial(msgspec.Struct, frozen=True):
    trained: list[str]
    tested: list[str]
    step: str
    has_grid: bool
    scores: list[FinishScore]


class Judged(msgspec.Struct, frozen=True):
    """One race: what is asked at each cut, and where its cars finished."""

    title: str
    samples: list[FinishSample]
    finishes: list[list[int]]


def read_results(files: Sequence[Path]) -> dict[tuple[int, int], Result]:
    """By season and round, cars named as in the lap table; empty where no file has results."""
    laps, results = table_with(files, _LAPS), table_with(files, _RESULTS)
    if laps is None:
        raise LapsFileError("None of these files is a table of race laps.")
    if results is None:
        return {}
    names = {(row[0], row[1], _number(row[3])): str(row[2]) for row in laps.unique().iter_rows()}
    told: dict[tuple[int, int], list[tuple[int, int, str]]] = {}
    for season, number, driver, order, grid in results.iter_rows():
        car = names.get((season, number, _number(driver)))
        if car is not None and order is not None:
            told.setdefault((season, number), []).append((int(order), _number(grid), car))
    return {
        key: Result(
            {car: place for place, (_, car) in enumerate(sorted((grid, car) for _, grid, car in cars), 1)},
            tuple(car for _, _, car in sorted(cars)),
        )
        for key, cars in told.items()
    }


def tried_finish(
    old: Sequence[RaceLaps],
    new: Sequence[RaceLaps],
    results: Mapping[tuple[int, int], Result],
    tell: Callable[[str], None] = lambda _: None,
) -> FinishTrial:
    """Trained once on the old races; after each new one only the drivers' form grows."""
    forms = FinishForms()
    past = [judged for race in old if (judged := judged_race(race, results, forms)) is not None]
    tell(f"learning from {len(past)} races")
    model = fit_finish(
        [sample for race in past for sample in race.samples],
        [places for race in past for places in race.finishes],
        len(past),
    )
    found: dict[float, list[tuple[FinishSample, list[int]]]] = {}
    tested = []
    for race in new:
        judged = judged_race(race, results, forms)
        if judged is None:
            continue
        tested.append(judged.title)
        for cut, sample, places in zip(CUTS, judged.samples, judged.finishes, strict=True):
            found.setdefault(cut, []).append((sample, places))
    shifts = _shifts(past)
    scores = [_score(cut, asked, model, shifts[cut]) for cut, asked in found.items()]
    step = BOOSTING if model.booster is not None else STAY
    return FinishTrial([race.title for race in past], tested, step, bool(results), scores)


def _score(
    cut: float,
    asked: Sequence[tuple[FinishSample, list[int]]],
    model: FinishModel,
    shifts: Mapping[int, int],
) -> FinishScore:
    rows: list[tuple[float, float, float]] = []
    said, true = list[float](), list[float]()
    for sample, places in asked:
        odds = model.odds(sample)[0]
        others = (model.stay(sample)[0], _shifted(shifts, sample))
        rows += zip(*(rps(some, places) for some in (*others, odds)), strict=True)
        said += np.cumsum(odds, axis=1)[:, :-1].ravel().tolist()
        true += (np.asarray(places)[:, None] <= np.arange(1, sample.starters)).ravel().tolist()
    stay, shifted, ours = (float(value) for value in np.mean(rows, axis=0))
    gain = 1.0 - ours / stay if stay > 0 else 0.0
    return FinishScore(cut, len(rows), stay, shifted, ours, gain, calibration_error(said, true))


def judged_race(
    race: RaceLaps, results: Mapping[tuple[int, int], Result], forms: FinishForms
) -> Judged | None:
    """None for a race of fewer than two cars; its finish is told to `forms` when all has been asked."""
    season, number = (int(part) for part in race.rows[0].race.split("-"))
    told = results.get((season, number), Result())
    driven = finish_order(race.rows)
    order = [car for car in told.order if car in set(driven)]
    order += [car for car in driven if car not in set(order)]
    if len(order) < 2:
        return None
    places = {car: place for place, car in enumerate(order, 1)}
    starters = [car for car in sorted(told.grid, key=lambda car: told.grid[car]) if car in places]
    starters += [car for car in order if car not in set(starters)] if told.grid else []
    grid = {car: place for place, car in enumerate(starters, 1)}
    leads = lead_times(race.rows)
    laps = max(leads)
    samples, finishes = [], []
    for cut in CUTS:
        now_s = asked_at_s(cut, leads, has_grid=bool(grid))
        state = race_state(race.rows, now_s, laps, grid, race.rows[0].circuit)
        samples.append(finish_sample(msgspec.structs.replace(state, starters=len(order)), forms))
        finishes.append([places[car.car] for car in state.cars])
    forms.add(order)
    return Judged(race.title, samples, finishes)


def _shifts(past: Sequence[Judged]) -> dict[float, dict[int, int]]:
    found: dict[float, dict[int, int]] = {cut: {0: 1} for cut in CUTS}
    for race in past:
        for cut, sample, places in zip(CUTS, race.samples, race.finishes, strict=True):
            for held, got in zip(sample.positions.astype(int).tolist(), places, strict=True):
                found[cut][got - held] = found[cut].get(got - held, 0) + 1
    return found


def _shifted(
    shifts: Mapping[int, int], sample: FinishSample
) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    odds = np.full((len(sample.positions), sample.starters), 1e-9)
    for row, held in zip(odds, sample.positions.astype(int).tolist(), strict=True):
        for shift, count in shifts.items():
            if 1 <= held + shift <= sample.starters:
                row[held + shift - 1] += count
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _number(value: object) -> int:
    try:
        return int(float(str(value)))
    except ValueError:
        return _NO_PLACE
