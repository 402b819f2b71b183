"""The weather in the top bar is what the sim says, in the units that were chosen."""

import numpy as np
import pytest

from pitbox.model.source import Ticks
from pitbox.ui.scene.race import Weather
from pitbox.ui.scene.weather import weather_of, weather_words


def ticks(*names: str) -> Ticks:
    own = np.zeros(2, dtype=[(name, "<f8") for name in ("SessionTime", *names)])
    for at, name in enumerate(names):
        own[name][-1] = (21.6, 30.8, 3)[at]
    return Ticks(own, own, own)


def test_the_newest_row_counts() -> None:
    assert weather_of(ticks("AirTemp", "TrackTemp", "TrackWetness")) == Weather(21.6, 30.8, 3)


def test_a_sim_that_is_silent_has_none() -> None:
    assert weather_of(ticks("AirTemp")) is None
    assert weather_words(None, "metric") == ""


@pytest.mark.parametrize(
    ("weather", "units", "words"),
    [
        (Weather(21.6, 30.8, 1), "metric", "22 °C, track 31 °C, dry"),
        (Weather(21.6, 30.8, 6), "imperial", "71 °F, track 87 °F, very wet"),
        (Weather(0.0, 0.0, 0), "metric", "0 °C, track 0 °C"),
        (Weather(5.0, 9.0, 40), "metric", "5 °C, track 9 °C"),
    ],
)
def test_words(weather: Weather, units: str, words: str) -> None:
    assert weather_words(weather, units) == words
