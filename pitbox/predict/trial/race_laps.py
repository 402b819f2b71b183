"""Lap tables of public timing data (Parquet, one row a lap) as the rows that models see."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import polars as pl

from pitbox.predict.errors import LapsFileError, NoRacesError
from pitbox.predict.lap_row import NAN, LapRow, in_order

_GREEN = ("1", "2", "12", "21")
_COLUMNS = [
    "Season",
    "RoundNumber",
    "EventName",
    "Driver",
    "LapNumber",
    "LapTime",
    "Stint",
    "Compound",
    "TyreLife",
    "FreshTyre",
    "TrackStatus",
    "Position",
    "Time_s",
    "IsValid",
]


class RaceLaps(msgspec.Struct, frozen=True):
    season: int
    title: str
    rows: list[LapRow]


def read_races(files: Sequence[Path]) -> list[RaceLaps]:
    """In the order in which they were driven; raises LapsFileError for other tables."""
    found: dict[tuple[int, int], RaceLaps] = {}
    for path in files:
        try:
            table = pl.read_parquet(path, columns=_COLUMNS)
        except (OSError, pl.exceptions.PolarsError) as error:
            raise LapsFileError(f"{path.name} holds no table of race laps: {error}.") from error
        for key, laps in table.group_by("Season", "RoundNumber"):
            season, number = int(str(key[0])), int(str(key[1]))
            rows = in_order(_row(lap) for lap in laps.iter_rows(named=True))
            if rows:
                found[season, number] = RaceLaps(season, f"{season} {rows[0].circuit}", rows)
    return [found[key] for key in sorted(found)]


def split(races: Sequence[RaceLaps], before: int | None) -> tuple[list[RaceLaps], list[RaceLaps]]:
    """Races before that season, and from it on; raises NoRacesError where one of them is empty."""
    limit = max((race.season for race in races), default=0) if before is None else before
    old = [race for race in races if race.season < limit]
    new = [race for race in races if race.season >= limit]
    if not old or not new:
        raise NoRacesError(f"There must be races before the season {limit} and races from it on.")
    return old, new


def _row(lap: dict[str, object]) -> LapRow:
    return LapRow(
        race=f"{lap['Season']}-{int(str(lap['RoundNumber'])):02}",
        circuit=str(lap["EventName"]),
        class_name="",
        car=str(lap["Driver"]),
        driver=str(lap["Driver"]),
        lap=int(str(lap["LapNumber"])),
        end_s=_number(lap["Time_s"]),
        time_s=_number(lap["LapTime"]),
        stint=int(_number(lap["Stint"])) if lap["Stint"] is not None else 0,
        position=int(_number(lap["Position"])) if lap["Position"] is not None else 0,
        is_clean=bool(lap["IsValid"]),
        is_slow=lap["TrackStatus"] not in _GREEN,
        compound=str(lap["Compound"]),
        tyre_age=_number(lap["TyreLife"]),
        is_fresh=bool(lap["FreshTyre"]),
    )


def _number(value: object) -> float:
    return NAN if value is None else float(str(value))
