"""Learned models on seasons that people really drove: what the issue asks for, with a little room."""

from pathlib import Path

import pytest

from pitbox.predict.trial.lap_time import tried_lap_time
from pitbox.predict.trial.race_laps import RaceLaps, read_races
from pitbox.predict.trial.tyres import tried_tyres


@pytest.fixture(scope="module")
def races(real_data: Path) -> list[RaceLaps]:
    path = real_data / "f1" / "race_laps_2018_2024.parquet"
    if not path.is_file():
        pytest.skip("no table of race laps here")
    return read_races([path])


@pytest.mark.slow
def test_laps_ahead_of_a_few_races(races: list[RaceLaps]) -> None:
    """Trained on eight races: better than the plain rules at each distance, and honest."""
    season = [race for race in races if race.season == 2021]
    found = {score.ahead: score for score in tried_lap_time(season[:8], season[8:10]).scores}
    for ahead in (1, 5, 10):
        assert found[ahead].ours < found[ahead].last_lap
        assert found[ahead].ours < found[ahead].rolling_median
    assert 0.7 <= found[0].covered <= 0.9


def test_tyres_of_a_few_races(races: list[RaceLaps]) -> None:
    before = [race for race in races if race.season == 2020]
    season = [race for race in races if race.season == 2021]
    whole = tried_tyres(before, season[9:12]).scores[-1]
    assert whole.ours < whole.linear
    assert whole.ours < whole.no_loss


@pytest.mark.long
@pytest.mark.timeout(500)
def test_tyres_of_a_season(races: list[RaceLaps]) -> None:
    whole = tried_tyres(
        [race for race in races if race.season < 2024], [race for race in races if race.season == 2024]
    ).scores[-1]
    assert whole.ours < 0.85 * whole.linear
    assert whole.ours < whole.no_loss
