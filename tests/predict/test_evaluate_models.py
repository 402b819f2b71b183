"""`pitbox evaluate lap-time` and `tyres`, on a small table of made seasons."""

import json
from pathlib import Path

import polars as pl
import pytest
from made_race import made_race
from typer.testing import CliRunner

from pitbox.cli.app import app_of
from pitbox.predict.lap_row import LapRow
from pitbox.predict.trial.race_laps import read_races, split


def as_line(row: LapRow, season: int, number: int) -> dict[str, object]:
    return {
        "Season": season,
        "RoundNumber": number,
        "EventName": f"Ring {number}",
        "Driver": row.car,
        "LapNumber": row.lap,
        "LapTime": None if row.lap == 7 else row.time_s,
        "Stint": row.stint,
        "Compound": row.compound,
        "TyreLife": int(row.tyre_age),
        "FreshTyre": True,
        "TrackStatus": "1",
        "Position": None if row.lap == 1 else row.position,
        "Time_s": row.end_s,
        "IsValid": row.is_clean and row.lap != 7,
    }


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seasons of two races; a lap without a time, and one without a position."""
    lines = []
    for season in (2001, 2002, 2003):
        for number in (1, 2):
            rows = made_race(season * 10 + number, cars=6, laps=36)
            lines += [as_line(row, season, number) for row in rows]
    path = tmp_path_factory.mktemp("table") / "laps.parquet"
    pl.DataFrame(lines).write_parquet(path)
    return path


def test_races_come_in_order_and_split_by_season(table: Path) -> None:
    races = read_races([table])
    assert [race.title for race in races] == [
        f"{season} Ring {number}" for season in (2001, 2002, 2003) for number in (1, 2)
    ]
    old, new = split(races, None)
    assert (len(old), len(new)) == (4, 2)
    assert {race.season for race in split(races, 2002)[1]} == {2002, 2003}


def test_lap_time_prints_every_rival(table: Path) -> None:
    said = CliRunner().invoke(app_of(["evaluate"]), ["evaluate", "lap-time", str(table)])
    assert said.exit_code == 0, said.output
    assert "LightGBM" in said.output
    told = CliRunner().invoke(
        app_of(["evaluate"]), ["evaluate", "lap-time", str(table), "--train-before", "2002", "--json"]
    )
    found = json.loads(told.stdout)
    assert len(found["trained"]) == 2
    assert len(found["tested"]) == 4
    by_ahead = {score["ahead"]: score for score in found["scores"]}
    assert {1, 5, 10, 0} <= set(by_ahead)
    for score in by_ahead.values():
        assert all(
            0.05 < score[name] < 2.0 for name in ("rolling_median", "last_lap", "ridge", "lightgbm", "ours")
        )
        assert 0.5 < score["covered"] < 1.0
    assert by_ahead[1]["ours"] < by_ahead[1]["last_lap"]


def test_tyres_are_judged_on_stints_not_seen(table: Path) -> None:
    told = CliRunner().invoke(app_of(["evaluate"]), ["evaluate", "tyres", str(table), "--json"])
    assert told.exit_code == 0, told.output
    found = json.loads(told.stdout)
    whole = found["scores"][-1]
    assert (whole["from_lap"], whole["to_lap"]) == (1, 15)
    assert whole["ours"] < whole["no_loss"]
    assert 0.1 < whole["linear"] < whole["no_loss"]
    assert sum(score["laps"] for score in found["scores"][:-1]) == whole["laps"]


def test_trouble_is_a_sentence(table: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.parquet"
    pl.DataFrame({"a": [1]}).write_parquet(other)
    for words in ([str(other)], [str(table), "--train-before", "1990"], [str(tmp_path / "no.parquet")]):
        said = CliRunner().invoke(app_of(["evaluate"]), ["evaluate", "tyres", *words])
        assert said.exit_code == 1
        assert said.stderr.strip().endswith(".")
