"""A real race of twenty cars at one hertz: its order, and its lap times within a second."""

import pytest
from field_file import FieldFile

from pitbox.model.fact import Lap
from pitbox.timing.race import RaceFold


@pytest.fixture(scope="module")
def file(real_data):
    return FieldFile(real_data / "field")


@pytest.fixture(scope="module")
def folded(file):
    fold, laps = RaceFold(), {}
    for record in file.records():
        for fact in fold.fold(record):
            if isinstance(fact, Lap):
                laps[fact.car_idx, fact.lap] = fact
    return fold, laps


def told_laps(file):
    """(car, lap) -> seconds, as the file itself shows them behind each car's crossing."""
    found = {}
    for _, cars in file.moments:
        for car in cars:
            last = car["last"][0] if isinstance(car["last"], list) else car["last"]
            if last != -1 and car["lc"] > 0:
                found.setdefault((car["carIdx"], car["lc"], last), None)
    times = {}
    for car_idx, lap, last in found:
        times.setdefault((car_idx, lap), []).append(last)
    # At the crossing the file still shows the lap before for a moment: the last value is the lap's own.
    return {key: values[-1] for key, values in times.items()}


def test_every_lap_is_found_within_a_second(file, folded):
    expected, (_, laps) = told_laps(file), folded
    assert laps.keys() == expected.keys()
    assert len(laps) == 57
    misses = {key: laps[key].time_s - expected[key] for key in laps}
    assert max(abs(miss) for miss in misses.values()) < 1.0
    assert sorted(abs(miss) for miss in misses.values())[len(misses) // 2] < 0.1


def test_the_race_ends_in_the_order_of_the_file(file, folded):
    _, cars = file.moments[-1]
    expected = [car["carIdx"] for car in sorted(cars, key=lambda car: car["pos"]) if car["state"] == "FIN"]
    standings = folded[0].standings()
    assert [car.car_idx for car in standings.cars] == expected
    assert {car.laps for car in standings.cars} == {3}


def test_everybody_starts_lap_one_with_the_green_flag(file, folded):
    starts = {lap.start_s for (_, number), lap in folded[1].items() if number == 1}
    assert len(starts) == 1
    assert starts.pop() == pytest.approx(file.green_s, abs=0.05)


def test_gaps_at_the_flag_are_those_of_the_file(file, folded):
    _, cars = file.moments[-1]
    gaps = {car["carIdx"]: car["gap"] for car in cars if car["state"] == "FIN"}
    for car in folded[0].standings().cars:
        assert car.gap_s == pytest.approx(gaps[car.car_idx], abs=0.25)


def test_sectors_add_up_to_the_lap(folded):
    whole = [lap for lap in folded[1].values() if None not in lap.sectors_s]
    assert len(whole) > 40
    assert all(sum(lap.sectors_s) == pytest.approx(lap.time_s) and len(lap.sectors_s) == 6 for lap in whole)
