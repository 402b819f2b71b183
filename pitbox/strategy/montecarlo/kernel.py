# mypy: disable-error-code="untyped-decorator, no-untyped-def, no-untyped-call"
# ruff: noqa: I001, ANN001, ANN201, PLR0917, FURB136 - rows in rows; numba knows the types, and widens selects
"""The laps of many races, to be compiled by `machine_code`: every step the same as in `plain`.

What a race does depends on its own key alone, so no number of threads or size of block changes a bit.
"""

import numpy as np
from numba import float32, float64, int32, int64, types, uint32, uint64

from pitbox.strategy.montecarlo.arrival import arrive, tell
from pitbox.strategy.montecarlo.layout import (
    AGE, ARRIVAL, BUNCH, BY_TIME, CALL, CAR, CAR_BITS, CAR_WORDS, CATCH, CAUTION_STINT, COVER, DEBT,
    DRIED_SHARE, DRY, DRY_STOPS, ENTRY, FIRST_LAP, FUEL, FUEL_START, HALF_LANES, HAS_FUEL, HAS_RAIN,
    KEY_FIRST, KEY_SECOND, LANES, LEAD, LEAST_STINT, LENGTH, LITRE, LITRE_STOP, LONGEST, MOST, NEAR, PACE,
    PITTED,
    RACE_WORDS, RACING, RAIN_FROM, RAIN_TO, REFERENCE, RESIDUAL, RETIRE, RIVAL, RUNS_DRY, SHAPE, SLICK_SHARE,
    SLOW, SLOW_FROM, SLOW_TO, SLOWED, START, STINT_AGE, STINTS, STOP, STOP_COUNTER, STOP_IN, STOP_OUT,
    STOP_SHARE, STOP_SPREAD, STOPS, TANK, TIME, TOW, TOW_LAP, TOW_WINDOW, TRAFFIC, TYRE, USE, WET, WET_SHARE,
)  # fmt: skip
from pitbox.strategy.montecarlo.leaf import BIT, FAR, HALF, LAST, NOBODY, ONE, TWO, ZERO, leaf, lowest
from pitbox.strategy.montecarlo.passing import flags, queue

_GOLD, _FIRST, _SECOND = np.uint32(0x9E3779B9), np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)
_NONE = np.uint32(0)
_LOW, _TINY, _LATE = np.float32(1.3), np.float32(1e-3), np.float32(3.0)


@leaf
def word(first, second, counter):
    x = uint32(first + uint32(counter * _GOLD))
    x = uint32(x ^ uint32(x >> uint32(16)))
    x = uint32(x * _FIRST)
    x = uint32(x ^ second)
    x = uint32(x ^ uint32(x >> uint32(13)))
    x = uint32(x * _SECOND)
    return uint32(x ^ uint32(x >> uint32(16)))


@leaf
def draw(number, c, cars, f, w, car, policy, losses, shape, wait):
    """A loop of its own: look-ups are narrower than the rest of a lap."""
    o, k = c * CAR, RACE_WORDS + c * CAR_WORDS
    residual, traffic = car[RESIDUAL * cars + c], car[TRAFFIC * cars + c]
    at, kind = uint32(number * cars + c), policy[SHAPE * cars + c]
    for n in range(LANES):
        drawn = word(uint32(w[KEY_FIRST * LANES + n]), uint32(w[KEY_SECOND * LANES + n]), at)
        lap = losses[w[k + TYRE * LANES + n]] + residual * shape[kind + int32(drawn >> uint32(22))]
        f[o + ARRIVAL * LANES + n] = lap + traffic * wait[(drawn >> uint32(12)) & uint32(1023)]


@leaf
def in_rain(lap, begins, rain_from, rain_to, is_wet, race):
    """Loads come first: one that depends on a lane would be a branch, and loops with branches are narrow."""
    wet, dried, slick = race[WET_SHARE], race[DRIED_SHARE], race[SLICK_SHARE]
    falls = (begins >= rain_from) & (begins < rain_to)
    on_wet = wet if falls else dried
    on_slick = slick if falls else ZERO
    return lap * (ONE + (on_wet if is_wet else on_slick))


@leaf
def slow_part(lap, begins, start, end, race):
    """The share of a lap that is under caution."""
    slow = race[SLOW]
    ends = begins + lap * slow
    a = begins if begins > start else start
    b = ends if ends < end else end
    part = (b - a) * (ONE / lap) * (ONE / slow)
    return part if part > ZERO else ZERO


@leaf
def shut_part(part, bunch):
    """A queue stays one to the end of the lap: nobody passes on any part of it."""
    return ONE if (bunch > HALF) & (part > ZERO) else part


@leaf
def towed(near, slowed, tow, race):
    """None on the lap after a caution."""
    return tow if (near <= race[TOW_WINDOW]) & (slowed <= HALF) else ZERO


@leaf
def under_caution(lap, part, bunch, behind, race):
    """Laps under caution are slow, and whoever is behind the queue catches it."""
    behind = behind - np.floor(behind * (ONE / lap)) * lap
    behind = behind if behind > ZERO else ZERO
    caught = race[CATCH] * lap * part * bunch
    return lap * (ONE + (race[SLOW] - ONE) * part) - (caught if caught < behind else behind)


@leaf
def wish(left, age, part, fuel, use, rival, plan, rain_turns, is_racing, rules):
    """Whether a car comes in at the end of its lap: laps left then, -1 for an empty tank, 0 for nothing."""
    has_fuel, runs_dry, covers, least, ripe_slow = rules
    is_planned, by_plan = plan
    is_ripe, is_late, holds = age >= least, left > _LATE, age == by_plan
    obeys = has_fuel & (not (runs_dry & (holds | (by_plan < ZERO))))
    wants = obeys & (fuel < use * _LOW) & (fuel < use * left)
    wants = wants | (is_planned & (is_ripe | holds))
    wants = wants | ((part > HALF) & (age >= ripe_slow) & is_late)
    wants = wants | (covers & (rival > ZERO) & is_ripe & is_late)
    wants = wants | (rain_turns & is_late)
    runs = is_racing & (left > ZERO)
    empty = (ZERO - ONE) if (has_fuel & (fuel < ZERO) & runs) else ZERO
    return left if (wants & runs) else empty


@leaf
def rules_of(c, cars, policy):
    has_fuel = policy[HAS_FUEL * cars + c] > 0
    runs_dry = policy[RUNS_DRY * cars + c] > 0
    least, slow = policy[LEAST_STINT * cars + c], policy[CAUTION_STINT * cars + c]
    return has_fuel, runs_dry, policy[COVER * cars + c] >= 0, float32(least), float32(slow)


@leaf
def plan_of(number, c, cars, planned):
    """Does it stop at the end of this lap, and the age of the stint if it held to its plan; -1: to none."""
    known = planned[number * cars + c]
    return (known & int32(1)) > 0, float32((known >> int32(1)) - int32(1))


@leaf
def laps_left(now, to_go, by_time, length, each):
    """The flag waits for the leader, and then for us."""
    rest = (length - now) * each
    return (rest + TWO if rest > ZERO else ZERO) * by_time + to_go


@leaf
def watch(c, cars, f, lane, policy):
    """What the car that this one covers lost in the pits; it may have driven its lap, or not yet."""
    covered = policy[COVER * cars + c]
    if covered >= 0:
        row = covered * CAR + (PITTED if covered < c else DEBT) * LANES
        for n in range(LANES):
            lane[RIVAL * LANES + n] = f[row + n]


@leaf
def drive(number, c, cars, f, lane, w, car, policy, race, counts, planned):
    """A lap of one car before anybody is in its way; masks of caution over, and of those that come in."""
    over, stops = drive_half(0, number, c, cars, f, lane, w, car, policy, race, counts, planned)
    late, later = drive_half(HALF_LANES, number, c, cars, f, lane, w, car, policy, race, counts, planned)
    shift = uint64(HALF_LANES)
    return uint64(over) | (uint64(late) << shift), uint64(stops) | (uint64(later) << shift)


@leaf
def drive_half(begin, number, c, cars, f, lane, w, car, policy, race, counts, planned):
    """Half of the lanes: nothing in the loop is wider than 32 bits, so that 16 lanes go side by side."""
    o, k = c * CAR, RACE_WORDS + c * CAR_WORDS
    base, litre, reference = car[PACE * cars + c], car[LITRE * cars + c], race[REFERENCE]
    tow = race[TOW] if number >= counts[TOW_LAP] else ZERO
    off, after = float32(number - 1) * reference, float32(number) * reference
    rules = rules_of(c, cars, policy)
    by_time = ONE if counts[BY_TIME] > 0 else ZERO
    to_go, each = float32(counts[MOST] - number) * (ONE - by_time), ONE / base
    has_rain, plan, over, stops = counts[HAS_RAIN] > 0, plan_of(number, c, cars, planned), _NONE, _NONE
    for n in range(begin, begin + HALF_LANES):
        time, fuel, use = f[o + TIME * LANES + n], f[o + FUEL * LANES + n], f[o + USE * LANES + n]
        rain_from, rain_to = lane[RAIN_FROM * LANES + n], lane[RAIN_TO * LANES + n]
        start, end = f[o + SLOW_FROM * LANES + n], f[o + SLOW_TO * LANES + n]
        debt, is_wet, begins = f[o + DEBT * LANES + n], f[o + WET * LANES + n] > HALF, time + off
        gain = towed(f[o + NEAR * LANES + n], f[o + SLOWED * LANES + n], tow, race)
        lap = base + f[o + ARRIVAL * LANES + n] + litre * fuel - gain + f[o + START * LANES + n]
        lap = in_rain(lap, begins, rain_from, rain_to, is_wet, race)
        behind = time - lane[LEAD * LANES + n]
        part = slow_part(lap, begins, start, end, race)
        bunch = f[o + BUNCH * LANES + n]
        lap = under_caution(lap, part, bunch, behind, race)
        arrival = time + (lap + debt - reference)
        arrival = FAR if float32(number) >= f[o + RETIRE * LANES + n] else arrival
        fuel = fuel - use * (ONE - HALF * part)
        age, now = f[o + AGE * LANES + n] + lane[RACING * LANES + n], arrival + after
        left = laps_left(now, to_go, by_time, race[LENGTH], each)
        rain_turns = has_rain & (((now >= rain_from) & (now < rain_to)) != is_wet)
        is_racing = (arrival < FAR) & (lane[RACING * LANES + n] > ZERO)
        stop = wish(left, age, part, fuel, use, lane[RIVAL * LANES + n], plan, rain_turns, is_racing, rules)
        slowed = shut_part(part, bunch)
        f[o + ARRIVAL * LANES + n], f[o + SLOWED * LANES + n], f[o + FUEL * LANES + n] = arrival, slowed, fuel
        f[o + AGE * LANES + n], f[o + STOP * LANES + n] = age, stop
        f[o + PITTED * LANES + n], f[o + DEBT * LANES + n] = debt, ZERO
        w[k + TYRE * LANES + n] += int32(1)
        over = uint32(over | uint32(uint32(begins > end) << uint32(n - begin)))
        stops = uint32(stops | uint32(uint32(stop != ZERO) << uint32(n - begin)))
    return over, stops


@leaf
def turn_cautions(mask, c, f, w, slows, calls, width, begin):
    """To the next one, in lanes where the car has seen the end of one."""
    while mask != NOBODY:
        n = lowest(mask)
        mask &= mask - BIT
        k = RACE_WORDS + c * CAR_WORDS + CALL * LANES + n
        if w[k] < calls - 1:
            w[k] += 1
            for row in range(3):
                at = (row * calls + w[k]) * width + begin + n
                f[c * CAR + (SLOW_FROM + row) * LANES + n] = slows[at]


@leaf
def serve(number, c, n, cars, f, lane, w, car, policy, race, planned, row, fills, stop_shape):
    """One stop, or help for a car that ran dry: seldom, so one at a time."""
    o, k = c * CAR + n, RACE_WORDS + c * CAR_WORDS + n
    left, use, fuel, entry = f[o + STOP * LANES], f[o + USE * LANES], f[o + FUEL * LANES], ZERO
    has_fuel = policy[HAS_FUEL * cars + c] > 0
    if fuel < ZERO and has_fuel:
        f[o + DRY_STOPS * LANES] += ONE
        entry, fuel = race[DRY], ZERO
    if left <= ZERO:
        f[o + FUEL * LANES], f[o + ENTRY * LANES] = use * _LATE, entry
        return
    f[o + STOPS * LANES] += ONE
    stint = min(int64(f[o + STOPS * LANES]), int64(policy[STINTS * cars + c]) - 1) * cars + c
    room, wanted = car[TANK * cars + c] - fuel, use * (left + HALF) - fuel
    by_plan = plan_of(number, c, cars, planned)[1]
    is_void = by_plan >= ZERO and f[o + AGE * LANES] != by_plan
    add = fills[stint] if fills[stint] >= ZERO and not is_void else max(wanted, ZERO)
    add = max(min(add, room), ZERO) if has_fuel else ZERO
    share = race[STOP_SHARE] if f[o + SLOWED * LANES] > HALF else ONE
    at = uint32(STOP_COUNTER + number * cars + c)
    drawn = word(uint32(w[KEY_FIRST * LANES + n]), uint32(w[KEY_SECOND * LANES + n]), at)
    box = add * car[LITRE_STOP * cars + c] + car[STOP_SPREAD * cars + c] * stop_shape[drawn >> uint32(22)]
    f[o + ENTRY * LANES] = entry + car[STOP_IN * cars + c] * share
    f[o + DEBT * LANES] = max(car[STOP_OUT * cars + c] * share + box, _TINY)
    f[o + FUEL * LANES] = fuel + add
    f[o + LONGEST * LANES] = max(f[o + LONGEST * LANES], f[o + AGE * LANES])
    f[o + AGE * LANES] = ZERO
    w[k + TYRE * LANES] = row[stint]
    now = f[o + ARRIVAL * LANES] + float32(number) * race[REFERENCE]
    falls = (now >= lane[RAIN_FROM * LANES + n]) and (now < lane[RAIN_TO * LANES + n])
    f[o + WET * LANES] = ONE if falls else ZERO


@leaf
def stop_cars(mask, number, c, cars, f, lane, w, car, policy, race, planned, row, fills, stop_shape, who):
    while mask != NOBODY:
        n = lowest(mask)
        mask &= mask - BIT
        who[(c >> 6) * LANES + n] |= BIT << (uint64(c) & LAST)
        serve(number, c, n, cars, f, lane, w, car, policy, race, planned, row, fills, stop_shape)


@leaf
def begin_block(
    begin, cars, f, lane, w, order, flag, car, policy, race, row, grid, keys, retire, uses, starts, slows,
    rains, paces, calls, width,
):  # fmt: skip
    for n in range(LANES):
        w[KEY_FIRST * LANES + n] = int32(keys[begin + n])
        w[KEY_SECOND * LANES + n] = int32(keys[width + begin + n])
        lane[LEAD * LANES + n], lane[RACING * LANES + n] = ZERO, ONE
        lane[RAIN_FROM * LANES + n], lane[RAIN_TO * LANES + n] = rains[begin + n], rains[width + begin + n]
        flag[n] = -1.0
    for c in range(cars):
        o, k, at = c * CAR, RACE_WORDS + c * CAR_WORDS, c * width + begin
        for n in range(CAR):
            f[o + n] = ZERO
        age = float32(policy[STINT_AGE * cars + c])
        for n in range(LANES):
            f[o + AGE * LANES + n] = age
            f[o + NEAR * LANES + n], f[o + FUEL * LANES + n] = FAR, car[FUEL_START * cars + c]
            f[o + USE * LANES + n], f[o + RETIRE * LANES + n] = uses[at + n], retire[at + n]
            f[o + START * LANES + n] = starts[at + n] + race[FIRST_LAP] + paces[at + n]
            for r in range(3):
                f[o + (SLOW_FROM + r) * LANES + n] = slows[r * calls * width + begin + n]
            w[k + TYRE * LANES + n], w[k + CALL * LANES + n] = row[c], 0
            order[c * LANES + n] = (grid[c] << CAR_BITS) | (grid[c] * CAR + n)


@leaf
def keep(number, cars, f, history):
    """A lap that is over."""
    for c in range(cars):
        for n in range(LANES):
            history[(number * cars + c) * LANES + n] = f[c * CAR + TIME * LANES + n]


@leaf
def started(begin, width, cars, f, paces):
    """The first lap is over, and what the start cost with it."""
    for c in range(cars):
        for n in range(LANES):
            f[c * CAR + START * LANES + n] = paces[c * width + begin + n]


def races(
    f, lane, w, q, order, history, flag, key, who, car, policy, race, counts, planned, row, fills, losses,
    need, shape, stop_shape, wait, grid, keys, retire, uses, starts, slows, rains, paces, count, width, cars,
    calls, laps_out, time_out, place, class_place, told,
):  # fmt: skip
    """`count` races, a block at a time; what is drawn of them is padded to `width`."""
    for begin in range(0, count, LANES):
        begin_block(
            begin, cars, f, lane, w, order, flag, car, policy, race, row, grid, keys, retire, uses, starts,
            slows, rains, paces, calls, width,
        )  # fmt: skip
        laps, number = int64(counts[MOST]), 0
        while number < laps:
            number += 1
            busy = NOBODY
            for c in range(cars):
                draw(number, c, cars, f, w, car, policy, losses, shape, wait)
                watch(c, cars, f, lane, policy)
                over, stops = drive(number, c, cars, f, lane, w, car, policy, race, counts, planned)
                turn_cautions(over, c, f, w, slows, calls, width, begin)
                stop_cars(
                    stops, number, c, cars, f, lane, w, car, policy, race, planned, row, fills, stop_shape,
                    who,
                )  # fmt: skip
                busy |= stops
            queue(cars, f, q, order, race, need, busy, who)
            keep(number, cars, f, history)
            if number == 1:
                started(begin, width, cars, f, paces)
            if flags(number, lane, q, flag, race, counts):
                laps = number
        arrive(laps, cars, f, history, flag, key, q, race)
        lanes = min(LANES, count - begin)
        tell(lanes, cars, begin, f, key, q, policy, laps_out, time_out, place, class_place, told, count)


_F, _I, _U = types.CPointer(float32), types.CPointer(int32), types.CPointer(uint32)
_D, _W = types.CPointer(float64), types.CPointer(uint64)
ARGUMENTS = (
    _F, _F, _I, _F, _I, _F, _D, _D, _W, _F, _I, _F, _I, _I, _I, _F, _F, _F, _F, _F, _F, _I, _U, _F, _F, _F,
    _F, _F, _F, int64, int64, int64, int64, _I, _D, _I, _I, _I,
)  # fmt: skip
NOTHING = types.void
