"""The laps of many races in numpy: what `kernel` does, step by step and bit by bit, all races side by side.

It answers while the compiled twin is made ready, and says in a test what that one has to give.
"""

from typing import Any

import numpy as np

from pitbox.strategy.montecarlo.draws import Floats, Keys, word
from pitbox.strategy.montecarlo.fate import FAR_S, Fates
from pitbox.strategy.montecarlo.outcome import Outcome
from pitbox.strategy.montecarlo.places import Places
from pitbox.strategy.montecarlo.race_model import RaceModel
from pitbox.strategy.montecarlo.tables import CAR_FIELDS, POLICY_FIELDS, RACE_FIELDS, Tables, Whole

STOP_COUNTER = 0x08000000
_FAR = np.float32(FAR_S)
_0, _1, _HALF = np.float32(0.0), np.float32(1.0), np.float32(0.5)
_LOW, _TINY, _2, _LATE = np.float32(1.3), np.float32(1e-3), np.float32(2.0), np.float32(3.0)


class PlainRaces:
    """A block of races, driven when it is made."""

    def __init__(self, model: RaceModel, tables: Tables, keys: Keys, fates: Fates) -> None:
        self._model, self._tables, self._keys, self._fates = model, tables, keys, fates
        self._car = {name: row[:, None] for name, row in zip(CAR_FIELDS, tables.car, strict=True)}
        self._policy = {name: row[:, None] for name, row in zip(POLICY_FIELDS, tables.policy, strict=True)}
        self._race = dict(zip(RACE_FIELDS, tables.race, strict=True))
        cars, races = len(model.cars), len(keys.first)
        shape = self._shape = (cars, races)
        self._number = np.arange(cars, dtype=np.uint32)[:, None]
        self._time, self._owed, self._entry, self._wet = (np.zeros(shape, np.float32) for _ in range(4))
        self._near = np.full(shape, _FAR, np.float32)
        self._fuel = np.broadcast_to(self._car["fuel_l"], shape).copy()
        self._tyre = np.broadcast_to(tables.row[0][:, None], shape).copy()
        self._age, self._stops, self._longest, self._dry = (np.zeros(shape, np.int32) for _ in range(4))
        self._call = np.zeros(shape, np.int32)
        self._slow = tuple(
            np.broadcast_to(some[0], shape).copy()
            for some in (fates.slow_from_s, fates.slow_to_s, fates.slow_bunch)
        )
        self._order = np.broadcast_to(tables.grid[:, None], shape).copy()
        self._lead = np.zeros(races, np.float32)
        self._flag = np.full(races, -1.0)
        self.history = np.zeros((int(tables.counts[0]) + 1, *shape), np.float32)
        """Time of each car at the end of each lap, against so many laps at the reference pace."""
        self._laps_driven = np.zeros(races, np.int32)
        for number in range(1, int(tables.counts[0]) + 1):
            if self._drive_lap(number):
                break

    def lap_ends_s(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Lap down, then car, then race: when each lap was over; lap 0 is the start."""
        laps = np.arange(len(self.history), dtype=np.float64)[:, None, None]
        return self.history + laps * float(self._race["reference_s"])

    def outcome(self) -> Outcome:
        laps, time_s, key = self._finish()
        cars = len(self._model.cars)
        position, class_position = np.empty(self._shape, np.int32), np.empty(self._shape, np.int32)
        classes = self._policy["class_number"]
        at = np.arange(cars)[:, None]
        for car in range(cars):
            better = (key < key[car]) | ((key == key[car]) & (at < car))
            position[car] = better.sum(axis=0) + 1
            class_position[car] = (better & (classes == classes[car])).sum(axis=0) + 1
        longest = np.maximum(self._longest, self._age)
        return Outcome(self._model, position, class_position, laps, time_s, self._stops, longest, self._dry)

    def _drive_lap(self, number: int) -> bool:
        race, fates = self._race, self._fates
        off, after = (np.float32(lap) * race["reference_s"] for lap in (number - 1, number))
        lap = self._pace(number)
        if number == 1:
            lap = lap + (fates.start_s + race["first_lap_s"])
        if self._tables.counts[3] > 0:
            lap = self._in_rain(lap, off)
        slow = np.zeros(self._shape, np.float32)
        if self._tables.counts[4] > 0:
            lap, slow = self._under_caution(lap, off)
        arrival: Floats = self._time + (lap + self._owed - race["reference_s"])
        pitted = self._owed.copy()
        self._owed[:] = _0
        arrival = np.where(np.float32(number) >= fates.retire_lap, _FAR, arrival)
        # A race whose flag is out goes on here, in step with the others; its laps then count no more.
        racing = self._flag < 0.0
        self._fuel = self._fuel - fates.use_l * (_1 - _HALF * slow)
        self._age += racing
        self._tyre += 1
        self._stop(number, after, arrival, slow, pitted)
        self._queue(arrival, pitted, slow > _HALF)
        self._enter()
        self.history[number] = self._time
        return self._flags(number)

    def _pace(self, number: int) -> Floats:
        tables, car = self._tables, self._car
        counter = np.uint32(number * self._shape[0]) + self._number
        drawn = word(self._keys, counter)
        lap = tables.losses[self._tyre] + car["residual_s"] * tables.shape[drawn >> np.uint32(22)]
        if car["traffic_s"].any():
            wait = tables.wait_shape[(drawn >> np.uint32(12)) & np.uint32(1023)]
            lap = lap + car["traffic_s"] * wait
        tow = self._race["tow_s"] if number >= tables.counts[1] else _0
        gain = np.where(self._near <= self._race["tow_window_s"], tow, _0)
        found: Floats = car["pace_s"] + lap + car["litre_s"] * self._fuel - gain
        return found

    def _in_rain(self, lap: Floats, off: np.float32) -> Floats:
        race, now = self._race, self._time + off
        falls = (now >= self._fates.rain_from_s) & (now < self._fates.rain_to_s)
        on_wet = np.where(falls, race["wet_share"], race["dried_share"])
        on_slick = np.where(falls, race["slick_share"], _0)
        longer: Any = np.where(self._wet > _HALF, on_wet, on_slick)
        found: Floats = lap * (_1 + longer)
        return found

    def _under_caution(self, own: Floats, off: np.float32) -> tuple[Floats, Floats]:
        race, fates = self._race, self._fates
        start, end, bunch = self._slow
        begins = self._time + off
        each = _1 / own
        part = np.minimum(begins + own * race["slow"], end) - np.maximum(begins, start)
        part = np.maximum(part * each * (_1 / race["slow"]), _0)
        behind = self._time - self._lead
        behind = behind - np.floor(behind * each) * own
        gain = race["catch"] * own * part * bunch
        lap = own * (_1 + (race["slow"] - _1) * part) - np.minimum(gain, behind)
        over = (begins > end) & (self._call < len(fates.slow_from_s) - 1)
        car, number = np.nonzero(over)
        if len(car):
            self._call[car, number] += 1
            for now, some in zip(
                self._slow, (fates.slow_from_s, fates.slow_to_s, fates.slow_bunch), strict=True
            ):
                now[car, number] = some[self._call[car, number], number]
        return lap, part

    def _stop(self, number: int, after: np.float32, arrival: Floats, slow: Floats, pitted: Floats) -> None:
        racing = self._flag < 0.0
        tables, policy, race, fates = self._tables, self._policy, self._race, self._fates
        now = arrival + after
        if tables.counts[2] > 0:
            rest = (race["length_s"] - now) * (_1 / self._car["pace_s"])
            left = np.where(rest > _0, rest + _2, _0)
        else:
            left = np.full(self._shape, np.float32(tables.counts[0] - number), np.float32)
        has_fuel, use_l, fuel_l = policy["has_fuel"] > 0, fates.use_l, self._fuel
        is_low = (fuel_l < use_l * _LOW) & (fuel_l < use_l * left)
        wants = has_fuel & (policy["runs_dry"] == 0) & is_low
        is_ripe, is_late = self._age >= policy["least_stint"], left > _LATE
        wants |= (tables.planned[number][:, None] > 0) & is_ripe
        wants |= (slow > _HALF) & (self._age >= policy["caution_stint"]) & is_late
        rival = pitted[np.maximum(policy["cover"][:, 0], 0)]
        falls = (now >= fates.rain_from_s) & (now < fates.rain_to_s)
        wants |= (policy["cover"] >= 0) & (rival > _0) & is_ripe & is_late
        if tables.counts[3] > 0:
            wants |= (falls != (self._wet > _HALF)) & is_late
        runs = (arrival < _FAR) & racing & (left > _0)
        wants &= runs
        empty = has_fuel & (fuel_l < _0) & runs
        self._help(empty, wants)
        self._serve(number, wants, left, slow, falls)

    def _help(self, empty: Any, wants: Any) -> None:
        self._dry += empty
        self._entry[empty] = self._race["dry_s"]
        self._fuel[empty] = _0
        stays = empty & ~wants
        self._fuel[stays] = self._fates.use_l[stays] * _LATE

    def _serve(self, number: int, wants: Any, left: Floats, slow: Floats, falls: Any) -> None:
        c, n = np.nonzero(wants)
        if not len(c):
            return
        tables, car, policy = self._tables, self._car, self._policy
        self._stops[c, n] += 1
        k = np.minimum(self._stops[c, n], policy["stints"][c, 0] - 1)
        room_l = car["tank_l"][c, 0] - self._fuel[c, n]
        wanted_l = self._fates.use_l[c, n] * (left[c, n] + _HALF) - self._fuel[c, n]
        fill_l = tables.fill_l[k, c]
        add_l = np.where(fill_l >= _0, fill_l, np.maximum(wanted_l, _0))
        add_l = np.where(policy["has_fuel"][c, 0] > 0, np.maximum(np.minimum(add_l, room_l), _0), _0)
        share = np.where(slow[c, n] > _HALF, self._race["stop_share"], _1)
        keys = Keys(self._keys.first[n], self._keys.second[n])
        at = (STOP_COUNTER + number * self._shape[0] + c).astype(np.uint32)
        luck = tables.stop_shape[word(keys, at) >> np.uint32(22)]
        box_s = add_l * car["litre_stop_s"][c, 0] + car["stop_spread_s"][c, 0] * luck
        self._entry[c, n] = self._entry[c, n] + car["stop_in_s"][c, 0] * share
        self._owed[c, n] = np.maximum(car["stop_out_s"][c, 0] * share + box_s, _TINY)
        self._fuel[c, n] = self._fuel[c, n] + add_l
        self._longest[c, n] = np.maximum(self._longest[c, n], self._age[c, n])
        self._tyre[c, n] = tables.row[k, c]
        self._age[c, n] = 0
        self._wet[c, n] = np.where(falls[c, n], _1, _0)

    def _queue(self, arrival: Floats, pitted: Floats, shut: Any) -> None:
        came_out = np.take_along_axis(pitted, self._order, axis=0) > _0
        for i in np.flatnonzero(came_out[:-1].any(axis=1))[::-1]:
            self._rejoin(int(i), np.flatnonzero(came_out[i]), pitted)
        every, cars = np.arange(self._shape[1]), self._shape[0]
        places = Places(self._order, arrival, shut, self._race, self._tables.need_s)
        for i in range(1, cars):
            places.meet(i)
        at = (self._order.astype(np.int64) * self._shape[1] + every).ravel()
        self._time.reshape(-1)[at] = places.time_s.ravel()
        self._near.reshape(-1)[at] = places.near_s.ravel()

    def _enter(self) -> None:
        """What the way into the pits costs comes after the fights; there is no tow there, nor behind one."""
        busy = np.flatnonzero(self._entry.any(axis=0))
        order = self._order[:, busy]
        lost = self._entry[order, busy]
        before = np.vstack([np.zeros_like(lost[:1]), lost[:-1]])
        self._near[order, busy] = np.where(lost + before > _0, _FAR, self._near[order, busy])
        self._time[order, busy] += lost
        self._entry[:] = _0

    def _rejoin(self, i: int, n: Any, pitted: Floats) -> None:
        """Of cars at place `i` of races `n`, the last places first."""
        order, time = self._order, self._time
        c, place = order[i, n], np.full(len(n), i)
        out = time[c, n] + pitted[c, n]
        going = np.arange(len(n))
        while len(going):
            going = going[place[going] + 1 < self._shape[0]]
            f = order[place[going] + 1, n[going]]
            sinks = time[f, n[going]] + pitted[f, n[going]] < out[going]
            going = going[sinks]
            order[place[going], n[going]] = f[sinks]
            place[going] += 1
        order[place, n] = c

    def _flags(self, number: int) -> bool:
        every = np.arange(self._shape[1])
        self._lead = self._time[self._order[0], every]
        now = self._lead.astype(np.float64) + float(number) * float(self._race["reference_s"])
        is_by_time, laps = self._tables.counts[2] > 0, self._tables.counts[0]
        is_over = (now >= float(self._race["length_s"])) if is_by_time else np.zeros(len(every), bool)
        ends = (self._flag < 0.0) & (is_over | (number == laps))
        self._flag[ends] = now[ends]
        self._laps_driven[ends] = number
        return bool((self._flag >= 0.0).all())

    def _finish(self) -> tuple[Whole, Any, Any]:
        reference = float(self._race["reference_s"])
        every, cars = np.arange(self._shape[1]), self._shape[0]
        laps = np.broadcast_to(self._laps_driven, self._shape).copy()
        at = np.arange(cars)[:, None]
        while True:
            before = np.maximum(laps - 1, 0)
            earlier = self.history[before, at, every].astype(np.float64) + before * reference
            back = (laps > 1) & (earlier >= self._flag)
            if not back.any():
                break
            laps = laps - back.astype(np.int32)
        found = self.history[laps, at, every]
        is_out = found >= _FAR
        time_s = found.astype(np.float64) + laps * reference
        laps = np.where(is_out, self._fates.retire_lap - _1, laps).astype(np.int32)
        key = np.where(is_out, 3.0e9, time_s) - 1.0e6 * laps
        return laps, np.where(is_out, np.inf, time_s), key
