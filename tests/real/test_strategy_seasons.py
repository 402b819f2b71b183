"""Strategy on races that people really drove: simulated races beside the direct predictor of places."""

from pathlib import Path

import pytest

from pitbox.cli.evaluate_strategy import scored
from pitbox.cli.strategy_trial import Direct, judged
from pitbox.cli.told_race import told_laps, told_sheet, visits_of
from pitbox.predict.trial.tables import read_lap_tables


@pytest.mark.slow
def test_a_blend_tells_places_of_a_season_better(real_data: Path) -> None:
    path = real_data / "f1" / "race_laps_2018_2024.parquet"
    if not path.is_file():
        pytest.skip("no table of race laps here")
    races, visits, direct = read_lap_tables([path]), visits_of([path]), Direct()
    for race in races:
        if race.season in {2021, 2022}:
            direct.teach(told_laps(race, visits))
    direct.fit()
    season = [told_laps(race, visits) for race in races if race.season == 2024][:6]
    found = scored({race.title: judged(race, direct, 0) for race in season}).places
    assert [one.cut for one in found] == [0.25, 0.5, 0.75]
    for one in found:
        assert one.rps["blend"] < 1.03 * one.rps["direct"]
        assert one.calibration["ours"] < 0.08
    assert sum(one.rps["blend"] for one in found) < sum(one.rps["direct"] for one in found)


@pytest.mark.slow
def test_an_endurance_race_is_told_and_its_stops_are_asked(real_data: Path) -> None:
    sheets = sorted((real_data / "endurance").glob("*-laps.csv"), key=lambda path: path.stat().st_size)
    if not sheets:
        pytest.skip("no timing sheets here")
    race = told_sheet(sheets[0])
    found = scored({race.title: judged(race, Direct(), 12)})
    assert all(one.rps["ours"] < 0.25 for one in found.places)
    assert found.agreement is not None
    assert found.agreement.decisions >= 8
    assert -0.2 < found.agreement.cost < 1.0
