# mypy: disable-error-code="untyped-decorator"
# ruff: noqa: PLR0917, FURB136 - compiled loops take columns one by one, and widen selects but not `max`
"""The laps of many races, compiled: cars down, `LANES` races across, every step the same as in `plain`.

What a race does depends on its own key alone, so no number of threads or size of block changes a bit. Names
of rows are bound here and not imported: the cache of a compiled module knows no file but its own.
"""

from typing import Any

import numpy as np
from numba import float32, float64, int32, int64, njit, uint32, void

LANES = 128

(PACE, RESIDUAL, FUEL, TANK, LITRE, TRAFFIC, STOP_IN, STOP_OUT, STOP_SPREAD, LITRE_STOP) = range(10)
(LEAST_STINT, CAUTION_STINT, COVER, HAS_FUEL, RUNS_DRY, STINTS, CLASS) = range(7)
(
    REFERENCE, LENGTH, GAP, DUEL, LOSER, TOW, TOW_WINDOW, SLOW, CATCH, SLOW_GAP, STOP_SHARE, WET_SHARE,
    SLICK_SHARE, DRIED_SHARE, DRY, FIRST_LAP,
) = range(16)  # fmt: skip
STOP_COUNTER = 0x08000000
_FAR = np.float32(1e7)
_GOLD, _ONE, _TWO = np.uint32(0x9E3779B9), np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)
_0, _1, _HALF = np.float32(0.0), np.float32(1.0), np.float32(0.5)
_LOW, _TINY, _2, _LATE = np.float32(1.3), np.float32(1e-3), np.float32(2.0), np.float32(3.0)
_FAST: Any = {"nogil": True, "error_model": "numpy", "boundscheck": False}


@njit(**_FAST)
def word(first: Any, second: Any, counter: Any) -> Any:
    x = uint32(first + uint32(counter * _GOLD))
    x = uint32(x ^ uint32(x >> uint32(16)))
    x = uint32(x * _ONE)
    x = uint32(x ^ second)
    x = uint32(x ^ uint32(x >> uint32(13)))
    x = uint32(x * _TWO)
    return uint32(x ^ uint32(x >> uint32(16)))


@njit(**_FAST)
def residuals(keys: Any, counter: Any, car: Any, shapes: Any, tyre: Any, drawn: Any, lap: Any) -> None:
    """Hashes in one loop, look-ups in another: only the first one is wide."""
    first, second = keys[0], keys[1]
    losses, shape, wait = shapes
    residual, traffic = car[RESIDUAL], car[TRAFFIC]
    at = uint32(counter)
    for n in range(LANES):
        drawn[n] = word(first[n], second[n], at)
    for n in range(LANES):
        lap[n] = losses[tyre[n]] + residual * shape[drawn[n] >> uint32(22)]
    if traffic > _0:
        for n in range(LANES):
            lap[n] = lap[n] + traffic * wait[(drawn[n] >> uint32(12)) & uint32(1023)]


@njit(**_FAST)
def pace(car: Any, race: Any, has_tow: Any, fuel: Any, near: Any, lap: Any) -> None:
    base, litre, window = car[PACE], car[LITRE], race[TOW_WINDOW]
    tow = race[TOW] if has_tow else _0
    for n in range(LANES):
        gain = tow if near[n] <= window else _0
        lap[n] = base + lap[n] + litre * fuel[n] - gain


@njit(**_FAST)
def rain(race: Any, off: Any, fates: Any, time: Any, wet: Any, lap: Any) -> None:
    begins, ends = fates[0], fates[1]
    for n in range(LANES):
        now = time[n] + off
        falls = (now >= begins[n]) & (now < ends[n])
        on_wet = race[WET_SHARE] if falls else race[DRIED_SHARE]
        on_slick = race[SLICK_SHARE] if falls else _0
        lap[n] = lap[n] * (_1 + (on_wet if wet[n] > _HALF else on_slick))


@njit(**_FAST)
def caution(race: Any, off: Any, phase: Any, c: Any, time: Any, lead: Any, lap: Any, slow: Any) -> Any:
    """Laps under caution are slow, and whoever is behind the queue catches it; says if one is over."""
    start, end, bunch = phase[0, c], phase[1, c], phase[2, c]
    over = 0
    factor, more, catch = race[SLOW], race[SLOW] - _1, race[CATCH]
    for n in range(LANES):
        own = lap[n]
        begins = time[n] + off
        whole = own * factor
        ends = begins + whole
        a = begins if begins > start[n] else start[n]
        b = ends if ends < end[n] else end[n]
        part = (b - a) / whole
        part = part if part > _0 else _0
        behind = time[n] - lead[n]
        behind = behind - np.floor(behind / own) * own
        gain = catch * own * part * bunch[n]
        lap[n] = own * (_1 + more * part) - (gain if gain < behind else behind)
        slow[n] = part
        over += int32(begins > end[n])
    return over > 0


@njit(**_FAST)
def next_caution(off: Any, phase: Any, c: Any, time: Any, call: Any, slows: Any) -> None:
    last = slows.shape[1] - 1
    for n in range(LANES):
        if time[n] + off > phase[1, c, n] and call[n] < last:
            k = call[n] + int32(1)
            call[n] = k
            for row in range(3):
                phase[row, c, n] = slows[row, k, n]


@njit(**_FAST)
def drive(race: Any, time: Any, lap: Any, owed: Any, pitted: Any) -> None:
    reference = race[REFERENCE]
    for n in range(LANES):
        debt = owed[n]
        lap[n] = time[n] + (lap[n] + debt - reference)
        pitted[n] = debt
        owed[n] = _0


@njit(**_FAST)
def age(
    number: Any, slow: Any, fuel: Any, use: Any, retire: Any, arrival: Any, stint: Any, tyre: Any, racing: Any
) -> None:  # fmt: skip
    for n in range(LANES):
        arrival[n] = _FAR if number >= retire[n] else arrival[n]
        fuel[n] = fuel[n] - use[n] * (_1 - _HALF * slow[n])
        stint[n] = stint[n] + int32(racing[n])
        tyre[n] = tyre[n] + uint32(1)


@njit(**_FAST)
def wishes(
    number: Any, planned: Any, counts: Any, policy: Any, race: Any, base: Any, after: Any, arrival: Any,
    slow: Any, fuel: Any, use: Any, stint: Any, rival: Any, wet: Any, fates: Any, racing: Any, stop: Any,
) -> Any:  # fmt: skip
    """Who comes in at the end of this lap: laps left then, -1 for an empty tank, 0 for nothing."""
    least, ripe_slow, covers = policy[LEAST_STINT], policy[CAUTION_STINT], policy[COVER] >= 0
    has_fuel, obeys = policy[HAS_FUEL] > 0, policy[RUNS_DRY] == 0
    by_time, has_rain, to_go = counts[2] > 0, counts[3] > 0, float32(counts[0] - number)
    length, any_stop = race[LENGTH], 0
    is_planned = planned > 0
    for n in range(LANES):
        now = arrival[n] + after
        rest = (length - now) / base
        timed = rest + _2 if rest > _0 else _0  # the flag waits for the leader, and then for us
        left = timed if by_time else to_go
        is_low = has_fuel & obeys & (fuel[n] < use[n] * _LOW) & (fuel[n] < use[n] * left)
        is_ripe = stint[n] >= least
        is_late = left > _LATE
        wants = is_low | (is_planned & is_ripe)
        wants |= (slow[n] > _HALF) & (stint[n] >= ripe_slow) & is_late
        wants |= covers & (rival[n] > _0) & is_ripe & is_late
        falls = (now >= fates[0, n]) & (now < fates[1, n])
        wants |= has_rain & (falls != (wet[n] > _HALF)) & is_late
        runs = (arrival[n] < _FAR) & (racing[n] > _0) & (left > _0)
        empty = _0 - _1 if (has_fuel & (fuel[n] < _0) & runs) else _0
        stop[n] = left if (wants & runs) else empty
        any_stop += int32(stop[n] != _0)
    return any_stop > 0


@njit(**_FAST)
def serve(
    c: Any, n: Any, number: Any, tables: Any, keys: Any, state: Any, marks: Any, tyre: Any, falls: Any,
    left: Any, entry: Any, slow: Any,
) -> None:  # fmt: skip
    """One stop, or help for a car that ran dry: seldom, so one at a time."""
    car, policy, race, row, fills, stop_shape = tables
    fuel, owed, use, wet = state[0], state[1], state[2], state[3]
    stint, stops, longest, dry = marks[0], marks[1], marks[2], marks[3]
    if fuel[c, n] < _0 and policy[HAS_FUEL, c] > 0:
        dry[c, n] += 1
        entry[n] = race[DRY]
        fuel[c, n] = _0
    if left <= _0:
        fuel[c, n] = use[c, n] * _LATE
        return
    stops[c, n] += 1
    k = min(stops[c, n], policy[STINTS, c] - 1)
    room, wanted = car[TANK, c] - fuel[c, n], use[c, n] * (left + _HALF) - fuel[c, n]
    add = fills[k, c] if fills[k, c] >= _0 else max(wanted, _0)
    add = max(min(add, room), _0) if policy[HAS_FUEL, c] > 0 else _0
    share = race[STOP_SHARE] if slow > _HALF else _1
    at = uint32(STOP_COUNTER + number * row.shape[1] + c)
    luck = stop_shape[word(keys[0, n], keys[1, n], at) >> uint32(22)]
    lane = car[STOP_OUT, c] * share
    box = add * car[LITRE_STOP, c] + car[STOP_SPREAD, c] * luck
    entry[n] = entry[n] + car[STOP_IN, c] * share
    owed[c, n] = max(lane + box, _TINY)
    fuel[c, n] = fuel[c, n] + add
    longest[c, n] = max(longest[c, n], stint[c, n])
    tyre[c, n] = row[k, c]
    stint[c, n] = 0
    wet[c, n] = _1 if falls else _0


@njit(**_FAST)
def rejoin(order: Any, pitted: Any, time: Any, n: Any) -> None:
    """Whoever left the pits falls in where it comes out; nobody fights for that."""
    cars = order.shape[0]
    for i in range(cars - 2, -1, -1):
        c = order[i, n]
        if pitted[c, n] > _0:
            out, j = time[c, n] + pitted[c, n], i
            while j + 1 < cars:
                f = order[j + 1, n]
                if time[f, n] + pitted[f, n] >= out:
                    break
                order[j, n] = f
                j += 1
            order[j, n] = c


@njit(**_FAST)
def queue(
    race: Any, need: Any, order: Any, arrival: Any, pitted: Any, slow: Any, time: Any, near: Any, entry: Any
) -> None:  # fmt: skip
    """Who passes whom, from the front: each car goes up as far as it is quick enough, then follows."""
    duels = np.empty(order.shape[0], np.float32)
    for n in range(LANES):
        rejoin(order, pitted, time, n)
        for i in range(order.shape[0]):
            climb(i, n, race, need, order, arrival, slow, time, near, duels)
        enter(n, order, time, near, entry)


@njit(**_FAST)
def climb(
    i: Any, n: Any, race: Any, need: Any, order: Any, arrival: Any, slow: Any, time: Any, near: Any,
    duels: Any,
) -> None:  # fmt: skip
    """The car at place `i` goes up, fights once with each car that it meets, and follows or is free."""
    c = order[i, n]
    x, own, j = arrival[c, n], race[DUEL], i
    shut, gap_s = slow[c, n] > _HALF, _FAR
    least = race[SLOW_GAP] if shut else race[GAP]
    while j > 0:
        f = order[j - 1, n]
        ahead = time[f, n]
        if x - ahead >= least:
            gap_s = x - ahead
            break
        if ahead < _FAR:
            if shut:
                x = ahead + least
                break
            ahead, x = ahead + duels[f], x + own
            duels[f] = own = _0
            if ahead - x < need[c, f]:
                time[f, n] = ahead
                gap_s = x - ahead
                x = ahead + least if gap_s < least else x
                gap_s = least if gap_s < least else gap_s
                break
            time[f, n] = ahead + race[LOSER]
        elif x >= _FAR:
            break
        order[j, n] = f
        j -= 1
    order[j, n], time[c, n], duels[c] = c, x, own
    near[c, n] = _FAR if shut else gap_s


@njit(**_FAST)
def enter(n: Any, order: Any, time: Any, near: Any, entry: Any) -> None:
    """What the way into the pits costs comes after the fights; there is no tow there, nor behind one."""
    before = _0
    for i in range(order.shape[0]):
        c = order[i, n]
        lost = entry[c, n]
        near[c, n] = _FAR if lost + before > _0 else near[c, n]
        time[c, n] = time[c, n] + lost
        entry[c, n] = _0
        before = lost


@njit(**_FAST)
def flags(laps: Any, counts: Any, race: Any, order: Any, time: Any, lead: Any, flag: Any, racing: Any) -> Any:
    """When the leader takes the flag; says if it is out in every race."""
    waiting = 0
    length, at = float64(race[LENGTH]), float64(laps) * float64(race[REFERENCE])
    for n in range(LANES):
        lead[n] = time[order[0, n], n]
        now = float64(lead[n]) + at
        is_over = now >= length if counts[2] > 0 else False
        if flag[n] < 0.0 and (is_over or laps == counts[0]):
            flag[n] = now
        racing[n] = _1 if flag[n] < 0.0 else _0
        waiting += int32(flag[n] < 0.0)
    return waiting == 0


@njit(**_FAST)
def finish(laps: Any, race: Any, history: Any, retire: Any, flag: Any, out: Any, lane: Any, at: Any) -> None:
    """The first line that each car crosses after the flag, and the order of them all."""
    laps_out, time_out, place, class_place, numbers = out
    cars, reference = history.shape[1], float64(race[REFERENCE])
    key = np.empty(cars)
    for c in range(cars):
        k = laps
        while k > 1 and float64(history[k - 1, c, lane]) + float64(k - 1) * reference >= flag[lane]:
            k -= 1
        is_out = history[k, c, lane] >= _FAR
        laps_out[c, at] = int32(retire[c, lane]) - 1 if is_out else k
        time_s = float64(history[k, c, lane]) + float64(k) * reference
        time_out[c, at] = np.inf if is_out else time_s
        key[c] = (3.0e9 if is_out else time_s) - 1.0e6 * laps_out[c, at]
    for c in range(cars):
        better = same = 0
        for other in range(cars):
            is_better = key[other] < key[c] or (key[other] == key[c] and other < c)
            better += is_better
            same += is_better and numbers[other] == numbers[c]
        place[c, at] = better + 1
        class_place[c, at] = same + 1


@njit(**_FAST)
def _lanes(
    tables: Any, served: Any, shapes: Any, keys: Any, fates: Any, state: Any, marks: Any, history: Any,
    flag: Any,
) -> Any:  # fmt: skip
    """`LANES` races to their end; says how many laps the leaders needed."""
    race, counts, row, need, grid = tables[2], tables[3], tables[5], tables[6], tables[7]
    cars, slows = row.shape[1], fates[2]
    lines = np.zeros((6, cars, LANES), np.float32)
    time, arrival, pitted, slow, near = lines[0], lines[1], lines[2], lines[3], lines[4]
    phase = np.empty((3, cars, LANES), np.float32)
    tyre, order = np.empty((cars, LANES), np.uint32), np.empty((cars, LANES), np.int32)
    call, drawn = np.zeros((cars, LANES), np.int32), np.empty(LANES, np.uint32)
    lead, stop = np.zeros(LANES, np.float32), np.empty(LANES, np.float32)
    racing = np.ones(LANES, np.float32)
    near[:] = _FAR
    for c in range(cars):
        state[0, c, :], tyre[c, :], order[c, :] = served[0][FUEL, c], row[0, c], grid[c]
        for r in range(3):
            phase[r, c, :] = slows[r, 0]
    for number in range(1, counts[0] + 1):
        for c in range(cars):
            _drive_lap(
                c, number, tables, shapes, keys, fates, state, marks, lines, phase, tyre, call, drawn, lead,
                racing,
            )  # fmt: skip
        for c in range(cars):
            _call_in(c, number, tables, served, keys, fates[3], state, marks, lines, tyre, racing, stop)
        queue(race, need, order, arrival, pitted, slow, time, near, lines[5])
        history[number] = time
        if flags(number, counts, race, order, time, lead, flag, racing):
            return number
    return counts[0]


@njit(**_FAST)
def _drive_lap(
    c: Any, number: Any, tables: Any, shapes: Any, keys: Any, fates: Any, state: Any, marks: Any, lines: Any,
    phase: Any, tyre: Any, call: Any, drawn: Any, lead: Any, racing: Any,
) -> None:  # fmt: skip
    """What one car does on one lap in every lane, before anybody is in its way."""
    columns, race, counts = tables[0], tables[2], tables[3]
    retire, starts, slows, rains = fates
    car, lap = columns[c], lines[1, c]
    time, pitted, slow, near = lines[0, c], lines[2, c], lines[3, c], lines[4, c]
    fuel, owed, use, wet = state[0, c], state[1, c], state[2, c], state[3, c]
    cars = columns.shape[0]
    off = float32(number - 1) * race[REFERENCE]
    residuals(keys, number * cars + c, car, shapes, tyre[c], drawn, lap)
    pace(car, race, number >= counts[1], fuel, near, lap)
    if number == 1:
        for n in range(LANES):
            lap[n] = lap[n] + (starts[c, n] + race[FIRST_LAP])
    if counts[3] > 0:
        rain(race, off, rains, time, wet, lap)
    if counts[4] > 0 and caution(race, off, phase, c, time, lead, lap, slow):
        next_caution(off, phase, c, time, call[c], slows)
    drive(race, time, lap, owed, pitted)
    age(float32(number), slow, fuel, use, retire[c], lap, marks[0, c], tyre[c], racing)


@njit(**_FAST)
def _call_in(
    c: Any, number: Any, tables: Any, served: Any, keys: Any, rains: Any, state: Any, marks: Any, lines: Any,
    tyre: Any, racing: Any, stop: Any,
) -> None:  # fmt: skip
    """Stops of one car at the end of a lap, when every car's lap is known."""
    columns, policies, race, counts, planned = tables[0], tables[1], tables[2], tables[3], tables[4]
    car, policy, lap, slow = columns[c], policies[c], lines[1, c], lines[3, c]
    rival = lines[2, policy[COVER] if policy[COVER] >= 0 else c]
    after = float32(number) * race[REFERENCE]
    base = car[PACE]
    if wishes(
        number, planned[number, c], counts, policy, race, base, after, lap, slow, state[0, c],
        state[2, c], marks[0, c], rival, state[3, c], rains, racing, stop,
    ):  # fmt: skip
        for n in range(LANES):
            if stop[n] != _0:
                now = lap[n] + after
                falls = (now >= rains[0, n]) and (now < rains[1, n])
                serve(c, n, number, served, keys, state, marks, tyre, falls, stop[n], lines[5, c], slow[n])


_F1, _F2, _F3 = float32[::1], float32[:, ::1], float32[:, :, ::1]
_I1, _I2, _I3 = int32[::1], int32[:, ::1], int32[:, :, ::1]


@njit(
    void(
        _F2, _I2, _F1, _I1, _I2, _I2, _F2, _F1, _F2, _F1, _F1, _F1, _I1, uint32[:, ::1], _F2, _F2, _F2, _F3,
        _F2, int64, _I2, float64[:, ::1], _I2, _I2, _I3,
    ),
    cache=True,
    **_FAST,
)  # fmt: skip
def races(
    car: Any, policy: Any, race: Any, counts: Any, planned: Any, row: Any, fills: Any, losses: Any,
    need: Any, shape: Any, stop_shape: Any, wait: Any, grid: Any, keys: Any, retire: Any, uses: Any,
    starts: Any, slows: Any, rains: Any, count: Any, laps_out: Any, time_out: Any, place: Any,
    class_place: Any, told: Any,
) -> None:  # fmt: skip
    """`count` races, in lanes; arrays of races are padded to whole lanes."""
    cars, most = car.shape[1], counts[0]
    history = np.empty((most + 1, cars, LANES), np.float32)
    columns = np.ascontiguousarray(car.T)
    policies = np.ascontiguousarray(policy.T)
    out = (laps_out, time_out, place, class_place, policies[:, CLASS])
    tables = (columns, policies, race, counts, planned, row, need, grid)
    served = (car, policy, race, row, fills, stop_shape)
    for begin in range(0, count, LANES):
        end = begin + LANES
        lane_keys = np.ascontiguousarray(keys[:, begin:end])
        lane_retire = np.ascontiguousarray(retire[:, begin:end])
        fates = (
            lane_retire,
            np.ascontiguousarray(starts[:, begin:end]),
            np.ascontiguousarray(slows[:, :, begin:end]),
            np.ascontiguousarray(rains[:, begin:end]),
        )
        state = np.zeros((4, cars, LANES), np.float32)
        state[2] = uses[:, begin:end]
        marks = np.zeros((4, cars, LANES), np.int32)
        flag = np.full(LANES, -1.0)
        laps = _lanes(tables, served, (losses, shape, wait), lane_keys, fates, state, marks, history, flag)
        for lane in range(min(LANES, count - begin)):
            finish(laps, race, history, lane_retire, flag, out, lane, begin + lane)
            for c in range(cars):
                told[0, c, begin + lane] = marks[1, c, lane]
                told[1, c, begin + lane] = max(marks[2, c, lane], marks[0, c, lane])
                told[2, c, begin + lane] = marks[3, c, lane]
