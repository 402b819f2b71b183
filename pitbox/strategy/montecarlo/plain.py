"""The laps of many races in numpy: what `kernel` does, step by step and bit by bit, all races side by side.

It answers while the compiled twin is made ready, and says in a test what that one has to give. What seldom
happens, a caution, rain or a stop, is worked out for those to whom it happens. A state is a car down, a race
across; the same memory as one row is `.reshape(-1)`, from which numpy picks cars quickest.
"""

from typing import Any, NamedTuple

import numpy as np

from pitbox.strategy.montecarlo.draws import Floats, Keys, word
from pitbox.strategy.montecarlo.fate import FAR_S, Fates
from pitbox.strategy.montecarlo.finish import at_the_flag, ranks
from pitbox.strategy.montecarlo.outcome import Outcome
from pitbox.strategy.montecarlo.places import Fights, Places, put_out_last, rejoined
from pitbox.strategy.montecarlo.race_model import RaceModel
from pitbox.strategy.montecarlo.tables import AGES, CAR_FIELDS, POLICY_FIELDS, RACE_FIELDS, Tables

STOP_COUNTER = 0x08000000
_FAR = np.float32(FAR_S)
_0, _1, _HALF = np.float32(0.0), np.float32(1.0), np.float32(0.5)
_LOW, _TINY, _2, _LATE = np.float32(1.3), np.float32(1e-3), np.float32(2.0), np.float32(3.0)
Some = np.ndarray[Any, Any]


class _Lap(NamedTuple):
    """Of all cars in all races, as far as it is driven before they meet."""

    number: int
    after_s: np.float32
    """What the reference took until its end."""
    arrival_s: Floats
    left: Floats
    """Laps."""
    pitted_s: Floats
    """What a stop cost on it."""
    slow_races: Some
    """Those with a caution."""
    slow_part: Floats
    """Of the lap; only their columns."""
    slow_shut: Some
    """Who may not pass there."""


class PlainRaces:
    """A block of races, driven when it is made."""

    def __init__(self, model: RaceModel, tables: Tables, keys: Keys, fates: Fates) -> None:
        self._model, self._tables, self._keys, self._fates = model, tables, keys, fates
        self._car = {name: row[:, None] for name, row in zip(CAR_FIELDS, tables.car, strict=True)}
        self._policy = {name: row[:, None] for name, row in zip(POLICY_FIELDS, tables.policy, strict=True)}
        self._race = dict(zip(RACE_FIELDS, tables.race, strict=True))
        self._fights = Fights(self._race, tables.need_s)
        cars, races = len(model.cars), len(keys.first)
        shape = self._shape = (cars, races)
        self._number = np.arange(cars, dtype=np.uint32)[:, None]
        self._shape_at = self._policy["shape"].astype(np.uint32)
        self._owed, self._entry, self._wet = (np.zeros(shape, np.float32) for _ in range(3))
        self._near = np.full(shape, _FAR, np.float32)
        self._fuel = np.broadcast_to(self._car["fuel_l"], shape).copy()
        self._low = fates.use_l * _LOW
        self._tyre = np.broadcast_to(tables.row[0][:, None], shape).astype(np.int64)
        self._stops, self._longest, self._dry = (np.zeros(shape, np.int32) for _ in range(3))
        self._age = np.broadcast_to(self._policy["stint_age"], shape).copy()
        self._call = np.zeros(shape, np.int32)
        self._has_own_pace = bool(fates.pace_s.any())
        self._calls = tuple(
            np.ascontiguousarray(some) for some in (fates.slow_from_s, fates.slow_to_s, fates.slow_bunch)
        )
        self._slow = tuple(np.broadcast_to(some[0], shape).copy() for some in self._calls)
        self._rainy = (fates.rain_from_s < _FAR).nonzero()[0]
        self._order: Some = np.broadcast_to(tables.grid[:, None], shape).astype(np.int64)
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
        reference_s = float(self._race["reference_s"])
        laps, time_s, key = at_the_flag(
            self.history, self._laps_driven, self._flag, self._fates.retire_lap, reference_s
        )
        classes, class_position = self._policy["class_number"][:, 0], np.empty_like(laps)
        for number in np.unique(classes):
            peers = classes == number
            class_position[peers] = ranks(key[peers])
        longest = np.maximum(self._longest, self._age)
        return Outcome(self._model, ranks(key), class_position, laps, time_s, self._stops, longest, self._dry)

    def _drive_lap(self, number: int) -> bool:
        race, fates = self._race, self._fates
        off, after = (np.float32(lap) * race["reference_s"] for lap in (number - 1, number))
        before, lap = self.history[number - 1], self._pace(number)
        if number == 1:
            lap += fates.start_s + race["first_lap_s"] + fates.pace_s
        elif self._has_own_pace:
            lap += fates.pace_s
        begins = before + off
        if len(self._rainy):
            self._lengthen_in_rain(lap, begins)
        slow = self._under_caution(lap, begins, before)
        pitted, self._owed = self._owed, np.zeros_like(self._owed)
        lap += pitted
        lap -= race["reference_s"]
        lap += before
        lap[np.float32(number) >= fates.retire_lap] = _FAR
        # A race whose flag is out goes on here, in step with the others; its laps then count no more.
        self._age += 1 if (self._flag < 0.0).all() else self._flag < 0.0
        self._tyre += 1
        driven = _Lap(number, after, lap, self._left(number, lap, after), pitted, *slow)
        self._stop(driven)
        self._order_again(driven)
        return self._flags(number)

    def _pace(self, number: int) -> Floats:
        tables, car = self._tables, self._car
        drawn = word(self._keys, np.uint32(number * self._shape[0]) + self._number)
        luck = tables.shape.take(self._shape_at + (drawn >> np.uint32(22)))
        luck *= car["residual_s"]
        found: Floats = tables.losses.take(self._tyre)
        found += luck
        if car["traffic_s"].any():
            drawn >>= np.uint32(12)
            drawn &= np.uint32(1023)
            wait = tables.wait_shape.take(drawn)
            wait *= car["traffic_s"]
            found += wait
        found += car["pace_s"]
        found += car["litre_s"] * self._fuel
        if number >= tables.counts[1]:
            found -= (self._near <= self._race["tow_window_s"]) * self._race["tow_s"]
        return found

    def _lengthen_in_rain(self, lap: Floats, begins: Floats) -> None:
        race, at = self._race, self._rainy
        falls = self._falls(begins.take(at, axis=1))
        on_wet = np.where(falls, race["wet_share"], race["dried_share"])
        on_slick = np.where(falls, race["slick_share"], _0)
        longer: Any = np.where(self._wet.take(at, axis=1) > _HALF, on_wet, on_slick)
        lap[:, at] = lap.take(at, axis=1) * (_1 + longer)

    def _falls(self, now: Floats) -> Some:
        """In those races that see rain."""
        at, fates = self._rainy, self._fates
        found: Some = (now >= fates.rain_from_s[at]) & (now < fates.rain_to_s[at])
        return found

    def _under_caution(self, lap: Floats, begins: Floats, before: Floats) -> tuple[Some, Floats, Some]:
        """Burns the fuel; gives races with a caution now, the part that it takes, who may not pass."""
        fuel, use = self._fuel, self._fates.use_l
        start, end, bunch = self._slow
        ends = begins + lap * self._race["slow"]
        at = (ends > start).any(axis=0).nonzero()[0] if self._tables.counts[4] > 0 else self._rainy[:0]
        if not len(at):
            fuel -= use
            return at, fuel[:, :0], fuel[:, :0] > _0
        own, ends, start, end, bunch, begun = (
            some.take(at, axis=1) for some in (lap, ends, start, end, bunch, begins)
        )
        each = _1 / own
        part = np.minimum(ends, end) - np.maximum(begun, start)
        part = np.maximum(part * each * (_1 / self._race["slow"]), _0)
        behind = before.take(at, axis=1) - self._lead.take(at)
        behind = np.maximum(behind - np.floor(behind * each) * own, _0)
        gain = self._race["catch"] * own * part * bunch
        lap[:, at] = own * (_1 + (self._race["slow"] - _1) * part) - np.minimum(gain, behind)
        burnt = fuel.take(at, axis=1) - use.take(at, axis=1) * (_1 - _HALF * part)
        fuel -= use
        fuel[:, at] = burnt
        self._turn_cautions(at, begun > end)
        # A queue stays one to the end of the lap: nobody passes on any part of it.
        return at, part, (part > _HALF) | ((part > _0) & (bunch > _HALF))

    def _turn_cautions(self, races: Some, over: Some) -> None:
        """To the next one, for cars that have seen the end of one."""
        car, which = over.nonzero()
        race = races[which]
        at = car * self._shape[1] + race
        call = self._call.reshape(-1)
        is_more = call[at] < len(self._calls[0]) - 1
        at, race = at[is_more], race[is_more]
        call[at] += 1
        found = call[at] * self._shape[1] + race
        for now, some in zip(self._slow, self._calls, strict=True):
            now.reshape(-1)[at] = some.reshape(-1)[found]

    def _stop(self, lap: _Lap) -> None:
        """Who comes in, for which reason, and who came to a halt."""
        policy, use = self._policy, self._fates.use_l
        low = (self._fuel < self._low).reshape(-1).nonzero()[0]
        low = low[policy["has_fuel"][:, 0][low // self._shape[1]] > 0]
        fuel, left = self._fuel.reshape(-1)[low], lap.left.reshape(-1)[low]
        by_plan = self._by_plan(lap.number)[low // self._shape[1]]
        obeys = policy["runs_dry"][:, 0][low // self._shape[1]] == 0
        obeys |= (by_plan >= 0) & (self._age.reshape(-1)[low] != by_plan)
        wants = np.zeros(self._shape, np.bool_)
        wants.reshape(-1)[low] = obeys & (fuel < use.reshape(-1)[low] * left)
        self._call_in(lap, wants)
        runs = (lap.arrival_s < _FAR) & (self._flag < 0.0) & (lap.left > _0)
        wants &= runs
        self._help(low[(fuel < _0) & runs.reshape(-1)[low]], wants)
        self._serve(lap, wants.reshape(-1).nonzero()[0])

    def _call_in(self, lap: _Lap, wants: Some) -> None:
        """By plan, to cover somebody, under a caution, or for other tyres."""
        policy, age = self._policy, self._age
        by_plan = self._by_plan(lap.number)
        for car in (self._tables.planned[lap.number] % AGES).nonzero()[0]:
            wants[car] |= (age[car] >= policy["least_stint"][car]) | (age[car] == by_plan[car])
        for car in (policy["cover"][:, 0] >= 0).nonzero()[0]:
            rival = lap.pitted_s[policy["cover"][car, 0]] > _0
            wants[car] |= rival & (age[car] >= policy["least_stint"][car]) & (lap.left[car] > _LATE)
        at = lap.slow_races
        if len(at):
            is_ripe = age.take(at, axis=1) >= policy["caution_stint"]
            wants[:, at] |= (lap.slow_part > _HALF) & is_ripe & (lap.left.take(at, axis=1) > _LATE)
        at = self._rainy
        if len(at):
            falls = self._falls(lap.arrival_s.take(at, axis=1) + lap.after_s)
            turns = falls != (self._wet.take(at, axis=1) > _HALF)
            wants[:, at] |= turns & (lap.left.take(at, axis=1) > _LATE)

    def _by_plan(self, number: int) -> Some:
        """How old the stint of each car is, if it held to its plan; -1: it holds to none."""
        found: Some = self._tables.planned[number] // AGES - 1
        return found

    def _left(self, number: int, arrival: Floats, after: np.float32) -> Floats:
        """Laps; by time, the flag waits for the leader, and then for us."""
        if self._tables.counts[2] == 0:
            return np.full(self._shape, np.float32(self._tables.counts[0] - number), np.float32)
        rest = (self._race["length_s"] - (arrival + after)) * (_1 / self._car["pace_s"])
        found: Floats = (rest + _2) * (rest > _0)
        return found

    def _help(self, empty: Some, wants: Some) -> None:
        self._dry.reshape(-1)[empty] += 1
        self._entry.reshape(-1)[empty] = self._race["dry_s"]
        self._fuel.reshape(-1)[empty] = _0
        stays = empty[~wants.reshape(-1)[empty]]
        self._fuel.reshape(-1)[stays] = self._fates.use_l.reshape(-1)[stays] * _LATE

    def _serve(self, lap: _Lap, at: Some) -> None:
        """Stops of cars at `at`, in the states as one row."""
        if not len(at):
            return
        tables, fates = self._tables, self._fates
        c, n = np.divmod(at, self._shape[1])
        car = {name: row[:, 0][c] for name, row in self._car.items()}
        fuel, age, stops, longest, entry = (
            some.reshape(-1) for some in (self._fuel, self._age, self._stops, self._longest, self._entry)
        )
        stops[at] += 1
        k = np.minimum(stops[at], self._policy["stints"][:, 0][c] - 1) * self._shape[0] + c
        room_l = car["tank_l"] - fuel[at]
        wanted_l = fates.use_l.reshape(-1)[at] * (lap.left.reshape(-1)[at] + _HALF) - fuel[at]
        fill_l = tables.fill_l.reshape(-1)[k]
        by_plan = self._by_plan(lap.number)[c]
        is_void = (by_plan >= 0) & (age[at] != by_plan)
        add_l = np.where((fill_l >= _0) & ~is_void, fill_l, np.maximum(wanted_l, _0))
        has_fuel = self._policy["has_fuel"][:, 0][c] > 0
        add_l = np.where(has_fuel, np.maximum(np.minimum(add_l, room_l), _0), _0)
        share = np.where(_is_shut(lap, c, n), self._race["stop_share"], _1)
        counter = (STOP_COUNTER + lap.number * self._shape[0] + c).astype(np.uint32)
        drawn = word(Keys(self._keys.first[n], self._keys.second[n]), counter)
        luck = tables.stop_shape[drawn >> np.uint32(22)]
        box_s = add_l * car["litre_stop_s"] + car["stop_spread_s"] * luck
        entry[at] += car["stop_in_s"] * share
        self._owed.reshape(-1)[at] = np.maximum(car["stop_out_s"] * share + box_s, _TINY)
        fuel[at] += add_l
        longest[at] = np.maximum(longest[at], age[at])
        self._tyre.reshape(-1)[at] = tables.row.reshape(-1)[k]
        age[at] = 0
        now = lap.arrival_s.reshape(-1)[at] + lap.after_s
        self._wet.reshape(-1)[at] = (now >= fates.rain_from_s[n]) & (now < fates.rain_to_s[n])

    def _order_again(self, lap: _Lap) -> None:
        rejoined(self._order, self.history[lap.number - 1], lap.pitted_s)
        retires = (self._fates.retire_lap == np.float32(lap.number)).any(axis=0).nonzero()[0]
        put_out_last(self._order, lap.arrival_s, retires)
        shut = np.zeros(self._shape, np.bool_)
        shut[:, lap.slow_races] = lap.slow_shut
        places = Places(self._order, lap.arrival_s, shut, self._fights)
        for i in range(1, self._shape[0]):
            places.meet(i)
        self._order = places.order
        at = self._order * self._shape[1] + np.arange(self._shape[1])
        self.history[lap.number].reshape(-1)[at] = places.time_s
        self._near.reshape(-1)[at] = places.near_s
        self._near[shut] = _FAR
        self._enter(self.history[lap.number])

    def _enter(self, time_s: Floats) -> None:
        """What the way into the pits costs comes after the fights; there is no tow there, nor behind one."""
        busy = np.flatnonzero(self._entry.any(axis=0))
        at = self._order.take(busy, axis=1) * self._shape[1] + busy
        lost = self._entry.take(at)
        costs = lost > _0
        costs[1:] |= costs[:-1]
        self._near.reshape(-1)[at[costs]] = _FAR
        enters = lost > _0
        time_s.reshape(-1)[at[enters]] += lost[enters]
        self._entry[:] = _0

    def _flags(self, number: int) -> bool:
        every = np.arange(self._shape[1])
        self._lead = self.history[number][self._order[0], every]
        now = self._lead.astype(np.float64) + float(number) * float(self._race["reference_s"])
        is_by_time, laps = self._tables.counts[2] > 0, self._tables.counts[0]
        is_over = (now >= float(self._race["length_s"])) if is_by_time else np.zeros(len(every), bool)
        ends = (self._flag < 0.0) & (is_over | (number == laps))
        self._flag[ends] = now[ends]
        self._laps_driven[ends] = number
        return bool((self._flag >= 0.0).all())


def _is_shut(lap: _Lap, c: Some, n: Some) -> Some:
    """Of cars `c` in races `n`: a caution lets them pass nobody on this lap."""
    column = np.full(lap.arrival_s.shape[1], -1)
    column[lap.slow_races] = np.arange(len(lap.slow_races))
    found, at = np.zeros(len(c), np.bool_), column[n]
    is_slow = at >= 0
    found[is_slow] = lap.slow_shut[c[is_slow], at[is_slow]]
    return found
