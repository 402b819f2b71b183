"""What is drawn once a race, before it starts: retirements, fuel use, the start, cautions and rain."""

from typing import NamedTuple

import numpy as np

from pitbox.strategy.montecarlo.draws import STEPS, Floats, Keys, column, normal_quantiles, share, word
from pitbox.strategy.montecarlo.race_model import RaceModel
from pitbox.strategy.montecarlo.tables import NEVER, grid_order

RETIRE, USE, START, CAUTION, RAIN, PACE = (number << 28 for number in range(1, 7))
"""Counters far above those of laps, each with room for what it counts."""
FAR_S = 1e7
"""Later than any race."""


class Fates(NamedTuple):
    """Cars or cautions down, races across."""

    retire_lap: Floats
    use_l: Floats
    start_s: Floats
    slow_from_s: Floats
    """The last row is never reached."""
    slow_to_s: Floats
    slow_bunch: Floats
    rain_from_s: Floats
    rain_to_s: Floats
    pace_s: Floats
    """Of each lap, in this race."""


class FateModel:
    """Of one race model; asked once for each block of races."""

    def __init__(self, model: RaceModel, laps: int) -> None:
        cars = model.cars
        self._model, self._laps, self._cars = model, laps, len(cars)
        self._normal = normal_quantiles().astype(np.float32)
        self._retire = _down([car.retire_chance for car in cars])
        self._use_l = _down([car.lap_l for car in cars])
        self._use_spread = _down([car.lap_spread for car in cars])
        place = {at: number for number, at in enumerate(grid_order(cars))}
        self._start_s = _down(
            [
                model.traffic.grid_s * place[at] if car.start_s is None else car.start_s
                for at, car in enumerate(cars)
            ]
        )
        self._start_spread_s = _down([car.start_spread_s for car in cars])
        self._race_spread_s = _down([car.race_spread_s for car in cars])
        caution = model.cautions
        waits = -np.log1p(-((np.arange(STEPS) + 0.5) / STEPS))
        mean_wait_s = 3600.0 / caution.per_hour if caution.per_hour > 0 else FAR_S
        self._wait_s = (waits / waits.mean() * mean_wait_s).astype(np.float32)
        self._length_s = (caution.length_s * np.exp(caution.spread * normal_quantiles())).astype(np.float32)

    def fates(self, keys: Keys) -> Fates:
        slow = self._cautions(keys)
        rain = self._rain(keys)
        return Fates(
            self._retirements(keys), self._uses(keys), self._starts(keys), *slow, *rain, self._paces(keys)
        )

    def _retirements(self, keys: Keys) -> Floats:
        """Evenly over the race; a lap that never comes where the car lasts."""
        races = len(keys.first)
        lap = np.full((self._cars, races), NEVER, np.float32)
        if self._retire.any():
            drawn = share(keys, column(self._cars, RETIRE))
            at = drawn / np.maximum(self._retire, np.float32(1e-6)) * np.float32(self._laps)
            lap = np.where(drawn < self._retire, np.ceil(at), np.float32(NEVER))
        return lap

    def _uses(self, keys: Keys) -> Floats:
        return self._use_l * (np.float32(1.0) + self._use_spread * self._normals(keys, USE))

    def _starts(self, keys: Keys) -> Floats:
        return self._start_s + self._start_spread_s * self._normals(keys, START)

    def _paces(self, keys: Keys) -> Floats:
        if not self._race_spread_s.any():
            return np.zeros((self._cars, len(keys.first)), np.float32)
        return self._race_spread_s * self._normals(keys, PACE)

    def _normals(self, keys: Keys, base: int) -> Floats:
        found: Floats = self._normal[word(keys, column(self._cars, base)) >> np.uint32(22)]
        return found

    def _cautions(self, keys: Keys) -> tuple[Floats, Floats, Floats]:
        """Calls come evenly in green time; a length is lognormal."""
        caution, races = self._model.cautions, len(keys.first)
        most = caution.most if caution.is_any else 0
        shape = (most + 1, races)
        start_s, end_s = np.full(shape, FAR_S, np.float32), np.full(shape, 2 * FAR_S, np.float32)
        bunch = np.zeros(shape, np.float32)
        if not most:
            return start_s, end_s, bunch
        # A step of the table would be minutes where cautions are rare: the low bits of the draw fill it in.
        drawn = word(keys, column(most, CAUTION))
        step = drawn >> np.uint32(22)
        part = ((drawn >> np.uint32(6)) & np.uint32(0xFFFF)).astype(np.float32) * np.float32(2.0**-16)
        above = self._wait_s[np.minimum(step + np.uint32(1), np.uint32(STEPS - 1))]
        wait_s = self._wait_s[step] + part * (above - self._wait_s[step])
        other = word(keys, column(most, CAUTION + 0x1000))
        length_s = self._length_s[other >> np.uint32(22)]
        virtual = (other & np.uint32(0xFFFF)).astype(np.float32) * np.float32(2.0**-16)
        now_s = np.zeros(races, np.float32)
        if most and caution.first_s is not None:
            wait_s[0] = caution.first_s
            if caution.first_length_s > 0:
                length_s[0] *= np.float32(caution.first_length_s / caution.length_s)
        for call in range(most):
            start_s[call] = now_s + wait_s[call]
            end_s[call] = now_s = start_s[call] + length_s[call]
        bunch[:most] = virtual >= np.float32(caution.virtual_share)
        return start_s, end_s, bunch

    def _rain(self, keys: Keys) -> tuple[Floats, Floats]:
        rain, races = self._model.rain, len(keys.first)
        if not rain.chance:
            return np.full(races, FAR_S, np.float32), np.full(races, FAR_S, np.float32)
        falls = share(keys, RAIN) < np.float32(rain.chance)
        normal = self._normal[word(keys, RAIN + 1) >> np.uint32(22)]
        start_s = np.float32(rain.start_s) + np.float32(rain.start_spread_s) * normal
        start_s = np.where(falls, np.maximum(start_s, np.float32(0.0)), np.float32(FAR_S))
        return start_s, start_s + np.float32(rain.length_s)


def _down(values: list[float]) -> Floats:
    return np.array(values, np.float32)[:, None]
