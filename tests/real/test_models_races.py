"""Cautions, pit lanes and finishes of seasons that people really drove: what the issue asks for."""

from pathlib import Path

import pytest

from pitbox.predict.trial.caution import tried_cautions
from pitbox.predict.trial.finish import read_results, tried_finish
from pitbox.predict.trial.pit_loss import read_lane_times, tried_pit_loss
from pitbox.predict.trial.race_laps import RaceLaps, split
from pitbox.predict.trial.tables import read_lap_tables


@pytest.fixture(scope="module")
def f1(real_data: Path) -> list[Path]:
    names = ("race_laps_2018_2024", "race_results_2014_2024", "pit_lane_times", "pit_lane_races")
    files = [real_data / "f1" / f"{name}.parquet" for name in names]
    if not all(path.is_file() for path in files):
        pytest.skip("no tables of races here")
    return files


@pytest.fixture(scope="module")
def races(f1: list[Path]) -> tuple[list[RaceLaps], list[RaceLaps]]:
    return split(read_lap_tables(f1), 2024)


def test_cautions_of_a_season(races: tuple[list[RaceLaps], list[RaceLaps]]) -> None:
    found = tried_cautions(*races)
    assert found.ours <= found.constant
    assert found.calibration <= 0.05
    first, *rest = found.by_lap
    assert first.laps == "1"
    assert first.said > 5.0 * max(group.said for group in rest[2:])


def test_pit_lanes_of_a_season(f1: list[Path]) -> None:
    whole = tried_pit_loss(*read_lane_times(f1)[:1], 2024).scores[0]
    assert whole.ours < 0.9 * whole.mean
    assert whole.before < whole.mean
    assert whole.ours_rms < whole.mean_rms
    assert 0.8 <= whole.covered <= 0.95


@pytest.mark.slow
def test_finishes_of_a_season(f1: list[Path], races: tuple[list[RaceLaps], list[RaceLaps]]) -> None:
    found = tried_finish(*races, read_results(f1))
    assert [score.share for score in found.scores] == [0.0, 0.25, 0.5, 0.75]
    assert all(score.ours < score.stay for score in found.scores[1:])
    assert found.scores[0].ours <= found.scores[0].stay
    assert all(score.calibration <= 0.05 for score in found.scores)
