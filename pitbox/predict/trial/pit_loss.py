"""Times in the pit lane, each said before it was driven, against the circuit's history mean."""

from collections.abc import Callable, Sequence
from math import sqrt
from pathlib import Path
from statistics import fmean

import msgspec

from pitbox.predict.errors import LapsFileError, NoRacesError
from pitbox.predict.pit_level import PitLevels, PlaceOfStop
from pitbox.predict.trial.tables import table_with

WORLD = "single-seater series"
LONGEST_S = 60.0
"""A longer visit is a repair or a race that was stopped: no service."""
_TIMES = ["raceId", "driverId", "lap", "time", "milliseconds"]
_RACES = ["raceId", "year", "round", "circuitId", "name"]


class LaneTime(msgspec.Struct, frozen=True):
    """One visit that was a service."""

    season: int
    race: str
    title: str
    circuit: str
    crew: str
    time_s: float


class PitLossScore(msgspec.Struct, frozen=True):
    """Errors in seconds."""

    title: str
    stops: int
    mean: float
    """Mean absolute error of the circuit's mean over all earlier races."""
    before: float
    """Of ours, as said before the race."""
    ours: float
    """As said before each stop."""
    gain: float
    mean_rms: float
    ours_rms: float
    covered: float
    """By the 90 % interval."""


class PitLossTrial(msgspec.Struct, frozen=True):
    trained_stops: int
    left_out: int
    """Visits that were no service."""
    scores: list[PitLossScore]
    """All first, then by season."""


class _Said(msgspec.Struct, frozen=True):
    season: int
    truth_s: float
    mean_s: float
    before_s: float
    ours_s: float
    is_inside: bool


def read_lane_times(files: Sequence[Path]) -> tuple[list[LaneTime], int]:
    """In the order in which they were driven, and how many visits were left out."""
    times, races = table_with(files, _TIMES), table_with(files, _RACES)
    if times is None or races is None:
        raise LapsFileError("Give the table of pit-lane times and the table of their races.")
    known = {row[0]: row[1:] for row in races.iter_rows()}
    rows = [
        (*known[race][:2], str(time), race, driver, spent_ms / 1000.0)
        for race, driver, _, time, spent_ms in times.iter_rows()
        if race in known and spent_ms is not None
    ]
    kept = [row for row in sorted(rows, key=lambda row: row[:3]) if 0.0 < row[-1] <= LONGEST_S]
    found = [
        LaneTime(
            int(season),
            f"{season}-{number:02}",
            str(known[race][3]),
            str(known[race][2]),
            str(driver),
            time_s,
        )
        for season, number, _, race, driver, time_s in kept
    ]
    return found, len(rows) - len(kept)


def tried_pit_loss(
    stops: Sequence[LaneTime],
    before: int | None,
    left_out: int = 0,
    tell: Callable[[str], None] = lambda _: None,
) -> PitLossTrial:
    """Walk-forward: each stop is said out of those before it; the means grow race by race."""
    limit = max((stop.season for stop in stops), default=0) if before is None else before
    levels = PitLevels()
    history: dict[str, list[float]] = {}
    every: list[float] = []
    said: list[_Said] = []
    for some in _races(stops):
        place = PlaceOfStop(WORLD, some[0].circuit)
        before_s = levels.expect(place).loss_s
        mean_s = fmean(history.get(place.circuit) or every or [before_s])
        for stop in some:
            found = levels.expect(msgspec.structs.replace(place, crew=stop.crew), stop.race)
            is_inside = found.low_s <= stop.time_s <= found.high_s
            said.append(_Said(stop.season, stop.time_s, mean_s, before_s, found.loss_s, is_inside))
            levels.take(msgspec.structs.replace(place, crew=stop.crew), stop.race, stop.time_s)
        history.setdefault(place.circuit, []).extend(stop.time_s for stop in some)
        every += [stop.time_s for stop in some]
        tell(some[0].race)
    judged = [one for one in said if one.season >= limit]
    if not judged or len(judged) == len(said):
        raise NoRacesError(f"There must be stops before the season {limit} and stops from it on.")
    seasons = sorted({one.season for one in judged})
    scores = [_score("all", judged)]
    scores += [_score(str(season), [one for one in judged if one.season == season]) for season in seasons]
    return PitLossTrial(len(said) - len(judged), left_out, scores)


def _races(stops: Sequence[LaneTime]) -> list[list[LaneTime]]:
    found: dict[str, list[LaneTime]] = {}
    for stop in stops:
        found.setdefault(stop.race, []).append(stop)
    return list(found.values())


def _score(title: str, said: Sequence[_Said]) -> PitLossScore:
    mean = fmean(abs(one.truth_s - one.mean_s) for one in said)
    ours = fmean(abs(one.truth_s - one.ours_s) for one in said)
    return PitLossScore(
        title=title,
        stops=len(said),
        mean=mean,
        before=fmean(abs(one.truth_s - one.before_s) for one in said),
        ours=ours,
        gain=1.0 - ours / mean if mean > 0 else 0.0,
        mean_rms=sqrt(fmean((one.truth_s - one.mean_s) ** 2 for one in said)),
        ours_rms=sqrt(fmean((one.truth_s - one.ours_s) ** 2 for one in said)),
        covered=fmean(one.is_inside for one in said),
    )
