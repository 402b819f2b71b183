"""What our car's instruments say of the weather."""

import numpy as np
from numpy.typing import NDArray

from pitbox.model.source import RowArray
from pitbox.sim.synthetic.circuit import Floats
from pitbox.sim.synthetic.world import World

_DAY_S = 86_400.0
_NOON_S = 46_800.0


class Air:
    """A warm day with rain as planned; the crew reads the track now and then."""

    def __init__(self, world: World, column: dict[str, int]) -> None:
        self._world = world
        self._column = column
        self._rain = 0.0
        """As shown: the sim tells it at the line only."""

    def fill(self, matrix: NDArray[np.float32], rows: RowArray, times_s: Floats, *, is_at_line: bool) -> None:
        now_s = float(times_s[0])
        sky = self._world.race.weather.at(now_s)
        if is_at_line or now_s < 1.0:
            self._rain = sky.rain
        rows["TrackWetness"] = sky.wetness
        rows["WeatherDeclaredWet"] = sky.is_declared_wet
        rows["Skies"] = 3 if sky.rain > 0 else 1
        day = (self._world.scenario.start_of_day_s + times_s - _NOON_S) / _DAY_S * 2 * np.pi
        warmth = 0.5 + 0.5 * np.cos(day[0] - 0.5)
        crew_day = (self._world.scenario.start_of_day_s + now_s // 30.0 * 30.0 - _NOON_S) / _DAY_S * 2 * np.pi
        air_c = 14.0 + 12.0 * warmth - 3.0 * sky.rain + 0.01 * np.sin(now_s // 2.0)
        crew_c = 15.0 + 22.0 * (0.5 + 0.5 * np.cos(crew_day - 0.4)) - 9.0 * sky.water
        for name, value in (
            ("AirTemp", air_c),
            ("TrackTemp", crew_c),
            ("TrackTempCrew", crew_c),
            ("SolarAltitude", 0.95 * np.cos(day)),
            ("SolarAzimuth", np.mod(np.pi + day, 2 * np.pi)),
            ("Precipitation", self._rain),
            ("RelativeHumidity", 0.57 + 0.4 * sky.rain),
        ):
            matrix[:, self._column[name]] = value
