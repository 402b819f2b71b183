"""A real race of twenty cars, two of which are not there: nobody is said to drive unseen."""

import numpy as np
import pytest
from field_file import WIDTH, FieldFile

from pitbox.wall.muster import Muster


@pytest.fixture(scope="module")
def race(real_data):
    return FieldFile(real_data / "field")


def mustered(race, hide=()):
    rows = race.rows()
    rows["CarIdxTrackSurface"][:, list(hide)] = -1
    slow = np.zeros(len(rows), [("CarIdxLastLapTime", "f4", WIDTH)])
    own = np.zeros(len(rows), [("SessionTime", "f8"), ("SessionNum", "i4")])
    own["SessionTime"] = rows["SessionTime"]
    for at, (_, cars) in enumerate(race.moments, 3):
        for car in cars:
            last = car["last"]
            slow["CarIdxLastLapTime"][at, car["carIdx"]] = last[0] if isinstance(last, list) else last
    muster = Muster()
    muster.hear(race.info())
    for at in range(len(rows)):
        muster.take(own[at : at + 1], rows[at : at + 1], slow[at : at + 1])
    return muster.hidden


def test_a_whole_field_is_whole(race):
    assert mustered(race).words() == ""


def test_cars_taken_out_of_it_are_missed(race):
    running = [car["carIdx"] for car in race.moments[100][1] if car["state"] == "RUN"]
    assert mustered(race, hide=running[:4]).cars == 4
