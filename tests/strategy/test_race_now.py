"""The rest of a race that runs, simulated from its facts alone."""

import numpy as np
import pytest
from grid import Runner, story

from pitbox.strategy.errors import NoLengthError, NoRaceError
from pitbox.strategy.montecarlo.lottery import Lottery
from pitbox.strategy.montecarlo.race_now import race_now

RUNNERS = (
    Runner(1, 100.0, stops=(20,)),
    Runner(2, 101.0, stops=(20,)),
    Runner(3, 112.0, class_id=2, stops=(20,)),
)


def test_places_laps_and_stops_of_a_quiet_race_come_out():
    """An hour is over, an hour is left: 35 laps, two stops more, and no reason to change places."""
    model = race_now(story(RUNNERS, 3600.0, length_s=7200.0).at(3600.0))
    assert [car.name for car in model.cars] == ["1", "2", "3"]
    found = Lottery(model, engine="numpy").run(200)
    assert (found.position[0] == 1).mean() > 0.9
    assert (found.class_position[2] == 1).all()
    assert np.median(found.laps[0]) == pytest.approx(35.5, abs=1.0)
    assert np.median(found.laps[0] - found.laps[2]) == pytest.approx(36 * 12 / 112 + 4, abs=1.5)
    assert found.stops[0].mean() == pytest.approx(2.0, abs=0.3)  # 15 laps since the last one, 20 fit
    assert (found.dry == 0).all()


def test_a_race_by_laps_ends_on_its_lap():
    model = race_now(story(RUNNERS, 3600.0, laps=50).at(3600.0))
    found = Lottery(model, engine="numpy").run(20)
    assert (found.laps[0] == 50 - 35).all()


def test_what_is_not_known_is_said():
    with pytest.raises(NoRaceError):
        race_now(story((), 10.0, length_s=100.0).at(10.0))
    with pytest.raises(NoLengthError):
        race_now(story(RUNNERS, 3600.0).at(3600.0))
