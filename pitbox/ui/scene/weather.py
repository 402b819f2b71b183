"""Air, track and how wet it is, from the newest row of our own car's sim. Loads no Qt."""

from pitbox.model.source import Ticks
from pitbox.ui.scene.race import Weather
from pitbox.ui.scene.words import Units, warmth

_CHANNELS = ("AirTemp", "TrackTemp", "TrackWetness")
_WETNESS = ("", "dry", "mostly dry", "very lightly wet", "lightly wet", "wet", "very wet", "under water")
"""The sim's own eight steps; the first one says nothing."""


def weather_of(ticks: Ticks) -> Weather | None:
    """None where the sim does not say."""
    names = ticks.own.dtype.names or ()
    if not len(ticks) or any(name not in names for name in _CHANNELS):
        return None
    row = ticks.own[-1]
    return Weather(float(row["AirTemp"]), float(row["TrackTemp"]), int(row["TrackWetness"]))


def weather_words(weather: Weather | None, units: Units) -> str:
    """22 °C, track 31 °C, dry."""
    if weather is None:
        return ""
    air, track = (" ".join(warmth(celsius, units)) for celsius in (weather.air_c, weather.track_c))
    wetness = _WETNESS[weather.wetness] if 0 <= weather.wetness < len(_WETNESS) else ""
    return ", ".join(words for words in (air, f"track {track}", wetness) if words)
