"""How long a race was planned to be: by its name, its place, its series, and by no row."""

import pytest

from pitbox.model.series import is_north_american
from pitbox.sim.sheet.schedule import schedule

WORLD, AMERICAN = ("HYPERCAR", "LMGT3"), ("GTP", "LMP2", "GTD PRO", "GTD")


@pytest.mark.parametrize(
    ("title", "classes", "hours"),
    [
        ("2031 fuji 6h", WORLD, 6),
        ("2031 le mans 24h", WORLD, 24),
        ("8 hours of bahrain 2031", WORLD, 8),
        ("2031_le_mans", WORLD, 24),
        ("2031 sao paulo", WORLD, 6),
        ("2031 daytona international speedway race", AMERICAN, 24),
        ("2031 sebring international raceway race", AMERICAN, 12),
        ("mobil 1 twelve hours of sebring", AMERICAN, 12),
        ("2031 road atlanta race", AMERICAN, 10),
        ("2025 indianapolis motor speedway race", AMERICAN, 6),
        ("2023 indianapolis motor speedway race", AMERICAN, 8 / 3),
        ("2031 long beach street circuit race", AMERICAN, 5 / 3),
        ("2031 laguna seca race", AMERICAN, 8 / 3),
        ("2031 four car sprint 100 min", AMERICAN, 5 / 3),
        ("2031 sebring", WORLD, 8),
    ],
)
def test_a_race_is_as_long_as_it_was_planned(title, classes, hours):
    found = schedule(title, classes, 5_000.0)
    assert found.time_s == pytest.approx(hours * 3600)
    assert found.laps is None
    assert found.source


def test_a_race_over_a_distance_has_laps_and_a_limit():
    found = schedule("2031 qatar 1812km", WORLD, 5_419.0)
    assert (found.time_s, found.laps) == (36_000.0, 335)
    miles = schedule("1000 miles of sebring 2031", WORLD, 6_019.0)
    assert (miles.time_s, miles.laps) == (28_800.0, 268)
    assert schedule("1000 km of nowhere", WORLD, 0.0).laps is None, "no lap length, no laps"


def test_the_family_of_a_series_shows_in_its_classes():
    assert is_north_american(AMERICAN)
    assert is_north_american(["dpi", "LMP2"])
    assert not is_north_american(WORLD)
